// Attribute lists of SCRAM messages ("r=...,s=...,i=..."), shared by both roles. Views die with the message.
// Source: RFC 5802, "Formal Syntax".
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "protocol/crypto.h"

namespace protocol::scram_text {

/// Takes attributes off the front of a message, one after the other.
class AttributeReader {
 public:
    explicit AttributeReader(std::string_view message) : rest_(message) {}

    /// The value of the next attribute if it has that name; else nullopt, and nothing is taken.
    [[nodiscard]] std::optional<std::string_view> take(char name) {
        if (rest_.size() < 2 || rest_[0] != name || rest_[1] != '=') return std::nullopt;
        const std::size_t comma = rest_.find(',');
        const std::string_view value = rest_.substr(2, comma == std::string_view::npos ? comma : comma - 2);
        rest_.remove_prefix(comma == std::string_view::npos ? rest_.size() : comma + 1);
        return value;
    }

    /// The name of the next attribute, 0 at the end.
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

    /// Whether what is left is a list of attributes; extensions are optional ones, to be ignored.
    [[nodiscard]] bool only_extensions() {
        while (!rest_.empty()) {
            const char name = rest_[0];
            const bool letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
            if (!letter || !take(name)) return false;
        }
        return true;
    }

 private:
    std::string_view rest_;
};

/// printable: %x21-2B / %x2D-7E.
[[nodiscard]] inline bool is_nonce(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~' && c != ','; });
}

/// ClientProof = ClientKey XOR ClientSignature; the same operation takes the key back out of the proof.
[[nodiscard]] inline Sha256Digest exclusive_or(const Sha256Digest& a, const Sha256Digest& b) {
    Sha256Digest out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[i] ^ b[i];
    return out;
}

}  // namespace protocol::scram_text
