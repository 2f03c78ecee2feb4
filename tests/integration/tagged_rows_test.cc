// Nobody ever sees a row that was meant for someone else: 32 clients ask for their own tag while backends are
// killed, queries are cancelled, time out and fail.
#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "tests/integration/scene.h"

using namespace support;

namespace {

constexpr int kClients = 32;
constexpr int kRounds = 120;

struct Tally {
    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};
    std::atomic<int> logins{0};
};

class TaggedClient {
 public:
    TaggedClient(const Login& login, int number, unsigned seed, Tally& tally)
        : login_(login), tag_("tag" + std::to_string(number)), random_(seed), tally_(tally) {}

    void run() {
        for (int round = 0; round < kRounds; ++round) {
            if (!connect()) continue;
            const auto expected = tag_ + "." + std::to_string(round);
            judge(ask(expected), expected);
        }
    }

 private:
    bool connect() {
        if (client_ && client_->connected()) return true;
        client_.emplace(login_);
        ++tally_.logins;
        if (!client_->connected()) return false;
        // Each client gives the same name to its own statement.
        client_->try_prepare("s", "SELECT $1::text, '" + tag_ + "' FROM generate_series(1, 3)");
        return client_->connected();
    }

    Outcome ask(const std::string& expected) {
        const auto row = "SELECT '" + expected + "', '" + tag_ + "'";
        constexpr unsigned kKinds = 7;
        switch (random_() % kKinds) {
            case 0: return client_->try_query(row);
            case 1: return client_->try_params("SELECT $1::text, $2::text", {expected, tag_});
            case 2: return client_->try_prepared("s", {expected});
            case 3: return in_transaction(row);
            case 4: return cancelled(row + " FROM pg_sleep(0.01)");
            case 5: return client_->try_query(row + "; SELECT 1/0");
            default: return client_->try_query(row + ", pg_sleep(0.005), repeat('x', 20000)");
        }
    }

    Outcome in_transaction(const std::string& row) {
        client_->try_query("BEGIN");
        auto outcome = client_->try_query(row);
        client_->try_query(random_() % 2 == 0 ? "COMMIT" : "ROLLBACK");
        return outcome;
    }

    Outcome cancelled(const std::string& row) {
        if (!client_->send(row)) return {};
        if (!client_->cancel()) ++tally_.failed;
        return client_->wait();
    }

    void judge(const Outcome& outcome, const std::string& expected) {
        for (const auto& row : outcome.rows) {
            (row.at(0) == expected && row.at(1) == tag_ ? tally_.right : tally_.wrong) += 1;
        }
        if (!outcome.ok) ++tally_.failed;
    }

    Login login_;
    std::string tag_;
    std::mt19937 random_;
    Tally& tally_;
    std::optional<Client> client_;
};

/// Kills one backend after another until told to stop.
void kill_backends(const Login& login, const std::atomic<bool>& stop) {
    Client control(login.with("application_name=test_control"));
    while (!stop) {
        control.try_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND "
            "application_name <> 'test_control' ORDER BY random() LIMIT 1");
        control.try_query("SELECT pg_sleep(0.05)");
    }
}

}  // namespace

TEST_CASE("tagged rows: in all disorder every row reaches the client that asked for it", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    const bool chaos = GENERATE(false, true);
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", "4")
                  .set("max_prepared_statements", "8")
                  .set("query_wait_timeout", chaos ? "2" : "120"));
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    Tally tally;
    std::atomic<bool> stop{false};
    std::thread killer;
    if (chaos) killer = std::thread([&] { kill_backends(postgres.login("postgres"), stop); });
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
        threads.emplace_back(
            [&, i] { TaggedClient(weir.login(), i, seed + static_cast<unsigned>(i), tally).run(); });
    }
    for (auto& thread : threads) thread.join();
    stop = true;
    if (killer.joinable()) killer.join();
    CAPTURE(tally.right.load(), tally.failed.load(), tally.logins.load());
    CHECK(tally.wrong == 0);
    CHECK(tally.right > kClients);
    if (!chaos) CHECK(tally.logins == kClients);
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(postgres.connections() <= 4);
}
