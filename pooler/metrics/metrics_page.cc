#include "pooler/metrics/metrics_page.h"

#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "pooler/metrics/metrics_sections.h"

namespace pooler {
namespace {

using Type = Exposition::Type;
using Name = SeriesLimit::Name;

/// Names as they stand in labels, which must be UTF-8.
Name pool_name(const PoolRow& row) { return {as_utf8(row.database), as_utf8(row.user)}; }
Name database_name(const std::string& name) { return {as_utf8(name), {}}; }

void admit(const Report& report, MetricsLimits& limits) {
    std::set<Name> pools;
    for (const PoolRow& row : report.pools) pools.insert(pool_name(row));
    limits.pools.admit(pools);
    std::set<Name> databases;
    for (const DatabaseRow& row : report.databases) databases.insert(database_name(row.name));
    for (const ReplayRow& row : report.replays) databases.insert(database_name(row.database));
    for (const RouteRow& row : report.routes) databases.insert(database_name(row.database));
    limits.databases.admit(databases);
}

template <class Row>
void sort_by_database(std::vector<Row>& rows) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.database < b.database; });
}

/// The report under the names that get series of their own, in the order of names. Rows that come to the same
/// name are added up: a series may stand on a page once only.
Report bounded(const Report& report, const MetricsLimits& limits) {
    const auto name_for = [&limits](const std::string& database) {
        return limits.databases.name_for(database_name(database)).first;
    };
    Report renamed;
    renamed.pools = report.pools;
    for (PoolRow& row : renamed.pools)
        std::tie(row.database, row.user) = limits.pools.name_for(pool_name(row));
    renamed.databases = report.databases;
    for (DatabaseRow& row : renamed.databases) row.name = name_for(row.name);
    renamed.replays = report.replays;
    for (ReplayRow& row : renamed.replays) row.database = name_for(row.database);
    renamed.endpoints = report.endpoints;
    for (EndpointRow& row : renamed.endpoints) {
        row.database = name_for(row.database);
        row.host = as_utf8(row.host);
    }
    renamed.routes = report.routes;
    for (RouteRow& row : renamed.routes) {
        row.database = name_for(row.database);
        row.user.clear();  // no label
    }
    renamed.failovers = report.failovers;
    for (FailoverRow& row : renamed.failovers) row.database = name_for(row.database);
    Report sum;
    merge(sum, std::move(renamed));
    std::sort(sum.pools.begin(), sum.pools.end(), [](const PoolRow& a, const PoolRow& b) {
        return std::tie(a.database, a.user) < std::tie(b.database, b.user);
    });
    std::sort(sum.databases.begin(), sum.databases.end(),
              [](const DatabaseRow& a, const DatabaseRow& b) { return a.name < b.name; });
    std::sort(sum.endpoints.begin(), sum.endpoints.end(), [](const EndpointRow& a, const EndpointRow& b) {
        return std::tie(a.database, a.role, a.host, a.port) < std::tie(b.database, b.role, b.host, b.port);
    });
    std::sort(sum.routes.begin(), sum.routes.end(), [](const RouteRow& a, const RouteRow& b) {
        return std::tie(a.database, a.statement_class, a.target, a.reason) <
               std::tie(b.database, b.statement_class, b.target, b.reason);
    });
    sort_by_database(sum.replays);
    sort_by_database(sum.failovers);
    return sum;
}

std::uint64_t microseconds(const timeval& time) {
    constexpr std::uint64_t kMicrosecondsInSecond = 1'000'000;
    return static_cast<std::uint64_t>(time.tv_sec) * kMicrosecondsInSecond +
           static_cast<std::uint64_t>(time.tv_usec);
}

void write_own(Exposition& page, const HttpCounts& http) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    page.family(Type::kCounter, "weir_cpu_seconds", "Processor time of the process.");
    page.sample_us({{"mode", "user"}}, microseconds(used.ru_utime));
    page.sample_us({{"mode", "system"}}, microseconds(used.ru_stime));
    page.family(Type::kCounter, "weir_http_requests",
                "Requests to this HTTP server, by what became of them.");
    page.sample({{"result", "answered"}}, http.answered - http.unauthorized - http.unavailable);
    page.sample({{"result", "unauthorized"}}, http.unauthorized);
    page.sample({{"result", "unavailable"}}, http.unavailable);
}

}  // namespace

std::string metrics_page(const Snapshot& snapshot, const HttpCounts& http, MetricsLimits& limits,
                         TextFormat format) {
    admit(snapshot.report, limits);
    const Report report = bounded(snapshot.report, limits);
    Exposition page{format};
    write_process(page, snapshot);
    write_own(page, http);
    write_databases(page, report);
    write_pools(page, report);
    write_endpoints(page, report);
    write_routes(page, report);
    write_replays(page, report);
    return page.finish();
}

}  // namespace pooler
