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

struct Options {
    std::string host = "127.0.0.1";
    int port = 0;
    std::string certificate;  ///< PEM files; without them no TLS
    std::string key;
};

int serve(const Options& options) {
    const auto address = bench::parse_address(options.host, options.port);
    if (!address) return fail(address.error());
    auto listener = bench::listen_on(*address);
    if (!listener) return fail(listener.error());
    const auto bound = bench::local_port(*listener);
    if (!bound) return fail(bound.error());
    auto poller = bench::Poller::create();
    if (!poller) return fail(poller.error());
    bench::TlsContext tls;
    if (!options.certificate.empty()) {
        auto made = bench::server_tls(options.certificate, options.key);
        if (!made) return fail(made.error());
        tls = std::move(*made);
    }
    const auto stop = catch_signals();
    if (!stop.valid()) return fail("no signalfd");
    std::printf("{\"port\":%d}\n", *bound);
    std::fflush(stdout);
    bench::NullServer server{std::move(*listener), std::move(*poller), std::move(tls)};
    const auto totals = server.run(stop.get());
    std::printf("{\"sessions\":%" PRIu64 ",\"queries\":%" PRIu64 "}\n", totals.sessions, totals.queries);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    const option longs[] = {{"host", required_argument, nullptr, 'h'},
                            {"port", required_argument, nullptr, 'p'},
                            {"tls-cert", required_argument, nullptr, 'c'},
                            {"tls-key", required_argument, nullptr, 'k'},
                            {nullptr, 0, nullptr, 0}};
    for (int c = getopt_long(argc, argv, "h:p:c:k:", longs, nullptr); c != -1;
         c = getopt_long(argc, argv, "h:p:c:k:", longs, nullptr)) {
        if (c == 'h') options.host = optarg;
        if (c == 'p') options.port = std::atoi(optarg);
        if (c == 'c') options.certificate = optarg;
        if (c == 'k') options.key = optarg;
        if (c == '?') {
            std::fprintf(
                stderr,
                "usage: null_server [--host 127.0.0.1] [--port 0] [--tls-cert FILE --tls-key FILE]\n");
            return kUsage;
        }
    }
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    bench::raise_descriptor_limit();
    return serve(options);
}
