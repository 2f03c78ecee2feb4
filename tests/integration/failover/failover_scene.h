// A primary and a secondary, two PostgreSQL servers with a table of the same form, each behind a fault proxy,
// and weir in front with short intervals.
#pragma once

#include <memory>
#include <string>

#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/pooler/net/dns_responder.h"

namespace failover {

/// The two servers of this process, empty tables. Tests that stop one of them start it again.
support::Postgres& primary();
support::Postgres& secondary();

class Pair {
 public:
    /// `keys`: further keys of the database entry.
    explicit Pair(const std::string& keys = "");

    [[nodiscard]] support::WeirConfig& config() { return config_; }
    /// Starts weir with what config() says, and waits until both sides are known to be up.
    support::Weir& start();
    [[nodiscard]] support::Weir& weir() { return *weir_; }
    [[nodiscard]] support::FaultProxy& to_primary() { return to_primary_; }
    [[nodiscard]] support::FaultProxy& to_secondary() { return to_secondary_; }

    /// The primary is found by this name.
    void name_primary(const std::string& name, const DnsResponder& names);

    /// A column of SHOW ENDPOINTS for the primary or the secondary.
    [[nodiscard]] std::string endpoint(const std::string& role, const std::string& column);
    /// True as soon as a new client's work lands on that side.
    [[nodiscard]] bool served_by(support::Postgres& side);
    /// Connections of weir's clients to that side, probes not counted.
    [[nodiscard]] static int pooled(support::Postgres& side);

 private:
    support::TempDir folder_;
    support::FaultProxy to_primary_;
    support::FaultProxy to_secondary_;
    support::WeirConfig config_;
    std::unique_ptr<support::Weir> weir_;
};

/// Ids in the table `t` of that side.
[[nodiscard]] support::Rows ids(support::Postgres& side);

}  // namespace failover
