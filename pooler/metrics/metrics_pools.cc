// What is counted for each pool, a pair of database and server user.
#include <array>

#include "pooler/metrics/metrics_sections.h"

namespace pooler {
namespace {

using Type = Exposition::Type;

struct PoolFigure {
    Type type;
    bool microseconds;
    std::string_view name;
    std::string_view help;
    std::uint64_t (*value)(const PoolRow&);
};

std::uint64_t us(Microseconds time) { return static_cast<std::uint64_t>(time.count()); }

constexpr std::array kTraffic{
    PoolFigure{Type::kCounter, false, "weir_transactions", "Transactions that ended.",
               [](const PoolRow& r) { return r.stats.xact_count; }},
    PoolFigure{Type::kCounter, false, "weir_queries", "Simple queries and extended batches that ended.",
               [](const PoolRow& r) { return r.stats.query_count; }},
    PoolFigure{Type::kCounter, false, "weir_server_assignments", "Times a client was given a server.",
               [](const PoolRow& r) { return r.stats.server_assignment_count; }},
    PoolFigure{Type::kCounter, false, "weir_received_bytes", "Bytes received from clients.",
               [](const PoolRow& r) { return r.stats.received_bytes; }},
    PoolFigure{Type::kCounter, false, "weir_sent_bytes", "Bytes sent to clients.",
               [](const PoolRow& r) { return r.stats.sent_bytes; }},
    PoolFigure{Type::kCounter, false, "weir_client_parses", "Prepared statements that clients made.",
               [](const PoolRow& r) { return r.stats.client_parse_count; }},
    PoolFigure{Type::kCounter, false, "weir_server_parses", "Prepared statements that were made on servers.",
               [](const PoolRow& r) { return r.stats.server_parse_count; }},
    PoolFigure{Type::kCounter, false, "weir_binds", "Bind messages of clients.",
               [](const PoolRow& r) { return r.stats.bind_count; }},
};

constexpr std::array kOwnWork{
    PoolFigure{Type::kCounter, false, "weir_prefix_waits",
               "Round trips of weir's own that a client waited for before its request could go.",
               [](const PoolRow& r) { return r.prefixes.waits; }},
    PoolFigure{Type::kCounter, false, "weir_state_changes", "Servers that were given a client's variables.",
               [](const PoolRow& r) { return r.prefixes.state_changes; }},
    PoolFigure{Type::kCounter, false, "weir_state_resets",
               "Servers that were reset because variables may have been set unseen.",
               [](const PoolRow& r) { return r.prefixes.state_resets; }},
    PoolFigure{Type::kCounter, false, "weir_state_restores",
               "Times start-up values came back after RESET or DISCARD.",
               [](const PoolRow& r) { return r.prefixes.restores; }},
    PoolFigure{Type::kCounter, false, "weir_pin_checks", "Times a server was asked what pins its client.",
               [](const PoolRow& r) { return r.prefixes.pin_checks; }},
    PoolFigure{Type::kCounter, false, "weir_pins", "Times a session was found to need its server.",
               [](const PoolRow& r) { return r.prefixes.pins; }},
    PoolFigure{Type::kCounter, false, "weir_refused_pins", "Statements that pin = refuse kept from running.",
               [](const PoolRow& r) { return r.prefixes.refused_pins; }},
    PoolFigure{Type::kCounter, false, "weir_shape_checks",
               "Times a server was asked for the shape of a statement before it was used there.",
               [](const PoolRow& r) { return r.events.shape_checks; }},
    PoolFigure{Type::kCounter, false, "weir_deferred_begins",
               "BEGINs that were sent together with a first statement.",
               [](const PoolRow& r) { return r.events.deferred_begins; }},
    PoolFigure{Type::kCounter, false, "weir_lost_links",
               "Servers found dead when a client was to use them, before anything was sent.",
               [](const PoolRow& r) { return r.events.lost_links; }},
    PoolFigure{Type::kCounter, false, "weir_server_handovers", "Servers that moved between worker threads.",
               [](const PoolRow& r) { return r.arrivals; }},
    PoolFigure{Type::kGauge, true, "weir_longest_missed_wait_seconds",
               "Longest time a client waited on one worker while another had an idle server.",
               [](const PoolRow& r) { return us(r.longest_missed_wait); }},
    PoolFigure{Type::kGauge, true, "weir_oldest_wait_seconds",
               "How long the first client in the queue has been waiting for a server.",
               [](const PoolRow& r) { return us(r.max_wait); }},
};

/// One value of the label `state`.
struct PoolState {
    std::string_view state;
    std::uint64_t (*value)(const PoolRow&);
};

constexpr std::array kClientStates{
    PoolState{"active", [](const PoolRow& r) { return r.cl_active; }},
    PoolState{"waiting", [](const PoolRow& r) { return r.cl_waiting; }},
    PoolState{"active_cancel", [](const PoolRow& r) { return r.cl_active_cancel_req; }},
    PoolState{"waiting_cancel", [](const PoolRow& r) { return r.cl_waiting_cancel_req; }},
};

constexpr std::array kServerStates{
    PoolState{"active", [](const PoolRow& r) { return r.sv_active; }},
    PoolState{"active_cancel", [](const PoolRow& r) { return r.sv_active_cancel; }},
    PoolState{"being_canceled", [](const PoolRow& r) { return r.sv_being_canceled; }},
    PoolState{"idle", [](const PoolRow& r) { return r.sv_idle; }},
    PoolState{"used", [](const PoolRow& r) { return r.sv_used; }},
    PoolState{"tested", [](const PoolRow& r) { return r.sv_tested; }},
    PoolState{"login", [](const PoolRow& r) { return r.sv_login; }},
};

struct PoolHistogram {
    std::string_view name;
    std::string_view help;
    const LatencyHistogram PoolLatency::*histogram;
};

constexpr std::array kHistograms{
    PoolHistogram{"weir_wait_seconds", "Time until a client was given a server; nearly 0 if one was free.",
                  &PoolLatency::wait},
    PoolHistogram{"weir_query_seconds", "Duration of queries and batches, as clients see it.",
                  &PoolLatency::query},
    PoolHistogram{"weir_transaction_seconds", "Duration of transactions, as clients see it.",
                  &PoolLatency::transaction},
    PoolHistogram{"weir_server_connect_seconds",
                  "Time from the first packet to a server to the end of the login.", &PoolLatency::connect},
};

template <class Figures>
void write_figures(Exposition& page, const Report& report, const Figures& figures) {
    for (const PoolFigure& figure : figures) {
        page.family(figure.type, figure.name, figure.help);
        for (const PoolRow& row : report.pools) {
            const Exposition::Labels labels{{"database", row.database}, {"user", row.user}};
            if (figure.microseconds)
                page.sample_us(labels, figure.value(row));
            else
                page.sample(labels, figure.value(row));
        }
    }
}

template <class States>
void write_states(Exposition& page, const Report& report, const States& states) {
    for (const PoolRow& row : report.pools)
        for (const PoolState& state : states)
            page.sample({{"database", row.database}, {"user", row.user}, {"state", state.state}},
                        state.value(row));
}

}  // namespace

namespace {

void write_refusals(Exposition& page, const Report& report) {
    const auto write = [&](std::string_view label, std::string_view first, std::uint64_t PoolEvents::*one,
                           std::string_view second, std::uint64_t PoolEvents::*other) {
        for (const PoolRow& row : report.pools) {
            page.sample({{"database", row.database}, {"user", row.user}, {label, first}}, row.events.*one);
            page.sample({{"database", row.database}, {"user", row.user}, {label, second}}, row.events.*other);
        }
    };
    page.family(Type::kCounter, "weir_protocol_violations",
                "Connections ended because what came on them fitted nothing or was no message.");
    write("side", "server", &PoolEvents::server_violations, "client", &PoolEvents::client_violations);
    page.family(Type::kCounter, "weir_refused_waits",
                "Clients turned away because as much as may waits for a server already.");
    write("reason", "clients", &PoolEvents::refused_waits, "bytes", &PoolEvents::refused_bytes);
}

}  // namespace

void write_pools(Exposition& page, const Report& report) {
    page.family(Type::kGauge, "weir_pool_clients",
                "Clients by what they do; active: linked to a server, or idle.");
    write_states(page, report, kClientStates);
    page.family(Type::kGauge, "weir_pool_servers", "Server connections by what they do.");
    write_states(page, report, kServerStates);
    write_figures(page, report, kTraffic);
    write_figures(page, report, kOwnWork);
    page.family(Type::kCounter, "weir_server_connect_failures", "Attempts to open a server that failed.");
    for (const PoolRow& row : report.pools) {
        page.sample({{"database", row.database}, {"user", row.user}, {"reason", "unreachable"}},
                    row.events.unreachable);
        page.sample({{"database", row.database}, {"user", row.user}, {"reason", "refused"}},
                    row.events.login_refusals);
    }
    write_refusals(page, report);
    for (const PoolHistogram& histogram : kHistograms) {
        page.family(Type::kHistogram, histogram.name, histogram.help);
        for (const PoolRow& row : report.pools)
            if (const auto& events = row.latency.*histogram.histogram; events.count() > 0)
                page.sample({{"database", row.database}, {"user", row.user}}, events);
    }
}

}  // namespace pooler
