// Nodes of a CockroachDB cluster die, drain and fall silent while clients write: nothing acknowledged is
// lost, nothing is there twice, and who was in a transaction hears of it at its COMMIT at most, with replay.
#include <iostream>
#include <set>

#include "tests/integration/replay/arena.h"
#include "tests/integration/replay/traffic.h"
#include "tests/support/catch.h"
#include "tests/support/crdb/cluster.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/weir_process.h"

using namespace replay;
using namespace support;
using crdb::Cut;
using crdb::DrainTimes;
using crdb::FakeCluster;
using crdb::Options;
using Result = Written::Outcome;

namespace {

constexpr int kClients = 6;
constexpr int kNodes = 3;
constexpr long kSomeWrites = 20;

class NodeLoss {
 public:
    explicit NodeLoss(bool with_replay) : with_replay_(with_replay) {
        cluster_.query(
            "CREATE TABLE ledger (id INT PRIMARY KEY, value TEXT);"
            "CREATE TABLE tally (id INT PRIMARY KEY, n INT)");
        for (int client = 1; client <= kClients; ++client)
            cluster_.query("INSERT INTO tally VALUES (" + std::to_string(client) + ", 0)");
    }

    /// Clients write before, during and after what `happens`.
    template <class Event>
    void check(Event&& happens) {
        Traffic traffic(login(), kClients);
        REQUIRE(traffic.goes_on(kSomeWrites));
        for (int id = 1; id <= kNodes; ++id) {
            happens(id);
            REQUIRE(traffic.goes_on(kSomeWrites));
        }
        judge(traffic.stop());
    }

    FakeCluster& cluster() { return cluster_; }
    FaultProxy& proxy() { return proxy_; }

 private:
    [[nodiscard]] WeirConfig config() const {
        WeirConfig made;
        made.database(proxy_.port()).set("default_pool_size", "4").set("server_login_retry", "0.05");
        if (with_replay_) made.set("transaction_replay", "1");
        return made;
    }
    [[nodiscard]] Login login() const { return weir_.login(); }

    void judge(const std::vector<Written>& all) {
        std::set<int> there;
        for (const auto& row : cluster_.query("SELECT id FROM ledger")) there.insert(std::stoi(row[0]));
        std::map<int, int> raised;
        std::map<int, int> perhaps;
        std::map<std::string, int> told;
        for (const auto& one : all) {
            const bool present = there.erase(one.id) > 0;
            INFO("write " << one.id << (one.autocommit ? " by itself, " : ", ") << one.sqlstate);
            if (one.outcome == Result::kAcknowledged) CHECK(present);
            if (one.outcome == Result::kUndone || one.outcome == Result::kBefore) CHECK_FALSE(present);
            if (!one.autocommit) raised[one.id / Traffic::kFirstOf] += present ? 1 : 0;
            judge_error(one, told);
        }
        CHECK(there.empty());
        // The row of a transaction and its count came together, once.
        for (const auto& [client, n] : raised)
            CHECK(cluster_.value("SELECT n FROM tally WHERE id = " + std::to_string(client)) ==
                  std::to_string(n));
        std::cout << "node loss: " << all.size() << " writes";
        for (const auto& [state, count] : told) std::cout << ", " << state << " " << count;
        std::cout << "\n";
    }

    void judge_error(const Written& one, std::map<std::string, int>& told) const {
        if (one.outcome == Result::kAcknowledged) return;
        ++told[(one.sqlstate.empty() ? "closed" : one.sqlstate) +
               (one.outcome == Result::kBefore ? " before COMMIT" : "")];
        if (with_replay_) CHECK(one.outcome == Result::kUnknown);
        if (with_replay_ && one.autocommit)
            CHECK(one.sqlstate != "57P01");  // alone it proves that nothing ran
    }

    const bool with_replay_;
    FakeCluster cluster_{Options{kNodes}};
    FaultProxy proxy_{cluster_.port()};
    Weir weir_{config()};
};

void kills(bool with_replay) {
    NodeLoss scene(with_replay);
    scene.check([&](int id) {
        auto& node = scene.cluster().node(id);
        node.kill(id % 2 == 0 ? Cut::kReset : Cut::kFin);
        node.restart();
    });
}

void drains(bool with_replay) {
    NodeLoss scene(with_replay);
    scene.check([&](int id) {
        auto& node = scene.cluster().node(id);
        // A statement outlives the deadline: it gets 57014, whether it has been applied or not.
        if (id != 2) node.hold_next("INSERT", id == 3);
        DrainTimes times;
        times.query_wait = std::chrono::milliseconds(200);
        node.drain(times);
        CHECK(eventually([&] { return node.connections() == 0; }));
        node.restart();
        node.forget_orders();
    });
}

void silences(bool with_replay) {
    NodeLoss scene(with_replay);
    scene.check([&](int id) {
        // Nothing passes, then the way is gone: what was under way may have arrived, or not.
        support::Fault silent;
        silent.stall = true;
        if (id != 1) scene.proxy().from_target(silent);
        if (id != 2) scene.proxy().to_target(silent);
        CHECK(always([&] { return scene.proxy().open_connections() > 0; }, std::chrono::milliseconds(50)));
        scene.proxy().hold_new(true);
        scene.proxy().reset_all();
        scene.proxy().heal();
        scene.proxy().hold_new(false);
    });
}

}  // namespace

TEST_CASE("node loss: killed nodes lose no acknowledged write") { kills(false); }
TEST_CASE("node loss: with replay a killed node is noticed at COMMIT only") { kills(true); }

TEST_CASE("node loss: draining nodes lose no acknowledged write, and 57014 claims nothing") { drains(false); }
TEST_CASE("node loss: with replay a draining node is noticed where its outcome is unknown only") {
    drains(true);
}

TEST_CASE("node loss: connections that fall silent and are cut lose no acknowledged write") {
    silences(false);
}
TEST_CASE("node loss: with replay a connection that falls silent is noticed at COMMIT only") {
    silences(true);
}
