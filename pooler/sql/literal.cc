#include "pooler/sql/literal.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pooler {

namespace {

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return fold(c) >= 'a' && fold(c) <= 'z'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_name_byte(char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// The quoted text at the front, doubled quotes undone; false if it does not end.
bool take_quoted(std::string_view& text, std::string& out) {
    const char quote = text.front();
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() == quote) {
            text.remove_prefix(1);
            if (text.empty() || text.front() != quote) return true;
        }
        out += text.front();
    }
    return false;
}

bool take_word(std::string_view& text, std::string& out) {
    const std::size_t before = out.size();
    for (; !text.empty() && is_name_byte(text.front()); text.remove_prefix(1)) out += fold(text.front());
    return out.size() > before;
}

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

// One escape of E'...' behind its backslash; false for those with digits, which may make bytes of any
// encoding.
bool take_escape(std::string_view& text, std::string& out) {
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kBytes = "\b\f\n\r\t";
    if (text.empty() || is_digit(text.front())) return false;
    const char c = text.front();
    if (c == 'x' || c == 'u' || c == 'U') return false;
    const std::size_t known = kNames.find(c);
    out += known == std::string_view::npos ? c : kBytes[known];
    text.remove_prefix(1);
    return true;
}

// The body of '...' or E'...' up to its closing quote. A plain one must not hold a backslash.
bool take_string(std::string_view& text, std::string& out, bool escapes) {
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '\\') {
            if (!escapes || !take_escape(text, out)) return false;
        } else if (c != '\'') {
            out += c;
        } else if (!text.empty() && text.front() == '\'') {
            out += c;
            text.remove_prefix(1);
        } else {
            return true;
        }
    }
    return false;
}

std::optional<std::string> dollar_value(std::string_view spelled) {
    const std::size_t tag = spelled.find('$', 1);
    if (tag == std::string_view::npos) return std::nullopt;
    const std::size_t delimiter = tag + 1;
    if (spelled.size() < 2 * delimiter) return std::nullopt;
    return std::string{spelled.substr(delimiter, spelled.size() - 2 * delimiter)};
}

std::optional<std::string> fixed_name(SetForm form) {
    switch (form) {
        case SetForm::kName: return std::nullopt;
        case SetForm::kTimeZone: return "timezone";
        case SetForm::kNames: return "client_encoding";
        case SetForm::kSchema: return "search_path";
        case SetForm::kCatalog: return std::nullopt;
        case SetForm::kRole: return "role";
        case SetForm::kSessionAuthorization: return "session_authorization";
        case SetForm::kXmlOption: return "xmloption";
        case SetForm::kDatabase: return "database";
        case SetForm::kIsolation: return "transaction_isolation";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> name_parts(std::string_view spelled) {
    std::vector<std::string> parts;
    while (!spelled.empty()) {
        std::string& part = parts.emplace_back();
        if (spelled.front() == '"' ? !take_quoted(spelled, part) : !take_word(spelled, part))
            return std::nullopt;
        skip_blanks(spelled);
        if (spelled.empty()) return parts;
        if (spelled.front() != '.') return std::nullopt;
        spelled.remove_prefix(1);
        skip_blanks(spelled);
    }
    return std::nullopt;
}

std::optional<std::string> identifier_value(std::string_view spelled) {
    const auto parts = name_parts(spelled);
    if (!parts) return std::nullopt;
    std::string out;
    for (const std::string& part : *parts) {
        if (&part != &parts->front()) out += '.';
        out += part;
    }
    return out;
}

std::optional<std::string> string_value(std::string_view spelled) {
    if (!spelled.empty() && spelled.front() == '$') return dollar_value(spelled);
    const bool escapes = !spelled.empty() && fold(spelled.front()) == 'e';
    if (escapes) spelled.remove_prefix(1);
    std::string out;
    while (!spelled.empty() && spelled.front() == '\'') {
        spelled.remove_prefix(1);
        if (!take_string(spelled, out, escapes)) return std::nullopt;
        if (spelled.empty()) return out;
        skip_blanks(spelled);  // a comment between two parts is not read
    }
    return std::nullopt;
}

std::optional<std::string> variable_name(const SqlStatement& statement, std::string_view text) {
    if (statement.form != SetForm::kName) return fixed_name(statement.form);
    const bool literal = statement.kind == StatementKind::kSelect;
    auto name = literal ? string_value(statement.name.in(text)) : identifier_value(statement.name.in(text));
    if (name) std::transform(name->begin(), name->end(), name->begin(), fold);
    return name;
}

bool is_ascii_safe_encoding(std::string_view name) {
    constexpr std::array<std::string_view, 7> kSafe{"utf", "unicode", "latin",   "iso",
                                                    "win", "euc",     "sqlascii"};
    constexpr std::array<std::string_view, 3> kSafeToo{"koi", "alt", "mulein"};
    std::string plain;
    for (const char c : name) {
        if (is_letter(c) || is_digit(c)) plain += fold(c);
    }
    // The multi-byte code pages of Windows have trail bytes in ASCII: win932, win936, win949, win950.
    if (plain.size() == 6 && plain.substr(0, 4) == "win9") return false;
    const auto begins = [&plain](std::string_view prefix) { return plain.rfind(prefix, 0) == 0; };
    return std::any_of(kSafe.begin(), kSafe.end(), begins) ||
           std::any_of(kSafeToo.begin(), kSafeToo.end(), begins);
}

}  // namespace pooler
