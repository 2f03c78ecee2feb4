// What is counted for the process as a whole.
#include <array>

#include "pooler/metrics/metrics_sections.h"

namespace pooler {
namespace {

using Type = Exposition::Type;

std::uint64_t us(WallTime time) {
    const auto since = std::chrono::duration_cast<Microseconds>(time.time_since_epoch()).count();
    return since < 0 ? 0 : static_cast<std::uint64_t>(since);
}

struct ProcessFigure {
    Type type;
    std::string_view name;
    std::string_view help;
    std::uint64_t (*value)(const Snapshot&);
};

constexpr std::array kFigures{
    ProcessFigure{Type::kGauge, "weir_ready", "1 if clients should be sent here.",
                  [](const Snapshot& s) { return std::uint64_t{s.process.readiness == Readiness::kReady}; }},
    ProcessFigure{Type::kGauge, "weir_workers", "Worker threads.",
                  [](const Snapshot& s) { return s.process.workers; }},
    ProcessFigure{Type::kGauge, "weir_client_connections", "Sockets of clients, also before their login.",
                  [](const Snapshot& s) { return s.process.client_sockets; }},
    ProcessFigure{Type::kGauge, "weir_max_client_connections", "Their limit, max_client_conn.",
                  [](const Snapshot& s) { return s.process.max_client_conn; }},
    ProcessFigure{Type::kGauge, "weir_login_clients", "Clients that have not logged in yet.",
                  [](const Snapshot& s) { return s.report.lists.login_clients; }},
    ProcessFigure{Type::kGauge, "weir_server_connections", "Server connections.",
                  [](const Snapshot& s) { return s.report.lists.used_servers; }},
    ProcessFigure{Type::kGauge, "weir_dns_pending", "Connections that wait for a name to be resolved.",
                  [](const Snapshot& s) { return s.report.lists.dns_pending; }},
    ProcessFigure{Type::kGauge, "weir_replay_log_bytes", "Kept for transactions that may be run again.",
                  [](const Snapshot& s) { return s.process.replay_log_bytes; }},
    ProcessFigure{Type::kGauge, "weir_waiting_request_bytes", "Of requests whose clients wait for a server.",
                  [](const Snapshot& s) { return s.process.waiting_bytes; }},
    ProcessFigure{Type::kCounter, "weir_log_lines_dropped", "Lines lost because the log's queue was full.",
                  [](const Snapshot& s) { return s.process.log_lines_dropped; }},
    ProcessFigure{Type::kCounter, "weir_log_write_errors", "Lines that a target of the log refused.",
                  [](const Snapshot& s) { return s.process.log_write_errors; }},
};

}  // namespace

void write_process(Exposition& page, const Snapshot& snapshot) {
    page.family(Type::kGauge, "weir_build_info", "The version that runs.");
    page.sample({{"version", snapshot.process.version}}, std::uint64_t{1});
    page.family(Type::kGauge, "weir_start_timestamp_seconds", "When the process started.");
    page.sample_us({}, us(snapshot.process.started));
    for (const ProcessFigure& figure : kFigures) {
        page.family(figure.type, figure.name, figure.help);
        page.sample({}, figure.value(snapshot));
    }
    page.family(Type::kGauge, "weir_memory_bytes", "Memory of objects, by their kind.");
    for (const MemRow& row : snapshot.report.memory) page.sample({{"kind", row.name}}, row.total_bytes);
    page.family(Type::kCounter, "weir_login_failures", "Clients that were not let in, by the reason.");
    for (std::size_t i = 0; i < kLoginFaults; ++i)
        page.sample({{"reason", kLoginFaultWords[i]}}, snapshot.process.login_faults[i]);
    const WorkerCounts& counts = snapshot.report.worker_counts;
    page.family(Type::kHistogram, "weir_tls_handshake_seconds",
                "TLS handshakes that went well, from the first byte to the last.");
    page.sample({{"side", "client"}}, counts.client_handshakes.done);
    page.sample({{"side", "server"}}, counts.server_handshakes.done);
    page.family(Type::kCounter, "weir_tls_handshake_failures",
                "TLS handshakes that were refused or broken off.");
    page.sample({{"side", "client"}}, counts.client_handshakes.failed);
    page.sample({{"side", "server"}}, counts.server_handshakes.failed);
}

}  // namespace pooler
