// HBA rules (auth_hba_file): which client proves itself how. Pure: text in, rules and warnings out. Part of
// an immutable Configuration. The first rule that fits counts; none means refused. Source: PgBouncer docs,
// "HBA file format"; PostgreSQL docs, "The pg_hba.conf File".
#pragma once

#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "conf/file.h"
#include "conf/ident.h"
#include "conf/origin.h"

namespace conf {

enum class HbaConnection { kLocal, kHost, kHostSsl, kHostNoSsl };
enum class HbaMethod { kTrust, kReject, kMd5, kPassword, kPeer, kCert, kScramSha256, kLdap };

/// The database or user column.
struct HbaNames {
    bool all = false;
    bool same_user = false;  ///< databases only
    std::set<std::string, std::less<>> names;
    bool operator==(const HbaNames&) const = default;
};

struct HbaAddress {
    std::size_t bytes = 0;  ///< 4 or 16; 0: any address
    std::array<unsigned char, 16> network{};
    std::array<unsigned char, 16> mask{};

    /// `address`: the raw 4 or 16 bytes. An IPv4 address inside IPv6 (::ffff:192.0.2.1) is taken as IPv4.
    [[nodiscard]] bool covers(std::string_view address) const;
    bool operator==(const HbaAddress&) const = default;
};

/// Who asks to be let in.
struct HbaClient {
    bool unix_socket = false;
    bool tls = false;
    std::string_view address;  ///< raw bytes; empty on a Unix socket
    std::string_view database;
    std::string_view user;
};

struct HbaRule {
    HbaConnection connection = HbaConnection::kHost;
    HbaNames databases;
    HbaNames users;
    HbaAddress address;
    HbaMethod method = HbaMethod::kReject;
    std::string map;           ///< ident map for peer and cert; empty: names must be equal
    std::string ldap_options;  ///< the rest of an ldap line
    Origin origin;

    [[nodiscard]] bool fits(const HbaClient& client) const;
    bool operator==(const HbaRule&) const = default;
};

struct Hba {
    std::vector<HbaRule> rules;

    /// The first rule that fits; null: no way in.
    [[nodiscard]] const HbaRule* find(const HbaClient& client) const;
    bool operator==(const Hba&) const = default;
};

/// Reads rules; names of `@file` are read through `files`, relative to the folder of `file`. A line that
/// cannot be read, or names a map that is not in `idents`, is left out with a warning, as in PgBouncer. An
/// ldap line whose options cannot work stays, with a warning: no later rule lets its clients in.
[[nodiscard]] Hba parse_hba(std::string_view text, const std::string& file, const FileReader& files,
                            const IdentMaps& idents, std::vector<std::string>& warnings);
/// A file that cannot be read is a warning and gives no rules: nobody gets in.
[[nodiscard]] Hba read_hba(const std::string& path, const FileReader& files, const IdentMaps& idents,
                           std::vector<std::string>& warnings);

}  // namespace conf
