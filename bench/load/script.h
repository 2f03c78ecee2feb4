// The bytes a client of the load generator sends: built once, shared by all clients, read-only.
#pragma once

#include <string>
#include <vector>

#include "bench/load/options.h"

namespace bench {

struct Script {
    std::string ssl_request;  ///< asks for TLS
    std::string startup;      ///< the start-up packet
    std::string prepare;      ///< sent once after login; empty if nothing is to be prepared
    /// Transactions that differ in their values only; a client goes through them in turn. Each step is sent
    /// when the one before is answered by ReadyForQuery.
    std::vector<std::vector<std::string>> transactions;
    std::string terminate;
};

[[nodiscard]] Script build_script(const LoadOptions& options);

}  // namespace bench
