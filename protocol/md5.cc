#include "protocol/md5.h"

#include "protocol/crypto.h"
#include "protocol/secret.h"

namespace protocol {
namespace {

constexpr std::string_view kPrefix = "md5";

std::string prefixed_digest(const std::string& input) {
    const auto hex = md5_hex(input);
    return hex ? std::string{kPrefix} + *hex : std::string{};
}

}  // namespace

std::string md5_password_hash(std::string_view password, std::string_view user) {
    std::string input;
    input.reserve(password.size() + user.size());  // growing would leave copies behind
    input.append(password).append(user);
    std::string hash = prefixed_digest(input);
    wipe(input);
    return hash;
}

std::string md5_response(std::string_view stored_hash, const Md5Salt& salt) {
    if (classify_secret(stored_hash) != SecretKind::kMd5) return {};
    std::string input{stored_hash.substr(kPrefix.size())};
    input.append(salt.data(), salt.size());
    return prefixed_digest(input);
}

bool verify_md5_response(std::string_view stored_hash, const Md5Salt& salt, std::string_view response) {
    const std::string expected = md5_response(stored_hash, salt);
    return !expected.empty() && equal_constant_time(expected, response);
}

}  // namespace protocol
