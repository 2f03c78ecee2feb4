#include "pooler/console/show_lists.h"

#include <algorithm>
#include <string_view>

#include "pooler/console/columns.h"

namespace pooler {

ResultSet show_lists(const Report& report) {
    ResultSet set(columns::kLists);
    const auto add = [&](std::string_view list, std::uint64_t items) { set.row().text(list).integer(items); };
    const ListCounts& counts = report.lists;
    add("databases", report.databases.size());
    add("users", report.users.size());
    add("peers", report.peers.size());
    add("pools", report.pools.size());
    add("peer_pools", report.peer_pools.size());
    add("free_clients", counts.free_clients);
    add("used_clients", counts.used_clients);
    add("login_clients", counts.login_clients);
    add("free_servers", counts.free_servers);
    add("used_servers", counts.used_servers);
    add("dns_names", report.dns_hosts.size());
    add("dns_zones", report.dns_zones.size());
    add("dns_queries", counts.dns_queries);
    add("dns_pending", counts.dns_pending);
    return set;
}

ResultSet show_mem(const Report& report) {
    ResultSet set(columns::kMem);
    for (const MemRow& row : report.memory) {
        set.row().text(row.name).integer(row.size_bytes).integer(row.used).integer(row.free);
        set.integer(row.total_bytes);
    }
    return set;
}

ResultSet show_state(PoolingMode mode) {
    ResultSet set(columns::kState);
    const auto add = [&](std::string_view key, PoolingMode wanted) {
        set.row().text(key).text(mode == wanted ? "yes" : "no");
    };
    add("active", PoolingMode::kActive);
    add("paused", PoolingMode::kPaused);
    add("suspended", PoolingMode::kSuspended);
    return set;
}

ResultSet show_dns_hosts(const Report& report) {
    ResultSet set(columns::kDnsHosts);
    for (const DnsHostRow& row : report.dns_hosts) {
        std::string addresses;
        for (const std::string& address : row.addresses) {
            addresses += (addresses.empty() ? "" : ",") + address;
        }
        const std::int64_t ttl = row.ttl.count();
        set.row().text(row.hostname).integer(std::max<std::int64_t>(ttl, 0)).text(addresses);
    }
    return set;
}

ResultSet show_dns_zones(const Report& report) {
    ResultSet set(columns::kDnsZones);
    for (const DnsZoneRow& row : report.dns_zones) {
        set.row().text(row.zone_name).integer(row.serial).integer(row.host_count);
    }
    return set;
}

}  // namespace pooler
