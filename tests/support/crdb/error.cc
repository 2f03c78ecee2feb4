// The catalogue of errors: texts, codes and source places of the recordings in tests/wire/crdb. Where nothing
// was recorded the source place is left out.
#include "tests/support/crdb/error.h"

#include <array>
#include <utility>

#include "protocol/byte_writer.h"

namespace support::crdb {
namespace {

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string not_yet(int issue) {
    return "You have attempted to use a feature that is not yet implemented.\nSee: "
           "https://go.crdb.dev/issue-v/" +
           std::to_string(issue) + "/v21.2";
}

std::string source_of(std::string_view source, std::size_t offset) {
    return "source SQL:\n" + std::string(source) + '\n' + std::string(offset, ' ') + '^';
}

void encode_fields(std::string& out, char tag, std::string_view severity, const Error& error) {
    protocol::MessageWriter message(out, tag);
    message.int8('S').cstring(severity);
    const std::array<std::pair<char, const std::string*>, 8> fields{{{'C', &error.code},
                                                                     {'D', &error.detail},
                                                                     {'H', &error.hint},
                                                                     {'n', &error.constraint},
                                                                     {'F', &error.file},
                                                                     {'L', &error.line},
                                                                     {'R', &error.routine},
                                                                     {'M', &error.message}}};
    for (const auto& [kind, value] : fields) {
        if (!value->empty()) message.int8(kind).cstring(*value);
    }
    message.int8('\0');
}

/// An error with nothing but code, text and source place.
Error plain(std::string code, std::string message, std::string file = {}, int line = 0,
            std::string routine = {}) {
    Error error{std::move(code), std::move(message)};
    error.file = std::move(file);
    if (line != 0) error.line = std::to_string(line);
    error.routine = std::move(routine);
    return error;
}

Error with(Error error, std::string detail, std::string hint = {}) {
    error.detail = std::move(detail);
    error.hint = std::move(hint);
    return error;
}

}  // namespace

void encode(std::string& out, const Error& error) { encode_fields(out, 'E', "ERROR", error); }
void encode_notice(std::string& out, const Error& notice) {
    encode_fields(out, 'N', notice.code == "00000" ? "NOTICE" : "WARNING", notice);
}

namespace errors {

Error syntax(std::string_view source, std::size_t offset, std::string_view token) {
    return with(plain("42601", "at or near " + quoted(token) + ": syntax error", "lexer.go", 215, "Error"),
                source_of(source, offset));
}
Error set_local(std::string_view source, std::size_t offset, std::string_view token) {
    constexpr int kIssue = 32562;
    return with(plain("0A000", "at or near " + quoted(token) + ": syntax error: unimplemented: this syntax",
                      "lexer.go", 176, "UnimplementedWithIssue"),
                source_of(source, offset), not_yet(kIssue));
}
Error undefined_table(std::string_view name) {
    return plain("42P01", "relation " + quoted(name) + " does not exist", "errors.go", 121,
                 "NewUndefinedRelationError");
}
Error undefined_column(std::string_view name) {
    return plain("42703", "column " + quoted(name) + " does not exist");
}
Error unknown_function(std::string_view name) {
    return plain("42883", "unknown function: " + std::string(name) + "()", "name_resolution.go", 561,
                 "ResolveFunction");
}
Error integer_division() {
    return plain("22023", "unsupported binary operator: <int> / <int> (desired <int>)", "type_check.go", 341,
                 "TypeCheck");
}
Error read_only(std::string_view command) {
    return plain("25006", "cannot execute " + std::string(command) + " in a read-only transaction",
                 "relational.go", 169, "buildRelational");
}
Error unimplemented(std::string_view what, int issue) {
    return with(plain("0A000", "unimplemented: " + std::string(what)), {}, not_yet(issue));
}
Error table_exists(std::string_view name) {
    return plain("42P07", "relation " + quoted(name) + " already exists");
}

Error division_by_zero() { return plain("22012", "division by zero", "eval.go", 67, "init"); }
Error duplicate_key(std::string_view column, std::string_view value, std::string_view constraint) {
    auto error = plain("23505", "duplicate key value violates unique constraint " + quoted(constraint),
                       "errors.go", 103, "NewUniquenessConstraintViolationError");
    error.detail = "Key (" + std::string(column) + ")=(" + std::string(value) + ") already exists.";
    error.constraint = constraint;
    return error;
}
Error bad_integer(std::string_view text) {
    return plain("22P02",
                 "could not parse " + quoted(text) + " as type int: strconv.ParseInt: parsing " +
                     quoted(text) + ": invalid syntax",
                 "datum.go", 276, "makeParseError");
}
Error canceled() { return plain("57014", "query execution canceled", "cancel_checker.go", 74, "init"); }
Error statement_timeout() {
    return plain("57014", "query execution canceled due to statement timeout", "errors.go", 218, "init");
}
Error ambiguous() {
    return plain("40003",
                 "result is ambiguous (error=rpc error: code = Unavailable desc = error reading "
                 "from server: EOF [exhausted])");
}

Error no_transaction() {
    return plain("XXUUU", "there is no transaction in progress", "exec_util.go", 470, "init");
}
Error committed_before_ddl() {
    return plain("00000",
                 "auto-committing transaction before processing DDL due to autocommit_before_ddl setting");
}
Error no_transaction_warning() { return plain("25P01", "there is no transaction in progress"); }
Error already_in_transaction() {
    return plain("XXUUU", "there is already a transaction in progress", "exec_util.go", 471, "init");
}
Error transaction_aborted() {
    return plain("25P02", "current transaction is aborted, commands ignored until end of transaction block",
                 "errors.go", 38, "NewTransactionAbortedError");
}
Error transaction_committed() {
    return plain("25000", "current transaction is committed, commands ignored until end of transaction block",
                 "errors.go", 44, "NewTransactionCommittedError");
}
Error savepoint_not_first() {
    return plain("42601", "SAVEPOINT \"cockroach_restart\" needs to be the first statement in a transaction",
                 "conn_executor_savepoints.go", 85, "func1");
}
Error savepoint_nested() {
    return plain("42601", "SAVEPOINT \"cockroach_restart\" cannot be nested", "conn_executor_savepoints.go",
                 75, "func1");
}
Error no_such_savepoint(std::string_view name) {
    return plain("3B001", "savepoint " + quoted(name) + " does not exist", "conn_executor_savepoints.go", 122,
                 "execRelease");
}
Error ddl_after_write() {
    constexpr int kIssue = 26508;
    return with(
        plain("0A000",
              "unimplemented: the first schema change statement in a transaction must precede any writes",
              "relational.go", 161, "buildRelational"),
        {}, not_yet(kIssue));
}
Error schema_change_failed(std::string_view column, std::string_view value, std::string_view index) {
    auto error = duplicate_key(column, value, index);
    error.code = "XXA00";
    error.message =
        "transaction committed but schema change aborted with error: (23505): failed to ingest index "
        "entries during backfill: " +
        error.message;
    error.hint =
        "Some of the non-DDL statements may have committed successfully, but some of the DDL statement(s) "
        "failed.\nManual inspection may be required to determine the actual state of the database.\n--\nSee: "
        "https://github.com/cockroachdb/cockroach/issues/42061";
    return error;
}

Error unknown_variable(std::string_view name) {
    return plain("42704", "unrecognized configuration parameter " + quoted(name), "vars.go", 1492,
                 "getSessionVar");
}
Error unknown_variable_shown(std::string_view name) {
    return plain("42704", "unrecognized configuration parameter " + quoted(name), "show_var.go", 44,
                 "delegateShowVar");
}
Error bad_variable_value(std::string_view name, std::string_view value, std::string_view available) {
    return with(plain("22023", "invalid value for parameter " + quoted(name) + ": " + quoted(value),
                      "set_var.go", 353, "newVarValueError"),
                "this parameter is currently recognized only for compatibility and has no effect in "
                "CockroachDB.",
                "Available values: " + std::string(available));
}
Error read_only_variable(std::string_view name) {
    return plain("55P02", "parameter " + quoted(name) + " cannot be changed");
}
Error discard_in_transaction() {
    return plain("25001", "DISCARD ALL cannot run inside a transaction block", "discard.go", 28, "Discard");
}
Error no_statement_bound(std::string_view name) {
    return plain("26000", "unknown prepared statement " + quoted(name), "conn_executor_prepare.go", 309,
                 "execBind");
}
Error no_statement_described(std::string_view name) {
    return plain("26000", "unknown prepared statement " + quoted(name), "conn_executor_prepare.go", 515,
                 "execDescribe");
}
Error no_statement_executed(std::string_view name) {
    return plain("26000", "prepared statement " + quoted(name) + " does not exist", "conn_executor_exec.go",
                 537, "execStmtInOpenState");
}
Error no_statement_deallocated(std::string_view name) {
    return plain("26000", "prepared statement " + quoted(name) + " does not exist", "deallocate.go", 28,
                 "Deallocate");
}
Error statement_exists(std::string_view name) {
    return plain("42P05", "prepared statement " + quoted(name) + " already exists",
                 "conn_executor_prepare.go", 41, "execPrepare");
}
Error statement_exists_sql(std::string_view name) {
    return plain("42P05", "prepared statement " + quoted(name) + " already exists", "conn_executor_exec.go",
                 490, "execStmtInOpenState");
}
Error no_portal(std::string_view name) {
    return plain("34000", "unknown portal " + quoted(name), "conn_executor.go", 1556, "func2");
}
Error no_portal_described(std::string_view name) {
    return plain("34000", "unknown portal " + quoted(name), "conn_executor_prepare.go", 530, "execDescribe");
}
Error plan_changed() {
    return plain("0A000", "cached plan must not change result type", "plan_opt.go", 595, "runExecBuilder");
}
Error bad_argument(std::size_t number, std::string_view text) {
    return plain("08P01",
                 "error in argument for $" + std::to_string(number) + ": strconv.ParseInt: parsing " +
                     quoted(text) + ": invalid syntax",
                 "conn_executor_prepare.go", 387, "execBind");
}
Error portal_open(std::string_view operation) {
    constexpr int kIssue = 40195;
    return with(plain("0A000", "unimplemented: multiple active portals not supported", "distsql_running.go",
                      779, "init"),
                "cannot perform operation " + std::string(operation) + " while a different portal is open",
                not_yet(kIssue));
}
Error copy_extended() { return plain("XXUUU", "CopyFrom not supported in extended protocol mode"); }
Error copy_canceled() { return plain("XXUUU", "client canceled COPY", "copy.go", 278, "run"); }
Error bad_query_id(std::string_view id) {
    return plain("42601",
                 "invalid query ID '" + std::string(id) + "': could not decode " + std::string(id) +
                     " as hex: encoding/hex: odd length hex string",
                 "uint128.go", 107, "FromString");
}
Error no_such_query(std::string_view id) {
    return plain("XXUUU",
                 "could not cancel query " + std::string(id) + ": query ID " + std::string(id) + " not found",
                 "cancel_queries.go", 72, "Next");
}

Error gss_unsupported() {
    return plain("08P01", "GSS encryption is not yet supported", "server.go", 591, "ServeConn");
}
Error unknown_protocol(std::uint32_t version) {
    return plain("08P01", "unknown protocol version " + std::to_string(version), "server.go", 637,
                 "ServeConn");
}
Error tls_required() {
    return plain("08P01", "node is running secure mode, SSL connection required", "server.go", 979,
                 "maybeUpgradeToSecureConn");
}
Error bad_option(std::string_view option) {
    return plain("08P01", "option " + quoted(option) + " is invalid, must have prefix '-c' or '--'",
                 "server.go", 868, "parseOptions");
}
Error client_encoding(std::string_view lower_case) {
    constexpr int kIssue = 35882;
    return with(plain("0A000", "unimplemented: unimplemented client encoding: " + quoted(lower_case),
                      "vars.go", 199, "func231"),
                {}, not_yet(kIssue));
}
Error unknown_user(std::string_view user) {
    return plain("XXUUU", "password authentication failed for user " + std::string(user), "auth.go", 102,
                 "handleAuthentication");
}
Error wrong_password(std::string_view user) {
    return plain("XXUUU", "password authentication failed for user " + std::string(user), "auth.go", 164,
                 "func1");
}
Error foreign_certificate(std::string_view user, std::string_view named) {
    return plain(
        "XXUUU",
        "requested user is " + std::string(user) + ", but certificate is for [" + std::string(named) + "]",
        "auth.go", 139, "func1");
}
Error not_accepting() {
    return plain("57P01", "server is not accepting clients", "server.go", 1105, "newAdminShutdownErr");
}
Error shutting_down() {
    return plain("57P01", "server is shutting down", "server.go", 1105, "newAdminShutdownErr");
}

}  // namespace errors
}  // namespace support::crdb
