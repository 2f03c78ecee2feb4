// The one table of settings: every place that names a setting - parsing, SHOW CONFIG, SET, RELOAD, the
// documentation and the sample file - works from these rows. Constant data; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/configuration.h"
#include "conf/result.h"
#include "conf/settings.h"

namespace conf {

/// Which member a row fills; the alternative is the setting's type.
using SettingMember =
    std::variant<bool Settings::*, int Settings::*, std::uint32_t Settings::*, Duration Settings::*,
                 std::string Settings::*, OptionalText Settings::*, PoolMode Settings::*,
                 AuthType Settings::*, SslMode Settings::*, SigtermAction Settings::*, LogFormat Settings::*,
                 HiddenState Settings::*, PinAction Settings::*, CertUsers Settings::*,
                 CommitResolution Settings::*>;

enum class Apply { kLive, kRestart };

/// Chapters of docs/configuration.md, in its order.
enum class Group {
    kListening,
    kPools,
    kServers,
    kTimeouts,
    kAuthentication,
    kTls,
    kNames,
    kLog,
    kSockets,
    kProcess,
    kSessionState,
    kReplay,
    kHealth,
};

struct SettingRow {
    std::string_view name;
    SettingMember member;
    const char* default_text;  ///< null: the default is NULL, and RELOAD does not reset the setting
    Apply apply;
    Group group;
    std::string_view help;            ///< one line for the documentation and the sample file
    std::string_view unit = {};       ///< of integers: "seconds", "bytes", ...
    std::string_view zero_word = {};  ///< another way to write and to show 0, such as "auto"
    std::int64_t min = INT32_MIN;
    std::int64_t max = INT32_MAX;
    bool own = false;     ///< weir's own, unknown to PgBouncer
    bool secret = false;  ///< never shown
    bool later = false;   ///< accepted, but what it asks for is not built yet

 private:
    template <class Change>
    constexpr SettingRow with(Change change) const {
        SettingRow copy = *this;
        change(copy);
        return copy;
    }

 public:
    constexpr SettingRow in(std::string_view what) const {
        return with([&](SettingRow& r) { r.unit = what; });
    }
    constexpr SettingRow range(std::int64_t low, std::int64_t high) const {
        return with([&](SettingRow& r) { r.min = low, r.max = high; });
    }
    constexpr SettingRow zero_is(std::string_view w) const {
        return with([&](SettingRow& r) { r.zero_word = w; });
    }
    constexpr SettingRow weirs_own() const {
        return with([](SettingRow& r) { r.own = true; });
    }
    constexpr SettingRow masked() const {
        return with([](SettingRow& r) { r.secret = true; });
    }
    constexpr SettingRow not_built_yet() const {
        return with([](SettingRow& r) { r.later = true; });
    }
};

/// All rows, in the order of the documentation.
std::span<const SettingRow> setting_rows();

/// The row of a name, compared byte by byte; null if there is none.
const SettingRow* find_setting(std::string_view name);

/// What the setting takes, in words: "integer", "boolean (0 or 1)", "time in seconds", "text", "a | b | c".
std::string type_text(const SettingRow& row);

/// Parses `text` and stores it. Error: what is wrong with the value, without the setting's name.
Result<void> set_value(Settings& settings, const SettingRow& row, std::string_view text);

/// Puts the default back; nothing happens to a setting whose default is NULL.
void reset_value(Settings& settings, const SettingRow& row);

/// The value as SHOW CONFIG prints it; nothing for NULL, "********" for a secret that is set.
std::optional<std::string> show_value(const Settings& settings, const SettingRow& row);

/// The default as SHOW CONFIG prints it: as written in the table (0777, where the value shows 511); nothing
/// for NULL.
std::optional<std::string> show_default(const SettingRow& row);

/// True if both hold the same value, secrets included.
bool same_value(const Settings& a, const Settings& b, const SettingRow& row);

/// Copies one setting between two Settings.
void copy_value(Settings& to, const Settings& from, const SettingRow& row);

/// A warning for a value that is accepted, but whose behaviour is not built yet; nothing if all is well.
std::optional<std::string> not_built_warning(const Settings& settings, const SettingRow& row);

/// One row of SHOW CONFIG.
struct ShowRow {
    std::string key;
    std::optional<std::string> value;
    std::optional<std::string> default_value;
    bool changeable = false;  ///< shown as yes or no
};

/// SHOW CONFIG: every setting, in byte order of the names.
std::vector<ShowRow> show_config(const Settings& settings);

/// The console's SET. A restart-only setting is accepted and changes nothing, as in PgBouncer: false then.
/// Error: unknown name, bad value, or a value that contradicts other settings; nothing has changed.
Result<bool> apply_set(Configuration& configuration, std::string_view key, std::string_view value);

}  // namespace conf
