// What must come of each meeting of TLS settings: the two tables, in one place.
//
// plain: connected without TLS; TLS: with it; -: refused.
#pragma once

#include <array>

namespace expectations {

inline constexpr std::array kModes{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"};

/// The client leg. `states`: client certificates for which the row holds.
struct ClientRow {
    const char* client_tls_sslmode;
    const char* states;
    std::array<const char*, 6> outcome;  ///< by the sslmode of the client, as in kModes
};

/// States: none, good, foreign (signed by nobody we trust), expired. Clients with sslmode=allow begin in
/// clear; with prefer they go on in clear only where TLS is not offered, for in TLS 1.3 their handshake is
/// over before their certificate is judged.
inline constexpr std::array kClientLeg{
    //                                                disable  allow    prefer   require verify-ca verify-full
    ClientRow{"disable", "none good foreign expired", {"plain", "plain", "plain", "-", "-", "-"}},
    ClientRow{"allow", "none good", {"plain", "plain", "TLS", "TLS", "TLS", "TLS"}},
    ClientRow{"allow", "foreign expired", {"plain", "plain", "-", "-", "-", "-"}},
    ClientRow{"prefer", "none good", {"plain", "plain", "TLS", "TLS", "TLS", "TLS"}},
    ClientRow{"prefer", "foreign expired", {"plain", "plain", "-", "-", "-", "-"}},
    ClientRow{"require", "none good", {"-", "TLS", "TLS", "TLS", "TLS", "TLS"}},
    ClientRow{"require", "foreign expired", {"-", "-", "-", "-", "-", "-"}},
    ClientRow{"verify-ca", "none foreign expired", {"-", "-", "-", "-", "-", "-"}},
    ClientRow{"verify-ca", "good", {"-", "TLS", "TLS", "TLS", "TLS", "TLS"}},
    ClientRow{"verify-full", "none foreign expired", {"-", "-", "-", "-", "-", "-"}},
    ClientRow{"verify-full", "good", {"-", "TLS", "TLS", "TLS", "TLS", "TLS"}},
};

/// The server leg: what the server shows, and the host that the database line names. A wildcard that fits
/// needs a name with two dots, which resolves to loopback nowhere; that it is accepted is tested in
/// tests/unit/tls.
struct ServerRow {
    const char* shown;
    const char* host;
    std::array<const char*, 6> outcome;  ///< by server_tls_sslmode, as in kModes
    const char* reason;                  ///< in the log for each refusal
};

inline constexpr std::array kServerLeg{
    //                                      disable  allow  prefer  require verify-ca verify-full
    ServerRow{"good", "localhost", {"plain", "TLS", "TLS", "TLS", "TLS", "TLS"}, ""},
    ServerRow{"good", "127.0.0.1", {"plain", "TLS", "TLS", "TLS", "TLS", "TLS"}, ""},
    ServerRow{"wrong authority",
              "localhost",
              {"plain", "TLS", "TLS", "TLS", "-", "-"},
              "unable to get local issuer"},
    ServerRow{"expired", "localhost", {"plain", "TLS", "TLS", "TLS", "-", "-"}, "has expired"},
    ServerRow{"not yet valid", "localhost", {"plain", "TLS", "TLS", "TLS", "-", "-"}, "not yet valid"},
    ServerRow{
        "wrong name", "localhost", {"plain", "TLS", "TLS", "TLS", "TLS", "-"}, "not for host \"localhost\""},
    ServerRow{"address", "127.0.0.1", {"plain", "TLS", "TLS", "TLS", "TLS", "TLS"}, ""},
    ServerRow{
        "address", "localhost", {"plain", "TLS", "TLS", "TLS", "TLS", "-"}, "not for host \"localhost\""},
    ServerRow{
        "wildcard", "localhost", {"plain", "TLS", "TLS", "TLS", "TLS", "-"}, "not for host \"localhost\""},
    ServerRow{"revoked", "localhost", {"plain", "TLS", "TLS", "TLS", "-", "-"}, "revoked"},
    ServerRow{
        "self-signed", "localhost", {"plain", "TLS", "TLS", "TLS", "-", "-"}, "self-signed certificate"},
    ServerRow{"weak key", "localhost", {"-", "TLS", "TLS", "TLS", "-", "-"}, "key too weak"},
    ServerRow{"no TLS", "localhost", {"plain", "plain", "plain", "-", "-", "-"}, "server refused SSL"},
};

/// Both legs at once: what the client asks of the pooler, and the pooler of the server.
struct CombinedRow {
    const char* client_tls_sslmode;
    const char* client_sslmode;
    const char* client_certificate;
    const char* server_tls_sslmode;
    const char* shown;    ///< by the server, for host localhost
    const char* outcome;  ///< of the client's leg / of the server's
};

inline constexpr std::array kCombined{
    CombinedRow{"disable", "disable", "none", "disable", "good", "plain / plain"},
    CombinedRow{"disable", "prefer", "none", "verify-full", "good", "plain / TLS"},
    CombinedRow{"prefer", "prefer", "none", "prefer", "good", "TLS / TLS"},
    CombinedRow{"prefer", "disable", "none", "require", "self-signed", "plain / TLS"},
    CombinedRow{"require", "verify-full", "none", "verify-full", "good", "TLS / TLS"},
    CombinedRow{"require", "verify-full", "none", "disable", "good", "TLS / plain"},
    CombinedRow{"require", "verify-full", "good", "verify-full", "wrong name", "server refused"},
    CombinedRow{"verify-full", "verify-full", "good", "verify-full", "good", "TLS / TLS"},
    CombinedRow{"verify-full", "verify-full", "none", "verify-full", "good", "-"},
    CombinedRow{"verify-full", "verify-ca", "good", "verify-ca", "wrong name", "TLS / TLS"},
};

}  // namespace expectations
