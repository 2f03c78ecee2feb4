#include "pooler/session/deallocate.h"

#include "pooler/server/parameters.h"

namespace pooler {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

void skip_spaces(std::string_view& text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

/// A plain word, folded to lower case as the server does; empty if there is none.
std::string take_word(std::string_view& text) {
    std::string word;
    while (!text.empty() && is_word(text.front())) {
        const char c = text.front();
        word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        text.remove_prefix(1);
    }
    skip_spaces(text);
    return word;
}

std::optional<std::string> take_quoted(std::string_view& text) {
    std::string name;
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() != '"') {
            name += text.front();
        } else if (text.size() > 1 && text[1] == '"') {
            name += '"';
            text.remove_prefix(1);
        } else {
            text.remove_prefix(1);
            skip_spaces(text);
            return name;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> deallocated_name(std::string_view text) {
    skip_spaces(text);
    constexpr std::size_t kVerbBytes = 10;
    if (text.size() <= kVerbBytes || !equal_ignoring_case(text.substr(0, kVerbBytes), "deallocate"))
        return std::nullopt;
    text.remove_prefix(kVerbBytes);
    if (!is_space(text.front()) && text.front() != '"') return std::nullopt;
    skip_spaces(text);
    std::optional<std::string> name;
    const bool quoted = !text.empty() && text.front() == '"';
    name = quoted ? take_quoted(text) : take_word(text);
    if (!quoted && name == "prepare" && !text.empty() && text.front() != ';')
        name = text.front() == '"' ? take_quoted(text) : take_word(text);
    if (!quoted && name == "all") return std::nullopt;
    if (!text.empty() && text.front() == ';') text.remove_prefix(1);
    skip_spaces(text);
    if (!text.empty() || !name || name->empty()) return std::nullopt;
    return name;
}

bool drops_all_statements(std::string_view text) {
    skip_spaces(text);
    if (text.empty() || (text.front() | 0x20) != 'd') return false;
    const std::string verb = take_word(text);
    if (verb != "deallocate" && verb != "discard") return false;
    std::string word = take_word(text);
    if (word == "prepare") word = take_word(text);
    return word == "all";
}

}  // namespace pooler
