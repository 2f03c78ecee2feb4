#include "conf/ldap_options.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace conf {
namespace {

tl::unexpected<Error> failure(std::string text) { return tl::make_unexpected(Error{std::move(text)}); }

bool is_gap(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ','; }

/// Cuts one key=value off the front. The value ends at a gap, or at its closing quote.
Result<std::pair<std::string, std::string>> cut_option(std::string_view& text) {
    const std::size_t equals = text.find('=');
    const std::string_view key = text.substr(0, equals);
    if (equals == std::string_view::npos || key.empty() || std::any_of(key.begin(), key.end(), is_gap))
        return failure("an option is key=value");
    text.remove_prefix(equals + 1);
    std::string value;
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    bool open = quoted;
    while (!text.empty() && (open || !is_gap(text.front()))) {
        const char c = text.front();
        text.remove_prefix(1);
        if (quoted && c == '"') {
            if (!text.starts_with('"')) {
                open = false;
                break;
            }
            text.remove_prefix(1);
        }
        value += c;
    }
    if (open) return failure(std::string{key} + ": a quote is not closed");
    return std::pair{std::string{key}, std::move(value)};
}

Result<int> number(const std::string& key, const std::string& value, int most) {
    int parsed = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, parsed);
    if (error != std::errc{} || stop != end || parsed < 0 || parsed > most)
        return failure(key + " is out of range");
    return parsed;
}

std::string_view take_until(std::string_view& text, std::string_view ends) {
    const std::size_t end = std::min(text.find_first_of(ends), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end);
    return part;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const bool escape =
            text[i] == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), digits.data() + 2, value, 16).ptr == digits.data() + 2;
        out += escape ? static_cast<char>(value) : text[i];
        if (escape) i += 2;
    }
    return out;
}

/// ldap[s]://host[:port]/basedn?attribute?scope?filter. Source: RFC 4516; PostgreSQL docs, "LDAP
/// Authentication".
Result<void> take_url(std::string_view url, LdapOptions& out) {
    const std::size_t colon = url.find("://");
    out.scheme = url.substr(0, colon);
    if (colon == std::string_view::npos || (out.scheme != "ldap" && out.scheme != "ldaps"))
        return failure("ldapurl begins with ldap:// or ldaps://");
    url.remove_prefix(colon + 3);
    std::string_view host = take_until(url, "/?");
    const std::size_t port =
        host.find(']') == std::string_view::npos ? host.find(':') : host.find(':', host.find(']'));
    out.server = decoded(host.substr(0, port));
    if (port != std::string_view::npos) {
        const auto parsed = number("the port of ldapurl", std::string{host.substr(port + 1)}, 65535);
        if (!parsed) return tl::make_unexpected(parsed.error());
        out.port = *parsed;
    }
    if (url.starts_with('/')) url.remove_prefix(1);
    std::array<std::string, 4> parts;  // base, attribute, scope, filter
    for (std::string& part : parts) {
        part = decoded(take_until(url, "?"));
        if (!url.empty()) url.remove_prefix(1);
    }
    out.base_dn = parts[0];
    out.search_attribute = parts[1];
    out.search_filter = parts[3];
    constexpr std::array<std::string_view, 3> kScopes{"base", "one", "sub"};
    const auto scope = std::find(kScopes.begin(), kScopes.end(), parts[2].empty() ? "base" : parts[2]);
    if (scope == kScopes.end()) return failure("the scope of ldapurl is base, one or sub");
    out.scope = static_cast<int>(scope - kScopes.begin());
    return {};
}

std::string* text_option(LdapOptions& out, const std::string& key) {
    if (key == "ldapserver") return &out.server;
    if (key == "ldapprefix") return &out.prefix;
    if (key == "ldapsuffix") return &out.suffix;
    if (key == "ldapbasedn") return &out.base_dn;
    if (key == "ldapbinddn") return &out.bind_dn;
    if (key == "ldapbindpasswd") return &out.bind_password;
    if (key == "ldapsearchattribute") return &out.search_attribute;
    if (key == "ldapsearchfilter") return &out.search_filter;
    return nullptr;
}

Result<void> take_option(LdapOptions& out, const std::string& key, std::string value) {
    if (std::string* text = text_option(out, key)) {
        *text = std::move(value);
    } else if (key == "ldapurl") {
        return take_url(value, out);
    } else if (key == "ldapport") {
        const auto parsed = number(key, value, 65535);
        if (!parsed) return tl::make_unexpected(parsed.error());
        out.port = *parsed;
    } else if (key == "ldapscheme") {
        if (value != "ldap" && value != "ldaps") return failure("ldapscheme is ldap or ldaps");
        out.scheme = std::move(value);
    } else if (key == "ldaptls") {
        if (value != "0" && value != "1") return failure("ldaptls is 0 or 1");
        out.start_tls = value == "1";
    } else {
        return failure("'" + key + "' is not an LDAP option");
    }
    return {};
}

Result<void> check(const LdapOptions& out) {
    const bool simple = !out.prefix.empty() || !out.suffix.empty();
    const bool search = !out.base_dn.empty() || !out.bind_dn.empty() || !out.bind_password.empty() ||
                        !out.search_attribute.empty() || !out.search_filter.empty();
    if (simple && search) return failure("a prefix or suffix does not go with a search");
    if (search && out.base_dn.empty()) return failure("a search needs ldapbasedn");
    if (!simple && !search) return failure("ldapprefix, ldapsuffix or ldapbasedn is needed");
    if (!out.search_attribute.empty() && !out.search_filter.empty())
        return failure("ldapsearchattribute and ldapsearchfilter exclude each other");
    if (out.server.empty()) return failure("ldapserver is needed");
    if (out.start_tls && out.scheme == "ldaps") return failure("ldaptls does not go with ldaps");
    return {};
}

}  // namespace

Result<LdapOptions> parse_ldap_options(std::string_view text) {
    if (text.size() > kMaxLdapOptionsBytes) return failure("the LDAP options are too long");
    LdapOptions out;
    for (;;) {
        while (!text.empty() && is_gap(text.front())) text.remove_prefix(1);
        if (text.empty() || text.front() == '#') break;
        auto option = cut_option(text);
        if (!option) return tl::make_unexpected(option.error());
        if (auto done = take_option(out, option->first, std::move(option->second)); !done)
            return tl::make_unexpected(done.error());
    }
    if (auto sound = check(out); !sound) return tl::make_unexpected(sound.error());
    return out;
}

}  // namespace conf
