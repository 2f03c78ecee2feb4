// The keys of the lines under [databases], [users] and [peers]: one table per section, from which parsing,
// RELOAD and the documentation work. Constant data and pure functions but for password_file; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/configuration.h"
#include "conf/environment.h"
#include "conf/ini_reader.h"
#include "conf/result.h"

namespace conf {

/// Which numbers of a key mean "not set, inherit".
enum class Unset { kNegative, kZeroAndNegative };

template <class Entry>
using EntryMember =
    std::variant<std::string Entry::*, OptionalText Entry::*, std::vector<std::string> Entry::*, int Entry::*,
                 std::optional<int> Entry::*, std::optional<Duration> Entry::*,
                 std::optional<PoolMode> Entry::*, std::optional<LoadBalanceHosts> Entry::*,
                 std::optional<SslMode> Entry::*, std::optional<SslNegotiation> Entry::*,
                 std::optional<FailoverChoice> Entry::*, std::optional<FailbackChoice> Entry::*,
                 std::optional<bool> Entry::*, std::vector<Endpoint> Entry::*,
                 std::optional<Endpoint> Entry::*, std::optional<ReplicaKind> Entry::*,
                 std::optional<ReadAfterWrite> Entry::*, std::optional<CommitResolution> Entry::*>;

template <class Entry>
struct EntryKey {
    std::string_view name;
    EntryMember<Entry> member;
    std::string_view default_text;  ///< for the documentation: a value, or what is inherited
    std::string_view help;
    Unset unset = Unset::kZeroAndNegative;
    bool reconnect = false;     ///< a RELOAD that changes it closes the entry's servers
    bool from_file = false;     ///< the value is a path; what the file holds is stored
    bool own = false;           ///< weir's own, unknown to PgBouncer
    bool fractions = false;     ///< a time that may be a fraction of seconds and 0
    bool later = false;         ///< accepted, but what it asks for is not built yet
    std::size_t max_bytes = 0;  ///< of the value; 0 = no limit

    constexpr EntryKey unset_by(Unset numbers) const {
        return with([&](EntryKey& k) { k.unset = numbers; });
    }
    constexpr EntryKey reconnects() const {
        return with([](EntryKey& k) { k.reconnect = true; });
    }
    constexpr EntryKey file() const {
        return with([](EntryKey& k) { k.from_file = true; });
    }
    constexpr EntryKey weirs_own() const {
        return with([](EntryKey& k) { k.own = true; });
    }
    constexpr EntryKey takes_fractions() const {
        return with([](EntryKey& k) { k.fractions = true; });
    }
    constexpr EntryKey not_built_yet() const {
        return with([](EntryKey& k) { k.later = true; });
    }
    constexpr EntryKey at_most(std::size_t bytes) const {
        return with([&](EntryKey& k) { k.max_bytes = bytes; });
    }

 private:
    template <class Change>
    constexpr EntryKey with(Change change) const {
        EntryKey copy = *this;
        change(copy);
        return copy;
    }
};

std::span<const EntryKey<Database>> database_keys();
std::span<const EntryKey<User>> user_keys();
std::span<const EntryKey<Peer>> peer_keys();

/// What parsing an entry needs besides its text.
struct EntryContext {
    const Environment& environment;
    const FileReader& files;
    std::vector<std::string>& warnings;
};

/// One line of a section. Error: "FILE:LINE: database 'x': ...", never with a secret in it.
Result<Database> parse_database(const IniItem& item, const EntryContext& context);
Result<User> parse_user(const IniItem& item, const EntryContext& context);
Result<Peer> parse_peer(const IniItem& item, const EntryContext& context);

/// True if a RELOAD from one to the other must close the entry's servers.
bool needs_reconnect(const Database& before, const Database& after);

}  // namespace conf
