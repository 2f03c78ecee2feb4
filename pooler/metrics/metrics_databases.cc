// What is counted for each database: limits, endpoints, routes, replays.
#include <array>

#include "pooler/metrics/metrics_sections.h"

namespace pooler {
namespace {

using Type = Exposition::Type;

std::uint64_t at_least_zero(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

std::uint64_t us(Microseconds time) { return at_least_zero(time.count()); }

std::uint64_t us(WallTime time) {
    return us(std::chrono::duration_cast<Microseconds>(time.time_since_epoch()));
}

struct DatabaseFigure {
    std::string_view name;
    std::string_view help;
    std::uint64_t (*value)(const DatabaseRow&);
};

constexpr std::array kDatabaseFigures{
    DatabaseFigure{"weir_database_servers", "Server connections of the database.",
                   [](const DatabaseRow& r) { return r.current_connections; }},
    DatabaseFigure{"weir_database_max_servers", "Their limit, max_db_connections; 0: none.",
                   [](const DatabaseRow& r) { return at_least_zero(r.max_connections); }},
    DatabaseFigure{"weir_database_clients", "Clients of the database.",
                   [](const DatabaseRow& r) { return r.current_client_connections; }},
    DatabaseFigure{"weir_database_max_clients", "Their limit, max_db_client_connections; 0: none.",
                   [](const DatabaseRow& r) { return at_least_zero(r.max_client_connections); }},
    DatabaseFigure{"weir_database_pool_size", "Servers that a pool of the database may have.",
                   [](const DatabaseRow& r) { return at_least_zero(r.pool_size); }},
    DatabaseFigure{"weir_database_paused", "1 while PAUSE of this database holds.",
                   [](const DatabaseRow& r) { return std::uint64_t{r.paused}; }},
    DatabaseFigure{"weir_database_disabled", "1 while DISABLE of this database holds.",
                   [](const DatabaseRow& r) { return std::uint64_t{r.disabled}; }},
};

struct EndpointFigure {
    std::string_view name;
    std::string_view help;
    std::uint64_t (*value)(const EndpointRow&);
};

constexpr std::array kEndpointFigures{
    EndpointFigure{"weir_endpoint_up", "1 if the last word about the endpoint is a good one.",
                   [](const EndpointRow& r) { return std::uint64_t{r.state == "up"}; }},
    EndpointFigure{"weir_endpoint_active", "1 if what is sent to this role goes there.",
                   [](const EndpointRow& r) { return std::uint64_t{r.active}; }},
    EndpointFigure{"weir_endpoint_draining", "1 if the endpoint is about to leave.",
                   [](const EndpointRow& r) { return std::uint64_t{r.draining}; }},
    EndpointFigure{"weir_endpoint_connections", "Connections to it that are logged in.",
                   [](const EndpointRow& r) { return r.connections; }},
    EndpointFigure{"weir_endpoint_outstanding", "Requests it has not answered yet.",
                   [](const EndpointRow& r) { return r.outstanding; }},
    EndpointFigure{"weir_endpoint_consecutive_failures", "Checks that failed since the last good one.",
                   [](const EndpointRow& r) { return r.consecutive_failures; }},
};

/// The labels of an endpoint, whose port is a number in the report.
struct EndpointLabels {
    explicit EndpointLabels(const EndpointRow& row)
        : endpoint{(row.host.find(':') == std::string::npos ? row.host : "[" + row.host + "]") + ":" +
                   std::to_string(row.port)},
          database{row.database},
          role{row.role} {}
    std::string endpoint;
    std::string_view database;
    std::string_view role;
};

void write_endpoint_times(Exposition& page, const Report& report) {
    const auto family = [&](std::string_view name, std::string_view help, auto value) {
        page.family(Type::kGauge, name, help);
        for (const EndpointRow& row : report.endpoints) {
            const std::optional<std::uint64_t> time = value(row);
            if (!time) continue;
            const EndpointLabels labels{row};
            page.sample_us(
                {{"database", labels.database}, {"role", labels.role}, {"endpoint", labels.endpoint}}, *time);
        }
    };
    using Time = std::optional<std::uint64_t>;
    family("weir_endpoint_latency_seconds", "Smoothed time of its checks, or of the last login.",
           [](const EndpointRow& r) { return r.latency.count() > 0 ? Time{us(r.latency)} : std::nullopt; });
    family("weir_endpoint_lag_seconds", "How far a replica is behind its primary.",
           [](const EndpointRow& r) { return r.lag ? Time{us(*r.lag)} : std::nullopt; });
    family("weir_endpoint_last_check_timestamp_seconds", "When it was looked at last.",
           [](const EndpointRow& r) { return r.last_check ? Time{us(*r.last_check)} : std::nullopt; });
}

void write_failovers(Exposition& page, const Report& report) {
    page.family(Type::kGauge, "weir_last_failover_timestamp_seconds",
                "When the database went over to its secondary last.");
    for (const FailoverRow& row : report.failovers)
        if (row.last_failover) page.sample_us({{"database", row.database}}, us(*row.last_failover));
    page.family(Type::kGauge, "weir_last_failback_timestamp_seconds", "When it came back last.");
    for (const FailoverRow& row : report.failovers)
        if (row.last_failback) page.sample_us({{"database", row.database}}, us(*row.last_failback));
}

/// A reason as the log words it, as a label value: "replay_max_bytes", "session_state".
std::string reason_label(std::string_view words) {
    std::string label;
    for (const char c : words) label += c == ' ' ? '_' : c;
    return label;
}

void write_replay_reasons(Exposition& page, const Report& report) {
    page.family(Type::kCounter, "weir_replays",
                "Transactions that were run again, by what made it necessary.");
    for (const ReplayRow& row : report.replays) {
        page.sample({{"database", row.database}, {"reason", "serialization"}}, row.by_serialization);
        page.sample({{"database", row.database}, {"reason", "deadlock"}}, row.by_deadlock);
        page.sample({{"database", row.database}, {"reason", "lost_connection"}}, row.by_loss);
        page.sample({{"database", row.database}, {"reason", "read_only_server"}}, row.by_recovery);
    }
    page.family(Type::kCounter, "weir_replays_given_up",
                "Replays whose client got the original error after all, by reason.");
    for (const ReplayRow& row : report.replays)
        for (const auto& [reason, count] : row.given_up)
            page.sample({{"database", row.database}, {"reason", reason_label(reason)}}, count);
    page.family(Type::kCounter, "weir_replays_by_attempts",
                "Replays that the client has not noticed, by the attempts they needed.");
    for (const ReplayRow& row : report.replays)
        for (std::size_t i = 0; i < AttemptCounts::kBuckets; ++i)
            page.sample({{"database", row.database}, {"attempts", AttemptCounts::label(i)}},
                        row.needed.in_bucket(i));
    page.family(Type::kCounter, "weir_unprotected_transactions",
                "Transactions that could not have been run again from some point on, by reason.");
    for (const ReplayRow& row : report.replays)
        for (const auto& [reason, count] : row.unprotected_reasons)
            page.sample({{"database", row.database}, {"reason", reason_label(reason)}}, count);
}

struct ReplayFigure {
    Type type;
    std::string_view name;
    std::string_view help;
    std::uint64_t (*value)(const ReplayRow&);
};

constexpr std::array kReplayFigures{
    ReplayFigure{Type::kCounter, "weir_replays_succeeded", "Replays that the client has not noticed.",
                 [](const ReplayRow& r) { return r.succeeded; }},
    ReplayFigure{Type::kCounter, "weir_replay_attempts", "Times a transaction was sent again.",
                 [](const ReplayRow& r) { return r.attempts; }},
    ReplayFigure{Type::kCounter, "weir_replay_savepoint_attempts",
                 "Of the attempts: by the restart savepoint, on the same connection.",
                 [](const ReplayRow& r) { return r.by_savepoint; }},
    ReplayFigure{Type::kCounter, "weir_ambiguous_commits",
                 "Connections lost with a commit under way: the client got 08007.",
                 [](const ReplayRow& r) { return r.ambiguous; }},
    ReplayFigure{Type::kCounter, "weir_unknown_outcomes",
                 "Errors passed on that leave open whether a write took effect: 40003, CockroachDB's 57014.",
                 [](const ReplayRow& r) { return r.unknown; }},
    ReplayFigure{Type::kCounter, "weir_commits_found_committed",
                 "Connections lost with a COMMIT under way that was found to have taken effect.",
                 [](const ReplayRow& r) { return r.found_committed; }},
    ReplayFigure{Type::kCounter, "weir_commits_found_aborted",
                 "Connections lost with a COMMIT under way that was found not to have taken effect.",
                 [](const ReplayRow& r) { return r.found_aborted; }},
    ReplayFigure{Type::kCounter, "weir_refused_replays",
                 "Transactions that were lost and must not be run again: the client got 40001.",
                 [](const ReplayRow& r) { return r.refused; }},
    ReplayFigure{Type::kGauge, "weir_replays_running", "Transactions that are being run again.",
                 [](const ReplayRow& r) { return r.running; }},
};

}  // namespace

void write_databases(Exposition& page, const Report& report) {
    for (const DatabaseFigure& figure : kDatabaseFigures) {
        page.family(Type::kGauge, figure.name, figure.help);
        for (const DatabaseRow& row : report.databases)
            page.sample({{"database", row.name}}, figure.value(row));
    }
}

void write_endpoints(Exposition& page, const Report& report) {
    for (const EndpointFigure& figure : kEndpointFigures) {
        page.family(Type::kGauge, figure.name, figure.help);
        for (const EndpointRow& row : report.endpoints) {
            const EndpointLabels labels{row};
            page.sample({{"database", labels.database}, {"role", labels.role}, {"endpoint", labels.endpoint}},
                        figure.value(row));
        }
    }
    write_endpoint_times(page, report);
    write_failovers(page, report);
}

/// Over all users: SHOW ROUTES tells them apart.
void write_routes(Exposition& page, const Report& report) {
    page.family(
        Type::kCounter, "weir_routed_requests",
        "Requests of databases with replicas, by what they were taken for, where they went, and why.");
    for (const RouteRow& row : report.routes)
        page.sample({{"database", row.database},
                     {"class", reason_label(row.statement_class)},
                     {"target", row.target},
                     {"reason", reason_label(row.reason)}},
                    row.requests);
}

void write_replays(Exposition& page, const Report& report) {
    write_replay_reasons(page, report);
    for (const ReplayFigure& figure : kReplayFigures) {
        page.family(figure.type, figure.name, figure.help);
        for (const ReplayRow& row : report.replays)
            page.sample({{"database", row.database}}, figure.value(row));
    }
    page.family(Type::kHistogram, "weir_replay_seconds",
                "From the failure to the end of the replay, of those that succeeded.");
    for (const ReplayRow& row : report.replays)
        if (row.durations.count() > 0) page.sample({{"database", row.database}}, row.durations);
}

}  // namespace pooler
