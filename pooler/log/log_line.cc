// The text form. Database, user and peer come from clients: nothing of theirs may look like a line of ours.
#include "pooler/log/log_line.h"

#include <array>
#include <cstdio>

namespace pooler {

namespace {

constexpr unsigned char kSpace = 0x20;
constexpr unsigned char kDelete = 0x7f;

void append_hex(std::string& out, unsigned char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\x";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xfU];
}

/// The C1 control characters in UTF-8, some of which steer terminals.
bool is_c1_control(std::string_view text, std::size_t at) {
    if (text[at] != '\xc2' || at + 1 >= text.size()) return false;
    const auto next = static_cast<unsigned char>(text[at + 1]);
    return next >= 0x80 && next < 0xa0;
}

void append_escaped(std::string& out, std::string_view text, std::string_view newline, bool tab_allowed) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte == '\n') {
            out += newline;
        } else if (is_c1_control(text, at)) {
            append_hex(out, byte);
            append_hex(out, static_cast<unsigned char>(text[++at]));
        } else if ((byte < kSpace && !(tab_allowed && byte == '\t')) || byte == kDelete) {
            append_hex(out, byte);
        } else {
            out += text[at];
        }
    }
}

std::string identity(const LogPrefix& prefix) {
    std::array<char, 40> text{};
    const auto id = static_cast<unsigned long long>(prefix.session_id);
    if (prefix.worker == LogPrefix::kNoWorker)
        std::snprintf(text.data(), text.size(), "%c-0x%llx: ", prefix.side, id);
    else
        std::snprintf(text.data(), text.size(), "%c-0x%llx.%u: ", prefix.side, id, prefix.worker);
    return text.data();
}

}  // namespace

std::string_view level_name(LogLevel level) {
    switch (level) {
        case LogLevel::kFatal: return "FATAL";
        case LogLevel::kError: return "ERROR";
        case LogLevel::kWarning: return "WARNING";
        case LogLevel::kInfo: return "LOG";
        case LogLevel::kDebug: return "DEBUG";
        case LogLevel::kNoise: return "NOISE";
    }
    return "LOG";
}

std::string escape_text(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    std::string out;
    out.reserve(text.size());
    append_escaped(out, text.substr(0, kLongestLogText), "\n\t", true);
    if (text.size() > kLongestLogText)
        out += " [" + std::to_string(text.size() - kLongestLogText) + " bytes cut]";
    return out;
}

std::string escape_field(std::string_view field) {
    std::string out;
    append_escaped(out, field.substr(0, kLongestLogText), "\\n", false);
    return out;
}

std::string text_body(const LogPrefix& prefix, std::string_view text) {
    if (prefix.side == '-') return escape_text(text);
    std::string out = identity(prefix);
    out += prefix.database.empty() ? "(nodb)" : escape_field(prefix.database);
    out += '/';
    out += prefix.user.empty() ? "(nouser)" : escape_field(prefix.user);
    if (!prefix.peer.empty()) out += "@" + escape_field(prefix.peer);
    return out + " " + escape_text(text);
}

}  // namespace pooler
