// Parsing of the lines under [databases], [users] and [peers] with the key tables.
#include <limits>

#include "conf/connstr.h"
#include "conf/endpoint_url.h"
#include "conf/entry_keys.h"
#include "conf/suggest.h"
#include "conf/units.h"

namespace conf {
namespace {

using Failure = tl::unexpected<Error>;

Failure failure(std::string text) { return tl::make_unexpected(Error{std::move(text)}); }

/// "FILE:LINE: database 'x': "
std::string place(const IniItem& item, std::string_view kind) {
    return item.origin.file + ":" + std::to_string(item.origin.line) + ": " + std::string{kind} + " '" +
           item.key + "': ";
}

/// One value on its way into a member; the store() overloads below are the types a key can have.
struct Value {
    std::string text;
    Unset unset;
    bool fractions;
    std::string_view key;
    std::string where;  ///< for warnings
    std::vector<std::string>& warnings;

    int integer() const {
        const LenientInt number = parse_lenient_int(text);
        if (!number.clean)
            warnings.push_back(where + std::string{key} + ": '" + text + "' is not an integer; " +
                               std::to_string(number.value) + " is used");
        return number.value;
    }
    bool inherits(int number) const {
        return number < 0 || (number == 0 && unset == Unset::kZeroAndNegative);
    }
};

Result<void> store(std::string& member, const Value& value) {
    member = value.text;
    return {};
}

Result<void> store(OptionalText& member, const Value& value) {
    member = value.text;
    return {};
}

Result<void> store(std::vector<std::string>& member, const Value& value) {
    member.clear();
    std::string_view rest = value.text;
    while (true) {
        const std::size_t comma = rest.find(',');
        if (const auto host = rest.substr(0, comma); !host.empty())
            member.emplace_back(host);
        else
            value.warnings.push_back(value.where + std::string{value.key} +
                                     ": an empty entry of the list is left out");
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    return {};
}

/// The only plain integer is a port.
Result<void> store(int& member, const Value& value) {
    const int port = value.integer();
    if (port < 1 || port > 65535) return failure("'" + value.text + "' is not a port from 1 to 65535");
    member = port;
    return {};
}

Result<void> store(std::optional<int>& member, const Value& value) {
    const int number = value.integer();
    member = value.inherits(number) ? std::nullopt : std::optional{number};
    return {};
}

Result<void> store(std::optional<Duration>& member, const Value& value) {
    if (value.fractions) {
        const auto time = parse_time(value.text);
        if (!time) return failure("'" + value.text + "' is not a time in seconds");
        member = *time;
        return {};
    }
    const int number = value.integer();
    member = value.inherits(number) ? std::nullopt : std::optional<Duration>{std::chrono::seconds{number}};
    return {};
}

template <class E>
Result<void> store(std::optional<E>& member, const Value& value) {
    member = from_word<E>(value.text);
    if (member) return {};
    std::string words;
    for (const auto& row : kEnumWords<E>) words.append(words.empty() ? "" : ", ").append(row.word);
    return failure("'" + value.text + "' is not one of " + words);
}

Result<void> store(std::optional<bool>& member, const Value& value) {
    if (value.text != "0" && value.text != "1") return failure("'" + value.text + "' is not 0 or 1");
    member = value.text == "1";
    return {};
}

Result<void> store(std::vector<Endpoint>& member, const Value& value) {
    auto endpoints = parse_endpoints(value.text);
    if (!endpoints) return tl::make_unexpected(endpoints.error());
    member = *std::move(endpoints);
    return {};
}

Result<void> store(std::optional<Endpoint>& member, const Value& value) {
    const auto endpoints = parse_endpoints(value.text);
    if (!endpoints) return tl::make_unexpected(endpoints.error());
    if (endpoints->size() > 1) return failure("one endpoint only; write its hosts as host1,host2");
    member = endpoints->front();
    return {};
}

/// The content of a secret's file without the newline at its end.
Result<std::string> read_secret(const std::string& path, const FileReader& files) {
    auto text = files(path);
    if (!text) return text;
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    if (text->empty()) return failure(path + " is empty");
    return text;
}

template <class Entry>
const EntryKey<Entry>* find_key(std::span<const EntryKey<Entry>> keys, std::string_view name) {
    for (const auto& key : keys)
        if (key.name == name) return &key;
    return nullptr;
}

template <class Entry>
Failure unknown_key(std::span<const EntryKey<Entry>> keys, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& key : keys) names.push_back(key.name);
    return failure("unknown key '" + name + "'" + did_you_mean(name, names));
}

/// Stores one pair. Errors do not name the place.
template <class Entry>
Result<void> apply(Entry& entry, const EntryKey<Entry>& key, Value value, const EntryContext& context) {
    if (key.from_file) {
        auto secret = read_secret(value.text, context.files);
        if (!secret) return failure(std::string{key.name} + ": " + secret.error().text);
        value.text = *std::move(secret);
    }
    if (key.max_bytes != 0 && value.text.size() > key.max_bytes)
        return failure(std::string{key.name} + " is longer than " + std::to_string(key.max_bytes) + " bytes");
    if (key.later)
        value.warnings.push_back(value.where + "key '" + std::string{key.name} +
                                 "' is accepted, but has no effect yet");
    const auto done = std::visit([&](auto member) { return store(entry.*member, value); }, key.member);
    if (!done) return failure(std::string{key.name} + ": " + done.error().text);
    return {};
}

/// The entry's own address as a URL; what the URL leaves out stays as it is.
Result<void> take_url(Database& entry, const std::string& url) {
    auto endpoint = parse_endpoint(url);
    if (!endpoint) return failure("URL: " + endpoint.error().text);
    if (endpoint->weight != Endpoint{}.weight) return failure("URL: weight: it is for replicas only");
    if (endpoint->user.value_or("").size() > kMaxUserBytes)
        return failure("URL: user is longer than " + std::to_string(kMaxUserBytes) + " bytes");
    if (endpoint->password.value_or("").size() > kMaxSecretBytes)
        return failure("URL: password is longer than " + std::to_string(kMaxSecretBytes) + " bytes");
    entry = database_at(entry, *endpoint, {});
    return {};
}

template <class Entry>
Result<void> take_url(Entry& /*entry*/, const std::string& /*url*/) {
    return failure("a URL is for databases only");
}

/// Fills an entry from its connect string. Errors name file, line, entry and key.
template <class Entry>
Result<Entry> fill(Entry entry, const IniItem& item, std::string_view kind,
                   std::span<const EntryKey<Entry>> keys, const EntryContext& context) {
    const std::string where = place(item, kind);
    entry.origin = item.origin;
    const auto text = parse_connstr(item.value, context.environment);
    if (!text) return failure(where + text.error().text);
    if (!text->url.empty())
        if (auto done = take_url(entry, text->url); !done) return failure(where + done.error().text);
    for (const ConnectPair& pair : text->pairs) {
        const EntryKey<Entry>* key = find_key(keys, pair.key);
        const Result<void> done =
            key == nullptr
                ? unknown_key(keys, pair.key)
                : apply(entry, *key,
                        {pair.value, key->unset, key->fractions, key->name, where, context.warnings},
                        context);
        if (!done) return failure(where + done.error().text);
    }
    return entry;
}

/// As libpq: authorities of the system and direct TLS make no sense where TLS is weak.
Result<Database> check_tls(Database database, const std::string& where) {
    if (database.sslcert.has_value() != database.sslkey.has_value())
        return failure(where + "sslcert and sslkey need each other");
    const auto weaker_than = [&database](SslMode least) {
        return database.sslmode && *database.sslmode < least;
    };
    if (database.sslrootcert == "system" && weaker_than(SslMode::kVerifyFull))
        return failure(where + "sslrootcert=system needs sslmode=verify-full");
    if (database.sslnegotiation == SslNegotiation::kDirect && weaker_than(SslMode::kRequire))
        return failure(where + "sslnegotiation=direct needs sslmode=require or stronger");
    return database;
}

Result<Database> check(Database database, const std::string& where, const EntryContext& context) {
    if (database.auth_dbname && is_console_database(*database.auth_dbname))
        return failure(where + "auth_dbname cannot be the console");
    if (database.password && !database.user)
        context.warnings.push_back(where + "a password without user has no effect");
    if (auto done = check_endpoints(database, where); !done) return tl::make_unexpected(done.error());
    return check_tls(std::move(database), where);
}

}  // namespace

Result<Database> parse_database(const IniItem& item, const EntryContext& context) {
    const std::string where = place(item, "database");
    if (is_console_database(item.key)) return failure(where + "the name is reserved for the console");
    if (item.key.size() > kMaxDatabaseBytes)
        return failure(where + "the name is longer than " + std::to_string(kMaxDatabaseBytes) + " bytes");
    Database database;
    database.name = item.key;
    if (item.key != "*") database.dbname = item.key;
    auto filled = fill(std::move(database), item, "database", database_keys(), context);
    if (!filled) return filled;
    return check(*std::move(filled), where, context);
}

Result<User> parse_user(const IniItem& item, const EntryContext& context) {
    if (item.key.size() > kMaxUserBytes)
        return failure(place(item, "user") + "the name is longer than " + std::to_string(kMaxUserBytes) +
                       " bytes");
    User user;
    user.name = item.key;
    return fill(std::move(user), item, "user", user_keys(), context);
}

Result<Peer> parse_peer(const IniItem& item, const EntryContext& context) {
    const LenientInt id = parse_lenient_int(item.key);
    if (!id.clean || id.value < 1 || id.value > 65535)
        return failure(place(item, "peer") + "the name is not a number from 1 to 65535");
    Peer peer;
    peer.id = id.value;
    auto filled = fill(std::move(peer), item, "peer", peer_keys(), context);
    if (filled && filled->host.empty()) return failure(place(item, "peer") + "host is missing");
    return filled;
}

namespace {

bool same_key(const Database& a, const Database& b, const EntryKey<Database>& key) {
    return std::visit([&](auto member) { return a.*member == b.*member; }, key.member);
}

}  // namespace

bool needs_reconnect(const Database& before, const Database& after) {
    for (const EntryKey<Database>& key : database_keys())
        if (key.reconnect && !same_key(before, after, key)) return true;
    return before.login_options != after.login_options;
}

}  // namespace conf
