// The MD5 password exchange. Source: PostgreSQL docs, "Message Flow", "Start-up", AuthenticationMD5Password.
// Every function gives an empty string, or false, where the library refuses MD5 (FIPS mode).
#pragma once

#include <string>
#include <string_view>

#include "protocol/auth.h"

namespace protocol {

/// What PostgreSQL stores: "md5" and 32 hex digits of MD5(password + user).
[[nodiscard]] std::string md5_password_hash(std::string_view password, std::string_view user);

/// The text of the PasswordMessage that answers `salt`. `stored_hash` is of md5_password_hash's form.
[[nodiscard]] std::string md5_response(std::string_view stored_hash, const Md5Salt& salt);

/// Whether a client's answer is right, compared in constant time.
[[nodiscard]] bool verify_md5_response(std::string_view stored_hash, const Md5Salt& salt,
                                       std::string_view response);

}  // namespace protocol
