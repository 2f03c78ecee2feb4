// One more address of a database entry: a replica, or the server to fail over to. Read from a URL or a
// connect string as libpq reads them, plus weir's own keys. Pure data and functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/enums.h"
#include "conf/result.h"

namespace conf {

struct Database;

/// What is absent is the entry's own.
struct Endpoint {
    std::vector<std::string> hosts;  ///< names, addresses, "/dir" or "@abstract"; never empty
    int port = 5432;                 ///< the same for all hosts
    std::optional<std::string> dbname;
    std::optional<std::string> user;
    std::optional<std::string> password;
    std::optional<std::string> options;  ///< sent at login: "-ccluster=main-readonly"
    std::optional<SslMode> sslmode;
    std::optional<std::string> sslrootcert;
    std::optional<std::string> sslcert;
    std::optional<std::string> sslkey;
    std::optional<std::string> sslcrl;
    std::optional<bool> sslsni;
    std::optional<SslNegotiation> sslnegotiation;
    int weight = 1;  ///< share of the reads, against the other replicas; 0 = none, but it is watched
    std::optional<std::string> locality;  ///< where it is: see Database::locality
    bool operator==(const Endpoint&) const = default;
};

/// Several endpoints: URLs separated by blanks, or connect strings separated by semicolons; both may be
/// mixed. Error: which of them and which key, never a value.
Result<std::vector<Endpoint>> parse_endpoints(std::string_view text);

/// Which keys about endpoints do not go together, and what to write instead. `where`: "FILE:LINE: database
/// 'x': ".
Result<void> check_endpoints(const Database& entry, const std::string& where);

/// The entry as it looks at this endpoint of it. `target` tells its pools apart from those of the primary:
/// "replica:1", "secondary".
Database database_at(const Database& entry, const Endpoint& endpoint, std::string target);

/// A list of tiers, the largest first: "region=eu,zone=b", or just "eu". Error: what is wrong with it.
Result<void> check_locality(std::string_view value);

/// How far `there` is from `here`: tiers of `here` from the first that differs; 0 is the same place. A place
/// that is not known is as far as can be.
unsigned locality_distance(std::string_view here, std::string_view there);

/// The target of a replica, counted from 0.
std::string replica_target(std::size_t index);
inline constexpr std::string_view kSecondaryTarget = "secondary";

}  // namespace conf
