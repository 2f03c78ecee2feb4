// What holds on PostgreSQL and on CockroachDB alike: COCKROACH_URL aims these tests at a cluster.
#include "tests/support/database.h"

#include <atomic>
#include <random>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/wire_client.h"

using namespace support;

namespace {

/// A table of the test's own, made and dropped over a direct connection.
class Table {
 public:
    explicit Table(const std::string& columns) : direct_(Client::connect(Database::under_test().login())) {
        direct_.query("DROP TABLE IF EXISTS weir_test");
        direct_.query("CREATE TABLE weir_test (" + columns + ")");
    }
    ~Table() { direct_.try_query("DROP TABLE weir_test"); }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    Client& direct() { return direct_; }

 private:
    Client direct_;
};

WeirConfig with_servers(const char* count) {
    auto config = Database::under_test().pooled();
    return config.set("default_pool_size", count);
}

/// Adds one to the counter in a transaction, again after every conflict; false on any other error.
bool count_one_more(Client& client) {
    for (;;) {
        client.try_query("BEGIN");
        const auto read = client.try_query("SELECT n FROM weir_test WHERE id = 1 FOR UPDATE");
        const auto next = read.ok ? std::to_string(std::stoi(read.rows.at(0).at(0)) + 1) : "";
        const auto write =
            read.ok ? client.try_query("UPDATE weir_test SET n = " + next + " WHERE id = 1") : read;
        const auto end = client.try_query(write.ok ? "COMMIT" : "ROLLBACK");
        if (write.ok && end.ok) return true;
        const auto& sqlstate = write.ok ? end.sqlstate : write.sqlstate;
        if (sqlstate != "40001" && sqlstate != "40P01") return false;
    }
}

}  // namespace

TEST_CASE("database: simple and extended queries give the same as without the pooler", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Weir weir(with_servers("2"));
    auto pooled = Client::connect(weir.login());
    auto direct = Client::connect(Database::under_test().login());
    for (const char* sql :
         {"SELECT 1, 'two', 3.5, NULL, true", "SELECT 1; SELECT 2", "", "SELECT * FROM generate_series(1, 3)",
          "SELECT 1/0", "SELEC", "SELECT '2024-02-29'::date + 1", "SHOW application_name"}) {
        CAPTURE(sql);
        const auto seen = pooled.try_query(sql);
        const auto expected = direct.try_query(sql);
        CHECK(seen.rows == expected.rows);
        CHECK(seen.tag == expected.tag);
        CHECK(seen.sqlstate == expected.sqlstate);
    }
    CHECK(pooled.try_params("SELECT $1::int8 + 1, $2::text", {"41", kNull}).rows == Rows{{"42", kNull}});
}

TEST_CASE("database: transactions commit and roll back, also after errors and lost clients", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Table table("id int PRIMARY KEY, n int");
    Weir weir(with_servers("2"));
    auto client = Client::connect(weir.login());
    client.query("BEGIN");
    client.query("INSERT INTO weir_test VALUES (1, 10)");
    client.query("COMMIT");
    client.query("BEGIN");
    client.query("INSERT INTO weir_test VALUES (2, 20)");
    CHECK(client.try_query("INSERT INTO weir_test VALUES (1, 11)").sqlstate == "23505");
    CHECK(client.transaction_status() == PQTRANS_INERROR);
    client.query("ROLLBACK");
    {
        auto lost = WireClient::logged_in(weir.login());
        lost.exchange(wire::query("BEGIN"));
        lost.exchange(wire::query("INSERT INTO weir_test VALUES (3, 30)"));
        lost.reset();
    }
    CHECK(client.query("SELECT id, n FROM weir_test ORDER BY id").rows == Rows{{"1", "10"}});
    CHECK(table.direct().query("SELECT id, n FROM weir_test ORDER BY id").rows == Rows{{"1", "10"}});
}

TEST_CASE("database: prepared statements of many clients work over two servers", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Weir weir(with_servers("2").set("max_prepared_statements", "3"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<Client> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(Client::connect(weir.login()));
        clients.back().prepare("s", "SELECT $1::int8 * " + std::to_string(i));
    }
    for (int round = 0; round < 100; ++round) {
        const auto who = random() % clients.size();
        const auto expected = std::to_string(round * static_cast<int>(who));
        REQUIRE(clients[who].prepared("s", {std::to_string(round)}).rows == Rows{{expected}});
    }
}

TEST_CASE("database: a pipeline is answered in order and an error skips to its Sync", "[pg][crdb]") {
    REQUIRES_DATABASE();
    using namespace support::wire;
    Weir weir(with_servers("2"));
    auto client = WireClient::logged_in(weir.login());
    const auto once = [](const std::string& sql) {
        return parse("", sql) + bind_portal("", "") + execute("") + sync_message();
    };
    client.send(once("SELECT 'first'") + query("SELECT 'second'") + once("SELEC") + once("SELECT 'third'"));
    CHECK(rows(client.read_answer()) == Rows{{"first"}});
    CHECK(rows(client.read_answer()) == Rows{{"second"}});
    const auto failed = client.read_answer();
    CHECK(types(failed) == "EZ");
    CHECK(sqlstate(failed) == "42601");
    CHECK(rows(client.read_answer()) == Rows{{"third"}});
}

TEST_CASE("database: COPY FROM STDIN stores its rows and a failed one stores none", "[pg][crdb]") {
    REQUIRES_DATABASE();
    const Table table("id int PRIMARY KEY, note text");
    Weir weir(with_servers("2"));
    auto client = Client::connect(weir.login());
    std::string lines;
    for (int i = 0; i < 5000; ++i) lines += std::to_string(i) + "\tline\n";
    CHECK(client.copy_in("COPY weir_test FROM STDIN", lines).tag == "COPY 5000");
    CHECK_FALSE(client.copy_in("COPY weir_test FROM STDIN", "not a number\tx\n").ok);
    CHECK(client.value("SELECT count(*) FROM weir_test") == "5000");
}

TEST_CASE("database: a large result arrives whole", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Weir weir(with_servers("2"));
    auto client = Client::connect(weir.login());
    const auto outcome = client.query("SELECT g, repeat('x', 10000) FROM generate_series(1, 2000) g");
    CHECK(outcome.rows.size() == 2000);
    CHECK(outcome.rows.back() == Row{"2000", std::string(10000, 'x')});
}

TEST_CASE("database: a time zone and an application name follow their client", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Weir weir(with_servers("1"));
    auto tokyo =
        Client::connect(weir.login().with("application_name=tokyo options='-c TimeZone=Asia/Tokyo'"));
    auto lima = Client::connect(weir.login().with("application_name=lima"));
    lima.query("SET TimeZone = 'America/Lima'");
    for (int i = 0; i < 3; ++i) {
        CHECK(tokyo.value("SHOW TimeZone") == "Asia/Tokyo");
        CHECK(lima.value("SHOW TimeZone") == "America/Lima");
        CHECK(tokyo.value("SHOW application_name") == "tokyo");
        CHECK(lima.value("SHOW application_name") == "lima");
    }
}

TEST_CASE("database: counters raised by many clients at once add up", "[pg][crdb]") {
    REQUIRES_DATABASE();
    Table table("id int PRIMARY KEY, n int");
    table.direct().query("INSERT INTO weir_test VALUES (1, 0)");
    Weir weir(with_servers("2"));
    constexpr int kClients = 8;
    constexpr int kEach = 25;
    std::atomic<int> committed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
        threads.emplace_back([&] {
            Client client(weir.login());
            for (int k = 0; k < kEach; ++k) committed += count_one_more(client) ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(committed == kClients * kEach);
    CHECK(table.direct().value("SELECT n FROM weir_test WHERE id = 1") == std::to_string(kClients * kEach));
}
