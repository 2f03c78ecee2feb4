#include "conf/connstr.h"

namespace conf {
namespace {

std::string_view skip_spaces(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

tl::unexpected<Error> failure(const std::string& key, const char* what) {
    return tl::make_unexpected(Error{"connect string, key '" + key + "': " + what});
}

/// Cuts the quoted value at the front of `text` (which starts with its quote) off.
Result<std::string> cut_quoted(std::string_view& text, const std::string& key) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '\'') {
            value += text[i];
        } else if (text.substr(i + 1, 1) == "'") {
            value += text[i++];
        } else {
            text.remove_prefix(i + 1);
            if (!text.empty() && text.front() != ' ') return failure(key, "no space after the closing quote");
            return value;
        }
    }
    return failure(key, "no closing quote");
}

std::string cut_bare(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string value{text.substr(0, end)};
    text.remove_prefix(end);
    return value;
}

/// True for a text that is exactly one "${...}".
bool is_one_variable(std::string_view text) {
    return text.substr(0, 2) == "${" && text.find('}') == text.size() - 1;
}

Result<std::vector<ConnectPair>> split(std::string_view text) {
    std::vector<ConnectPair> pairs;
    for (text = skip_spaces(text); !text.empty(); text = skip_spaces(text)) {
        const std::size_t key_end = std::min(text.find_first_of(" ="), text.size());
        std::string key{text.substr(0, key_end)};
        text = skip_spaces(text.substr(key_end));
        if (key.empty() || text.empty() || text.front() != '=') return failure(key, "expected 'key=value'");
        text = skip_spaces(text.substr(1));
        const bool quoted = !text.empty() && text.front() == '\'';
        auto value = quoted ? cut_quoted(text, key) : Result<std::string>{cut_bare(text)};
        if (!value) return tl::make_unexpected(value.error());
        if (value->empty()) return failure(key, "the value is empty; leave the key out instead");
        pairs.push_back({std::move(key), *std::move(value)});
    }
    return pairs;
}

}  // namespace

Result<std::vector<ConnectPair>> parse_connstr(std::string_view text, const Environment& environment) {
    if (is_one_variable(text)) {
        const auto whole = expand(text, environment);
        if (!whole) return tl::make_unexpected(whole.error());
        return split(*whole);
    }
    auto pairs = split(text);
    if (!pairs) return pairs;
    for (ConnectPair& pair : *pairs) {
        auto value = expand(pair.value, environment);
        if (!value) return failure(pair.key, value.error().text.c_str());
        if (value->empty()) return failure(pair.key, "the environment variable leaves the value empty");
        pair.value = *std::move(value);
    }
    return pairs;
}

}  // namespace conf
