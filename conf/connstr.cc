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

/// Cuts a "${...}" that stands alone off the front; empty if there is none.
std::string_view cut_variable(std::string_view& text) {
    const std::size_t close = text.find('}');
    if (!text.starts_with("${") || close == std::string_view::npos) return {};
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ' ') return {};
    const std::string_view variable = text.substr(0, close + 1);
    text = rest;
    return variable;
}

Result<std::vector<ConnectPair>> split(std::string_view text) {
    std::vector<ConnectPair> pairs;
    for (text = skip_spaces(text); !text.empty(); text = skip_spaces(text)) {
        const std::size_t key_end = std::min(text.find_first_of(" ="), text.size());
        std::string key{text.substr(0, key_end)};
        if (key.find("://") != std::string::npos)  // it may hold a password
            return tl::make_unexpected(Error{"a URL must stand first, and be a postgresql:// one"});
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

/// Reads pairs behind those that are there; their values may name variables.
Result<void> add_pairs(std::string_view text, const Environment& environment, ConnectString& found) {
    auto pairs = split(text);
    if (!pairs) return tl::make_unexpected(pairs.error());
    for (ConnectPair& pair : *pairs) {
        auto value = expand(pair.value, environment);
        if (!value) return failure(pair.key, value.error().text.c_str());
        if (value->empty()) return failure(pair.key, "the environment variable leaves the value empty");
        found.pairs.push_back({std::move(pair.key), *std::move(value)});
    }
    return {};
}

/// A variable's text: what looks like a variable in it is none.
Result<void> add_expanded(std::string_view text, ConnectString& found) {
    text = skip_spaces(text);
    if (is_url(text)) found.url = cut_bare(text);
    auto pairs = split(text);
    if (!pairs) return tl::make_unexpected(pairs.error());
    found.pairs = *std::move(pairs);
    return {};
}

}  // namespace

bool is_url(std::string_view text) {
    return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

Result<ConnectString> parse_connstr(std::string_view text, const Environment& environment) {
    ConnectString found;
    text = skip_spaces(text);
    if (const std::string_view variable = cut_variable(text); !variable.empty()) {
        const auto whole = expand(variable, environment);
        if (!whole) return tl::make_unexpected(whole.error());
        if (auto done = add_expanded(*whole, found); !done) return tl::make_unexpected(done.error());
    } else if (is_url(text)) {
        auto url = expand(cut_bare(text), environment);
        if (!url) return tl::make_unexpected(Error{"URL: " + url.error().text});
        found.url = *std::move(url);
    }
    if (auto done = add_pairs(text, environment, found); !done) return tl::make_unexpected(done.error());
    return found;
}

}  // namespace conf
