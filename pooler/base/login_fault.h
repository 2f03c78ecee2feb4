// Why a client was not let in, as /metrics counts it. Counted by sessions on any worker, read by who reports.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pooler {

enum class LoginFault : std::uint8_t {
    kAuthentication,  ///< it could not prove who it is
    kProtocol,        ///< its start-up or password packets cannot be used
    kTls,             ///< it came without TLS, or its handshake failed
    kDatabase,        ///< there is none of that name, or it is disabled
    kLimit,           ///< as many as may are there
    kTimeout,
    kServer,  ///< the server refused the pool, or could not be asked
    kShutdown,
    kSettings,  ///< ours do not fit: what was to judge it cannot be used
};

/// In the order of LoginFault.
inline constexpr std::array<std::string_view, 9> kLoginFaultWords{
    "authentication", "protocol", "tls", "database", "limit", "timeout", "server", "shutdown", "settings"};
inline constexpr std::size_t kLoginFaults = kLoginFaultWords.size();

}  // namespace pooler
