#include "pooler/health/probe.h"

#include "pooler/worker/mailbox.h"
#include "tests/support/catch.h"
#include "tests/support/crdb/cluster.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/free_port.h"
#include "tests/support/test_loop.h"

using pooler::Probe;
using pooler::ProbeRequest;
using pooler::ProbeResult;
using pooler::ProbeStage;
using support::crdb::FakeCluster;
using namespace std::chrono_literals;

namespace {

/// A loop with everything a probe needs.
class ProbeLoop final : private pooler::ProbeOwner {
 public:
    ProbeLoop() : resolver_{loop_.get(), {}} {
        io_.loop = loop_.get();
        mailbox_.open(loop_.get());
        check_.open<&ProbeLoop::after_io>(loop_.get(), this);
        io_.blocking.pool = &blocking_;
        io_.blocking.home =
            std::make_shared<pooler::BlockingHome>([this](std::shared_ptr<pooler::BlockingCall> call) {
                mailbox_.post_call([call = std::move(call)] {
                    if (!call->abandoned()) call->done();
                });
            });
    }
    ~ProbeLoop() {
        probe_.reset();
        io_.graveyard.clear();
        io_.blocking.home->close();
        blocking_.stop();
        io_.tls.close();
        check_.close();
        mailbox_.close();
    }

    ProbeResult ask(ProbeRequest request) {
        begin(std::move(request));
        REQUIRE(loop_.run_until([&] { return result_.has_value(); }));
        return *std::exchange(result_, std::nullopt);
    }
    void begin(ProbeRequest request) {
        ProbeOwner& owner = *this;
        probe_ = std::make_unique<Probe>(pooler::ProbeContext{io_, resolver_, keys_, tracked_}, owner,
                                         std::move(request));
        probe_->start();
    }
    void forget() { probe_.reset(); }
    support::TestLoop& loop() { return loop_; }

 private:
    void on_probe_done(Probe& probe, ProbeResult result) override {
        CHECK(&probe == probe_.get());
        probe_.reset();
        result_ = std::move(result);
    }
    void after_io() { io_.graveyard.clear(); }

    support::TestLoop loop_;
    pooler::BlockingPool blocking_;
    pooler::IoContext io_;
    pooler::Mailbox mailbox_;
    pooler::Check check_;
    pooler::Resolver resolver_;
    pooler::ScramKeyCache keys_;
    pooler::TrackedNames tracked_{{}};
    std::unique_ptr<Probe> probe_;
    std::optional<ProbeResult> result_;
};

ProbeRequest request(std::uint16_t port, std::vector<std::string> queries) {
    ProbeRequest made;
    made.host = "127.0.0.1";
    made.port = port;
    made.login.user = "app";
    made.login.database = "defaultdb";
    made.queries = std::move(queries);
    made.timeout = 30s;
    return made;
}

}  // namespace

TEST_CASE("probe: the first row of each query, the node and the time of the last query") {
    FakeCluster cluster{support::crdb::Options{2}};
    cluster.query("CREATE TABLE t (id INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 10), (2, 20)");
    ProbeLoop loop;
    const auto result = loop.ask(request(
        cluster.node(2).port(), {"SELECT 1", "SELECT id, v FROM t WHERE id = 9", "SELECT id, v FROM t"}));
    REQUIRE(result.ok());
    REQUIRE(result.rows.size() == 3);
    CHECK(result.rows[0] == pooler::ProbeRow{"1"});
    CHECK(result.rows[1].empty());
    CHECK(result.rows[2] == pooler::ProbeRow{"1", "10"});
    CHECK(result.node == "2");
    CHECK(result.cockroach);
    CHECK(result.address == "127.0.0.1:" + std::to_string(cluster.node(2).port()));
    CHECK(result.latency.count() > 0);
    CHECK(support::eventually([&] { return cluster.node(2).connections() == 0; }));
}

TEST_CASE("probe: an error of the server is a result, with its code and where it came") {
    FakeCluster cluster;
    ProbeLoop loop;
    const auto bad = loop.ask(request(cluster.port(), {"SELECT 1", "SELECT * FROM nothing_here"}));
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.failure->stage == ProbeStage::kQuery);
    CHECK(bad.failure->sqlstate == "42P01");
    cluster.node(1).drain({.wait = 0ms, .query_wait = 10s});
    REQUIRE(support::eventually([&] {
        const auto refused = loop.ask(request(cluster.node(1).port(), {"SELECT 1"}));
        return !refused.ok() && refused.failure->sqlstate == "57P01" &&
               refused.failure->stage == ProbeStage::kLogin;
    }));
}

TEST_CASE("probe: a secret that needs SCRAM, right and wrong") {
    support::crdb::Options options;
    options.auth = support::crdb::Auth::kScram;
    options.users = {{"app", "secret"}};
    FakeCluster cluster{options};
    ProbeLoop loop;
    auto asked = request(cluster.port(), {"SELECT 1"});
    asked.login.secret = "secret";
    CHECK(loop.ask(asked).ok());
    asked.login.secret = "wrong";
    const auto refused = loop.ask(asked);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure->stage == ProbeStage::kLogin);
}

TEST_CASE("probe: nobody there, nobody answers, no such name") {
    ProbeLoop loop;
    const auto refused = loop.ask(request(support::free_port(), {"SELECT 1"}));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure->stage == ProbeStage::kConnect);

    FakeCluster cluster;
    support::FaultProxy proxy{cluster.port()};
    support::Fault silence;
    silence.stall = true;
    proxy.from_target(silence);
    auto silent = request(proxy.port(), {"SELECT 1"});
    silent.timeout = 50ms;
    const auto late = loop.ask(silent);
    REQUIRE_FALSE(late.ok());
    CHECK(late.failure->timeout);

    auto nowhere = request(5432, {"SELECT 1"});
    nowhere.host = "no-such-host.invalid";
    const auto unknown = loop.ask(nowhere);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.failure->stage == ProbeStage::kResolve);
}

TEST_CASE("probe: may be given up while it waits for an answer") {
    FakeCluster cluster;
    cluster.node(1).hold_next("SELECT 1");
    ProbeLoop loop;
    loop.begin(request(cluster.port(), {"SELECT 1"}));
    REQUIRE(loop.loop().run_until([&] { return cluster.node(1).running("SELECT 1") == 1; }));
    loop.forget();
    CHECK(loop.loop().run_until([&] { return cluster.node(1).connections() == 0; }));
}
