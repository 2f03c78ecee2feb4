// weir: a PostgreSQL-wire connection pooler for CockroachDB.
#include <cstdio>
#include <cstdlib>

#include "conf/load.h"
#include "pooler/pool/tls_contexts.h"
#include "pooler/process/daemon.h"
#include "pooler/process/options.h"
#include "pooler/process/process.h"
#include "pooler/seeded_bug.h"
#include "pooler/worker/session_log.h"

namespace {

/// A build for tests makes the mistake that WEIR_SEEDED_BUG names. False: it knows none of that name.
bool take_seeded_bug() {
    const char* wanted = pooler::kSeedsBugs ? std::getenv("WEIR_SEEDED_BUG") : nullptr;
    if (wanted == nullptr) return true;
    for (const auto& [name, bug] : pooler::kSessionBugs) {
        if (name != wanted) continue;
        pooler::seed_bug(bug);
        std::fprintf(stderr, "weir: makes the mistake '%s' on purpose\n", wanted);
        return true;
    }
    std::fprintf(stderr, "weir: WEIR_SEEDED_BUG: no bug is called '%s'\n", wanted);
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    int exit_code = 0;
    const auto options = pooler::parse_command_line(argc, argv, exit_code);
    if (!options) return exit_code;
    if (!take_seeded_bug()) return 1;
    auto configuration = conf::load(options->config);
    if (!configuration) {
        std::fprintf(stderr, "weir: %s\n", configuration.error().text.c_str());
        return 1;
    }
    if (options->check) {
        if (const auto tls = pooler::TlsContexts::make(*configuration); !tls) {
            std::fprintf(stderr, "weir: %s\n", tls.error().c_str());
            return 1;
        }
        for (const auto& warning : configuration->warnings)
            std::fprintf(stderr, "warning: %s\n", warning.c_str());
        std::printf("%s: configuration is valid\n", options->config.c_str());
        return 0;
    }
    return pooler::run_process(*options, std::move(*configuration));
}
