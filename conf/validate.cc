#include "conf/validate.h"

#include <array>

#include "conf/http_address.h"
#include "conf/ldap_options.h"
#include "conf/setting_table.h"

namespace conf {
namespace {

Result<void> failure(const char* text) { return tl::make_unexpected(Error{text}); }

/// Words of client_tls_protocols and server_tls_protocols, each with an optional "!" in front.
bool known_protocols(std::string_view list) {
    constexpr std::array kWords{"tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3",
                                "tlsv1",   "all",     "secure",  "default"};
    std::string commas{list};
    for (char& c : commas)
        if (c == ':') c = ',';
    for (std::string_view word : split_list(commas)) {
        if (word.front() == '!') word.remove_prefix(1);
        bool known = false;
        for (const std::string_view candidate : kWords) known = known || same_word(candidate, word);
        if (!known) return false;
    }
    return true;
}

Result<void> check_client_tls(const Settings& s) {
    if (s.client_tls_sslmode == SslMode::kDisable) return {};
    if (s.client_tls_key_file.empty() || s.client_tls_cert_file.empty())
        return failure("client_tls_sslmode needs client_tls_key_file and client_tls_cert_file");
    if (s.client_tls_sslmode == SslMode::kVerifyFull && s.client_tls_ca_file.empty())
        return failure("client_tls_sslmode = verify-full needs client_tls_ca_file");
    if (!same_word(s.client_tls_dheparams, "auto") && !same_word(s.client_tls_dheparams, "none"))
        return failure("client_tls_dheparams must be auto or none");
    if (!known_protocols(s.client_tls_protocols))
        return failure("client_tls_protocols names an unknown version");
    return {};
}

template <class Look>
void each_database(const Configuration& c, const Look& look_at) {
    for (const auto& [name, database] : c.databases) look_at(database);
    if (c.fallback) look_at(*c.fallback);
}

std::string place_of(const Database& database) {
    return database.origin.file + ":" + std::to_string(database.origin.line) + ": database '" +
           database.name + "': ";
}

/// What the entry asks of TLS and its mode does not do; empty if there is nothing.
std::string missing_tls(const Configuration& c, const Database& database) {
    const SslMode mode = c.sslmode(database);
    if (mode < SslMode::kRequire && database.sslnegotiation == SslNegotiation::kDirect)
        return "sslnegotiation=direct needs sslmode=require or stronger";
    if (mode < SslMode::kRequire && database.sslrootcert)
        return "sslrootcert checks nothing without sslmode=require or stronger";
    if (mode < SslMode::kVerifyCa && database.sslcrl)
        return "sslcrl checks nothing without sslmode=verify-ca or verify-full";
    return {};
}

/// An entry that says what to check by, and leaves the mode to server_tls_sslmode, means to be checked.
Result<void> check_server_tls(const Configuration& c) {
    Result<void> result;
    bool used = c.settings.server_tls_sslmode != SslMode::kDisable;
    each_database(c, [&](const Database& database) {
        used = used || c.sslmode(database) != SslMode::kDisable;
        const std::string missing = missing_tls(c, database);
        if (result && !database.sslmode && !missing.empty())
            result = tl::make_unexpected(
                Error{place_of(database) + missing + "; it inherits a weaker server_tls_sslmode"});
    });
    if (result && used && !known_protocols(c.settings.server_tls_protocols))
        return failure("server_tls_protocols names an unknown version");
    return result;
}

/// Said here because the mode may be inherited; an entry's own is refused when it is read.
Result<void> check_replicas(const Configuration& c) {
    Result<void> result;
    const bool tracks = list_contains(c.settings.track_extra_parameters, "default_transaction_read_only") ||
                        list_contains(c.settings.track_extra_parameters, "default_transaction_isolation");
    each_database(c, [&](const Database& database) {
        if (result && tracks && !database.replicas.empty())
            result = tl::make_unexpected(
                Error{place_of(database) +
                      "replicas does not go with a track_extra_parameters that names "
                      "default_transaction_read_only or default_transaction_isolation, which "
                      "weir sets on replicas; leave them out there"});
        const bool inherited = !database.pool_mode && c.settings.pool_mode == PoolMode::kSession;
        if (result && inherited && !database.replicas.empty())
            result = tl::make_unexpected(
                Error{place_of(database) +
                      "replicas does not go with session pooling, which the entry inherits; "
                      "write pool_mode=transaction"});
    });
    return result;
}

Result<void> check_auth(const Settings& s) {
    if (s.auth_dbname && is_console_database(*s.auth_dbname))
        return failure("auth_dbname cannot be the console");
    if (s.auth_type == AuthType::kCert && s.client_tls_sslmode != SslMode::kVerifyFull)
        return failure("auth_type = cert needs client_tls_sslmode = verify-full");
    if (s.auth_type == AuthType::kPassthrough && s.client_tls_sslmode == SslMode::kDisable)
        return failure("auth_type = passthrough needs client_tls_sslmode: passwords are taken over TLS only");
    const bool outside = s.auth_type == AuthType::kLdap || s.auth_type == AuthType::kPam;
    if (outside && s.auth_user)
        return failure("auth_type = ldap and auth_type = pam do not go with auth_user");
    if (s.auth_type == AuthType::kLdap)
        if (const auto options = parse_ldap_options(s.auth_ldap_options.value_or("")); !options)
            return tl::make_unexpected(Error{options.error().text, "auth_ldap_options"});
    return {};
}

Result<void> check_http(const Settings& s) {
    if (s.http_listen.empty()) return {};
    const auto address = parse_http_address(s.http_listen);
    if (!address) return tl::make_unexpected(Error{address.error().text, "http_listen"});
    if (!s.http_token.empty() && !is_http_token(s.http_token))
        return tl::make_unexpected(
            Error{"only letters, digits and -._~+/= can be sent as a token", "http_token"});
    if (address->local || !s.http_token.empty()) return {};
    return tl::make_unexpected(
        Error{s.http_listen + " is not a loopback address: http_token must be set too; write http_token = "
                              "(a secret of letters and digits), or listen on 127.0.0.1 or a path",
              "http_listen"});
}

void caution_databases(const Configuration& c, std::vector<std::string>& out) {
    each_database(c, [&](const Database& database) {
        const std::string where = place_of(database);
        if (c.settings.auth_type == AuthType::kAny && !database.user)
            out.push_back(where + "auth_type = any needs user= here; logins will fail");
        if (c.settings.auth_type == AuthType::kPassthrough && database.user)
            out.push_back(where + "auth_type = passthrough lets nobody in where there is user=");
        if (c.hosts(database).empty()) out.push_back(where + "neither host nor unix_socket_dir is set");
        if (const auto auth = c.auth_dbname(database);
            auth && c.databases.find(*auth) == c.databases.end() && !c.fallback)
            out.push_back(where + "auth_dbname '" + *auth + "' is not a database entry");
        if (const std::string missing = missing_tls(c, database); !missing.empty())
            out.push_back(where + missing);
        if (database.secondary && !c.health_check_user(database))
            out.push_back(
                where +
                "nobody checks whether the secondary can be used: set health_check_user; until then "
                "there is no failover");
        if (database.secondary && c.settings.failover_state_file.empty())
            out.push_back(
                where +
                "without failover_state_file a restart forgets a failover and begins with the primary");
    });
}

void caution_settings(const Configuration& c, std::vector<std::string>& out) {
    const Settings& s = c.settings;
    constexpr std::array kFacilities{"auth",   "authpriv", "daemon", "user",   "local0", "local1",
                                     "local2", "local3",   "local4", "local5", "local6", "local7"};
    bool known = false;
    for (const std::string_view word : kFacilities) known = known || same_word(word, s.syslog_facility);
    if (!known) out.push_back("syslog_facility '" + s.syslog_facility + "' is unknown; daemon is used");
    if (s.max_client_conn <= 0) out.emplace_back("max_client_conn is not above 0: no client can connect");
    if (s.server_tls_key_file.empty() != s.server_tls_cert_file.empty())
        out.emplace_back("server_tls_key_file and server_tls_cert_file need each other");
    if (s.default_pool_size > 0 && s.min_pool_size > s.default_pool_size)
        out.emplace_back("min_pool_size is larger than default_pool_size, which counts");
    if (s.default_pool_size == 0 && s.min_pool_size > 0)
        out.emplace_back("min_pool_size has no effect with default_pool_size = 0");
    if (!c.peers.empty() && s.peer_id == 0) out.emplace_back("[peers] has no effect while peer_id is 0");
    if (s.drain_timeout.count() != 0 && s.drain_delay > s.drain_timeout)
        out.emplace_back("drain_delay is longer than drain_timeout");
}

}  // namespace

Result<void> validate(const Configuration& configuration) {
    if (auto done = check_client_tls(configuration.settings); !done) return done;
    if (auto done = check_server_tls(configuration); !done) return done;
    if (auto done = check_http(configuration.settings); !done) return done;
    if (auto done = check_replicas(configuration); !done) return done;
    return check_auth(configuration.settings);
}

std::vector<std::string> cautions(const Configuration& configuration) {
    std::vector<std::string> out;
    caution_settings(configuration, out);
    caution_databases(configuration, out);
    for (const SettingRow& row : setting_rows())
        if (auto text = not_built_warning(configuration.settings, row)) out.push_back(*std::move(text));
    return out;
}

}  // namespace conf
