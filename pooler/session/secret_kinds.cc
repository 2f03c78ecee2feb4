#include "pooler/session/secret_kinds.h"

#include <cstdint>
#include <string>

#include "protocol/crypto.h"
#include "protocol/secret.h"

namespace pooler {

namespace {

constexpr std::size_t kMostRemembered = 1024;

}  // namespace

void SecretKinds::add(std::string_view secret) {
    const auto kind = protocol::classify_secret(secret);
    if (kind == protocol::SecretKind::kNone) return;
    if (scram + other >= kMostRemembered) {
        scram /= 2;
        other /= 2;
    }
    ++(kind == protocol::SecretKind::kScram ? scram : other);
}

bool SecretKinds::ask_scram(std::string_view user, std::string_view process_secret) const {
    if (other == 0) return true;
    const auto digest = protocol::hmac_sha256(process_secret, "kind:" + std::string{user});
    std::uint64_t place = 0;  // of the name, among 2^32
    for (std::size_t i = 0; i < 4; ++i) place = place << 8U | digest[i];
    return (place * (scram + other)) >> 32U < scram;
}

}  // namespace pooler
