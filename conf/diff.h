// What a RELOAD changes. `reload` reads the file again and works out the configuration that counts
// afterwards; it touches nothing, so a failed reload leaves everything as it was. Any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conf/configuration.h"
#include "conf/environment.h"
#include "conf/result.h"

namespace conf {

/// One setting whose text differs, as SHOW CONFIG prints it ("NULL" for none, secrets masked).
struct SettingChange {
    std::string name;
    std::string before;
    std::string after;
    bool operator==(const SettingChange&) const = default;
};

/// Names in each list are sorted.
struct Changes {
    std::vector<SettingChange> settings;       ///< in force at once
    std::vector<SettingChange> needs_restart;  ///< the file says `after`; `before` stays in force
    std::vector<std::string> databases_added;
    std::vector<std::string> databases_removed;       ///< close clients and servers at once
    std::vector<std::string> databases_to_reconnect;  ///< mark servers, drop cached welcome parameters
    std::vector<std::string> databases_adjusted;      ///< sizes, modes, timeouts: no reconnect
    /// The "*" entry differs: databases made from it are looked up again and all their servers are marked.
    bool fallback_changed = false;
    std::vector<std::string> users_changed;    ///< [users] lines added, removed or different
    std::vector<std::string> secrets_changed;  ///< userlist entries added, removed or different
    std::vector<int> peers_removed;            ///< drop their pending cancels
    std::vector<int> peers_changed;            ///< added or different
    bool client_tls_changed = false;
    bool server_tls_changed = false;  ///< server connections are to be recycled

    bool operator==(const Changes&) const = default;
    bool empty() const;
};

/// A reload that succeeded: the configuration to swap in, and what differs from the running one.
struct Reload {
    std::shared_ptr<const Configuration> configuration;
    Changes changes;
};

/// What differs. Settings that need a restart are reported under needs_restart if the two disagree.
Changes difference(const Configuration& running, const Configuration& next);

/// Reads `path` (the file named by the setting conffile, if SET changed it) and applies the rules of a
/// reload: restart-only settings keep their running value, settings whose default is NULL keep theirs unless
/// the file gives one, all others come from the file or fall back to their default. Error: as load; nothing
/// has changed.
Result<Reload> reload(const Configuration& running, const std::string& path,
                      const Environment& environment = process_environment());

/// As above with the file the running configuration names.
Result<Reload> reload(const Configuration& running);

}  // namespace conf
