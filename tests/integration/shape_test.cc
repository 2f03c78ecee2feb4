// Statements whose rows change by DDL: no client gets a row of another shape than it was told, whichever
// server it gets and whenever that server prepared the statement.
#include <atomic>
#include <thread>

#include "tests/integration/scene.h"

using namespace support;
using namespace support::wire;

namespace {

/// A table of one row, and weir in front with some servers.
struct ShapeScene {
    explicit ShapeScene(int servers)
        : postgres(scene::settled(Postgres::shared())),
          weir(scene::before(postgres)
                   .set("default_pool_size", std::to_string(servers))
                   .set("workers", "1")
                   .set("server_round_robin", "1")) {
        postgres.control().query("DROP TABLE IF EXISTS shape_t; CREATE TABLE shape_t (a int, b text)");
        postgres.control().query("INSERT INTO shape_t VALUES (1, 'one'); GRANT ALL ON shape_t TO PUBLIC");
    }
    ~ShapeScene() { postgres.control().try_query("DROP TABLE IF EXISTS shape_t"); }
    ShapeScene(const ShapeScene&) = delete;
    ShapeScene& operator=(const ShapeScene&) = delete;

    void widen() const { postgres.control().query("ALTER TABLE shape_t ADD COLUMN c int DEFAULT 7"); }
    void narrow() const { postgres.control().query("ALTER TABLE shape_t DROP COLUMN c"); }
    /// Opens this many server connections.
    void open(int servers) const {
        std::vector<Client> clients;
        for (int i = 0; i < servers; ++i) {
            clients.push_back(Client::connect(weir.login()));
            scene::begin(clients.back());
        }
    }

    Postgres& postgres;
    Weir weir;
};

std::string run(const std::string& name) { return bind_portal("", name) + execute("") + sync_message(); }
std::string prepare(const std::string& name) {
    return parse(name, "SELECT * FROM shape_t") + describe_statement(name) + sync_message();
}

int columns(const Message& description) {
    return static_cast<unsigned char>(description.body[0]) << 8 |
           static_cast<unsigned char>(description.body[1]);
}

}  // namespace

TEST_CASE("shape: a statement parsed anew with other columns is refused, and nothing of the batch runs",
          "[pg]") {
    REQUIRES_POSTGRES();
    const auto* name = GENERATE("s", "");
    CAPTURE(name);
    ShapeScene scene(1);
    auto client = WireClient::logged_in(scene.weir.login());
    REQUIRE(types(client.exchange(prepare(name))) == "1tTZ");
    CHECK(rows(client.exchange(run(name))) == Rows{{"1", "one"}});
    scene.widen();
    scene::kill_idle_servers(scene.weir, scene.postgres);
    for (int i = 0; i < 3; ++i) {
        const auto refused =
            client.exchange(bind_portal("", name) + execute("") + parse("", "DELETE FROM shape_t") +
                            bind_portal("", "") + execute("") + sync_message());
        CHECK(types(refused) == "EZ");
        CHECK(sqlstate(refused) == "0A000");
        CHECK(error_text(refused) == "cached plan must not change result type");
        CHECK(transaction_status(refused) == 'I');
    }
    CHECK(rows(client.exchange(query("SELECT count(*) FROM shape_t"))) == Rows{{"1"}});
    if (*name != '\0') client.exchange(close_statement(name) + sync_message());
    CHECK(types(client.exchange(prepare(name))) == "1tTZ");
    CHECK(rows(client.exchange(run(name))) == Rows{{"1", "one", "7"}});
}

TEST_CASE("shape: the refusal fails a transaction, as the server's own does", "[pg]") {
    REQUIRES_POSTGRES();
    ShapeScene scene(1);
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(prepare("s"));
    scene.widen();
    scene::kill_idle_servers(scene.weir, scene.postgres);
    client.exchange(query("BEGIN; INSERT INTO shape_t VALUES (2, 'two')"));
    CHECK(sqlstate(client.exchange(run("s"))) == "0A000");
    CHECK(sqlstate(client.exchange(query("SELECT 1"))) == "25P02");
    CHECK(command_tag(client.exchange(query("COMMIT"))) == "ROLLBACK");
    CHECK(rows(client.exchange(query("SELECT count(*) FROM shape_t"))) == Rows{{"1"}});
}

TEST_CASE("shape: who asks for it in the same batch is told the new one and goes on", "[pg]") {
    REQUIRES_POSTGRES();
    const bool portal = GENERATE(false, true);
    CAPTURE(portal);
    ShapeScene scene(1);
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(prepare("s"));
    scene.widen();
    scene::kill_idle_servers(scene.weir, scene.postgres);
    const auto asked = client.exchange(
        portal ? bind_portal("", "s") + describe_portal("") + execute("") + sync_message()
               : describe_statement("s") + bind_portal("", "s") + execute("") + sync_message());
    CHECK(types(asked) == (portal ? "2TDCZ" : "tT2DCZ"));
    CHECK(columns(asked[1]) == 3);
    CHECK(rows(asked) == Rows{{"1", "one", "7"}});
    CHECK(rows(client.exchange(run("s"))) == Rows{{"1", "one", "7"}});
}

TEST_CASE("shape: a server that another client made parse the new one is not used for the old one", "[pg]") {
    REQUIRES_POSTGRES();
    ShapeScene scene(1);
    auto told = WireClient::logged_in(scene.weir.login());
    auto ignorant = WireClient::logged_in(scene.weir.login());
    told.exchange(prepare("s"));
    scene.widen();
    scene::kill_idle_servers(scene.weir, scene.postgres);
    // Never asked what it looks like, so any shape will do.
    CHECK(types(ignorant.exchange(parse("x", "SELECT * FROM shape_t") + run("x"))) == "12DCZ");
    CHECK(sqlstate(told.exchange(run("s"))) == "0A000");
    CHECK(rows(ignorant.exchange(run("x"))) == Rows{{"1", "one", "7"}});
    scene.narrow();
    scene::kill_idle_servers(scene.weir, scene.postgres);
    CHECK(rows(told.exchange(run("s"))) == Rows{{"1", "one"}});
}

TEST_CASE("shape: after a server's own refusal the statement is parsed anew everywhere, once", "[pg]") {
    REQUIRES_POSTGRES();
    constexpr int kServers = 3;
    ShapeScene scene(kServers);
    scene.open(kServers);
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(parse("s", "SELECT * FROM shape_t") + sync_message());
    for (int i = 0; i < 2 * kServers; ++i) CHECK(types(client.exchange(run("s"))) == "2DCZ");
    const auto backends = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";
    CHECK(scene.postgres.control().value(backends) == std::to_string(kServers));
    scene.widen();
    int refused = 0;
    for (int i = 0; i < 3 * kServers; ++i) {
        const auto answer = client.exchange(run("s"));
        if (sqlstate(answer) == "0A000") ++refused;
        CHECK((rows(answer) == Rows{{"1", "one", "7"}} || sqlstate(answer) == "0A000"));
    }
    CHECK(refused <= 1);
    CHECK(scene.postgres.control().value(backends) == std::to_string(kServers));  // none was closed for it
}

TEST_CASE("shape: while the table changes under load every row is as its client was told", "[pg]") {
    REQUIRES_POSTGRES();
    ShapeScene scene(3);
    scene.open(3);
    std::atomic<bool> stop{false};
    std::atomic<int> served{0};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            auto client = WireClient::logged_in(scene.weir.login());
            while (!stop) {
                const auto described = client.exchange(prepare("s"));
                // A server that had parsed the text before the table changed says so once; the name stays.
                const bool stale = sqlstate(described) == "0A000";
                if (!stale && types(described) != "1tTZ") ++wrong;
                if (types(described) != "1tTZ") {
                    client.exchange(close_statement("s") + sync_message());
                    continue;
                }
                const auto told = static_cast<std::size_t>(columns(described[2]));
                for (int k = 0; k < 20; ++k) {
                    const auto answer = client.exchange(run("s"));
                    if (sqlstate(answer) == "0A000") break;
                    const auto got = rows(answer);
                    if (got.size() != 1 || got[0].size() != told) ++wrong;
                    ++served;
                }
                client.exchange(close_statement("s") + sync_message());
            }
        });
    for (int i = 0; i < 15; ++i) {
        const int before = served;
        CHECK(eventually([&] { return served > before + 40; }));
        i % 2 == 0 ? scene.widen() : scene.narrow();
    }
    stop = true;
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("shape: libpq, which asks every time, never sees a row that does not fit", "[pg]") {
    REQUIRES_POSTGRES();
    ShapeScene scene(3);
    scene.open(3);
    auto client = Client::connect(scene.weir.login());
    client.prepare("s", "SELECT * FROM shape_t");
    for (int i = 0; i < 10; ++i) {
        const std::size_t expected = i % 2 == 0 ? 2 : 3;
        for (int k = 0; k < 6; ++k) {
            const auto outcome = client.try_prepared("s", {});
            if (!outcome.ok) {
                CHECK(outcome.sqlstate == "0A000");
                continue;
            }
            CHECK(outcome.columns.size() == expected);
            CHECK(outcome.rows.at(0).size() == expected);
        }
        i % 2 == 0 ? scene.widen() : scene.narrow();
    }
}

TEST_CASE("shape: errors name a statement as the client does", "[pg]") {
    REQUIRES_POSTGRES();
    ShapeScene scene(1);
    auto client = WireClient::logged_in(scene.weir.login());
    client.exchange(prepare("mine"));
    CHECK(error_text(client.exchange(prepare("mine"))) == "prepared statement \"mine\" already exists");
    CHECK(error_text(client.exchange(run("nowhere"))) == "prepared statement \"nowhere\" does not exist");
    CHECK(error_text(client.exchange(describe_statement("nowhere") + sync_message())) ==
          "prepared statement \"nowhere\" does not exist");
    CHECK(error_text(client.exchange(run(""))) == "unnamed prepared statement does not exist");
    const auto surplus = client.exchange(bind_portal("", "mine", {"1"}) + sync_message());
    CHECK(error_text(surplus).find("prepared statement \"mine\" requires 0") != std::string::npos);
    CHECK(sqlstate(surplus) == "08P01");
}

TEST_CASE("shape: the portal that a simple Query left tells nothing about the statement bound before",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    auto client = WireClient::logged_in(weir.login());
    CHECK(types(client.exchange(parse("s", "SELECT 1") + run("s"))) == "12DCZ");
    CHECK(types(client.exchange(query("BEGIN"))) == "CZ");
    CHECK(types(client.exchange(query("ROLLBACK TO nowhere"))) == "EZ");
    CHECK(types(client.exchange(describe_portal("") + sync_message())) == "nZ");
    CHECK(types(client.exchange(query("ROLLBACK"))) == "CZ");
    CHECK(types(client.exchange(run("s"))) == "2DCZ");
}
