// The untagged packets that open a connection, in both directions of use: decoded from clients, encoded for
// servers. Source: PostgreSQL docs, "Message Formats": StartupMessage, SSLRequest, GSSENCRequest,
// CancelRequest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

inline constexpr std::uint32_t kProtocol30 = 196608;  ///< 3.0: major in the upper, minor in the lower 16 bits
inline constexpr std::uint32_t kProtocol32 = 196610;  ///< 3.2: long cancel keys
inline constexpr std::uint32_t kCancelRequestCode = 80877102;
inline constexpr std::uint32_t kSslRequestCode = 80877103;
inline constexpr std::uint32_t kGssEncRequestCode = 80877104;

/// Larger packets are malformed (PgBouncer's limit; PostgreSQL's own is 10000).
inline constexpr std::size_t kMaxStartupBytes = 65535;
/// Length and code.
inline constexpr std::size_t kMinStartupBytes = 8;

/// A cancel key with its process id: 4 + 4 bytes in protocol 3.0, up to 4 + 256 in 3.2.
inline constexpr std::size_t kMinCancelKeyBytes = 8;
inline constexpr std::size_t kMaxCancelKeyBytes = 260;

[[nodiscard]] constexpr std::uint32_t major_version(std::uint32_t version) { return version >> 16U; }
[[nodiscard]] constexpr std::uint32_t minor_version(std::uint32_t version) { return version & 0xFFFFU; }

using ParameterView = std::pair<std::string_view, std::string_view>;

/// Views into the packet. Names may repeat; the last one counts.
struct StartupMessage {
    std::uint32_t version = kProtocol30;
    std::vector<ParameterView> parameters;

    /// The value of the last parameter of that name, or nullptr.
    [[nodiscard]] const std::string_view* find(std::string_view name) const;
};
struct SslRequest {};
struct GssEncRequest {};
struct CancelRequest {
    ByteView key;  ///< process id and secret: all that follows the code
};
using StartupPacket = std::variant<StartupMessage, SslRequest, GssEncRequest, CancelRequest>;

/// The length of the packet that begins with these bytes (at least 4): kBadLength outside 8..65535. To be
/// asked as soon as four bytes are there, so that nobody can make us wait for more than the limit.
[[nodiscard]] Result<std::size_t> startup_packet_bytes(ByteView prefix);

/// Decodes one whole packet, length included.
/// Errors: kBadLength (the length field disagrees with what is given, or is wrong for the request),
/// kProtocolTwo, kUnsupportedVersion, kNoTerminator, kTrailingBytes.
[[nodiscard]] Result<StartupPacket> decode_startup_packet(ByteView whole_packet);

void encode_startup(std::string& out, std::uint32_t version, std::span<const ParameterView> parameters);
/// `key` as in CancelRequest::key.
void encode_cancel_request(std::string& out, ByteView key);
void encode_ssl_request(std::string& out);
void encode_gssenc_request(std::string& out);

/// What a server's answer to an SSLRequest means.
enum class SslAnswer : std::uint8_t {
    kTls,    ///< it waits for the handshake
    kNoTls,  ///< the connection goes on in clear
    kError,  ///< an ErrorResponse begins, from a server that does not know the request
    kGlued,  ///< bytes in clear behind the answer: whoever sent them wants them taken for protected ones
    kInvalid,
};
/// `received`: what has come so far, at least one byte. The first two decide; what comes later belongs to the
/// handshake or to the login.
[[nodiscard]] SslAnswer decode_ssl_answer(ByteView received);

/// NegotiateProtocolVersion. `newest_version`: the docs call it the newest minor version, servers send the
/// whole number (196608 for 3.0).
void encode_negotiate_protocol_version(std::string& out, std::uint32_t newest_version,
                                       std::span<const std::string_view> unrecognised);

struct NegotiateProtocolVersion {
    std::uint32_t newest_version = 0;
    std::vector<std::string_view> unrecognised;
};
[[nodiscard]] Result<NegotiateProtocolVersion> decode_negotiate_protocol_version(ByteView body);

/// The settings in a start-up parameter `options`: words `-c name=value`, `-cname=value`, `--name=value`; a
/// backslash takes the next character literally. As in PostgreSQL a hyphen in a name counts as an underscore.
/// Errors: kBadValue at the word that has another form.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> parse_options(
    std::string_view options);

}  // namespace protocol
