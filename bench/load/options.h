// The command line of the load generator.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "bench/socket.h"

namespace bench {

enum class LoadMode {
    kSimple,    ///< Query
    kExtended,  ///< Parse, Bind, Describe, Execute, Sync with the unnamed statement
    kPrepared,  ///< Parse once after login, then Bind, Describe, Execute, Sync
    kConnect,   ///< connect, log in, one Query, disconnect
    kIdle,      ///< log in and hold
};

struct LoadOptions {
    Address target;
    std::string user = "bench";
    std::string database = "bench";
    LoadMode mode = LoadMode::kSimple;
    std::string sql = "select 1";
    bool in_transaction = false;  ///< BEGIN and COMMIT around the statement, three round trips
    bool tpcb = false;            ///< instead of `sql`: pgbench's TPC-B, seven statements one by one
    bool tls = false;             ///< SSLRequest, and nothing is sent without TLS
    bool resume = false;          ///< each client offers the session of its connection before; for kConnect
    unsigned clients = 1;
    unsigned threads = 1;
    unsigned logins_at_once = 64;    ///< over all threads
    std::uint64_t transactions = 0;  ///< for all clients together; 0 = no limit
    /// Whichever limit comes first ends the run. Without one: a second, and for kIdle the end of stdin.
    std::optional<std::chrono::milliseconds> duration;
    std::chrono::seconds give_up_after{120};  ///< no run lasts longer than this, whatever hangs
};

[[nodiscard]] Result<LoadOptions> parse_load_options(int argc, char** argv);
[[nodiscard]] const char* mode_name(LoadMode mode);
[[nodiscard]] const char* load_usage();

}  // namespace bench
