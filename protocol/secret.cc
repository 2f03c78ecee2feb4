#include "protocol/secret.h"

#include <algorithm>

#include "protocol/scram_keys.h"

namespace protocol {
namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_md5_hash(std::string_view secret) {
    return secret.size() == 35 && secret.substr(0, 3) == "md5" &&
           std::all_of(secret.begin() + 3, secret.end(), is_lower_hex);
}

}  // namespace

SecretKind classify_secret(std::string_view secret) {
    if (secret.empty()) return SecretKind::kNone;
    if (is_md5_hash(secret)) return SecretKind::kMd5;
    return parse_scram_verifier(secret) ? SecretKind::kScram : SecretKind::kPlain;
}

}  // namespace protocol
