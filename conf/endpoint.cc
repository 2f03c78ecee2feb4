#include "conf/endpoint.h"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "conf/configuration.h"
#include "conf/connstr.h"
#include "conf/endpoint_url.h"
#include "conf/suggest.h"
#include "conf/units.h"

namespace conf {
namespace {

using Failure = tl::unexpected<Error>;

Failure failure(std::string text) { return tl::make_unexpected(Error{std::move(text)}); }

constexpr std::array kKeys{"host",    "port",    "dbname",         "user",    "password",
                           "options", "sslmode", "sslrootcert",    "sslcert", "sslkey",
                           "sslcrl",  "sslsni",  "sslnegotiation", "weight",  "locality"};
/// Keys that this library's version of libpq may not know; they are taken out before it reads the rest.
constexpr std::array<std::string_view, 3> kOwnKeys{"weight", "sslnegotiation", "locality"};

constexpr std::string_view kBlanks = " \t";

struct Own {
    std::string rest;  ///< without the keys of kOwnKeys
    std::vector<std::pair<std::string_view, std::string>> pairs;
};

/// True if `pair` is "key=value" of a key that libpq must not see; it is noted.
bool take_own(std::string_view pair, Own& own) {
    const std::size_t equals = pair.find('=');
    const auto* const key = std::find(kOwnKeys.begin(), kOwnKeys.end(), pair.substr(0, equals));
    if (key == kOwnKeys.end() || equals == std::string_view::npos) return false;
    own.pairs.emplace_back(*key, pair.substr(equals + 1));
    return true;
}

Own without_own_of_url(std::string_view url) {
    const std::size_t question = url.find('?');
    Own own{std::string{url.substr(0, question)}, {}};
    if (question == std::string_view::npos) return own;
    char separator = '?';
    for (std::string_view query = url.substr(question + 1); !query.empty();) {
        const std::size_t end = std::min(query.find('&'), query.size());
        if (const auto pair = query.substr(0, end); !take_own(pair, own)) {
            own.rest.append(1, separator).append(pair);
            separator = '&';
        }
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return own;
}

/// The length of what stands in front of the first of `ends` outside libpq's quotes.
std::size_t span_outside_quotes(std::string_view text, std::string_view ends) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '\'')
            quoted = !quoted;
        else if (!quoted && ends.find(text[at]) != std::string_view::npos)
            break;
    }
    return std::min(at, text.size());
}

Own without_own_of_connstr(std::string_view text) {
    Own own;
    while (!text.empty()) {
        const std::size_t end = span_outside_quotes(text, kBlanks);
        if (const auto word = text.substr(0, end); !take_own(word, own)) own.rest.append(word).append(" ");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return own;
}

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// What libpq says of keys it does not know names the key only; its other messages may quote a password.
std::string reason(const char* message) {
    const std::string_view text = message == nullptr ? "" : message;
    if (!text.starts_with("invalid connection option") && !text.starts_with("invalid URI query parameter: "))
        return "libpq cannot read it; write postgresql://user@host:port/database?key=value, with %XX for "
               "special letters";
    const std::size_t begin = std::min(text.find('"'), text.size() - 1) + 1;
    const std::string_view key = text.substr(begin, text.find('"', begin) - begin);
    const std::vector<std::string_view> known{kKeys.begin(), kKeys.end()};
    return "unknown key '" + std::string{key} + "'" + did_you_mean(key, known);
}

template <class E>
Result<void> store_word(std::optional<E>& member, std::string_view key, const std::string& value) {
    member = from_word<E>(value);
    if (member) return {};
    std::string words;
    for (const auto& row : kEnumWords<E>) words.append(words.empty() ? "" : ", ").append(row.word);
    return failure(std::string{key} + ": '" + value + "' is not one of " + words);
}

Result<void> store_hosts(Endpoint& endpoint, std::string_view list) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (list.substr(0, comma).empty()) return failure("host: an empty entry in the list");
        endpoint.hosts.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return {};
        list.remove_prefix(comma + 1);
    }
}

/// libpq writes a port for each host of a URL, also an empty one.
Result<void> store_port(Endpoint& endpoint, std::string_view list) {
    std::optional<int> first;
    while (true) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const LenientInt port = parse_lenient_int(comma == 0 ? "5432" : list.substr(0, comma));
        if (!port.clean || port.value < 1 || port.value > 65535)
            return failure("port: not a number from 1 to 65535");
        if (first && *first != port.value) return failure("port: all hosts of one endpoint have the same");
        first = endpoint.port = port.value;
        if (comma == list.size()) return {};
        list.remove_prefix(comma + 1);
    }
}

Result<void> store_weight(Endpoint& endpoint, const std::string& value) {
    const LenientInt weight = parse_lenient_int(value);
    if (!weight.clean || weight.value < 0 || weight.value > 1000)
        return failure("weight: '" + value + "' is not a number from 0 to 1000");
    endpoint.weight = weight.value;
    return {};
}

/// Quotes of a connect string are libpq's to take off, which does not see this key.
Result<void> store_locality(Endpoint& endpoint, std::string_view value) {
    if (value.size() >= 2 && value.front() == '\'' && value.back() == '\'')
        value = value.substr(1, value.size() - 2);
    if (auto checked = check_locality(value); !checked) return checked;
    endpoint.locality = value;
    return {};
}

Result<void> store_sni(Endpoint& endpoint, const std::string& value) {
    if (value != "0" && value != "1") return failure("sslsni: '" + value + "' is not 0 or 1");
    endpoint.sslsni = value == "1";
    return {};
}

Result<void> store(Endpoint& endpoint, std::string_view key, const std::string& value) {
    constexpr std::array<std::pair<std::string_view, std::optional<std::string> Endpoint::*>, 8> kTexts{{
        {"dbname", &Endpoint::dbname},
        {"user", &Endpoint::user},
        {"password", &Endpoint::password},
        {"options", &Endpoint::options},
        {"sslrootcert", &Endpoint::sslrootcert},
        {"sslcert", &Endpoint::sslcert},
        {"sslkey", &Endpoint::sslkey},
        {"sslcrl", &Endpoint::sslcrl},
    }};
    for (const auto& [name, member] : kTexts)
        if (name == key) {
            endpoint.*member = value;
            return {};
        }
    if (key == "host") return store_hosts(endpoint, value);
    if (key == "port") return store_port(endpoint, value);
    if (key == "weight") return store_weight(endpoint, value);
    if (key == "locality") return store_locality(endpoint, value);
    if (key == "sslsni") return store_sni(endpoint, value);
    if (key == "sslmode") return store_word(endpoint.sslmode, key, value);
    if (key == "sslnegotiation") return store_word(endpoint.sslnegotiation, key, value);
    std::string note = "key '" + std::string{key} + "' is not used here; leave it out";
    if (key == "passfile") note += " and put the password into the userlist or a ${VARIABLE}";
    if (key == "target_session_attrs") note += ": what an endpoint is for is said by the key it stands under";
    return failure(note);
}

Result<void> check(const Endpoint& endpoint) {
    if (endpoint.hosts.empty()) return failure("host is missing");
    if (endpoint.sslcert.has_value() != endpoint.sslkey.has_value())
        return failure("sslcert and sslkey need each other");
    return {};
}

Result<Endpoint> parse_one(std::string_view text) {
    const Own own = is_url(text) ? without_own_of_url(text) : without_own_of_connstr(text);
    char* message = nullptr;
    const Options options{PQconninfoParse(own.rest.c_str(), &message), PQconninfoFree};
    const std::unique_ptr<char, decltype(&PQfreemem)> text_of_error{message, PQfreemem};
    if (!options) return failure(reason(message));
    Endpoint endpoint;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr || *option->val == '\0') continue;
        if (auto done = store(endpoint, option->keyword, option->val); !done)
            return tl::make_unexpected(done.error());
    }
    for (const auto& [key, value] : own.pairs)
        if (auto done = store(endpoint, key, value); !done) return tl::make_unexpected(done.error());
    if (auto done = check(endpoint); !done) return tl::make_unexpected(done.error());
    return endpoint;
}

/// Cuts the first endpoint off the text.
std::string_view next_of(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t;"), text.size()));
    const std::size_t end =
        is_url(text) ? std::min(text.find_first_of(" \t;"), text.size()) : span_outside_quotes(text, ";");
    const std::string_view found = text.substr(0, end);
    text.remove_prefix(end);
    return found;
}

template <class T>
void take_over(T& into, const T& given) {
    if (given) into = given;
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) { return parse_one(text); }

Result<std::vector<Endpoint>> parse_endpoints(std::string_view text) {
    std::vector<Endpoint> found;
    for (std::string_view one = next_of(text); !one.empty(); one = next_of(text)) {
        auto endpoint = parse_one(one);
        if (!endpoint)
            return failure("endpoint " + std::to_string(found.size() + 1) + ": " + endpoint.error().text);
        found.push_back(*std::move(endpoint));
    }
    if (found.empty()) return failure("no endpoint in it");
    return found;
}

Database database_at(const Database& entry, const Endpoint& endpoint, std::string target) {
    Database at = entry;
    at.target = std::move(target);
    at.hosts = endpoint.hosts;
    at.port = endpoint.port;
    if (endpoint.dbname) at.dbname = *endpoint.dbname;
    if (endpoint.user && endpoint.user != entry.user) at.password.reset();
    take_over(at.user, endpoint.user);
    take_over(at.password, endpoint.password);
    at.login_options = endpoint.options;
    take_over(at.sslmode, endpoint.sslmode);
    take_over(at.sslrootcert, endpoint.sslrootcert);
    take_over(at.sslcert, endpoint.sslcert);
    take_over(at.sslkey, endpoint.sslkey);
    take_over(at.sslcrl, endpoint.sslcrl);
    take_over(at.sslsni, endpoint.sslsni);
    take_over(at.sslnegotiation, endpoint.sslnegotiation);
    at.replicas.clear();
    at.secondary.reset();
    return at;
}

Result<void> check_locality(std::string_view value) {
    const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"-_.=,"}.find(c) != std::string_view::npos;
    });
    const bool full = !value.empty() && value.front() != ',' && value.back() != ',' &&
                      value.find(",,") == std::string_view::npos;
    if (plain && full) return {};
    return failure("locality: '" + std::string{value} +
                   "' is not a list like region=eu,zone=b of letters, digits and - _ . =");
}

unsigned locality_distance(std::string_view here, std::string_view there) {
    while (!here.empty()) {
        const std::string_view tier = here.substr(0, here.find(','));
        if (there.substr(0, there.find(',')) != tier) break;
        here.remove_prefix(std::min(tier.size() + 1, here.size()));
        there.remove_prefix(std::min(tier.size() + 1, there.size()));
    }
    return here.empty() ? 0 : static_cast<unsigned>(1 + std::count(here.begin(), here.end(), ','));
}

std::string replica_target(std::size_t index) { return "replica:" + std::to_string(index + 1); }

}  // namespace conf
