// What the HTTP pages are made of: a copy that may outlive everything it describes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "pooler/base/login_fault.h"
#include "pooler/console/report.h"

namespace pooler {

/// Whether a load balancer should send clients here, and if not, why.
enum class Readiness { kStarting, kReady, kPaused, kSuspended, kShuttingDown };

/// "ready", "starting", "paused", "suspended", "shutting down".
[[nodiscard]] std::string_view word_of(Readiness readiness);

/// What the process says of itself.
struct ProcessFacts {
    std::string version;
    WallTime started;
    Readiness readiness = Readiness::kStarting;
    std::uint64_t workers = 0;
    std::uint64_t silent_workers = 0;  ///< have not answered in time: what they know is missing
    std::uint64_t client_sockets = 0;
    std::uint64_t max_client_conn = 0;
    std::uint64_t replay_log_bytes = 0;                      ///< kept for transactions that can be replayed
    std::uint64_t waiting_bytes = 0;                         ///< of requests whose clients wait for a server
    std::array<std::uint64_t, kLoginFaults> login_faults{};  ///< by LoginFault
    std::uint64_t log_lines_dropped = 0;
    std::uint64_t log_write_errors = 0;
};

struct Snapshot {
    ProcessFacts process;
    Report report;
    WallTime time;
};

using SnapshotRef = std::shared_ptr<const Snapshot>;

/// Sections of the report that the pages read.
[[nodiscard]] ReportSections snapshot_sections();

/// The process, as the pages see it. Any thread.
class SnapshotSource {
 public:
    [[nodiscard]] virtual Readiness readiness() const = 0;
    /// Waits for figures of all workers, for a bounded time. null: none came.
    [[nodiscard]] virtual SnapshotRef snapshot() = 0;

 protected:
    ~SnapshotSource() = default;
};

}  // namespace pooler
