// The extended query protocol: what a client sends, and the replies without content. All views point into the
// body decoded. Source: PostgreSQL docs, "Message Formats": Parse, Bind, Describe, Execute, Close, Sync,
// Flush and their replies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

/// `types` of a Parse that leaves all parameter types to the server: a count of zero.
inline constexpr ByteView kNoTypes{"\0\0", 2};

/// The docs allow 65535 parameters: counts on the wire are unsigned, whatever "Int16" says.
struct Parse {
    std::string_view name;  ///< "" is the unnamed statement
    std::string_view query;
    ByteView types;  ///< raw: int16 count and that many int32 OIDs
};
[[nodiscard]] Result<Parse> decode_parse(ByteView body);
void encode_parse(std::string& out, std::string_view name, std::string_view query, ByteView types_raw);

/// Both names of a Bind and how many bytes they take in its body, terminators included.
struct BindNames {
    std::string_view portal;
    std::string_view statement;
    std::size_t bytes = 0;
};
/// Reads the names of a Bind whose body may have arrived only in part. `body_bytes` is the length of the
/// whole body. nullopt: not enough bytes yet. Errors: kNoTerminator, kShort if the body cannot hold what must
/// follow the names.
[[nodiscard]] Result<std::optional<BindNames>> peek_bind_names(ByteView body_prefix, std::size_t body_bytes);

/// A whole Bind; the lists are checked and left raw.
struct Bind {
    std::string_view portal;
    std::string_view statement;
    ByteView rest;  ///< parameter formats, parameters, result formats
};
[[nodiscard]] Result<Bind> decode_bind(ByteView body);
/// The parameters of a decoded Bind, for tests and test servers: it allocates.
[[nodiscard]] std::vector<std::optional<std::string_view>> bind_parameters(const Bind& bind);

/// Tag, length and names of a Bind whose remaining `rest_bytes` are copied or forwarded from elsewhere.
void encode_bind_header(std::string& out, std::size_t rest_bytes, std::string_view portal,
                        std::string_view statement);
/// A Bind with all parameters and results in text form. nullopt is NULL.
void encode_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const std::optional<std::string_view>> parameters);

inline constexpr char kStatementKind = 'S';
inline constexpr char kPortalKind = 'P';

struct Describe {
    char kind = kStatementKind;  ///< 'S' statement, 'P' portal; nothing else passes the decoder
    std::string_view name;
};
struct Close {
    char kind = kStatementKind;
    std::string_view name;
};
[[nodiscard]] Result<Describe> decode_describe(ByteView body);
[[nodiscard]] Result<Close> decode_close(ByteView body);
void encode_describe(std::string& out, char kind, std::string_view name);
void encode_close(std::string& out, char kind, std::string_view name);

struct Execute {
    std::string_view portal;
    std::int32_t max_rows = 0;  ///< rows; 0 = no limit
};
[[nodiscard]] Result<Execute> decode_execute(ByteView body);
void encode_execute(std::string& out, std::string_view portal, std::int32_t max_rows = 0);

void encode_sync(std::string& out);
void encode_flush(std::string& out);
void encode_terminate(std::string& out);

void encode_parse_complete(std::string& out);
void encode_bind_complete(std::string& out);
void encode_close_complete(std::string& out);
void encode_no_data(std::string& out);
void encode_portal_suspended(std::string& out);
void encode_parameter_description(std::string& out, std::span<const std::uint32_t> oids);
/// The types as a Parse would carry them (int16 count and OIDs), checked.
[[nodiscard]] Result<ByteView> decode_parameter_description(ByteView body);

}  // namespace protocol
