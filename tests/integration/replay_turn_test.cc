// Whose turn it is to be run again, with clients on two workers: over replay_total_bytes a replay waits for
// those before it, from its second failure on a transaction waits at the gate of its database, and neither
// wait outlasts replay_timeout.
#include <list>
#include <string>

#include "tests/integration/http/http_scene.h"
#include "tests/integration/scene.h"
#include "tests/support/metrics_text.h"

using namespace support;

namespace {

WeirConfig two_workers(std::uint16_t port) {
    WeirConfig config;
    config.database(port);
    config.set("workers", "2").set("transaction_replay", "1").set("replay_timeout", "60");
    return config;
}

std::string worker_of(Weir& weir, const std::string& name) {
    for (auto& row : weir.show("CLIENTS"))
        if (row["application_name"] == name) return row["worker"];
    return "";
}

/// A client of another worker than the one with this name, if that is given.
Client client_beside(Weir& weir, const std::string& name, const std::string& beside = "") {
    std::list<Client> others;
    for (;;) {
        Client client = Client::connect(weir.login().with("application_name=" + name));
        if (beside.empty() || worker_of(weir, name) != worker_of(weir, beside)) return client;
        REQUIRE(others.size() < 100);
        others.push_back(std::move(client));
        others.back().query("SET application_name = 'not this one'");
    }
}

/// The one server whose statement begins like this is lost, and gone on return.
void lose(Postgres& postgres, const std::string& mark) {
    const auto is = "query LIKE '" + mark + "%'";
    const auto pid = postgres.control().value("SELECT pid FROM pg_stat_activity WHERE " + is);
    CHECK(postgres.terminate("pid = " + pid) == 1);
    REQUIRE(eventually([&] { return postgres.connections("pid = " + pid) == 0; }));
}

/// A transaction that holds an advisory lock, and, once it has lost it with its server, waits for it until
/// told, with more to be sent behind it: the next in line has the lock.
class Stuck {
 public:
    /// Its log has at least `bytes`.
    Stuck(Postgres& postgres, Weir& weir, const std::string& name, int lock, std::size_t bytes = 0,
          const std::string& beside = "")
        : postgres_(postgres),
          mark_("/*" + name + "*/"),
          client_(client_beside(weir, name, beside)),
          next_(Client::connect(postgres.login())) {
        client_.query("BEGIN");
        const auto sql = "SELECT pg_advisory_xact_lock(" + std::to_string(lock) + ")";
        client_.query(mark_ + sql + "/*" + std::string(bytes, 'x') + "*/");
        client_.query(mark_ + "SELECT 1");
        next_.query("BEGIN");
        REQUIRE(next_.send("/*next " + name + "*/" + sql));
        REQUIRE(scene::running(postgres_, "/*next " + name));
    }
    /// Its server is lost.
    void lose() { ::lose(postgres_, mark_); }
    [[nodiscard]] bool runs() { return scene::running(postgres_, mark_); }
    [[nodiscard]] int connections() { return postgres_.connections("query LIKE '" + mark_ + "%'"); }
    /// It gets its lock, if it asks for it.
    void let_go() {
        CHECK(next_.wait().tag == "SELECT 1");
        next_.query("COMMIT");
    }
    void finish() { CHECK(client_.query("COMMIT").tag == "COMMIT"); }
    [[nodiscard]] Client& client() { return client_; }

 private:
    Postgres& postgres_;
    const std::string mark_;
    Client client_;
    Client next_;  ///< past the pooler
};

bool counted(Weir& weir, const std::string& column, const std::string& wanted) {
    return eventually([&] { return weir.show("REPLAYS").at(0).at(column) == wanted; });
}

/// Begins a transaction that waits for advisory lock 3, and whose server is lost twice while it does. It runs
/// a third time.
void wait_and_lose_twice(Client& client, Postgres& postgres, Weir& weir) {
    client.query("BEGIN");
    CHECK(client.value("SELECT 1") == "1");
    REQUIRE(client.send("/*cut*/ SELECT pg_advisory_xact_lock(3)"));
    for (int lost = 0; lost < 2; ++lost) {
        REQUIRE(scene::running(postgres, "/*cut*/"));
        lose(postgres, "/*cut*/");
        REQUIRE(counted(weir, "attempts", std::to_string(lost + 1)));
    }
    REQUIRE(scene::running(postgres, "/*cut*/"));
}

}  // namespace

TEST_CASE("replay: over replay_total_bytes a replay waits its turn, on whatever worker", "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("transaction_replay");
    Postgres& postgres = scene::settled(Postgres::shared());
    Weir weir(two_workers(postgres.port()).set("replay_total_bytes", "3000"));
    Stuck first(postgres, weir, "first", 1, 2000);
    Stuck second(postgres, weir, "second", 2, 2000, "first");
    first.lose();
    REQUIRE(first.runs());
    second.lose();
    second.let_go();
    REQUIRE(counted(weir, "attempts", "2"));
    // Nothing holds the second one up but the first.
    Client other = Client::connect(weir.login());
    CHECK(other.value("SELECT 5") == "5");
    CHECK(second.connections() == 0);
    CHECK(counted(weir, "succeeded", "0"));
    CHECK(counted(weir, "running", "2"));
    first.let_go();
    CHECK(counted(weir, "succeeded", "2"));
    second.finish();
    first.finish();
    CHECK(counted(weir, "running", "0"));
    CHECK(counted(weir, "unprotected", "0"));
}

TEST_CASE(
    "replay: what replay_total_bytes has no room for goes on unprotected, and is counted by that reason",
    "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("transaction_replay");
    Postgres& postgres = scene::settled(Postgres::shared());
    scene::HttpWeir http{two_workers(postgres.port()).set("replay_total_bytes", "40000")};
    Weir& weir = http.weir;
    const std::string large = "SELECT '" + std::string(30'000, 'x') + "'";
    Client first = Client::connect(weir.login().with("application_name=first"));
    Client second = client_beside(weir, "second", "first");
    for (Client* client : {&first, &second}) {
        client->query("BEGIN");
        client->query(large);
    }
    CHECK(counted(weir, "unprotected", "1"));
    const auto page = read_metrics(http.get("/metrics").body, false);
    CHECK(page.sum("weir_unprotected_transactions_total{database=\"app\",reason=\"replay_total_bytes\"") ==
          1);
    CHECK(postgres.terminate() == 2);
    CHECK(counted(weir, "succeeded", "1"));
    CHECK(first.value("SELECT 1") == "1");
    CHECK(second.try_query("SELECT 1").sqlstate == "40001");
    first.query("COMMIT");
    second.query("ROLLBACK");
    // The bytes are given back: the next one is protected again.
    second.query("BEGIN");
    second.query(large);
    CHECK(postgres.terminate() > 0);
    CHECK(counted(weir, "succeeded", "2"));
    CHECK(second.query("COMMIT").tag == "COMMIT");
    CHECK(counted(weir, "log_bytes", "0"));
}

TEST_CASE("replay: from its second failure on a transaction waits at the gate, behind one of another worker",
          "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("transaction_replay");
    Postgres& postgres = scene::settled(Postgres::shared());
    Weir weir(two_workers(postgres.port()));
    Stuck first(postgres, weir, "first", 1);
    weir.config().set("replay_timeout", "3");
    const bool timeout = GENERATE(false, true);
    CAPTURE(timeout);
    if (timeout) weir.reload();
    Stuck second(postgres, weir, "second", 2, 0, "first");
    for (Stuck* one : {&first, &second}) {
        one->lose();
        REQUIRE(one->runs());
    }
    first.lose();
    REQUIRE(first.runs());
    second.lose();
    second.let_go();
    REQUIRE(counted(weir, "attempts", "4"));
    CHECK(second.connections() == 0);
    CHECK(counted(weir, "started", "2"));
    CHECK(counted(weir, "succeeded", "0"));
    if (timeout) {  // of the second one only
        CHECK(second.client().try_query("SELECT 1").sqlstate == "40001");
        CHECK(counted(weir, "running", "1"));
        CHECK(weir.logged("lost connection: replay_timeout"));
        second.client().query("ROLLBACK");
    }
    first.let_go();
    CHECK(counted(weir, "succeeded", timeout ? "1" : "2"));
    first.finish();
    if (!timeout) second.finish();
    CHECK(counted(weir, "running", "0"));
}

TEST_CASE("replay: a statement that fails again is the same replay, and counts once", "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("transaction_replay");
    Postgres& postgres = scene::settled(Postgres::shared());
    Weir weir(two_workers(postgres.port()));
    Client client = Client::connect(weir.login());
    Client holder = Client::connect(postgres.login());
    holder.query("SELECT pg_advisory_lock(3)");
    wait_and_lose_twice(client, postgres, weir);
    CHECK(counted(weir, "succeeded", "0"));
    CHECK(counted(weir, "running", "1"));
    holder.query("SELECT pg_advisory_unlock(3)");
    CHECK(client.wait().tag == "SELECT 1");
    CHECK(counted(weir, "started", "1"));
    CHECK(counted(weir, "succeeded", "1"));
    CHECK(counted(weir, "running", "0"));
    CHECK(client.query("COMMIT").tag == "COMMIT");
    CHECK(weir.logged("lost connection: succeeded (attempts=2"));
}

TEST_CASE("replay: one that waits for a lock in the end holds up the others for a moment only", "[pg]") {
    REQUIRES_POSTGRES();
    REQUIRES_SETTING("transaction_replay");
    Postgres& postgres = scene::settled(Postgres::shared());
    Weir weir(two_workers(postgres.port()));
    Client client = Client::connect(weir.login().with("application_name=waits"));
    Client holder = Client::connect(postgres.login());
    holder.query("SELECT pg_advisory_lock(3)");
    wait_and_lose_twice(client, postgres, weir);  // it has the gate now
    Stuck second(postgres, weir, "second", 2, 0, "waits");
    second.lose();
    REQUIRE(second.runs());
    second.lose();
    second.let_go();
    CHECK(counted(weir, "succeeded", "1"));
    CHECK(postgres.connections("state = 'active' AND query LIKE '/*cut*/%'") == 1);
    second.finish();
    holder.query("SELECT pg_advisory_unlock(3)");
    CHECK(client.wait().tag == "SELECT 1");
    CHECK(client.query("COMMIT").tag == "COMMIT");
}
