#include "conf/configuration.h"

#include <algorithm>

namespace conf {
namespace {

/// A limit of an entry counts only if it is set; the key table already drops values that mean "inherit".
template <class T>
T first_of(const std::optional<T>& own, const T& global) {
    return own ? *own : global;
}

int not_negative(int value) { return std::max(value, 0); }

}  // namespace

std::optional<Database> Configuration::find_database(std::string_view name) const {
    if (const auto found = databases.find(name); found != databases.end()) return found->second;
    if (!fallback || name.empty() || name.size() > kMaxDatabaseBytes || is_console_database(name))
        return std::nullopt;
    Database made = *fallback;
    made.name = name;
    made.is_auto = true;
    if (made.dbname.empty()) made.dbname = name;
    return made;
}

std::optional<Database> Configuration::find_database(std::string_view name, std::string_view target) const {
    auto entry = find_database(name);
    if (!entry || target.empty()) return entry;
    if (target == kSecondaryTarget)
        return entry->secondary ? std::optional{database_at(*entry, *entry->secondary, std::string{target})}
                                : std::nullopt;
    for (std::size_t i = 0; i < entry->replicas.size(); ++i)
        if (replica_target(i) == target) return database_at(*entry, entry->replicas[i], std::string{target});
    return std::nullopt;
}

const User* Configuration::find_user(std::string_view name) const {
    const auto found = users.find(name);
    return found == users.end() ? nullptr : &found->second;
}

std::vector<std::string> Configuration::hosts(const Database& database) const {
    if (!database.hosts.empty() || settings.unix_socket_dir.empty()) return database.hosts;
    return {settings.unix_socket_dir};
}

std::string Configuration::pool_user(const Database& database, std::string_view login_user) const {
    return database.user ? *database.user : std::string{login_user};
}

PoolMode Configuration::pool_mode(const Database& database, std::string_view user) const {
    const User* line = find_user(user);
    if (line != nullptr && line->pool_mode) return *line->pool_mode;
    return first_of(database.pool_mode, settings.pool_mode);
}

int Configuration::pool_size(const Database& database, std::string_view user) const {
    const User* line = find_user(user);
    if (line != nullptr && line->pool_size) return *line->pool_size;
    return not_negative(first_of(database.pool_size, settings.default_pool_size));
}

int Configuration::reserve_pool_size(const Database& database, std::string_view user) const {
    const User* line = find_user(user);
    if (line != nullptr && line->reserve_pool_size) return *line->reserve_pool_size;
    return not_negative(first_of(database.reserve_pool_size, settings.reserve_pool_size));
}

int Configuration::min_pool_size(const Database& database, std::string_view user) const {
    const int wanted = not_negative(first_of(database.min_pool_size, settings.min_pool_size));
    return std::min(wanted, pool_size(database, user));
}

int Configuration::max_user_connections(std::string_view user) const {
    const User* line = find_user(user);
    return not_negative(
        first_of(line != nullptr ? line->max_user_connections : std::nullopt, settings.max_user_connections));
}

int Configuration::max_user_client_connections(std::string_view user) const {
    const User* line = find_user(user);
    return not_negative(first_of(line != nullptr ? line->max_user_client_connections : std::nullopt,
                                 settings.max_user_client_connections));
}

Duration Configuration::query_timeout(std::string_view user) const {
    const User* line = find_user(user);
    return first_of(line != nullptr ? line->query_timeout : std::nullopt, settings.query_timeout);
}

Duration Configuration::idle_transaction_timeout(std::string_view user) const {
    const User* line = find_user(user);
    return first_of(line != nullptr ? line->idle_transaction_timeout : std::nullopt,
                    settings.idle_transaction_timeout);
}

Duration Configuration::transaction_timeout(std::string_view user) const {
    const User* line = find_user(user);
    return first_of(line != nullptr ? line->transaction_timeout : std::nullopt, settings.transaction_timeout);
}

Duration Configuration::client_idle_timeout(std::string_view user) const {
    const User* line = find_user(user);
    return first_of(line != nullptr ? line->client_idle_timeout : std::nullopt, settings.client_idle_timeout);
}

bool Configuration::transaction_replay(const Database& database, std::string_view user) const {
    const User* line = find_user(user);
    if (line != nullptr && line->transaction_replay) return *line->transaction_replay;
    return first_of(database.transaction_replay, settings.transaction_replay);
}

CommitResolution Configuration::commit_resolution(const Database& database, std::string_view user) const {
    const User* line = find_user(user);
    if (line != nullptr && line->commit_resolution) return *line->commit_resolution;
    return first_of(database.commit_resolution, settings.commit_resolution);
}

int Configuration::max_db_connections(const Database& database) const {
    return not_negative(first_of(database.max_db_connections, settings.max_db_connections));
}

int Configuration::max_db_client_connections(const Database& database) const {
    return not_negative(first_of(database.max_db_client_connections, settings.max_db_client_connections));
}

Duration Configuration::server_lifetime(const Database& database) const {
    return first_of(database.server_lifetime, settings.server_lifetime);
}

LoadBalanceHosts Configuration::load_balance_hosts(const Database& database) const {
    return first_of(database.load_balance_hosts, LoadBalanceHosts::kRoundRobin);
}

SslMode Configuration::sslmode(const Database& database) const {
    if (!database.sslmode && database.sslrootcert == "system") return SslMode::kVerifyFull;
    const SslMode mode = first_of(database.sslmode, settings.server_tls_sslmode);
    return mode == SslMode::kRequire && database.sslrootcert ? SslMode::kVerifyCa : mode;
}

Duration Configuration::replica_staleness(const Database& database) const {
    return first_of(database.replica_staleness, Duration{4'700'000});
}

Duration Configuration::replica_max_lag(const Database& database) const {
    return first_of(database.replica_max_lag, Duration{10'000'000});
}

OptionalText Configuration::health_check_user(const Database& database) const {
    if (database.health_check_user) return database.health_check_user;
    if (!settings.health_check_user.empty()) return settings.health_check_user;
    return database.secondary ? database.user : std::nullopt;
}

std::string Configuration::health_check_query(const Database& database) const {
    return database.health_check_query.value_or(settings.health_check_query);
}

OptionalText Configuration::auth_user(const Database& database) const {
    return database.auth_user ? database.auth_user : settings.auth_user;
}

std::string Configuration::auth_query(const Database& database) const {
    return first_of(database.auth_query, settings.auth_query);
}

OptionalText Configuration::auth_dbname(const Database& database) const {
    return database.auth_dbname ? database.auth_dbname : settings.auth_dbname;
}

OptionalText Configuration::server_secret(const Database& database, std::string_view user) const {
    if (database.user && database.password && *database.user == user) return database.password;
    const std::string* secret = userlist.find(user);
    if (secret == nullptr || secret->empty()) return std::nullopt;
    return *secret;
}

int Configuration::peer_pool_size(const Peer& peer) const {
    return not_negative(first_of(peer.pool_size, settings.default_pool_size));
}

std::string Configuration::complaint(std::string_view setting, std::string_view text) const {
    std::string where = path;
    if (const auto line = setting_lines.find(setting); line != setting_lines.end())
        where = line->second.file + ":" + std::to_string(line->second.line);
    return where + ": " + std::string{setting} + ": " + std::string{text};
}

}  // namespace conf
