#include "conf/diff.h"

#include <utility>

#include "conf/entry_keys.h"
#include "conf/load.h"
#include "conf/setting_table.h"

namespace conf {
namespace {

SettingChange describe(const Settings& before, const Settings& after, const SettingRow& row) {
    return {std::string{row.name}, show_value(before, row).value_or("NULL"),
            show_value(after, row).value_or("NULL")};
}

void compare_settings(const Settings& running, const Settings& next, Changes& out) {
    for (const SettingRow& row : setting_rows()) {
        if (same_value(running, next, row)) continue;
        auto& list = row.apply == Apply::kRestart ? out.needs_restart : out.settings;
        list.push_back(describe(running, next, row));
        if (row.name.starts_with("client_tls")) out.client_tls_changed = true;
        if (row.name.starts_with("server_tls")) out.server_tls_changed = true;
    }
}

void compare_databases(const Configuration& running, const Configuration& next, Changes& out) {
    for (const auto& [name, before] : running.databases) {
        const auto after = next.databases.find(name);
        if (after == next.databases.end())
            out.databases_removed.push_back(name);
        else if (needs_reconnect(before, after->second))
            out.databases_to_reconnect.push_back(name);
        else if (!(before == after->second))
            out.databases_adjusted.push_back(name);
    }
    for (const auto& [name, after] : next.databases)
        if (running.databases.find(name) == running.databases.end()) out.databases_added.push_back(name);
    out.fallback_changed = running.fallback != next.fallback;
}

/// Keys that only one of two maps has, or whose values differ, sorted.
template <class Map>
auto changed_keys(const Map& before, const Map& after) {
    std::vector<typename Map::key_type> keys;
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
        if (b == after.end() || (a != before.end() && a->first < b->first)) {
            keys.push_back((a++)->first);
        } else if (a == before.end() || b->first < a->first) {
            keys.push_back((b++)->first);
        } else {
            if (!(a->second == b->second)) keys.push_back(a->first);
            ++a, ++b;
        }
    }
    return keys;
}

/// The settings a reload starts from: defaults, but what has none keeps its running value.
Settings carried_over(const Settings& running) {
    Settings start;
    for (const SettingRow& row : setting_rows())
        if (row.default_text == nullptr) copy_value(start, running, row);
    return start;
}

/// Says which settings stay although the file no longer gives them.
void warn_kept(const Configuration& running, Configuration& next) {
    const Settings fresh;
    for (const SettingRow& row : setting_rows()) {
        const std::string name{row.name};
        const bool kept =
            row.default_text == nullptr && running.given.contains(name) && !next.given.contains(name);
        if (!kept || same_value(next.settings, fresh, row)) continue;
        next.warnings.push_back("setting '" + name +
                                "' is no longer in the file and keeps its value until restart");
    }
}

}  // namespace

bool Changes::empty() const { return *this == Changes{}; }

Changes difference(const Configuration& running, const Configuration& next) {
    Changes out;
    compare_settings(running.settings, next.settings, out);
    compare_databases(running, next, out);
    out.users_changed = changed_keys(running.users, next.users);
    out.secrets_changed = changed_keys(running.userlist.secrets, next.userlist.secrets);
    for (const int id : changed_keys(running.peers, next.peers))
        (next.peers.contains(id) ? out.peers_changed : out.peers_removed).push_back(id);
    return out;
}

Result<Reload> reload(const Configuration& running, const std::string& path, const Environment& environment) {
    auto next = load(path, environment, read_file, carried_over(running.settings));
    if (!next) return tl::make_unexpected(next.error());
    Changes changes = difference(running, *next);
    for (const SettingRow& row : setting_rows())
        if (row.apply == Apply::kRestart) copy_value(next->settings, running.settings, row);
    warn_kept(running, *next);
    return Reload{std::make_shared<const Configuration>(*std::move(next)), std::move(changes)};
}

Result<Reload> reload(const Configuration& running) {
    return reload(running, running.settings.conffile.value_or(running.path));
}

}  // namespace conf
