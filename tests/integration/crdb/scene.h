// What the tests of weir before a CockroachDB cluster begin with.
#pragma once

#include <string>

#include "tests/support/catch.h"
#include "tests/support/client.h"
#include "tests/support/crdb/cluster.h"
#include "tests/support/eventually.h"
#include "tests/support/weir_process.h"
#include "tests/support/wire_client.h"

namespace scene {

inline constexpr const char* kAccounts =
    "CREATE TABLE acc (id INT PRIMARY KEY, bal INT); INSERT INTO acc VALUES (1, 100), (2, 100)";

/// Database `app` behind the cluster's one address, or on one node.
inline support::WeirConfig before(std::uint16_t port, const std::string& keys = "") {
    support::WeirConfig config;
    config.database(port, keys);
    return config;
}
inline support::WeirConfig before(const support::crdb::FakeCluster& cluster, const std::string& keys = "") {
    return before(cluster.port(), keys);
}

/// True as soon as one statement whose text holds `text` runs on the node.
[[nodiscard]] inline bool running(support::crdb::FakeNode& node, const std::string& text) {
    return support::eventually([&] { return node.running(text) == 1; });
}

}  // namespace scene
