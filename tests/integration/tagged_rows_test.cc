// Nobody ever sees a row or a variable that was meant for someone else: clients ask for their own tag, in
// calm and under overload, while backends are killed, queries cancelled and abandoned and the configuration
// reloaded. At the end every connection is accounted for.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/integration/scene.h"

using namespace support;

namespace {

struct Tally {
    std::atomic<int> right{0};
    std::atomic<int> wrong{0};
    std::atomic<int> failed{0};
    std::atomic<int> logins{0};
    std::atomic<int> waited_too_long{0};
    std::atomic<int> cancelled{0};

    void add_wrong(const std::string& what) {
        if (wrong++ > 0) return;
        const std::lock_guard lock(mutex);
        first_wrong = what;
    }
    std::mutex mutex;
    std::string first_wrong;
};

/// One thread's client. Odd numbers never cancel anything, so that a cancelled query of theirs is a fault.
class TaggedClient {
 public:
    TaggedClient(const Login& login, int number, unsigned seed, Tally& tally)
        : tag_("tag" + std::to_string(number)),
          login_(login.with("application_name=" + tag_)),
          cancels_(number % 2 == 0),
          random_(seed),
          tally_(tally) {}

    /// `disorderly` ones leave connections behind in the middle of things.
    void round(bool disorderly) {
        if (!connect()) return;
        ++round_;
        const auto expected = tag_ + "." + std::to_string(round_);
        constexpr unsigned kLeaveEvery = 40;
        if (disorderly && random_() % kLeaveEvery == 0) return leave(expected);
        judge(ask(expected), expected);
    }
    /// True once it is connected and has had a right answer.
    bool settle() {
        const int before = right_;
        round(false);
        return connected() && right_ > before;
    }
    [[nodiscard]] bool connected() const { return client_ && client_->connected(); }
    void close() { client_.reset(); }

 private:
    bool connect() {
        if (connected()) return true;
        client_.emplace(login_);
        ++tally_.logins;
        // Each client gives the same name to its own statement.
        if (client_->connected() && change_variable().ok &&
            client_
                ->try_prepare("s", row("$1::text") + " FROM generate_series(1, " +
                                       std::to_string(kRowsOfStatement) + ")")
                .ok)
            return true;
        client_.reset();
        return false;
    }

    /// What was asked for, whose it is, and two variables that must be the client's own.
    [[nodiscard]] std::string row(const std::string& value) const {
        return "SELECT " + value + ", '" + tag_ +
               "', current_setting('tagged.owner', true), current_setting('application_name')";
    }

    Outcome change_variable() {
        return client_->try_query("SET tagged.owner = '" + tag_ + "." + std::to_string(random_()) + "'");
    }

    Outcome ask(const std::string& expected) {
        const auto plain = row("'" + expected + "'");
        constexpr unsigned kKinds = 10;
        switch (random_() % kKinds) {
            case 0: return client_->try_query(plain);
            case 1: return client_->try_params(row("$1::text"), {expected});
            case 2: return client_->try_prepared("s", {expected});
            case 3: return in_transaction(plain);
            case 4:
                if (cancels_) return cancelled(plain + " FROM pg_sleep(0.01)");
                return client_->try_query(plain + " FROM pg_sleep(0.01)");
            case 5: return client_->try_query(plain + "; SELECT 1/0");
            case 6: return copied(expected);
            case 7: return client_->try_query(plain + ", pg_sleep(0.005), repeat('x', 20000)");
            case 8: return pipelined(expected);
            default: change_variable(); return client_->connected() ? client_->try_query(plain) : Outcome{};
        }
    }

    Outcome in_transaction(const std::string& row) {
        client_->try_query("BEGIN");
        auto outcome = client_->try_query(row);
        client_->try_query(random_() % 2 == 0 ? "COMMIT" : "ROLLBACK");
        return outcome;
    }

    /// Several batches in one write: a wait for a server, or its loss, may come between any two of them.
    Outcome pipelined(const std::string& expected) {
        constexpr int kBatches = 4;
        PGconn* pg = client_->raw();
        const char* value = expected.c_str();
        Outcome outcome;
        outcome.ok = PQenterPipelineMode(pg) == 1;
        int batches = 0;
        for (; batches < kBatches && outcome.ok; ++batches)
            outcome.ok =
                PQsendQueryPrepared(pg, "s", 1, &value, nullptr, nullptr, 0) == 1 && PQpipelineSync(pg) == 1;
        while (batches > 0 && client_->connected()) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(pg), &PQclear};
            const auto status = PQresultStatus(result.get());
            if (status == PGRES_PIPELINE_SYNC) --batches;
            if (result && status == PGRES_FATAL_ERROR) note_failure(result.get(), outcome);
            for (int row = 0; row < PQntuples(result.get()); ++row) {
                outcome.rows.emplace_back();
                for (int column = 0; column < PQnfields(result.get()); ++column)
                    outcome.rows.back().emplace_back(PQgetvalue(result.get(), row, column));
            }
        }
        if (PQexitPipelineMode(pg) != 1) outcome.ok = false;
        if (outcome.ok && outcome.rows.size() != kBatches * kRowsOfStatement)
            tally_.add_wrong(tag_ + " got " + std::to_string(outcome.rows.size()) + " rows of a pipeline");
        return outcome;
    }

    static void note_failure(const PGresult* result, Outcome& outcome) {
        const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        outcome.ok = false;
        outcome.sqlstate = sqlstate != nullptr ? sqlstate : "";
        outcome.message = PQresultErrorMessage(result);
    }

    Outcome cancelled(const std::string& row) {
        if (!client_->send(row)) return {};
        if (!client_->cancel()) ++tally_.failed;
        return client_->wait();
    }

    Outcome copied(const std::string& expected) {
        auto outcome = client_->copy_out("COPY (" + row("'" + expected + "'") +
                                         " FROM generate_series(1, 50)) TO STDOUT (DELIMITER ';')");
        if (!outcome.ok) return outcome;
        std::istringstream lines(outcome.message);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            Row copied;
            for (std::string field; std::getline(fields, field, ';');) copied.push_back(field);
            outcome.rows.push_back(copied);
        }
        return outcome;
    }

    void leave(const std::string& expected) {
        const auto text = row("'" + expected + "'");
        if (random_() % 2 == 0) client_->try_query("BEGIN");
        static_cast<void>(client_->send(text + ", repeat('y', 3000) FROM generate_series(1, 1000)"));
        close();
    }

    [[nodiscard]] bool right(const Row& row, const std::string& expected) const {
        return row.size() >= 4 && row[0] == expected && row[1] == tag_ && row[2].rfind(tag_ + ".", 0) == 0 &&
               row[3] == tag_;
    }

    void judge(const Outcome& outcome, const std::string& expected) {
        for (const auto& row : outcome.rows) {
            if (right(row, expected)) {
                ++tally_.right;
                ++right_;
                continue;
            }
            std::string text = tag_ + " asked for " + expected + " and got";
            for (const auto& field : row) text += " " + field.substr(0, 40);
            tally_.add_wrong(text);
        }
        if (outcome.ok) return;
        ++tally_.failed;
        if (outcome.message.find("query_wait_timeout") != std::string::npos) ++tally_.waited_too_long;
        if (outcome.sqlstate != "57014") return;
        ++tally_.cancelled;
        if (!cancels_) tally_.add_wrong(tag_ + " was cancelled by somebody else");
    }

    static constexpr int kRowsOfStatement = 3;

    std::string tag_;
    Login login_;
    bool cancels_;
    std::mt19937 random_;
    Tally& tally_;
    int round_ = 0;
    int right_ = 0;
    std::optional<Client> client_;
};

/// Runs `life` for each client in a thread of its own.
class Crowd {
 public:
    Crowd(const Login& login, int clients, unsigned seed, Tally& tally) {
        for (int i = 0; i < clients; ++i)
            clients_.push_back(
                std::make_unique<TaggedClient>(login, i, seed + static_cast<unsigned>(i), tally));
    }

    template <typename Life>
    void start(Life life) {
        for (auto& client : clients_) threads_.emplace_back([&client, life] { life(*client); });
    }
    void join() {
        for (auto& thread : threads_) thread.join();
        threads_.clear();
    }
    [[nodiscard]] int connected() const {
        return static_cast<int>(std::count_if(clients_.begin(), clients_.end(),
                                              [](const auto& client) { return client->connected(); }));
    }
    void close() {
        for (auto& client : clients_) client->close();
    }

 private:
    std::vector<std::unique_ptr<TaggedClient>> clients_;
    std::vector<std::thread> threads_;
};

std::chrono::seconds duration() {
    const char* asked = std::getenv("WEIR_TAGGED_SECONDS");
    constexpr int kDefault = 30;
    return std::chrono::seconds(asked != nullptr ? std::atoi(asked) : kDefault);
}

/// Until the deadline, every 50 ms: a backend is killed and the configuration reloaded, with other values;
/// every three seconds all servers are taken for longer than anyone may wait.
void disturb(Weir& weir, Postgres& postgres, Clock::time_point end) {
    constexpr auto kPause = std::chrono::milliseconds(50);
    constexpr int kHogEvery = 60;
    constexpr int kSpared = 25;  // steps in which no backend is killed, so that waiting takes its time
    std::vector<Client> hogs;
    for (int step = 0; Clock::now() < end; ++step) {
        const bool even = step % 2 == 0;
        weir.config()
            .set("default_pool_size", even ? "4" : "3")
            .set("max_prepared_statements", even ? "8" : "3");
        weir.reload();
        if (step % kHogEvery == 0) {
            hogs.clear();
            for (int i = 0; i < 4; ++i) {
                hogs.emplace_back(weir.login());
                static_cast<void>(hogs.back().send("SELECT pg_sleep(1.5)"));
            }
        }
        if (step % kHogEvery >= kSpared)
            postgres.control().try_query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client "
                "backend' "
                "AND "
                "pid <> pg_backend_pid() ORDER BY random() LIMIT 1");
        std::this_thread::sleep_for(kPause);
    }
    weir.config().set("default_pool_size", "4");
    weir.reload();
}

std::map<std::string, int> lists(Weir& weir) {
    std::map<std::string, int> counts;
    for (const auto& row : weir.show("LISTS")) counts[row.at("list")] = std::stoi(row.at("items"));
    return counts;
}

std::set<std::string> pids_of_servers(Weir& weir) {
    std::set<std::string> pids;
    for (const auto& row : weir.show("SERVERS")) pids.insert(row.at("remote_pid"));
    return pids;
}

std::set<std::string> pids_of_backends(Postgres& postgres) {
    std::set<std::string> pids;
    for (const auto& row :
         postgres.control()
             .query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                    "AND pid <> pg_backend_pid()")
             .rows)
        pids.insert(row.at(0));
    return pids;
}

/// What weir says it has is what there is, at both its ends.
void check_books(Weir& weir, Postgres& postgres, int clients) {
    CHECK(eventually([&] { return weir.pool("cl_active") == clients && weir.pool("cl_waiting") == 0; }));
    CHECK(eventually([&] { return pids_of_servers(weir) == pids_of_backends(postgres); }));
    const auto backends = pids_of_backends(postgres);
    const int servers = static_cast<int>(backends.size());
    const auto counts = lists(weir);
    CHECK(counts.at("used_clients") == clients + 1);  // and the console's own
    CHECK(counts.at("login_clients") == 0);
    CHECK(counts.at("used_servers") + counts.at("free_servers") == servers);
    CHECK(weir.pool("sv_active") + weir.pool("sv_login") + weir.pool("sv_tested") == 0);
    CHECK(weir.pool("sv_idle") + weir.pool("sv_used") == servers);
    for (const auto& row : weir.show("DATABASES")) {
        if (row.at("name") != "app") continue;
        CHECK(row.at("current_connections") == std::to_string(servers));
        CHECK(row.at("current_client_connections") == std::to_string(clients));
    }
}

}  // namespace

TEST_CASE("tagged rows: in calm every row reaches the client that asked for it", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "4").set("max_prepared_statements", "8"));
    constexpr int kClients = 32;
    constexpr int kRounds = 60;
    const auto seed = std::random_device{}();
    Tally tally;
    Crowd crowd(weir.login(), kClients, seed, tally);
    crowd.start([](TaggedClient& client) {
        for (int round = 0; round < kRounds; ++round) client.round(false);
    });
    crowd.join();
    CAPTURE(seed, tally.right.load(), tally.failed.load(), tally.first_wrong);
    CHECK(tally.wrong == 0);
    CHECK(tally.right > kClients);
    CHECK(tally.logins == kClients);
    check_books(weir, postgres, kClients);
    CHECK(postgres.connections() <= 4);
}

TEST_CASE(
    "tagged rows: under overload, kills, cancels and reloads nobody sees another's, and the books balance",
    "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres)
                  .set("default_pool_size", "4")
                  .set("query_wait_timeout", "0.3")
                  .set("log_connections", "0")
                  .set("log_disconnections", "0"));
    constexpr int kClients = 64;
    const auto seed = std::random_device{}();
    Tally tally;
    Crowd crowd(weir.login(), kClients, seed, tally);
    std::atomic<bool> stop{false};
    crowd.start([&stop](TaggedClient& client) {
        while (!stop) client.round(true);
    });
    disturb(weir, postgres, Clock::now() + duration());
    stop = true;
    crowd.join();
    weir.config().set("query_wait_timeout", "120");
    weir.reload();
    crowd.start([](TaggedClient& client) { static_cast<void>(eventually([&] { return client.settle(); })); });
    crowd.join();
    CAPTURE(seed, tally.right.load(), tally.failed.load(), tally.logins.load(), tally.cancelled.load(),
            tally.first_wrong);
    CHECK(tally.wrong == 0);
    CHECK(tally.right > kClients);
    CHECK(tally.waited_too_long > 0);
    CHECK(tally.cancelled > 0);
    CHECK(crowd.connected() == kClients);
    check_books(weir, postgres, kClients);
    CHECK(postgres.connections() <= 4);

    crowd.close();
    check_books(weir, postgres, 0);
    weir.console("PAUSE app");
    check_books(weir, postgres, 0);
    CHECK(postgres.connections() == 0);
    weir.console("RESUME app");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}
