// null_server: a PostgreSQL-wire server that answers at minimum cost, the far end of the pooler's benchmarks.
// Prints {"port":N} once it listens and its totals when SIGTERM or SIGINT ends it.
#include <getopt.h>
#include <sys/signalfd.h>

#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "bench/null_server/null_server.h"

namespace {

constexpr int kUsage = 2;

int fail(const std::string& text) {
    std::fprintf(stderr, "null_server: %s\n", text.c_str());
    return EXIT_FAILURE;
}

// SIGTERM and SIGINT become readable on the descriptor.
bench::Fd catch_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    return bench::Fd{::signalfd(-1, &set, SFD_CLOEXEC)};
}

int serve(const std::string& host, int port) {
    const auto address = bench::parse_address(host, port);
    if (!address) return fail(address.error());
    auto listener = bench::listen_on(*address);
    if (!listener) return fail(listener.error());
    const auto bound = bench::local_port(*listener);
    if (!bound) return fail(bound.error());
    auto poller = bench::Poller::create();
    if (!poller) return fail(poller.error());
    const auto stop = catch_signals();
    if (!stop.valid()) return fail("no signalfd");
    std::printf("{\"port\":%d}\n", *bound);
    std::fflush(stdout);
    bench::NullServer server{std::move(*listener), std::move(*poller)};
    const auto totals = server.run(stop.get());
    std::printf("{\"sessions\":%" PRIu64 ",\"queries\":%" PRIu64 "}\n", totals.sessions, totals.queries);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    std::string host = "127.0.0.1";
    int port = 0;
    const option longs[] = {{"host", required_argument, nullptr, 'h'},
                            {"port", required_argument, nullptr, 'p'},
                            {nullptr, 0, nullptr, 0}};
    for (int c = getopt_long(argc, argv, "h:p:", longs, nullptr); c != -1;
         c = getopt_long(argc, argv, "h:p:", longs, nullptr)) {
        if (c == 'h') host = optarg;
        if (c == 'p') port = std::atoi(optarg);
        if (c == '?') {
            std::fprintf(stderr, "usage: null_server [--host 127.0.0.1] [--port 0]\n");
            return kUsage;
        }
    }
    bench::raise_descriptor_limit();
    return serve(host, port);
}
