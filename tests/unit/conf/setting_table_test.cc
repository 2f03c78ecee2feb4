#include "conf/setting_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "tests/support/catch.h"
#include "tests/unit/conf/expected_settings.h"
#include "tests/unit/conf/texts.h"

namespace {

std::vector<expected::Setting> all_expected() {
    std::vector<expected::Setting> all;
    for (const auto& row : expected::pgbouncer_settings()) all.push_back(row);
    for (const auto& row : expected::own_settings()) all.push_back(row);
    return all;
}

/// How documentation words the type; enums list their words.
bool has_type(const conf::SettingRow& row, expected::Type type) {
    const std::string text = conf::type_text(row);
    switch (type) {
        case expected::Type::kText: return text == "text";
        case expected::Type::kInteger: return text == "integer" || text == "auto or integer";
        case expected::Type::kBoolean: return text == "0 or 1";
        case expected::Type::kTime: return text == "time in seconds";
        case expected::Type::kWord: return text.find(", ") != std::string::npos;
    }
    return false;
}

conf::Result<bool> set(conf::Configuration& c, std::string_view key, std::string_view value) {
    return conf::apply_set(c, key, value);
}

}  // namespace

TEST_CASE("setting table: the settings of PgBouncer 1.25 are there with their defaults, types and liveness") {
    CHECK(expected::pgbouncer_settings().size() == 98);
    for (const auto& wanted : all_expected()) {
        CAPTURE(wanted.name);
        const conf::SettingRow* row = conf::find_setting(wanted.name);
        REQUIRE(row != nullptr);
        CHECK(row->name == wanted.name);
        CHECK(has_type(*row, wanted.type));
        CHECK((row->apply == conf::Apply::kLive) == wanted.live);
        REQUIRE((row->default_text == nullptr) == (wanted.default_text == nullptr));
        if (wanted.default_text == nullptr) continue;
        if (std::string_view{wanted.default_text} == "(SQL)")
            CHECK(std::string_view{row->default_text}.find("$1") != std::string_view::npos);
        else
            CHECK(std::string_view{row->default_text} == wanted.default_text);
    }
}

TEST_CASE("setting table: there is no setting beyond PgBouncer's and weir's own, and none stands twice") {
    std::set<std::string_view> wanted;
    for (const auto& row : all_expected()) wanted.insert(row.name);
    std::set<std::string_view> found;
    for (const auto& row : conf::setting_rows()) {
        CAPTURE(row.name);
        CHECK(found.insert(row.name).second);
        CHECK_FALSE(row.help.empty());
        CHECK(row.help.back() == '.');
    }
    CHECK(found == wanted);
    for (const auto& row : expected::own_settings()) CHECK(conf::find_setting(row.name)->own);
    for (const auto& row : expected::pgbouncer_settings()) CHECK_FALSE(conf::find_setting(row.name)->own);
}

TEST_CASE("setting table: every default is a valid value of its own setting") {
    for (const auto& row : conf::setting_rows()) {
        if (row.default_text == nullptr) continue;
        CAPTURE(row.name);
        conf::Settings settings;
        CHECK(conf::set_value(settings, row, row.default_text));
        CHECK(conf::same_value(settings, conf::Settings{}, row));
    }
}

TEST_CASE("setting table: each row has a member of its own") {
    for (const auto& row : conf::setting_rows()) {
        CAPTURE(row.name);
        conf::Settings changed;
        const char* other = nullptr;
        for (const char* candidate : {"2", "other", "statement", "trust", "require", "drain", "json", "pin",
                                      "warn", "any", "xid", "0"}) {
            conf::Settings trial;
            if (!conf::set_value(trial, row, candidate) || conf::same_value(trial, conf::Settings{}, row))
                continue;
            other = candidate;
            changed = trial;
            break;
        }
        REQUIRE(other != nullptr);
        for (const auto& neighbour : conf::setting_rows())
            CHECK(conf::same_value(changed, conf::Settings{}, neighbour) == (neighbour.name != row.name));
    }
}

TEST_CASE("setting table: SHOW CONFIG lists every setting in byte order, as PgBouncer prints values") {
    const auto rows =
        conf::show_config(texts::loaded("[pgbouncer]\nquery_timeout=1.5\npool_mode=STATEMENT\n"
                                        "unix_socket_mode=0777\nlog_stats=7\nadmin_users=a, b\n")
                              .settings);
    CHECK(rows.size() == expected::pgbouncer_settings().size() + expected::own_settings().size());
    CHECK(
        std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
    std::map<std::string, conf::ShowRow> by_name;
    for (const auto& row : rows) by_name[row.key] = row;
    CHECK(by_name["query_timeout"].value == "1.5");
    CHECK(by_name["query_timeout"].default_value == "0");
    CHECK(by_name["pool_mode"].value == "statement");
    CHECK(by_name["unix_socket_mode"].value == "511");
    CHECK(by_name["unix_socket_mode"].default_value == "0777");
    CHECK(by_name["log_stats"].value == "1");
    CHECK(by_name["admin_users"].value == "a, b");
    CHECK(by_name["admin_users"].default_value == "");
    CHECK(by_name["auth_user"].value == std::nullopt);
    CHECK(by_name["auth_user"].default_value == std::nullopt);
    CHECK(by_name["verbose"].value == "0");
    CHECK(by_name["verbose"].default_value == std::nullopt);
    CHECK(by_name["workers"].value == "auto");
    CHECK(by_name["conffile"].value == "weir.ini");
    CHECK(by_name["server_lifetime"].value == "3600");
    CHECK(by_name["server_lifetime"].changeable);
    CHECK_FALSE(by_name["listen_port"].changeable);
}

TEST_CASE("setting table: options that can hold a password are not shown") {
    conf::Configuration c;
    REQUIRE(set(c, "auth_ldap_options", "ldapbindpasswd=hunter2"));
    for (const auto& row : conf::show_config(c.settings)) {
        CAPTURE(row.key);
        CHECK(row.value.value_or("").find("hunter2") == std::string::npos);
    }
}

TEST_CASE("setting table: workers takes auto or a number") {
    conf::Settings settings;
    const conf::SettingRow& row = *conf::find_setting("workers");
    CHECK(settings.workers == 0);
    REQUIRE(conf::set_value(settings, row, "4"));
    CHECK(settings.workers == 4);
    CHECK(conf::show_value(settings, row) == "4");
    REQUIRE(conf::set_value(settings, row, "AUTO"));
    CHECK(settings.workers == 0);
    CHECK_FALSE(conf::set_value(settings, row, "-1"));
    CHECK_FALSE(conf::set_value(settings, row, "many"));
}

TEST_CASE("setting table: max_packet_size reaches the whole unsigned range") {
    conf::Settings settings;
    const conf::SettingRow& row = *conf::find_setting("max_packet_size");
    REQUIRE(conf::set_value(settings, row, "4294967295"));
    CHECK(settings.max_packet_size == 4294967295U);
    CHECK_FALSE(conf::set_value(settings, row, "-1"));
}

TEST_CASE(
    "setting table: SET changes a live setting, pretends for a restart-only one, and refuses the rest") {
    conf::Configuration c;
    CHECK(set(c, "query_timeout", "2.5").value());
    CHECK(c.settings.query_timeout == std::chrono::milliseconds{2500});
    CHECK_FALSE(set(c, "listen_port", "7000").value());
    CHECK(c.settings.listen_port == 6432);
    CHECK_FALSE(set(c, "listen_port", "none"));
    CHECK_FALSE(set(c, "query_timeout", "never"));
    CHECK(c.settings.query_timeout == std::chrono::milliseconds{2500});
    const auto unknown = set(c, "querytimeout", "1");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().text == "unknown setting 'querytimeout' (did you mean 'query_timeout'?)");
    CHECK_FALSE(set(c, "Query_Timeout", "1"));
}

TEST_CASE("setting table: SET refuses a value that contradicts others, and changes nothing then") {
    conf::Configuration c;
    CHECK_FALSE(set(c, "client_tls_sslmode", "require"));
    CHECK(c.settings.client_tls_sslmode == conf::SslMode::kDisable);
    CHECK(set(c, "client_tls_key_file", "k"));
    CHECK(set(c, "client_tls_cert_file", "c"));
    CHECK(set(c, "client_tls_sslmode", "require"));
    CHECK(c.settings.client_tls_sslmode == conf::SslMode::kRequire);
}

TEST_CASE("setting table: SET does not read the environment") {
    conf::Configuration c;
    REQUIRE(set(c, "auth_user", "${HOME}"));
    CHECK(c.settings.auth_user == "${HOME}");
}

TEST_CASE("setting table: a setting marked for later warns only when it differs from its default") {
    for (const auto& row : conf::setting_rows()) {
        CAPTURE(row.name);
        CHECK_FALSE(conf::not_built_warning(conf::Settings{}, row));
        if (!row.later) continue;
        conf::Settings changed;
        for (const char* candidate : {"2", "other", "require", "pin", "warn", "any", "0"})
            if (conf::set_value(changed, row, candidate) && !conf::same_value(changed, conf::Settings{}, row))
                break;
        CHECK(conf::not_built_warning(changed, row) ==
              "setting '" + std::string{row.name} + "' is accepted, but has no effect yet");
    }
}

TEST_CASE("setting table: lists are split at commas and blanks") {
    CHECK(conf::split_list("") == std::vector<std::string_view>{});
    CHECK(conf::split_list(" , ") == std::vector<std::string_view>{});
    CHECK(conf::split_list("a,b c\t,d") == std::vector<std::string_view>{"a", "b", "c", "d"});
    CHECK(conf::list_contains("alice, bob", "bob"));
    CHECK_FALSE(conf::list_contains("alice, bob", "Bob"));
    CHECK_FALSE(conf::list_contains("alice, bob", "bo"));
    conf::Settings settings;
    settings.listen_addr = "192.0.2.1, ::1";
    CHECK(conf::listen_addresses(settings) == std::vector<std::string_view>{"192.0.2.1", "::1"});
    CHECK(conf::tracked_extra_parameters(settings) == std::vector<std::string_view>{"IntervalStyle"});
}
