// replica_kind = follower: nodes of the same CockroachDB cluster, read a little in the past.
#include <algorithm>

#include "tests/integration/crdb/scene.h"

using namespace support;
using namespace support::crdb;

namespace {

constexpr std::chrono::milliseconds kStaleness{400};

/// Node 1 takes the writes, 2 and 3 are followers.
struct Followers {
    Followers() : weir{configured()} {}
    [[nodiscard]] WeirConfig configured() {
        cluster.query(scene::kAccounts);
        const auto url = [this](int id) {
            return "postgresql://127.0.0.1:" + std::to_string(cluster.node(id).port()) + "/";
        };
        return scene::before(cluster.node(1).port(), "replicas='" + url(2) + " " + url(3) +
                                                         "' replica_kind=follower replica_staleness=0.4 "
                                                         "pool_mode=transaction");
    }
    [[nodiscard]] std::ptrdiff_t reads(int id, const std::string& text = "SELECT bal") {
        const auto all = cluster.node(id).statements();
        return std::count_if(all.begin(), all.end(),
                             [&text](const std::string& sql) { return sql.find(text) == 0; });
    }
    [[nodiscard]] std::ptrdiff_t on_followers() { return reads(2) + reads(3); }

    FakeCluster cluster{Options{3}};
    Weir weir;
};

void check_all(const std::vector<std::string>& values, const std::string& wanted) {
    CHECK_FALSE(values.empty());
    for (const auto& value : values) CHECK(value == wanted);
}

}  // namespace

TEST_CASE("route follower: reads go to followers when the last write is older than what they show") {
    Followers scene;
    auto client = Client::connect(scene.weir.login());
    const std::string read = "SELECT bal FROM acc WHERE id = 1";
    REQUIRE(eventually([&] { return client.value(read) == "100" && scene.on_followers() > 0; }));
    for (int i = 0; i < 40; ++i) CHECK(client.value(read) == "100");
    CHECK(scene.reads(2) > 0);
    CHECK(scene.reads(3) > 0);
    const auto before = scene.on_followers();
    const auto start = std::chrono::steady_clock::now();
    client.query("UPDATE acc SET bal = 7 WHERE id = 1");
    REQUIRE(eventually([&] { return client.value(read) == "7" && scene.on_followers() > before; }));
    CHECK(std::chrono::steady_clock::now() - start >= kStaleness);
    CHECK(scene.reads(2, "UPDATE") + scene.reads(3, "UPDATE") == 0);
    for (const int id : {2, 3}) {
        CAPTURE(id);
        for (const auto* name : {"default_transaction_use_follower_reads", "default_transaction_read_only"})
            check_all(scene.cluster.node(id).variable(name), "on");
    }
    check_all(scene.cluster.node(1).variable("default_transaction_use_follower_reads"), "off");
}

TEST_CASE("route follower: a read-only transaction stays on one follower, and a dead one costs nothing") {
    Followers scene;
    auto client = Client::connect(scene.weir.login());
    const std::string read = "SELECT bal FROM acc WHERE id = 2";
    REQUIRE(eventually([&] { return client.value(read) == "100" && scene.on_followers() > 0; }));
    client.query("BEGIN READ ONLY");
    CHECK(client.value(read) == "100");
    const auto before = scene.reads(1);
    for (int i = 0; i < 4; ++i) CHECK(client.value(read) == "100");
    CHECK(scene.reads(1) == before);
    client.query("COMMIT");
    scene.cluster.node(2).kill();
    scene.cluster.node(3).kill();
    for (int i = 0; i < 10; ++i) CHECK(client.value(read) == "100");
    CHECK(scene.reads(1) > before);
}
