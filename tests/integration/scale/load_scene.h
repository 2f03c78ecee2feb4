// weir between the load generator and the null server, as programs: many clients at little cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/weir_process.h"

namespace scale {

/// WEIR_SCALE=full: the sizes that are too large for each `make test`.
[[nodiscard]] bool full_scale();

/// Lifts the limit of open descriptors, which children inherit; false if it stays below what is needed.
[[nodiscard]] bool descriptors_for(unsigned connections);

/// The program that answers at minimum cost, without TLS.
class NullServer {
 public:
    NullServer();
    [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
    support::Process process_;
    std::uint16_t port_ = 0;
};

/// A pooler for thousands of clients in front of it.
[[nodiscard]] support::WeirConfig roomy(const NullServer& server);

/// The load generator in this mode; `more` are further arguments, such as what ends it.
[[nodiscard]] support::Command load(const support::Weir& weir, const std::string& mode, unsigned clients,
                                    const std::vector<std::string>& more);

/// Out of what it prints; -1 if it is not there.
[[nodiscard]] double number(const std::string& json, const std::string& key);

/// Runs it to its end: no error, and no client without an answer.
std::string run_load(const support::Weir& weir, const std::string& mode, unsigned clients,
                     const std::vector<std::string>& more);

}  // namespace scale

#define REQUIRES_DESCRIPTORS(connections)                                                 \
    do {                                                                                  \
        if (!scale::descriptors_for(connections)) {                                       \
            WARN("skipped: too few descriptors for " << (connections) << " connections"); \
            return;                                                                       \
        }                                                                                 \
    } while (false)
