#include "tests/integration/scale/worker_scene.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <future>

#include "conf/load.h"
#include "tests/support/catch.h"

namespace scale {

namespace {

std::shared_ptr<const conf::Configuration> configuration(int pool_size, std::uint16_t server_port,
                                                         const std::string& authority) {
    const std::string tls =
        authority.empty() ? "server_tls_sslmode = disable\n"
                          : "server_tls_sslmode = verify-full\nserver_tls_ca_file = " + authority + "\n";
    const std::string ini = "[databases]\nbench = host=127.0.0.1 port=" + std::to_string(server_port) +
                            " user=bench\n"
                            "[pgbouncer]\nauth_type = any\npool_mode = transaction\ndefault_pool_size = " +
                            std::to_string(pool_size) + "\n" + tls;
    const auto read = [&ini](const std::string&) -> conf::Result<std::string> { return ini; };
    auto loaded = conf::load("bench.ini", {}, read, {});
    if (!loaded) FAIL("configuration: " << loaded.error().text);
    return std::make_shared<const conf::Configuration>(std::move(*loaded));
}

/// The janitor would find a client that was forgotten. Here it never comes.
constexpr std::chrono::hours kNoJanitor{24};

}  // namespace

NullServerThread::NullServerThread(bench::TlsContext tls) : stop_{::eventfd(0, EFD_CLOEXEC)} {
    auto listener = bench::listen_on(*bench::parse_address("127.0.0.1", 0));
    auto poller = bench::Poller::create();
    REQUIRE((stop_.valid() && listener && poller));
    port_ = *bench::local_port(*listener);
    auto server =
        std::make_unique<bench::NullServer>(std::move(*listener), std::move(*poller), std::move(tls));
    thread_ = std::thread{
        [stop = stop_.get(), served = std::move(server)] { static_cast<void>(served->run(stop)); }};
}

NullServerThread::~NullServerThread() {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
}

Workers::Workers(unsigned count, int pool_size, std::uint16_t server_port, const std::string& authority)
    : tracked_{{}}, shared_{count} {
    const auto settings = configuration(pool_size, server_port, authority);
    const auto tls = pooler::TlsContexts::make(*settings);
    if (!tls) FAIL("TLS: " << tls.error());
    std::vector<pooler::Worker*> peers;
    for (unsigned i = 0; i < count; ++i) {
        workers_.push_back(
            std::make_unique<pooler::Worker>(i, shared_, control_, tracked_, settings, *tls, kNoJanitor));
        peers.push_back(workers_.back().get());
    }
    for (const auto& worker : workers_) worker->set_peers(peers);
    for (const auto& worker : workers_) worker->start();
}

Workers::~Workers() {
    for (const auto& worker : workers_) worker->stop();
}

bench::Fd Workers::connect(unsigned worker) {
    int ends[2] = {-1, -1};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    REQUIRE(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    REQUIRE(shared_.clients.try_reserve(0));
    pooler::Worker* target = workers_[worker].get();
    target->reserve_client();
    target->post([target, descriptor = ends[1]] { target->accept(descriptor, true); });
    return bench::Fd{ends[0]};
}

Handovers Workers::handovers() {
    pooler::ReportSections sections;
    sections.pools = true;
    pooler::Report sum;
    for (const auto& worker : workers_) {
        std::promise<pooler::Report> promise;
        worker->post(
            [&promise, &sections, target = worker.get()] { promise.set_value(target->report(sections)); });
        merge(sum, promise.get_future().get());
    }
    Handovers result;
    for (const pooler::PoolRow& row : sum.pools) {
        result.count += row.arrivals;
        result.longest_missed_wait = std::max(result.longest_missed_wait, row.longest_missed_wait);
        result.servers += row.sv_active + row.sv_idle + row.sv_used + row.sv_tested + row.sv_login;
        result.assignments += row.stats.server_assignment_count;
        result.waiting += row.cl_waiting;
    }
    return result;
}

pooler::SharedPool& Workers::pool() { return *shared_.pools.find_or_make("bench", "bench"); }

}  // namespace scale
