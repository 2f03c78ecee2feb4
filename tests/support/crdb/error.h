// The errors of a CockroachDB node with all their fields, as recorded from a v21.2 development build
// (tests/wire/crdb). Plain values; used by the fake cluster's thread and by the tests that script it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace support::crdb {

struct Error {
    std::string code;
    std::string message;
    std::string detail{};
    std::string hint{};
    std::string constraint{};
    /// Where in the node's source; empty if the node does not say.
    std::string file{};
    std::string line{};
    std::string routine{};
};

/// As ErrorResponse: severity ERROR, no V field, the node's order of fields.
void encode(std::string& out, const Error& error);
/// As NoticeResponse; a WARNING if it has a code.
void encode_notice(std::string& out, const Error& notice);

namespace errors {

// --- parsing and planning
/// `offset` of the offending token in `source`, the text of its statement.
[[nodiscard]] Error syntax(std::string_view source, std::size_t offset, std::string_view token);
[[nodiscard]] Error set_local(std::string_view source, std::size_t offset, std::string_view token);
[[nodiscard]] Error undefined_table(std::string_view name);
[[nodiscard]] Error undefined_column(std::string_view name);
[[nodiscard]] Error unknown_function(std::string_view name);
[[nodiscard]] Error integer_division();
[[nodiscard]] Error read_only(std::string_view command);
[[nodiscard]] Error unimplemented(std::string_view what, int issue);
[[nodiscard]] Error table_exists(std::string_view name);

// --- running
[[nodiscard]] Error division_by_zero();
[[nodiscard]] Error duplicate_key(std::string_view column, std::string_view value,
                                  std::string_view constraint = "primary");
[[nodiscard]] Error bad_integer(std::string_view text);
[[nodiscard]] Error canceled();
[[nodiscard]] Error statement_timeout();
[[nodiscard]] Error ambiguous();

// --- transactions
[[nodiscard]] Error no_transaction();
[[nodiscard]] Error already_in_transaction();
[[nodiscard]] Error transaction_aborted();
[[nodiscard]] Error transaction_committed();
[[nodiscard]] Error savepoint_not_first();
[[nodiscard]] Error savepoint_nested();
[[nodiscard]] Error no_such_savepoint(std::string_view name);
[[nodiscard]] Error ddl_after_write();
/// Notices of later builds, by their release notes.
[[nodiscard]] Error committed_before_ddl();
[[nodiscard]] Error no_transaction_warning();
/// XXA00: the transaction committed, its schema change did not.
[[nodiscard]] Error schema_change_failed(std::string_view column, std::string_view value,
                                         std::string_view index);

/// 40001 by the reasons that were recorded.
enum class Reason : std::uint8_t { kWriteTooOld, kSerializable, kAbortSpan, kPusherAborted, kForced };
[[nodiscard]] Error retry(Reason reason);

// --- session
[[nodiscard]] Error unknown_variable(std::string_view name);
[[nodiscard]] Error unknown_variable_shown(std::string_view name);
[[nodiscard]] Error bad_variable_value(std::string_view name, std::string_view value,
                                       std::string_view available);
[[nodiscard]] Error read_only_variable(std::string_view name);
[[nodiscard]] Error discard_in_transaction();
[[nodiscard]] Error no_statement_bound(std::string_view name);
[[nodiscard]] Error no_statement_described(std::string_view name);
[[nodiscard]] Error no_statement_executed(std::string_view name);
[[nodiscard]] Error no_statement_deallocated(std::string_view name);
[[nodiscard]] Error statement_exists(std::string_view name);
[[nodiscard]] Error statement_exists_sql(std::string_view name);
[[nodiscard]] Error no_portal(std::string_view name);
[[nodiscard]] Error no_portal_described(std::string_view name);
[[nodiscard]] Error plan_changed();
[[nodiscard]] Error bad_argument(std::size_t number, std::string_view text);
/// `operation`: the node's name of what was asked while a portal was suspended.
[[nodiscard]] Error portal_open(std::string_view operation);
[[nodiscard]] Error copy_extended();
[[nodiscard]] Error copy_canceled();
[[nodiscard]] Error bad_query_id(std::string_view id);
[[nodiscard]] Error no_such_query(std::string_view id);

// --- connecting
[[nodiscard]] Error gss_unsupported();
[[nodiscard]] Error unknown_protocol(std::uint32_t version);
[[nodiscard]] Error tls_required();
[[nodiscard]] Error bad_option(std::string_view option);
[[nodiscard]] Error client_encoding(std::string_view lower_case);
[[nodiscard]] Error unknown_user(std::string_view user);
[[nodiscard]] Error wrong_password(std::string_view user);
[[nodiscard]] Error foreign_certificate(std::string_view user, std::string_view named);
[[nodiscard]] Error not_accepting();
[[nodiscard]] Error shutting_down();

}  // namespace errors
}  // namespace support::crdb
