// A name server of the test's own. c-ares takes name servers from resolv.conf without a port, so that the
// test needs port 53 of a loopback address: root's alone.
#pragma once

#include <unistd.h>

#include <memory>
#include <random>
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/pooler/net/dns_responder.h"

namespace failover {

/// Null, and says so, where it is not allowed.
inline std::unique_ptr<DnsResponder> name_server() {
    std::random_device random;
    std::uniform_int_distribution<int> byte{1, 254};
    constexpr int kTries = 5;
    for (int i = 0; i < kTries && ::geteuid() == 0; ++i) {
        const std::string address =
            "127." + std::to_string(byte(random)) + "." + std::to_string(byte(random)) + ".53";
        if (auto made = DnsResponder::on(address, 53)) return made;
    }
    WARN("skipped: only root may be a name server");
    return nullptr;
}

}  // namespace failover
