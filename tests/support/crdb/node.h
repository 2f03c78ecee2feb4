// One node of a fake cluster: its ports, its connections, what a test orders it to do wrong, and how it
// stops. Owned by FakeCluster, whose thread serves it; every public member may be called from the test's
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/crdb/fault.h"
#include "tests/support/crdb/options.h"
#include "tests/support/crdb/session.h"
#include "tests/support/crdb/socket.h"

namespace support::crdb {

class FakeCluster;

/// Phases of a drain. Source: CockroachDB docs, "Node Shutdown".
struct DrainTimes {
    std::chrono::milliseconds wait{0};             ///< not ready, but everything works
    std::chrono::milliseconds query_wait{10'000};  ///< then transactions may end; then they are cancelled
    bool says_ready = false;  ///< its health endpoint says so all the same (cockroach issue 130853)
};

class FakeNode final : private NodeHost {
 public:
    FakeNode(FakeCluster& cluster, int id);
    ~FakeNode();
    FakeNode(const FakeNode&) = delete;
    FakeNode& operator=(const FakeNode&) = delete;

    [[nodiscard]] int id() const { return id_; }
    [[nodiscard]] std::uint16_t port(Door door = Door::kSql) const;
    [[nodiscard]] std::uint16_t health_port() const { return health_.port(); }

    /// The general order; the ones below are short for frequent ones.
    void order(Fault fault);
    /// 40001 with its recorded text at the next such point: RETRY_SERIALIZABLE at the end of a transaction,
    /// WriteTooOldError at a statement that holds `containing`.
    void fail_next(Point point, const std::string& containing = {}, int nth = 1);
    /// The next statement that holds `text` waits for release(); applied: only its answer does.
    void hold_next(const std::string& text, bool applied = false);
    /// Lets held statements go.
    void release();
    /// Orders that have not struck yet.
    [[nodiscard]] std::size_t orders_waiting();
    /// Takes back orders that have not struck.
    void forget_orders();
    /// After this many more bytes to clients that connection ends.
    void cut_after(std::size_t bytes, Cut how);

    void drain(DrainTimes times = {});
    /// Closes so many idle connections with FIN, without a word.
    void hang_up(int connections);
    /// Gone at once, with all its connections and their transactions.
    void kill(Cut how = Cut::kFin);
    /// After a kill or a drain: a fresh process on the same ports.
    void restart();

    /// Logged-in connections.
    [[nodiscard]] std::size_t connections();
    /// Connections it accepted since the cluster began, logins and cancels alike.
    [[nodiscard]] std::size_t accepted();
    /// Statements under way whose text holds this.
    [[nodiscard]] std::size_t running(const std::string& text = {});
    /// Texts of all statements it has begun, in order.
    [[nodiscard]] std::vector<std::string> statements();
    /// Whether a statement that holds this was ever begun.
    [[nodiscard]] bool saw(const std::string& text);
    /// The value of a variable in every session, in the order of their logins.
    [[nodiscard]] std::vector<std::string> variable(const std::string& name);
    [[nodiscard]] std::size_t cancel_requests();

 private:
    friend class FakeCluster;
    struct Connection {
        Socket socket;
        std::unique_ptr<Session> session;  ///< nullptr: a request to the health endpoint
        std::string request;               ///< of the health endpoint
        std::string answer;
        bool secured = false;
    };

    // NodeHost
    [[nodiscard]] Clock::time_point now() const override;
    [[nodiscard]] Store& store() override;
    [[nodiscard]] std::optional<VirtualTable> virtual_table(const std::string& name) override;
    [[nodiscard]] std::size_t cancel_queries(const std::vector<std::string>& ids) override;
    [[nodiscard]] std::size_t cancel_sessions(const std::vector<std::string>& ids) override;
    [[nodiscard]] const Options& options() const override;
    [[nodiscard]] int node_id() const override { return id_; }
    [[nodiscard]] Script& script() override { return script_; }
    [[nodiscard]] std::optional<Clock::time_point> drains_from() const override;
    [[nodiscard]] std::optional<Clock::time_point> drain_deadline() const override;
    void on_cancel_request(std::string_view key) override;
    void on_statement(const std::string& text) override { statements_.push_back(text); }

    // for the cluster's thread, under its lock
    void listen();
    void adopt(Socket socket, Door door);
    void accept_all();
    void turn();
    /// True if there were any.
    [[nodiscard]] bool close_cancel_connections();
    [[nodiscard]] bool serve(Connection& connection);
    [[nodiscard]] bool serve_health(Connection& connection);
    [[nodiscard]] bool send(Connection& connection, std::string& out);
    [[nodiscard]] std::string health_answer(const std::string& request) const;
    [[nodiscard]] bool ready() const { return up_ && (!drain_started_ || drain_times_.says_ready); }
    [[nodiscard]] bool busy() const;
    void tick();

    FakeCluster& cluster_;
    const int id_;
    bool up_ = true;
    Listener sql_;
    Listener combined_;
    Listener rpc_;
    Listener health_;
    std::list<Connection> connections_;
    Script script_;
    std::optional<Clock::time_point> drain_started_;
    DrainTimes drain_times_;
    std::optional<std::size_t> cut_bytes_;
    Cut cut_how_ = Cut::kNone;
    std::vector<std::string> statements_;
    std::size_t accepted_ = 0;
    std::size_t cancel_requests_ = 0;
    std::size_t next_session_ = 0;
};

}  // namespace support::crdb
