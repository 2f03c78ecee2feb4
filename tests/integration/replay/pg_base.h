// PostgreSQL as the arena's database: the shared server of the process.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/replay/arena.h"
#include "tests/support/postgres.h"

namespace replay {

class PgBase final : public Base {
 public:
    /// Makes the tables, or empties them.
    PgBase();

    [[nodiscard]] std::uint16_t port() const override { return postgres_.port(); }
    [[nodiscard]] support::Login direct() const override { return postgres_.login(); }
    void prepare(const std::string& run) override;
    [[nodiscard]] std::vector<LedgerRow> ledger(const std::string& run) override;
    [[nodiscard]] bool running(const std::string& run) override;
    void disturb(const std::string& run) override;
    void terminate(std::uint16_t from_port) override;
    [[nodiscard]] std::string clean_question() const override;
    [[nodiscard]] support::Row clean_answer() const override;

 private:
    support::Postgres& postgres_ = support::Postgres::shared();
    support::Client look_;   ///< of the test's thread
    support::Client watch_;  ///< of the watcher's
};

}  // namespace replay
