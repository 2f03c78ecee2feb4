#include "tests/support/wire_message.h"

namespace support::wire {
namespace {

constexpr std::uint32_t kSslRequestCode = 80877103;
constexpr std::uint32_t kGssRequestCode = 80877104;
constexpr std::uint32_t kCancelRequestCode = 80877102;
constexpr std::uint32_t kNullLength = 0xffffffff;
constexpr unsigned kByteBits = 8;

std::string big_endian(std::uint32_t value, int bytes) {
    std::string text(static_cast<std::size_t>(bytes), '\0');
    for (auto at = text.size(); at > 0; value >>= kByteBits) text[--at] = static_cast<char>(value & 0xffU);
    return text;
}

std::string untagged(std::string_view body) {
    return int32(static_cast<std::uint32_t>(body.size() + sizeof(std::uint32_t))) + std::string(body);
}

std::string sized(std::string_view bytes) {
    return int32(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

int read_uint16(std::string_view bytes) {
    return static_cast<unsigned char>(bytes[0]) << kByteBits | static_cast<unsigned char>(bytes[1]);
}

std::vector<std::string> row_values(std::string_view body) {
    std::vector<std::string> row(static_cast<std::size_t>(read_uint16(body)));
    body.remove_prefix(2);
    for (auto& value : row) {
        const auto length = read_uint32(body);
        body.remove_prefix(sizeof length);
        const auto bytes = length == kNullLength ? 0 : length;
        value = length == kNullLength ? "(null)" : std::string(body.substr(0, bytes));
        body.remove_prefix(bytes);
    }
    return row;
}

std::string error_field(const Messages& messages, char field) {
    for (const auto& message : messages) {
        if (message.type == 'E') return error_fields(message)[field];
    }
    return "";
}

}  // namespace

std::string int16(int value) { return big_endian(static_cast<std::uint32_t>(value), 2); }

std::string int32(std::uint32_t value) { return big_endian(value, 4); }

std::string cstring(std::string_view text) { return std::string(text) + '\0'; }

std::string message(char type, std::string_view body) { return type + untagged(body); }

std::string startup(const Parameters& parameters, std::uint32_t protocol) {
    std::string body = int32(protocol);
    for (const auto& [name, value] : parameters) body += cstring(name) + cstring(value);
    return untagged(body + '\0');
}

std::string ssl_request() { return untagged(int32(kSslRequestCode)); }
std::string gss_request() { return untagged(int32(kGssRequestCode)); }
std::string cancel_request(std::string_view key) {
    return untagged(int32(kCancelRequestCode) + std::string(key));
}

std::string query(std::string_view sql) { return message('Q', cstring(sql)); }

std::string parse(std::string_view name, std::string_view sql, const std::vector<std::uint32_t>& types) {
    std::string body = cstring(name) + cstring(sql) + int16(static_cast<int>(types.size()));
    for (const auto type : types) body += int32(type);
    return message('P', body);
}

std::string bind_portal(std::string_view portal, std::string_view statement,
                        const std::vector<std::optional<std::string>>& values) {
    std::string body =
        cstring(portal) + cstring(statement) + int16(0) + int16(static_cast<int>(values.size()));
    for (const auto& value : values) body += value ? sized(*value) : int32(kNullLength);
    return message('B', body + int16(0));
}

std::string describe_statement(std::string_view name) { return message('D', "S" + cstring(name)); }
std::string describe_portal(std::string_view name) { return message('D', "P" + cstring(name)); }
std::string execute(std::string_view portal, std::uint32_t max_rows) {
    return message('E', cstring(portal) + int32(max_rows));
}
std::string close_statement(std::string_view name) { return message('C', "S" + cstring(name)); }
std::string close_portal(std::string_view name) { return message('C', "P" + cstring(name)); }
std::string sync_message() { return message('S'); }
std::string flush_message() { return message('H'); }
std::string terminate() { return message('X'); }
std::string password(std::string_view secret) { return message('p', cstring(secret)); }
std::string copy_data(std::string_view bytes) { return message('d', bytes); }
std::string copy_done() { return message('c'); }
std::string copy_fail(std::string_view reason) { return message('f', cstring(reason)); }

std::string function_call(std::uint32_t function, const std::vector<std::string>& arguments) {
    std::string body = int32(function) + int16(0) + int16(static_cast<int>(arguments.size()));
    for (const auto& argument : arguments) body += sized(argument);
    return message('F', body + int16(0));
}

std::uint32_t read_uint32(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) {
        value = value << kByteBits | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

std::string types(const Messages& messages) {
    std::string result;
    for (const auto& message : messages) result += message.type;
    return result;
}

std::map<char, std::string> error_fields(const Message& message) {
    std::map<char, std::string> fields;
    std::string_view rest = message.body;
    while (!rest.empty() && rest[0] != '\0') {
        const auto end = rest.find('\0');
        if (end == std::string_view::npos) break;
        fields[rest[0]] = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
    }
    return fields;
}

std::string sqlstate(const Messages& messages) { return error_field(messages, 'C'); }

std::string error_text(const Messages& messages) { return error_field(messages, 'M'); }

std::vector<std::vector<std::string>> rows(const Messages& messages) {
    std::vector<std::vector<std::string>> result;
    for (const auto& message : messages) {
        if (message.type == 'D') result.push_back(row_values(message.body));
    }
    return result;
}

char transaction_status(const Messages& messages) {
    char status = 0;
    for (const auto& message : messages) {
        if (message.type == 'Z') status = message.body.at(0);
    }
    return status;
}

std::string command_tag(const Messages& messages) {
    for (const auto& message : messages) {
        if (message.type == 'C') return message.body.substr(0, message.body.find('\0'));
    }
    return "";
}

}  // namespace support::wire
