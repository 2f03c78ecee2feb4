// How a fake cluster is made up. Plain values, fixed when it starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace support::crdb {

enum class Auth : std::uint8_t { kTrust, kPassword, kScram };

/// What a port serves. The combined one answers unknown start-up packets as an HTTP/2 server does; the one
/// for RPC resets whoever speaks the PostgreSQL protocol.
enum class Door : std::uint8_t { kSql, kCombined, kRpc };

struct Options {
    Options() = default;
    explicit Options(int node_count) : nodes(node_count) {}

    int nodes = 1;

    Auth auth = Auth::kTrust;
    /// User -> password, for kPassword and kScram. Others are refused before they are asked.
    std::map<std::string, std::string> users{};
    int scram_iterations = 10610;
    /// The node wants TLS and refuses plain text.
    bool secure = false;
    /// PEM texts of a secure node: what it shows, and whose certificates it takes from clients. Without them
    /// it closes at an SSLRequest.
    std::string certificate{};
    std::string key{};
    std::string authority{};
    /// As since v22.1: keys are random, a CancelRequest is acted upon after its connection was closed.
    /// False: pid 0, secret 0, and no effect.
    bool cancel = true;

    /// The balancer leaves out nodes that say they are not ready (and always those that are down).
    bool balancer_asks_health = true;

    /// Time stands still but for FakeCluster::advance_to(): for recordings with times.
    bool manual_clock = false;
    /// Each connection looks this often whether its node drains.
    std::chrono::milliseconds look_every{1000};
    /// From drain() to the first phase.
    std::chrono::milliseconds drain_delay{0};

    /// sql.defaults.results_buffer.size: replies beyond this many bytes leave before the Sync.
    std::size_t results_buffer_bytes = 16384;

    /// As since v25.1: DDL in an open transaction commits that first. A session variable then.
    bool autocommit_before_ddl = false;

    std::string crdb_version =
        "CockroachDB CCL v21.2.0-alpha.00000000-dev (x86_64-linux-gnu, built , go1.19.8)";
    std::string server_version = "13.0.0";
    std::string cluster_id = "0a44d85b-60f0-4129-bc95-c5ec3ccccda3";
};

}  // namespace support::crdb
