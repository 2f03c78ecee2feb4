// What a context is made from: the TLS settings of one side, as plain values. Equal options share a context.
#pragma once

#include <cstdint>
#include <string>

namespace tls {

enum class Role : std::uint8_t {
    kServer,  ///< clients connect to us
    kClient,  ///< we connect to a server
};

/// What is asked of the peer's certificate.
enum class PeerCheck : std::uint8_t {
    kNone,     ///< nothing; as a server, none is requested
    kIfGiven,  ///< as a server: requested, and a client that has one must have a good one
    kChain,    ///< it must be there, and lead to a trusted authority
    kName,     ///< that, and as a client it must name the host that was meant
};

struct Options {
    Role role = Role::kServer;
    PeerCheck check = PeerCheck::kNone;
    std::string ca_file;   ///< PEM; empty or kSystem: the authorities of the system
    std::string crl_file;  ///< PEM; empty: revocation is not looked at
    std::string cert_file;
    std::string key_file;
    std::string protocols = "secure";  ///< see protocol_list.h
    std::string ciphers = "default";  ///< up to TLS 1.2; "default", "secure", "fast", "normal": the library's
    std::string tls13_ciphers;        ///< empty: the library's
    std::string curves = "auto";      ///< "auto", "none" or names with ':' between them
    bool dhe = true;                  ///< finite-field parameters for TLS 1.2 are chosen by the library

    auto operator<=>(const Options&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 errs
};

inline constexpr const char* kSystem = "system";

}  // namespace tls
