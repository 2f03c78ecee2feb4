// load_generator: many connections in a closed loop, from a few threads, at little cost. Prints one JSON
// object; in idle mode first one more when all connections are logged in. Exit code 0: no errors; 1: errors;
// 2: usage.
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <deque>
#include <thread>
#include <vector>

#include "bench/load/worker.h"

namespace {

constexpr int kErrors = 1;
constexpr int kUsage = 2;

std::string json_string(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    return out + '"';
}

void print_result(const bench::LoadOptions& options, const bench::LoadResult& result) {
    const double seconds = result.seconds();
    const double tps = seconds > 0 ? static_cast<double>(result.transactions) / seconds : 0;
    std::printf("{\"mode\":\"%s\",\"clients\":%u,\"threads\":%u,\"seconds\":%.6f,",
                bench::mode_name(options.mode), options.clients, options.threads, seconds);
    std::printf("\"transactions\":%" PRIu64 ",\"tps\":%.2f,\"errors\":%" PRIu64 ",\"first_error\":%s,",
                result.transactions, tps, result.errors, json_string(result.first_error).c_str());
    std::printf("\"logins\":%" PRIu64 ",\"resumed\":%" PRIu64 ",\"bytes_in\":%" PRIu64 ",", result.logins,
                result.resumed, result.bytes_in);
    const auto& latencies = result.latencies;
    std::printf("\"latency_us\":{\"mean\":%.1f,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}}\n",
                latencies.mean_us(), latencies.percentile_us(0.5), latencies.percentile_us(0.99),
                latencies.max_us());
    std::fflush(stdout);
}

// The share of worker `index`: remainders go to the first ones.
bench::WorkerShare share_of(const bench::LoadOptions& options, unsigned index) {
    const auto part = [&](std::uint64_t total) {
        return total / options.threads + (index < total % options.threads ? 1 : 0);
    };
    bench::WorkerShare share;
    share.clients = static_cast<unsigned>(part(options.clients));
    share.transactions = part(options.transactions);
    share.logins_at_once = std::max(1U, options.logins_at_once / options.threads);
    return share;
}

bench::Result<bench::LoadResult> run(const bench::LoadOptions& options) {
    const auto script = bench::build_script(options);
    bench::TlsContext tls;
    if (options.tls) {
        auto made = bench::client_tls();
        if (!made) return tl::make_unexpected(made.error());
        tls = std::move(*made);
    }
    bench::Worker::Start start{static_cast<std::ptrdiff_t>(options.threads) + 1};
    std::deque<bench::Worker> workers;
    for (unsigned i = 0; i < options.threads; ++i) {
        auto poller = bench::Poller::create();
        if (!poller) return tl::make_unexpected(poller.error());
        workers.emplace_back(options, script, share_of(options, i), std::move(*poller), start, tls.get());
    }
    std::vector<std::thread> threads;
    for (auto& worker : workers) threads.emplace_back([&worker] { worker.run(); });
    start.arrive_and_wait();
    bench::LoadResult total;
    if (options.mode == bench::LoadMode::kIdle) {
        for (const auto& worker : workers) total.logins += worker.result().logins;
        std::printf("{\"idle\":%" PRIu64 "}\n", total.logins);
        std::fflush(stdout);
        total.logins = 0;
    }
    start.arrive_and_wait();
    for (auto& thread : threads) thread.join();
    for (const auto& worker : workers) total.merge(worker.result());
    return total;
}

}  // namespace

int main(int argc, char** argv) {
    auto options = bench::parse_load_options(argc, argv);
    if (!options) {
        std::fprintf(stderr, "load_generator: %s\n%s", options.error().c_str(), bench::load_usage());
        return kUsage;
    }
    // A worker with a share of 0 transactions would know no limit.
    if (options->transactions > 0 && options->transactions < options->threads) {
        options->threads = static_cast<unsigned>(options->transactions);
    }
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    bench::raise_descriptor_limit();
    const auto result = run(*options);
    if (!result) {
        std::fprintf(stderr, "load_generator: %s\n", result.error().c_str());
        return kUsage;
    }
    print_result(*options, *result);
    return result->errors == 0 ? 0 : kErrors;
}
