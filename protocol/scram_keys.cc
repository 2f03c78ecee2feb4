#include "protocol/scram_keys.h"

#include <idn-free.h>
#include <openssl/crypto.h>
#include <stringprep.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace protocol {
namespace {

constexpr std::string_view kPrefix = "SCRAM-SHA-256$";

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct IdnFree {
    void operator()(char* text) const { idn_free(text); }
};

/// Cuts `text` at the first `mark`: returns what is before it and leaves what is after. nullopt if there is
/// none.
std::optional<std::string_view> take_until(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view head = text.substr(0, at);
    text.remove_prefix(at + 1);
    return head;
}

bool parse_iterations(std::string_view text, int& iterations) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, iterations);
    return error == std::errc{} && stop == end && iterations > 0;
}

bool decode_key(std::string_view text, ScramKey& key) {
    const auto raw = base64_decode(text);
    if (!raw || raw->size() != key.size()) return false;
    std::copy(raw->begin(), raw->end(), key.begin());
    return true;
}

}  // namespace

bool ScramVerifier::same_as(const ScramVerifier& other) const {
    return iterations == other.iterations && salt == other.salt &&
           equal_constant_time(view_of(stored_key), view_of(other.stored_key)) &&
           equal_constant_time(view_of(server_key), view_of(other.server_key));
}

std::string saslprep(std::string_view password) {
    std::string raw{password};
    if (is_ascii(password)) return raw;
    char* prepared = nullptr;
    // Unassigned code points make the preparation fail, as for a stored string, and so leave the password as
    // it is.
    if (stringprep_profile(raw.c_str(), &prepared, "SASLprep", STRINGPREP_NO_UNASSIGNED) != STRINGPREP_OK) {
        return raw;
    }
    const std::unique_ptr<char, IdnFree> owned{prepared};
    if (*prepared == '\0') return raw;
    wipe(raw);
    raw = prepared;
    OPENSSL_cleanse(prepared, raw.size());
    return raw;
}

std::optional<ScramKeys> derive_keys(std::string_view password, std::string_view salt, int iterations) {
    ScramKey salted{};
    std::string prepared = saslprep(password);
    const bool derived = pbkdf2_sha256(prepared, salt, iterations, salted);
    wipe(prepared);
    if (!derived) return std::nullopt;
    return ScramKeys{hmac_sha256(view_of(salted), "Client Key"), hmac_sha256(view_of(salted), "Server Key")};
}

ScramKey stored_key_of(const ScramKey& client_key) { return sha256(view_of(client_key)); }

ScramVerifier verifier_of(const ScramKeys& keys, std::string_view salt, int iterations) {
    return {iterations, std::string{salt}, stored_key_of(keys.client_key), keys.server_key};
}

std::optional<ScramVerifier> build_scram_verifier(std::string_view password, std::string_view salt,
                                                  int iterations) {
    const auto keys = derive_keys(password, salt, iterations);
    if (!keys) return std::nullopt;
    return verifier_of(*keys, salt, iterations);
}

std::optional<ScramVerifier> parse_scram_verifier(std::string_view text) {
    if (text.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
    text.remove_prefix(kPrefix.size());
    const auto iterations = take_until(text, ':');
    const auto salt = iterations ? take_until(text, '$') : std::nullopt;
    const auto stored_key = salt ? take_until(text, ':') : std::nullopt;
    if (!stored_key) return std::nullopt;
    ScramVerifier verifier;
    auto raw_salt = base64_decode(*salt);
    if (!raw_salt || raw_salt->empty() || !parse_iterations(*iterations, verifier.iterations) ||
        !decode_key(*stored_key, verifier.stored_key) || !decode_key(text, verifier.server_key)) {
        return std::nullopt;
    }
    verifier.salt = std::move(*raw_salt);
    return verifier;
}

std::string format_scram_verifier(const ScramVerifier& verifier) {
    std::string text{kPrefix};
    text += std::to_string(verifier.iterations) + ':' + base64_encode(verifier.salt) + '$';
    text += base64_encode(view_of(verifier.stored_key)) + ':' + base64_encode(view_of(verifier.server_key));
    return text;
}

ScramVerifier mock_verifier(std::string_view user, std::string_view process_secret, int iterations) {
    const auto derived = [&](std::string_view purpose) {
        return hmac_sha256(process_secret, std::string{purpose} + std::string{user});
    };
    ScramVerifier verifier;
    verifier.iterations = iterations;
    verifier.salt = view_of(derived("salt:")).substr(0, kScramSaltBytes);
    verifier.stored_key = derived("stored:");
    verifier.server_key = derived("server:");
    return verifier;
}

}  // namespace protocol
