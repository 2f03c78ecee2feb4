#include "pooler/metrics/health_page.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "pooler/base/json.h"
#include "pooler/base/timestamp.h"

namespace pooler {
namespace {

std::string_view word_of(Overall health) {
    switch (health) {
        case Overall::kHealthy: return "healthy";
        case Overall::kDegraded: return "degraded";
        case Overall::kDown: return "down";
    }
    return "down";
}

/// Nobody has found it to be out of order.
bool usable(const EndpointRow& row) { return row.state != "down"; }
bool flawless(const EndpointRow& row) { return usable(row) && !row.draining; }

std::string address_of(const EndpointRow& row) {
    const bool brackets = row.host.find(':') != std::string::npos;
    return (brackets ? "[" + row.host + "]" : row.host) + ":" + std::to_string(row.port);
}

void set_time(Json& json, std::string_view key, const std::optional<WallTime>& time) {
    if (time)
        json.set(key, rfc3339(*time));
    else
        json.set_null(key);
}

Json endpoint_json(const EndpointRow& row) {
    Json json = Json::object();
    json.set("address", address_of(row)).set("state", row.state).set("active", row.active);
    json.set("connected", row.connections > 0).set("connections", row.connections);
    json.set("outstanding", row.outstanding);
    if (row.latency.count() > 0)
        json.set("latency_us", std::int64_t{row.latency.count()});
    else
        json.set_null("latency_us");
    if (row.lag)
        json.set("lag_us", std::int64_t{row.lag->count()});
    else
        json.set_null("lag_us");
    set_time(json, "last_check", row.last_check);
    json.set("consecutive_failures", row.consecutive_failures).set("draining", row.draining);
    if (row.node_id.empty())
        json.set_null("node_id");
    else
        json.set("node_id", row.node_id);
    if (row.last_error.empty())
        json.set_null("last_error");
    else
        json.set("last_error", row.last_error);
    return json;
}

/// A database with its endpoints in the order of their addresses.
struct DatabaseHealth {
    const DatabaseRow* row = nullptr;
    const FailoverRow* failover = nullptr;
    std::vector<const EndpointRow*> endpoints;
};

/// Writes go to the active target: the active one of the primary group and the secondary.
Overall health_of(const DatabaseHealth& database) {
    const auto target = [](const EndpointRow* row) { return row->active && row->role != "replica"; };
    const bool served = std::any_of(database.endpoints.begin(), database.endpoints.end(),
                                    [&](const EndpointRow* row) { return target(row) && usable(*row); });
    if (!served) return Overall::kDown;
    const bool flawed = std::any_of(database.endpoints.begin(), database.endpoints.end(),
                                    [](const EndpointRow* row) { return !flawless(*row); });
    const bool on_secondary =
        std::any_of(database.endpoints.begin(), database.endpoints.end(),
                    [](const EndpointRow* row) { return row->active && row->role == "secondary"; });
    const bool held = database.row != nullptr && (database.row->paused || database.row->disabled);
    return flawed || on_secondary || held ? Overall::kDegraded : Overall::kHealthy;
}

Json database_json(const std::string& name, const DatabaseHealth& database) {
    Json json = Json::object();
    json.set("name", name).set("status", word_of(health_of(database)));
    json.set("paused", database.row != nullptr && database.row->paused);
    json.set("disabled", database.row != nullptr && database.row->disabled);
    Json active = Json::array();
    std::map<std::string_view, Json> by_role;
    for (const char* role : {"primary", "secondary", "replica"}) by_role.emplace(role, Json::array());
    for (const EndpointRow* row : database.endpoints) {
        if (row->active && row->role != "replica") active.push(address_of(*row));
        if (const auto list = by_role.find(row->role); list != by_role.end())
            list->second.push(endpoint_json(*row));
    }
    json.set("active", std::move(active));
    json.set("primary", std::move(by_role.at("primary")));
    json.set("secondary", std::move(by_role.at("secondary")));
    json.set("replicas", std::move(by_role.at("replica")));
    const FailoverRow* moved = database.failover;
    set_time(json, "last_failover", moved == nullptr ? std::nullopt : moved->last_failover);
    set_time(json, "last_failback", moved == nullptr ? std::nullopt : moved->last_failback);
    return json;
}

std::map<std::string, DatabaseHealth> databases_of(const Report& report) {
    std::map<std::string, DatabaseHealth> databases;
    for (const EndpointRow& row : report.endpoints) databases[row.database].endpoints.push_back(&row);
    for (const DatabaseRow& row : report.databases)
        if (const auto found = databases.find(row.name); found != databases.end()) found->second.row = &row;
    for (const FailoverRow& row : report.failovers)
        if (const auto found = databases.find(row.database); found != databases.end())
            found->second.failover = &row;
    for (auto& [name, database] : databases)
        std::sort(database.endpoints.begin(), database.endpoints.end(),
                  [](const EndpointRow* a, const EndpointRow* b) {
                      return std::tie(a->role, a->host, a->port) < std::tie(b->role, b->host, b->port);
                  });
    return databases;
}

Overall overall(const std::map<std::string, DatabaseHealth>& databases, const ProcessFacts& process) {
    std::size_t down = 0;
    bool flawed = process.readiness != Readiness::kReady || process.silent_workers > 0;
    for (const auto& [name, database] : databases) {
        const Overall health = health_of(database);
        if (health == Overall::kDown) ++down;
        flawed = flawed || health != Overall::kHealthy;
    }
    if (down > 0 && down == databases.size()) return Overall::kDown;
    return flawed ? Overall::kDegraded : Overall::kHealthy;
}

}  // namespace

HealthPage health_page(const Snapshot& snapshot) {
    const auto databases = databases_of(snapshot.report);
    const ProcessFacts& process = snapshot.process;
    HealthPage page{.health = overall(databases, process), .json = {}};
    Json json = Json::object();
    json.set("status", word_of(page.health)).set("readiness", pooler::word_of(process.readiness));
    json.set("version", process.version).set("time", rfc3339(snapshot.time));
    json.set("started", rfc3339(process.started));
    json.set("complete", process.silent_workers == 0).set("workers", process.workers);
    json.set("silent_workers", process.silent_workers).set("clients", process.client_sockets);
    Json list = Json::array();
    for (const auto& [name, database] : databases) list.push(database_json(name, database));
    json.set("databases", std::move(list));
    page.json = json.text(2) + "\n";
    return page;
}

}  // namespace pooler
