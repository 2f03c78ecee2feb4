// ErrorResponse and NoticeResponse, both ways.
// Source: PostgreSQL docs, "Error and Notice Message Fields".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/decode_error.h"
#include "protocol/frame.h"

namespace protocol {

/// The fields we look at; what a server left out is empty (a server may leave out any, the SQLSTATE too).
struct ErrorFields {
    std::string_view severity;               ///< S: perhaps in the server's language
    std::string_view severity_nonlocalized;  ///< V: CockroachDB sends none
    std::string_view code;                   ///< C: SQLSTATE
    std::string_view message;                ///< M
    std::string_view detail;                 ///< D
    std::string_view hint;                   ///< H

    /// Whether the server closes the connection after it. CockroachDB says ERROR also when it refuses a
    /// log-in.
    [[nodiscard]] bool fatal() const;
};

/// Errors: kNoTerminator, kTrailingBytes. Fields of unknown kind are skipped, of a repeated one the last
/// counts.
[[nodiscard]] Result<ErrorFields> decode_error_fields(ByteView body);

/// Walks all fields in order. Stops at the terminator, and at the first fault.
class ErrorFieldReader {
 public:
    explicit ErrorFieldReader(ByteView body) : body_(body) {}
    /// False: no more fields.
    [[nodiscard]] bool next();
    [[nodiscard]] char kind() const { return kind_; }
    [[nodiscard]] std::string_view value() const { return value_; }
    /// The present field with its kind byte and terminator.
    [[nodiscard]] ByteView raw() const { return body_.substr(start_, at_ - start_); }

 private:
    ByteView body_;
    std::size_t start_ = 0;
    std::size_t at_ = 0;
    char kind_ = '\0';
    std::string_view value_;
};

/// Exactly the fields S, C and M, as PgBouncer sends them, and D if `detail` is not empty.
void encode_error(std::string& out, std::string_view severity, std::string_view code,
                  std::string_view message, std::string_view detail = {});
/// The same as a NoticeResponse.
void encode_notice(std::string& out, std::string_view severity, std::string_view code,
                   std::string_view message);

}  // namespace protocol
