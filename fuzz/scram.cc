// Both roles of SCRAM against a hostile peer, and the stored forms of secrets. Input: two messages, separated
// by a newline. Nothing here derives a key from a password: that is slow and sees no bytes of the peer.
#include "protocol/scram.h"

#include <cstdint>

#include "fuzz/check.h"
#include "protocol/md5.h"
#include "protocol/secret.h"

namespace {

protocol::ScramKeys fixed_keys() {
    protocol::ScramKeys keys;
    keys.client_key.fill(1);
    keys.server_key.fill(2);
    return keys;
}

/// A user who does not exist never gets in, whatever is sent.
void check_server(std::string_view first, std::string_view second, bool plus) {
    const auto binding = plus ? std::optional<std::string>{"hash"} : std::nullopt;
    const auto verifier = protocol::verifier_of(fixed_keys(), "0123456789abcdef", 4096);
    protocol::ScramServer nobody{verifier, false, "SERVER", binding};
    if (nobody.first(first, plus)) fuzz::require(!nobody.final(second), "no log-in without a user");
    protocol::ScramServer known{verifier, true, "SERVER", binding};
    if (!known.first(first, plus)) return;
    if (known.final(second))
        fuzz::require(known.keys().client_key == fixed_keys().client_key, "the key is the one");
}

void check_client(std::string_view first, std::string_view second) {
    protocol::ScramClient client{"CLIENT"};
    const auto challenge = client.read_challenge(first);
    if (!challenge) return;
    fuzz::require(challenge->iterations >= 1 && challenge->iterations <= protocol::kMaxScramIterations,
                  "iterations are bounded");
    fuzz::require(!challenge->salt.empty() && challenge->salt.size() <= protocol::kMaxScramSaltBytes,
                  "the salt is bounded");
    fuzz::require(client.answer(fixed_keys()).has_value(), "a good challenge can be answered");
    static_cast<void>(client.verify(second).has_value());
}

void check_secret(std::string_view secret) {
    const auto verifier = protocol::parse_scram_verifier(secret);
    const auto kind = protocol::classify_secret(secret);
    fuzz::require(verifier.has_value() == (kind == protocol::SecretKind::kScram), "both agree on verifiers");
    fuzz::require(
        (kind == protocol::SecretKind::kMd5) == !protocol::md5_response(secret, {1, 2, 3, 4}).empty(),
        "both agree on MD5 hashes");
    if (!verifier) return;
    const auto again = protocol::parse_scram_verifier(protocol::format_scram_verifier(*verifier));
    fuzz::require(again && again->same_as(*verifier), "a verifier comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const std::size_t end = input.find('\n');
    const std::string_view first = input.substr(0, end);
    const std::string_view second =
        end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
    check_server(first, second, false);
    check_server(first, second, true);
    check_client(first, second);
    check_secret(first);
    static_cast<void>(protocol::saslprep(first).size());
    return 0;
}
