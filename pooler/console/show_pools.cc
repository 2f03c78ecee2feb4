#include "pooler/console/show_pools.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "pooler/console/columns.h"

namespace pooler {
namespace {

template <class RowType, class Less>
std::vector<const RowType*> sorted(const std::vector<RowType>& rows, Less less) {
    std::vector<const RowType*> pointers;
    pointers.reserve(rows.size());
    for (const RowType& row : rows) pointers.push_back(&row);
    std::sort(pointers.begin(), pointers.end(),
              [&](const RowType* a, const RowType* b) { return less(*a, *b); });
    return pointers;
}

template <class RowType>
std::vector<const RowType*> by_name(const std::vector<RowType>& rows) {
    return sorted(rows, [](const RowType& a, const RowType& b) { return a.name < b.name; });
}

template <class RowType>
std::vector<const RowType*> by_peer(const std::vector<RowType>& rows) {
    return sorted(rows, [](const RowType& a, const RowType& b) { return a.peer_id < b.peer_id; });
}

std::vector<const PoolRow*> by_database_and_user(const std::vector<PoolRow>& rows) {
    return sorted(rows, [](const PoolRow& a, const PoolRow& b) {
        return std::tie(a.database, a.user) < std::tie(b.database, b.user);
    });
}

/// Sizes of users are text in PgBouncer: right-aligned in nine characters, empty if not set.
std::string padded(const std::optional<std::int64_t>& size) {
    if (!size) return {};
    constexpr std::size_t kWidth = 9;
    std::string digits = std::to_string(*size);
    if (digits.size() < kWidth) digits.insert(0, kWidth - digits.size(), ' ');
    return digits;
}

}  // namespace

ResultSet show_pools(const Report& report) {
    ResultSet set(columns::kPools);
    for (const PoolRow* pool : by_database_and_user(report.pools)) {
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(pool->max_wait);
        set.row().text(pool->database).text(pool->user);
        set.integer(pool->cl_active).integer(pool->cl_waiting);
        set.integer(pool->cl_active_cancel_req).integer(pool->cl_waiting_cancel_req);
        set.integer(pool->sv_active).integer(pool->sv_active_cancel).integer(pool->sv_being_canceled);
        set.integer(pool->sv_idle).integer(pool->sv_used).integer(pool->sv_tested).integer(pool->sv_login);
        set.integer(std::int64_t{whole.count()}).integer(std::int64_t{(pool->max_wait - whole).count()});
        set.text(pool->pool_mode).text_or_null(pool->load_balance_hosts);
    }
    return set;
}

ResultSet show_handovers(const Report& report) {
    ResultSet set(columns::kHandovers);
    for (const PoolRow* pool : by_database_and_user(report.pools)) {
        set.row().text(pool->database).text(pool->user).integer(pool->arrivals);
        set.integer(std::int64_t{pool->longest_missed_wait.count()});
    }
    return set;
}

ResultSet show_prefixes(const Report& report) {
    ResultSet set(columns::kPrefixes);
    for (const PoolRow* pool : by_database_and_user(report.pools)) {
        const PrefixCounters& counters = pool->prefixes;
        set.row().text(pool->database).text(pool->user).integer(counters.waits);
        set.integer(counters.state_changes).integer(counters.state_resets).integer(counters.restores);
        set.integer(counters.pin_checks).integer(counters.pins).integer(counters.refused_pins);
    }
    return set;
}

ResultSet show_databases(const Report& report) {
    ResultSet set(columns::kDatabases);
    for (const DatabaseRow* row : by_name(report.databases)) {
        set.row().text(row->name).text_or_null(row->host).integer(row->port).text(row->database);
        set.text_or_null(row->force_user);
        set.integer(row->pool_size).integer(row->min_pool_size).integer(row->reserve_pool_size);
        set.integer(std::int64_t{row->server_lifetime.count()});
        set.text_or_null(row->pool_mode).text_or_null(row->load_balance_hosts);
        set.integer(row->max_connections).integer(row->current_connections);
        set.integer(row->max_client_connections).integer(row->current_client_connections);
        set.boolean(row->paused).boolean(row->disabled);
    }
    return set;
}

ResultSet show_users(const Report& report) {
    ResultSet set(columns::kUsers);
    for (const UserRow* row : by_name(report.users)) {
        set.row().text(row->name).text(padded(row->pool_size)).text(padded(row->reserve_pool_size));
        set.text_or_null(row->pool_mode);
        set.integer(row->max_user_connections).integer(row->current_connections);
        set.integer(row->max_user_client_connections).integer(row->current_client_connections);
    }
    return set;
}

ResultSet show_peers(const Report& report) {
    ResultSet set(columns::kPeers);
    for (const PeerRow* row : by_peer(report.peers)) {
        set.row().integer(row->peer_id).text(row->host).integer(row->port).integer(row->pool_size);
    }
    return set;
}

ResultSet show_peer_pools(const Report& report) {
    ResultSet set(columns::kPeerPools);
    for (const PeerPoolRow* row : by_peer(report.peer_pools)) {
        set.row().integer(row->peer_id);
        set.integer(row->cl_active_cancel_req).integer(row->cl_waiting_cancel_req);
        set.integer(row->sv_active_cancel).integer(row->sv_login);
    }
    return set;
}

DatabaseRow console_database_row(std::uint16_t listen_port, std::chrono::seconds server_lifetime) {
    constexpr std::int64_t kPoolSize = 2;  // what PgBouncer shows
    DatabaseRow row;
    row.name = row.database = kConsoleDatabase;
    row.force_user = std::string(kConsoleDatabase);
    row.port = listen_port;
    row.pool_size = kPoolSize;
    row.server_lifetime = server_lifetime;
    row.pool_mode = "statement";
    return row;
}

PoolRow console_pool_row(std::uint64_t consoles) {
    PoolRow row;
    row.database = row.user = kConsoleDatabase;
    row.cl_active = consoles;
    row.pool_mode = "statement";
    return row;
}

}  // namespace pooler
