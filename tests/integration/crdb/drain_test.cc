// A rolling drain of three nodes behind one address under the load of 200 clients: reads, autocommit writes,
// transactions; by way of weir, and of PgBouncer to compare. Phases and answers of the nodes are as recorded
// in tests/wire/crdb (drain-*.txt).
#include <poll.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "tests/integration/crdb/scene.h"
#include "tests/support/free_port.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

using namespace std::chrono_literals;
using support::Client;
using support::eventually;
using support::Outcome;
using support::Weir;
using support::crdb::FakeCluster;
using support::crdb::Options;

namespace {

constexpr int kClients = 200;
constexpr int kNodes = 3;

/// Each client has a row of its own: every third only reads it, every third raises it by itself, every third
/// in a transaction. All are at work at the same time, each as fast as it gets answers; one thread serves
/// them.
class Crowd {
 public:
    explicit Crowd(support::Login login) : login_{std::move(login)} {
        for (int i = 0; i < kClients; ++i) clients_.push_back(Client(login_));
        for (std::size_t i = 0; i < clients_.size(); ++i) send(i);
    }

    /// What has arrived is taken, and who got an answer asks for more.
    void step() {
        std::vector<pollfd> entries;
        for (const auto& client : clients_) entries.push_back({PQsocket(client.raw()), POLLIN, 0});
        constexpr int kPollMs = 20;
        ::poll(entries.data(), entries.size(), kPollMs);
        for (std::size_t i = 0; i < clients_.size(); ++i)
            if (busy_[i] && entries[i].revents != 0) take(i);
    }
    /// True as soon as so many more statements were answered.
    void go_on(long statements) {
        const long goal = work_ + statements;
        REQUIRE(eventually([&] {
            step();
            return work_ >= goal;
        }));
    }
    /// Lets open transactions end.
    void finish() {
        finishing_ = true;
        REQUIRE(eventually([&] {
            step();
            return std::none_of(busy_.begin(), busy_.end(), [](bool busy) { return busy; });
        }));
    }
    [[nodiscard]] long errors() const {
        long sum = 0;
        for (const auto& [code, count] : codes_) sum += count;
        return sum;
    }
    [[nodiscard]] const std::map<std::string, long>& codes() const { return codes_; }
    [[nodiscard]] long unknown() const { return unknown_total_; }
    [[nodiscard]] long work() const { return work_; }
    /// What each client was told must be what is there.
    void check_rows(FakeCluster& cluster) {
        for (const auto& row : cluster.query("SELECT id, bal FROM acc ORDER BY id")) {
            const auto i = static_cast<std::size_t>(std::stoi(row[0]));
            const long there = std::stol(row[1]);
            INFO("client " << i << ": " << acknowledged_[i] << " acknowledged, " << unknown_[i]
                           << " unknown");
            CHECK(there >= acknowledged_[i]);
            CHECK(there <= acknowledged_[i] + unknown_[i]);
        }
    }

 private:
    static constexpr int kTurns = 3;  ///< of a transaction
    enum Kind : std::size_t { kReads, kWrites, kTransactions };

    [[nodiscard]] static std::size_t kind(std::size_t i) { return i % 3; }
    [[nodiscard]] std::string next(std::size_t i) const {
        const std::string where = " WHERE id = " + std::to_string(i);
        if (kind(i) == kReads) return "SELECT bal FROM acc" + where;
        if (kind(i) == kWrites) return "UPDATE acc SET bal = bal + 1" + where;
        if (turn_[i] == 0) return "BEGIN";
        return turn_[i] == 1 ? "UPDATE acc SET bal = bal + 1" + where : "COMMIT";
    }
    void send(std::size_t i) { busy_[i] = clients_[i].send(next(i)); }
    void take(std::size_t i) {
        if (PQconsumeInput(clients_[i].raw()) == 1 && PQisBusy(clients_[i].raw()) == 1) return;
        busy_[i] = false;
        note(i, clients_[i].wait());
        if (!finishing_ || turn_[i] != 0) send(i);
    }
    void note(std::size_t i, const Outcome& outcome) {
        const bool commits = kind(i) == kWrites || turn_[i] == kTurns - 1;
        ++work_;
        if (kind(i) == kTransactions) turn_[i] = (turn_[i] + 1) % kTurns;
        if (outcome.ok) {
            if (commits && outcome.tag != "ROLLBACK") ++acknowledged_[i];
            return;
        }
        ++codes_[outcome.sqlstate.empty() ? "closed" : outcome.sqlstate];
        if (commits) ++unknown_[i], ++unknown_total_;
        if (!clients_[i].connected()) {
            clients_[i] = Client(login_);
            turn_[i] = 0;
        }
    }

    support::Login login_;
    std::vector<Client> clients_;
    std::vector<bool> busy_ = std::vector<bool>(kClients);
    std::vector<int> turn_ = std::vector<int>(kClients);  ///< of the transaction
    bool finishing_ = false;
    std::map<std::size_t, long> acknowledged_, unknown_;
    std::map<std::string, long> codes_;
    long unknown_total_ = 0;
    long work_ = 0;
};

Options three_nodes() {
    Options options{kNodes};
    options.look_every = 100ms;
    return options;
}

std::string rows() {
    std::string sql = "CREATE TABLE acc (id INT PRIMARY KEY, bal INT); INSERT INTO acc VALUES ";
    for (int i = 0; i < kClients; ++i) sql += (i > 0 ? ", (" : "(") + std::to_string(i) + ", 0)";
    return sql;
}

support::WeirConfig config(const FakeCluster& cluster) {
    return scene::before(cluster)
        .set("default_pool_size", "24")
        .set("max_client_conn", "400")
        .set("server_login_retry", "0.05")
        .set("transaction_replay", "1");
}

/// Drains and restarts the nodes one after the other while the crowd goes on.
void roll(FakeCluster& cluster, Crowd& crowd, support::crdb::DrainTimes times) {
    for (int id = 1; id <= kNodes; ++id) {
        auto& node = cluster.node(id);
        crowd.go_on(3L * kClients);
        node.drain(times);
        REQUIRE(eventually([&] {
            crowd.step();
            return node.connections() == 0;
        }));
        node.restart();
    }
}

/// No node has more than a tenth off its share, rounded up to one connection.
bool is_even(FakeCluster& cluster) {
    double total = 0;
    for (int id = 1; id <= kNodes; ++id) total += static_cast<double>(cluster.node(id).connections());
    const double share = total / kNodes;
    for (int id = 1; id <= kNodes; ++id) {
        const double off = std::abs(static_cast<double>(cluster.node(id).connections()) - share);
        if (total < kNodes || off > std::max(1.0, share / 10)) return false;
    }
    return true;
}

/// What the distribution has, with the settings that both have.
class PgBouncer {
 public:
    explicit PgBouncer(support::WeirConfig config) : port_{support::free_port()} {
        for (const char* ours : {"workers", "transaction_replay"}) config.settings.erase(ours);
        config.set("listen_port", std::to_string(port_)).set("unix_socket_dir", folder_.path().string());
        config.set("auth_file", folder_.write("userlist.txt", config.userlist_text()));
        support::Command command;
        command.argv = {support::find_program("pgbouncer"), folder_.write("pgbouncer.ini", config.ini())};
        command.directory = folder_.path();
        command.as_account = true;
        process_ = std::make_unique<support::Process>(command);
        INFO(process_->output());
        REQUIRE(eventually([&] { return Client(login()).connected(); }));
    }
    [[nodiscard]] support::Login login() const {
        support::Login login;
        login.host = "127.0.0.1";
        login.port = port_;
        login.user = login.database = "app";
        return login;
    }

 private:
    support::TempDir folder_;
    std::uint16_t port_;
    std::unique_ptr<support::Process> process_;
};

std::string list(const std::map<std::string, long>& codes) {
    std::string text;
    for (const auto& [code, count] : codes)
        text += (text.empty() ? " (" : ", ") + std::to_string(count) + " x " + code;
    return text.empty() ? "" : text + ")";
}

}  // namespace

TEST_CASE("crdb drain: three nodes are drained one after the other, and no client sees an error") {
    FakeCluster cluster{three_nodes()};
    cluster.query(rows());
    Weir weir(config(cluster));
    Crowd crowd(weir.login());
    roll(cluster, crowd, {.wait = 100ms, .query_wait = 20s});
    std::cout << "rolling drain: " << crowd.work() << " statements, " << crowd.errors() << " errors"
              << std::endl;
    CHECK(eventually([&] {
        crowd.step();
        return is_even(cluster);
    }));
    crowd.finish();
    for (const auto& [code, count] : crowd.codes()) FAIL_CHECK(code << " " << count << " times");
    crowd.check_rows(cluster);
    for (auto& row : weir.show("NODES")) CHECK(row["state"] == "up");
    int drains = 0;
    for (auto& event : weir.show("EVENTS")) drains += event["kind"] == "drain";
    CHECK(drains >= kNodes);
}

TEST_CASE("crdb drain: a deadline that cuts statements leaves only writes whose outcome nobody knows") {
    FakeCluster cluster{three_nodes()};
    cluster.query(rows());
    Weir weir(config(cluster));
    Crowd crowd(weir.login());
    roll(cluster, crowd, {.wait = 0ms, .query_wait = 0ms});
    crowd.finish();
    for (const auto& [code, count] : crowd.codes()) {
        INFO(code << " " << count);
        CHECK((code == "57014" || code == "08007" || code == "40003"));
    }
    CHECK(crowd.errors() == crowd.unknown());
    // Each of them is counted, as told by us or by the node.
    for (auto& row : weir.show("REPLAYS"))
        CHECK(std::stol(row["ambiguous"]) + std::stol(row["unknown"]) == crowd.unknown());
    crowd.check_rows(cluster);
    std::cout << "rolling drain with a deadline of 0: " << crowd.work() << " statements, " << crowd.errors()
              << " errors, " << crowd.unknown() << " of them writes with an unknown outcome\n";
}

TEST_CASE("crdb drain: PgBouncer in the same scenario, to compare") {
    if (support::find_program("pgbouncer").empty()) {
        WARN("skipped: pgbouncer is not installed");
        return;
    }
    for (const auto deadline : {std::chrono::milliseconds{20s}, 0ms}) {
        FakeCluster cluster{three_nodes()};
        cluster.query(rows());
        const PgBouncer other(config(cluster));
        Crowd crowd(other.login());
        roll(cluster, crowd, {.wait = deadline > 0ms ? 100ms : 0ms, .query_wait = deadline});
        crowd.finish();
        crowd.check_rows(cluster);
        CHECK(crowd.work() > 9L * kClients);
        std::cout << "rolling drain, PgBouncer, deadline " << deadline.count() << " ms: " << crowd.work()
                  << " statements, " << crowd.errors() << " errors" << list(crowd.codes()) << ", "
                  << crowd.unknown() << " of them writes with an unknown outcome" << std::endl;
    }
}
