// The messages of a log-in. What the exchanged data means is in md5.h and scram.h.
// Source: PostgreSQL docs, "Message Formats": Authentication*, PasswordMessage, SASLInitialResponse,
// SASLResponse.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

enum class AuthCode : std::int32_t {
    kOk = 0,
    kKerberosV5 = 2,
    kCleartextPassword = 3,
    kMd5Password = 5,
    kScmCredential = 6,
    kGss = 7,
    kGssContinue = 8,
    kSspi = 9,
    kSasl = 10,
    kSaslContinue = 11,
    kSaslFinal = 12,
};

using Md5Salt = std::array<char, 4>;

inline constexpr std::string_view kScramSha256 = "SCRAM-SHA-256";
inline constexpr std::string_view kScramSha256Plus = "SCRAM-SHA-256-PLUS";

void encode_authentication_ok(std::string& out);
void encode_authentication_cleartext(std::string& out);
void encode_authentication_md5(std::string& out, const Md5Salt& salt);
void encode_authentication_sasl(std::string& out, std::span<const std::string_view> mechanisms);
void encode_authentication_sasl_continue(std::string& out, ByteView data);
void encode_authentication_sasl_final(std::string& out, ByteView data);

/// A server's Authentication message. `data` is what follows the code: 4 bytes of salt for MD5 (checked), the
/// list of mechanisms for SASL, the SASL data; empty for the others of fixed form.
struct Authentication {
    AuthCode code = AuthCode::kOk;
    ByteView data;

    /// Only for kMd5Password.
    [[nodiscard]] Md5Salt salt() const { return {data[0], data[1], data[2], data[3]}; }
};
/// Errors: kShort, kTrailingBytes, kBadValue for a code not in AuthCode.
[[nodiscard]] Result<Authentication> decode_authentication(ByteView body);

/// The mechanisms of a kSasl message, in the server's order of preference.
[[nodiscard]] Result<std::vector<std::string_view>> decode_sasl_mechanisms(ByteView data);

/// PasswordMessage: a password in clear or an MD5 answer.
void encode_password(std::string& out, std::string_view text);
void encode_sasl_initial(std::string& out, std::string_view mechanism, ByteView data);
void encode_sasl_response(std::string& out, ByteView data);

[[nodiscard]] Result<std::string_view> decode_password(ByteView body);

struct SaslInitial {
    std::string_view mechanism;
    ByteView data;  ///< empty also if the client sent none
};
[[nodiscard]] Result<SaslInitial> decode_sasl_initial(ByteView body);
// The body of a SASLResponse is its data; there is nothing to decode.

}  // namespace protocol
