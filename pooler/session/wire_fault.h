// The text for bytes that are no message, as PgBouncer words it. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pooler {

/// "bad packet header: '1603010200'": the first bytes in hex.
[[nodiscard]] inline std::string bad_header(std::string_view packet) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "bad packet header: '";
    for (const char c : packet.substr(0, 8)) {
        text += kDigits[static_cast<unsigned char>(c) >> 4U];
        text += kDigits[static_cast<unsigned char>(c) & 0xFU];
    }
    return text += "'";
}

}  // namespace pooler
