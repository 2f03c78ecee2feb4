// Messages of the PostgreSQL protocol as plain bytes, written independently of the code under test.
// Source: PostgreSQL docs, "Message Formats".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support::wire {

inline constexpr std::uint32_t kProtocol30 = 3U << 16U;
inline constexpr std::uint32_t kProtocol32 = kProtocol30 | 2U;
inline constexpr std::uint32_t kProtocol20 = 2U << 16U;

[[nodiscard]] std::string int16(int value);
[[nodiscard]] std::string int32(std::uint32_t value);
[[nodiscard]] std::string cstring(std::string_view text);

/// Tag, length, body.
[[nodiscard]] std::string message(char type, std::string_view body = "");

using Parameters = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] std::string startup(const Parameters& parameters, std::uint32_t protocol = kProtocol30);
[[nodiscard]] std::string ssl_request();
[[nodiscard]] std::string gss_request();
/// `key` is the body of BackendKeyData: process id and secret.
[[nodiscard]] std::string cancel_request(std::string_view key);

[[nodiscard]] std::string query(std::string_view sql);
[[nodiscard]] std::string parse(std::string_view name, std::string_view sql,
                                const std::vector<std::uint32_t>& types = {});
/// Text parameters; an empty optional is NULL.
[[nodiscard]] std::string bind_portal(std::string_view portal, std::string_view statement,
                                      const std::vector<std::optional<std::string>>& values = {});
[[nodiscard]] std::string describe_statement(std::string_view name);
[[nodiscard]] std::string describe_portal(std::string_view name);
[[nodiscard]] std::string execute(std::string_view portal, std::uint32_t max_rows = 0);
[[nodiscard]] std::string close_statement(std::string_view name);
[[nodiscard]] std::string close_portal(std::string_view name);
[[nodiscard]] std::string sync_message();
[[nodiscard]] std::string flush_message();
[[nodiscard]] std::string terminate();
[[nodiscard]] std::string password(std::string_view secret);
[[nodiscard]] std::string copy_data(std::string_view bytes);
[[nodiscard]] std::string copy_done();
[[nodiscard]] std::string copy_fail(std::string_view reason);
/// Text arguments, text result.
[[nodiscard]] std::string function_call(std::uint32_t function, const std::vector<std::string>& arguments);

struct Message {
    char type = 0;
    std::string body;
};
using Messages = std::vector<Message>;

[[nodiscard]] std::uint32_t read_uint32(std::string_view bytes);
/// The tags in order, e.g. "12DCZ".
[[nodiscard]] std::string types(const Messages& messages);
/// Fields of an ErrorResponse or NoticeResponse by their code.
[[nodiscard]] std::map<char, std::string> error_fields(const Message& message);
/// SQLSTATE of the first ErrorResponse; empty if there is none.
[[nodiscard]] std::string sqlstate(const Messages& messages);
/// Message text of the first ErrorResponse; empty if there is none.
[[nodiscard]] std::string error_text(const Messages& messages);
/// Columns of every DataRow, "(null)" for NULL.
[[nodiscard]] std::vector<std::vector<std::string>> rows(const Messages& messages);
/// The status byte of the last ReadyForQuery; 0 if there is none.
[[nodiscard]] char transaction_status(const Messages& messages);
/// Tag of the first CommandComplete.
[[nodiscard]] std::string command_tag(const Messages& messages);

}  // namespace support::wire
