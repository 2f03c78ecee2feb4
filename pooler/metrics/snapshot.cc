#include "pooler/metrics/snapshot.h"

namespace pooler {

std::string_view word_of(Readiness readiness) {
    switch (readiness) {
        case Readiness::kStarting: return "starting";
        case Readiness::kReady: return "ready";
        case Readiness::kPaused: return "paused";
        case Readiness::kSuspended: return "suspended";
        case Readiness::kShuttingDown: return "shutting down";
    }
    return "unknown";
}

ReportSections snapshot_sections() {
    ReportSections sections;
    sections.pools = true;
    sections.databases = true;
    sections.users = true;
    sections.lists = true;
    sections.memory = true;
    sections.endpoints = true;
    sections.replays = true;
    sections.routes = true;
    sections.worker_counts = true;
    return sections;
}

}  // namespace pooler
