// The fake CockroachDB node as the arena's database.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/replay/arena.h"
#include "tests/support/crdb/cluster.h"

namespace replay {

class CrdbBase final : public Base {
 public:
    /// Of what the node says its version is; a retryable error at COMMIT proves something from 23.1.12 on.
    static constexpr const char* kProves =
        "CockroachDB CCL v23.2.0 (x86_64-linux-gnu, built 2024/01/16 19:44:12, go1.21.5)";
    static constexpr const char* kProvesNothing =
        "CockroachDB CCL v22.2.0 (x86_64-linux-gnu, built 2022/12/05 16:56:56, go1.19.1)";

    explicit CrdbBase(const char* version = kProves);

    [[nodiscard]] std::uint16_t port() const override { return cluster_.port(); }
    [[nodiscard]] support::Login direct() const override;
    void prepare(const std::string& run) override;
    [[nodiscard]] std::vector<LedgerRow> ledger(const std::string& run) override;
    [[nodiscard]] bool running(const std::string& run) override;
    void order(Ordered what, const std::string& run) override;
    bool forget_orders() override;
    void disturb(const std::string& run) override;
    /// A node that is killed says nothing; what it says when it drains is ordered statement by statement.
    void terminate(std::uint16_t from_port) override;
    [[nodiscard]] std::string clean_question() const override { return "SHOW TRANSACTION STATUS"; }
    [[nodiscard]] support::Row clean_answer() const override { return {"NoTxn"}; }

    [[nodiscard]] support::crdb::FakeNode& node() { return cluster_.node(1); }

 private:
    support::crdb::FakeCluster cluster_;
    std::size_t may_wait_ = 0;  ///< orders that need not happen
};

/// The number in a run's id, as its rows are keyed.
[[nodiscard]] inline std::string number_of(const std::string& run) { return run.substr(1); }

}  // namespace replay
