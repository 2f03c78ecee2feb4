// Checkout and return: a client's request finds an idle server, its answer gives it back. On the pool's own
// types in one worker, over connections to a null server in a thread of this process; nothing is sent while
// the time runs.
#include <benchmark/benchmark.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/null_server/null_server.h"
#include "conf/load.h"
#include "pooler/pool/pool.h"
#include "pooler/pool/tls_contexts.h"

namespace {

/// A null server that lives as long as this.
class FarEnd {
 public:
    FarEnd() : stop_{::eventfd(0, EFD_CLOEXEC)} {
        auto listener = bench::listen_on(*bench::parse_address("127.0.0.1", 0));
        auto poller = bench::Poller::create();
        if (!listener || !poller) return;
        port_ = bench::local_port(*listener).value_or(0);
        server_ = std::make_unique<bench::NullServer>(std::move(*listener), std::move(*poller));
        thread_ = std::thread{[this] { static_cast<void>(server_->run(stop_.get())); }};
    }
    ~FarEnd() {
        const std::uint64_t one = 1;
        if (::write(stop_.get(), &one, sizeof one) == sizeof one && thread_.joinable()) thread_.join();
    }
    FarEnd(const FarEnd&) = delete;
    FarEnd& operator=(const FarEnd&) = delete;
    [[nodiscard]] int port() const { return port_; }

 private:
    bench::Fd stop_;
    int port_ = 0;
    std::unique_ptr<bench::NullServer> server_;
    std::thread thread_;
};

/// A worker without clients: what a pool asks of the worker it lives on.
class Bench final : public pooler::PoolEnvironment {
 public:
    explicit Bench(conf::Configuration configuration)
        : configuration_{std::move(configuration)}, tracked_{{}}, resolver_{start(), {}} {}
    ~Bench() {
        run_once();
        io_.graveyard.clear();
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    /// One turn of the loop, as the worker makes it.
    void run_once() {
        uv_run(&loop_, UV_RUN_NOWAIT);
        if (pooler::Pool* pool = std::exchange(to_serve_, nullptr)) {
            pool->serve_scheduled = false;
            pool->serve();
        }
        io_.graveyard.clear();
    }

    pooler::IoContext& io() override { return io_; }
    const conf::Configuration& configuration() const override { return configuration_; }
    const pooler::TrackedNames& tracked() const override { return tracked_; }
    pooler::Resolver& resolver() override { return resolver_; }
    pooler::ScramKeyCache& key_cache() override { return keys_; }
    const pooler::TlsContexts& tls() const override { return tls_; }
    std::uint64_t next_id() override { return ++last_id_; }
    void schedule_serve(pooler::Pool& pool) override { to_serve_ = &pool; }
    void post(unsigned /*worker*/, std::shared_ptr<pooler::SharedPool> /*pool*/,
              pooler::PoolMessage /*message*/) override {}
    bool evict_idle(const pooler::SharedPool& /*for_pool*/, bool /*same_database*/) override { return false; }
    void log_server(const pooler::ServerConnection& /*server*/, const pooler::SharedPool& /*pool*/,
                    std::string_view /*text*/, bool /*warning*/) override {}
    bool globally_paused() const override { return false; }
    void node_leaves(const std::string& /*database*/, const std::string& /*node*/,
                     std::string_view /*reason*/) override {}
    void report_trouble(const conf::Database& /*database*/, const std::string& /*host*/,
                        std::string_view /*reason*/) override {}

 private:
    uv_loop_t* start() {
        uv_loop_init(&loop_);
        io_.loop = &loop_;
        return &loop_;
    }

    uv_loop_t loop_{};
    pooler::IoContext io_;
    conf::Configuration configuration_;
    pooler::TrackedNames tracked_;
    pooler::Resolver resolver_;
    pooler::ScramKeyCache keys_;
    pooler::TlsContexts tls_;
    std::uint64_t last_id_ = 0;
    pooler::Pool* to_serve_ = nullptr;
};

tl::expected<conf::Configuration, std::string> configuration(int port) {
    const std::string ini = "[databases]\napp = host=127.0.0.1 port=" + std::to_string(port) +
                            " user=app\n[pgbouncer]\nlisten_port = 6432\nauth_type = any\n"
                            "server_tls_sslmode = disable\n";
    auto loaded = conf::load(
        "bench.ini", {}, [&ini](const std::string& /*path*/) { return conf::Result<std::string>{ini}; },
        conf::Settings{});
    if (!loaded) return tl::make_unexpected(loaded.error().text);
    return std::move(*loaded);
}

/// A client that sends nothing.
class Silent final : public pooler::ServerUser {
 public:
    void on_replies(pooler::OutBatch& /*batch*/, std::size_t /*bytes_read*/) override {}
    void on_parameter(std::size_t /*index*/, std::string_view /*value*/, bool /*own*/) override {}
    void on_requests_failed(const pooler::FailedRange& /*range*/) override {}
    void on_deallocate_all(std::uint64_t /*sequence*/) override {}
    void on_ready(protocol::TransactionStatus /*status*/) override {}
    void on_prepared_for(const pooler::OwnResult& /*result*/) override {}
    void on_turn_end() override {}
    void on_server_drained() override {}
    void check_deadlines(pooler::Clock::time_point /*now*/) override {}
    void on_server_lost(std::string_view /*reason*/) override {}
    const void* identity() const override { return this; }
};

/// Opens that many servers; false if they are not there after ten seconds.
bool open_servers(Bench& worker, pooler::Pool& pool, std::size_t count) {
    const auto deadline = pooler::Clock::now() + std::chrono::seconds{10};
    while (pool.idle_servers() < count && pooler::Clock::now() < deadline) {
        if (pool.servers().size() == pool.idle_servers()) pool.try_again();
        worker.run_once();
    }
    return pool.idle_servers() == count;
}

// `fits`: the server used last has the client's variables; else none has, and all are looked at.
void checkout_and_return(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    const FarEnd far_end;
    auto loaded = configuration(far_end.port());
    if (!loaded) return state.SkipWithError(loaded.error().c_str());
    Bench worker{std::move(*loaded)};
    pooler::PoolRegistry registry{1};
    pooler::Pool pool{worker, registry.find_or_make("app", "app"),
                      worker.configuration().databases.at("app")};
    if (!open_servers(worker, pool, count)) return state.SkipWithError("the servers do not log in");
    pooler::ParameterSet parameters = pool.servers().front()->parameters();
    if (state.range(1) == 0) parameters.set(0, "another value", worker.tracked().size());
    const pooler::Variables variables;
    Silent client;
    for (auto _ : state) {
        pooler::ServerConnection* server = pool.try_take({&parameters, &variables, 1});
        if (server == nullptr) return state.SkipWithError("no server is free");
        server->link(client);
        server->unlink();
        pool.give_back(*server, false, false);
    }
}
BENCHMARK(checkout_and_return)->ArgNames({"servers", "fits"})->Args({1, 1})->Args({20, 1})->Args({20, 0});

}  // namespace
