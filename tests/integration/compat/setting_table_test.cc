// The table of settings on the console: every row's name, default, order and whether it can be changed, taken
// from the transcription of PgBouncer's reference that the unit tests use.
#include <algorithm>

#include "tests/integration/compat/compat.h"
#include "tests/unit/conf/expected_settings.h"

using namespace support;
using namespace support::wire;

namespace {

/// Settings the harness itself gives in every configuration.
const std::vector<std::string> kGiven{"listen_addr",        "listen_port", "auth_type", "admin_users",
                                      "stats_users",        "pool_mode",   "workers",   "default_pool_size",
                                      "server_login_retry", "auth_file",   "conffile",  "server_tls_sslmode",
                                      "unix_socket_dir"};

bool given(const std::string& name) { return std::find(kGiven.begin(), kGiven.end(), name) != kGiven.end(); }

/// A value that the setting takes and that differs from its default; empty for those that need more than a
/// word.
std::string another_value(const expected::Setting& setting) {
    const std::string name{setting.name};
    if (name.find("tls") != std::string::npos || name == "auth_type" || name == "conffile" ||
        name == "auth_file" || name == "auth_dbname" || name == "auth_user")
        return "";
    if (name == "pool_mode") return "statement";
    if (name == "syslog") return "";  // would write to the system's log
    if (name == "log_format") return "json";
    if (name == "sigterm") return "drain";
    if (name == "hidden_state") return "pin";
    if (name == "pin") return "";
    switch (setting.type) {
        case expected::Type::kBoolean: return std::string(setting.default_text) == "1" ? "0" : "1";
        case expected::Type::kInteger: return "7";
        case expected::Type::kTime: return "7.5";
        case expected::Type::kText: return "something";
        case expected::Type::kWord: break;
    }
    return "";
}

std::map<std::string, std::map<std::string, std::string>> shown(WireClient& console) {
    std::map<std::string, std::map<std::string, std::string>> result;
    for (const auto& row : rows(console.exchange(query("SHOW CONFIG"))))
        result[row[0]] = {{"value", row[1]}, {"default", row[2]}, {"changeable", row[3]}};
    return result;
}

Weir& weir() {
    static const auto made = std::make_unique<Weir>(Postgres::shared());
    return *made;
}

}  // namespace

TEST_CASE("SHOW CONFIG: the 98 settings of PgBouncer and weir's own, in byte order", "[pg]") {
    REQUIRES_POSTGRES();
    std::vector<std::string> names;
    for (const auto& setting : expected::pgbouncer_settings()) names.emplace_back(setting.name);
    CHECK(names.size() == 98);
    auto console = compat::console(weir());
    std::vector<std::string> keys;
    for (const auto& row : rows(console.exchange(query("SHOW CONFIG")))) keys.push_back(row[0]);
    CHECK(std::is_sorted(keys.begin(), keys.end()));
    for (const auto& name : names) {
        INFO(name);
        CHECK(std::count(keys.begin(), keys.end(), name) == 1);
    }
}

TEST_CASE("SHOW CONFIG: every row has its default, its changeability, and unless set the default as value",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto console = compat::console(weir());
    auto table = shown(console);
    for (const auto& setting : expected::pgbouncer_settings()) {
        const std::string name{setting.name};
        INFO(name);
        auto& row = table[name];
        CHECK(row["changeable"] == (setting.live ? "yes" : "no"));
        const std::string standard = setting.default_text == nullptr ? kNull : setting.default_text;
        if (name == "auth_query" || name == "conffile") continue;  // a text of weir's own; the command line
        CHECK(row["default"] == standard);
        if (given(name)) continue;
        if (name == "unix_socket_mode")
            CHECK(row["value"] == "511");
        else if (name == "verbose")
            CHECK(row["value"] == "0");
        else
            CHECK(row["value"] == standard);
    }
}

TEST_CASE("SET: a live setting takes its value and RELOAD takes it back, a restart setting only says so",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto console = compat::console(weir());
    const auto before = shown(console);
    int changed = 0;
    for (const auto& setting : expected::pgbouncer_settings()) {
        const std::string name{setting.name};
        const std::string value = another_value(setting);
        if (value.empty() || name == "stats_users" || name == "admin_users") continue;
        INFO(name);
        const std::string text = name == "pidfile" || name == "logfile" ? "/nonexistent/file" : value;
        if (name == "logfile") continue;
        const std::string visible = name == "auth_ldap_options" ? "********" : text;  // holds a password
        const auto answer = console.exchange(query("SET " + name + " = '" + text + "'"));
        CHECK(command_tag(answer) == "SET " + name + "=" + text);
        CHECK(shown(console)[name]["value"] == (setting.live ? visible : before.at(name).at("value")));
        changed += setting.live ? 1 : 0;
    }
    CHECK(changed > 50);
    CHECK(command_tag(console.exchange(query("RELOAD"))) == "RELOAD");
    const auto after = shown(console);
    for (const auto& [name, row] : before) {
        INFO(name);
        // What has no default keeps its value when the file does not name it.
        const bool kept = row.at("default") == kNull && row.at("value") != after.at(name).at("value");
        if (!kept) CHECK(after.at(name).at("value") == row.at("value"));
    }
}

TEST_CASE("SET: values of the wrong type are refused and change nothing", "[pg]") {
    REQUIRES_POSTGRES();
    auto console = compat::console(weir());
    const std::map<expected::Type, std::vector<std::string>> wrong{
        {expected::Type::kBoolean, {"yes", "true", "", "1.5"}},
        {expected::Type::kInteger, {"abc", "1.5", "7 ; x", ""}},
        {expected::Type::kTime, {"-1", "1s", "abc", ""}},
        {expected::Type::kWord, {"nonsense", ""}}};
    const auto before = shown(console);
    for (const auto& setting : expected::pgbouncer_settings()) {
        const auto texts = wrong.find(setting.type);
        if (texts == wrong.end()) continue;
        for (const auto& text : texts->second) {
            INFO(setting.name << " = '" << text << "'");
            const auto answer =
                console.exchange(query("SET " + std::string(setting.name) + " = '" + text + "'"));
            CHECK(compat::error(answer).find("ERROR 08P01 SET failed") == 0);
        }
    }
    CHECK(shown(console) == before);
}

TEST_CASE("SET: numbers are read as C writes them, words in any case", "[pg]") {
    REQUIRES_POSTGRES();
    auto console = compat::console(weir());
    const auto value_after = [&](const std::string& name, const std::string& text) {
        console.exchange(query("SET " + name + " = '" + text + "'"));
        return shown(console)[name]["value"];
    };
    CHECK(value_after("default_pool_size", "010") == "8");
    CHECK(value_after("default_pool_size", "0x10") == "16");
    CHECK(value_after("pool_mode", "SESSION") == "session");
    CHECK(value_after("query_timeout", "1.50") == "1.5");
    CHECK(value_after("query_timeout", "3600") == "3600");
    CHECK(value_after("log_stats", "5") == "1");
    console.exchange(query("RELOAD"));
}
