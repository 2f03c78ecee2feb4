#include "conf/load.h"

#include <array>
#include <functional>
#include <map>
#include <utility>

#include "conf/entry_keys.h"
#include "conf/ini_reader.h"
#include "conf/setting_table.h"
#include "conf/suggest.h"
#include "conf/validate.h"

namespace conf {
namespace {

using Failure = tl::unexpected<Error>;

std::string place(const Origin& at) { return at.file + ":" + std::to_string(at.line) + ": "; }

Failure failure_at(const Origin& at, const std::string& what) {
    return tl::make_unexpected(Error{place(at) + what});
}

/// Turns ini items into a Configuration, one after the other.
class Loader {
 public:
    Loader(Configuration& result, const Environment& environment, const FileReader& files)
        : result_{result}, environment_{environment}, files_{files} {}

    Result<void> take(const IniItem& item) {
        if (item.is_header) return open_section(item);
        if (is_main(item.section)) return take_setting(item);
        if (item.section == "databases") return take_database(item);
        if (item.section == "users") return take_user(item);
        return take_peer(item);
    }

    bool has_main_section() const { return has_main_section_; }

    /// What validate() found, with the line of the setting at fault where the file has one.
    Failure invalid(const Error& error) const {
        if (error.setting.empty()) return tl::make_unexpected(Error{result_.path + ": " + error.text});
        return tl::make_unexpected(Error{result_.complaint(error.setting, error.text)});
    }

 private:
    static bool is_main(std::string_view section) { return section == "pgbouncer" || section == "weir"; }

    /// A repeated header of the main section starts it anew, as in PgBouncer.
    Result<void> open_section(const IniItem& item) {
        constexpr std::array<std::string_view, 5> kSections{"pgbouncer", "weir", "databases", "users",
                                                            "peers"};
        if (is_main(item.section)) {
            has_main_section_ = true;
            for (const SettingRow& row : setting_rows()) {
                if (row.default_text == nullptr) continue;
                reset_value(result_.settings, row);
                result_.given.erase(std::string{row.name});
                result_.setting_lines.erase(std::string{row.name});
            }
            return {};
        }
        for (const std::string_view known : kSections)
            if (item.section == known) return {};
        return failure_at(item.origin,
                          "unknown section '" + item.section + "'" + did_you_mean(item.section, kSections));
    }

    Result<void> take_setting(const IniItem& item) {
        const SettingRow* row = find_setting(item.key);
        if (row == nullptr) {
            std::vector<std::string_view> names;
            for (const SettingRow& known : setting_rows()) names.push_back(known.name);
            return failure_at(item.origin,
                              "unknown setting '" + item.key + "'" + did_you_mean(item.key, names));
        }
        const auto text = expand(item.value, environment_);
        if (!text) return failure_at(item.origin, item.key + ": " + text.error().text);
        if (auto done = set_value(result_.settings, *row, *text); !done) {
            const bool comment = text->find_first_of(";#") != std::string::npos;
            return failure_at(item.origin, item.key + ": " + done.error().text +
                                               (comment ? " (a comment needs a line of its own)" : ""));
        }
        if (item.key == "unix_socket_mode" && !text->starts_with('0'))
            warn(item, "unix_socket_mode " + *text + " is read as decimal; write 0" + *text + " for octal");
        result_.given.insert(item.key);
        result_.setting_lines.insert_or_assign(std::string{row->name}, item.origin);
        return {};
    }

    Result<void> take_database(const IniItem& item) {
        auto database = parse_database(item, context());
        if (!database) return tl::make_unexpected(database.error());
        if (item.key == "*") {
            if (result_.fallback) warn_again(item, "database");
            result_.fallback = *std::move(database);
        } else if (!result_.databases.insert_or_assign(item.key, *std::move(database)).second) {
            warn_again(item, "database");
        }
        return {};
    }

    Result<void> take_user(const IniItem& item) {
        auto user = parse_user(item, context());
        if (!user) return tl::make_unexpected(user.error());
        if (!result_.users.insert_or_assign(item.key, *std::move(user)).second) warn_again(item, "user");
        return {};
    }

    Result<void> take_peer(const IniItem& item) {
        auto peer = parse_peer(item, context());
        if (!peer) return tl::make_unexpected(peer.error());
        const int id = peer->id;
        if (!result_.peers.insert_or_assign(id, *std::move(peer)).second) warn_again(item, "peer");
        return {};
    }

    EntryContext context() { return {environment_, files_, result_.warnings}; }

    void warn(const IniItem& item, const std::string& text) {
        result_.warnings.push_back(place(item.origin) + text);
    }

    void warn_again(const IniItem& item, const char* kind) {
        warn(item, std::string{kind} + " '" + item.key + "' is defined again; this line counts");
    }

    Configuration& result_;
    const Environment& environment_;
    const FileReader& files_;
    bool has_main_section_ = false;
};

}  // namespace

Result<Configuration> load(const std::string& path, const Environment& environment) {
    return load(path, environment, read_file, Settings{});
}

Result<Configuration> load(const std::string& path, const Environment& environment, const FileReader& files,
                           const Settings& start) {
    const auto items = read_ini(path, files, environment);
    if (!items) return tl::make_unexpected(items.error());
    Configuration result;
    result.path = path;
    result.settings = start;
    result.settings.conffile = path;
    Loader loader{result, environment, files};
    for (const IniItem& item : *items)
        if (auto done = loader.take(item); !done) return tl::make_unexpected(done.error());
    if (!loader.has_main_section())
        return tl::make_unexpected(Error{path + ": section [pgbouncer] is missing"});
    if (auto sound = validate(result); !sound) return loader.invalid(sound.error());
    read_auth_files(result, files);
    for (std::string& text : cautions(result)) result.warnings.push_back(std::move(text));
    return result;
}

void read_auth_files(Configuration& configuration, const FileReader& files) {
    const Settings& settings = configuration.settings;
    auto& warnings = configuration.warnings;
    configuration.userlist = {};
    configuration.idents = {};
    configuration.hba = {};
    if (settings.auth_file) configuration.userlist = read_userlist(*settings.auth_file, files, warnings);
    if (const auto& file = settings.auth_ident_file; file && !file->empty())
        configuration.idents = read_ident(*file, files, warnings);
    if (!settings.auth_hba_file.empty())
        configuration.hba = read_hba(settings.auth_hba_file, files, configuration.idents, warnings);
    else if (settings.auth_type == AuthType::kHba)
        warnings.emplace_back("auth_type = hba without auth_hba_file: nobody is let in");
}

}  // namespace conf
