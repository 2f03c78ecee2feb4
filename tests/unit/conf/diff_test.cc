#include "conf/diff.h"

#include "conf/load.h"
#include "conf/setting_table.h"

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/conf/texts.h"

namespace {

using Names = std::vector<std::string>;

/// A file on disk that is loaded once and can be changed and reloaded.
class Running {
 public:
    explicit Running(std::string_view text) : path_{dir_.write("weir.ini", text)} {
        auto loaded = conf::load(path_);
        REQUIRE(loaded);
        now = *std::move(loaded);
    }

    conf::Result<conf::Reload> reload_with(std::string_view text) {
        dir_.write("weir.ini", text);
        return conf::reload(now);
    }

    /// Reloads, which must succeed, makes the result the running one and gives what changed.
    conf::Changes apply(std::string_view text) {
        auto done = reload_with(text);
        REQUIRE(done);
        now = *done->configuration;
        return done->changes;
    }

    std::string write(std::string_view name, std::string_view text) { return dir_.write(name, text); }
    conf::Configuration now;

 private:
    support::TempDir dir_;
    std::string path_;
};

}  // namespace

TEST_CASE("reload: an unchanged file changes nothing, wherever its lines stand") {
    Running r{"[databases]\nd = host=a\n* = host=b\n[users]\nu = pool_size=1\n[pgbouncer]\nlisten_port=1\n"};
    CHECK(r.apply("\n\n[databases]\nd = host=a\n* = host=b\n[users]\nu = "
                  "pool_size=1\n[pgbouncer]\nlisten_port=1\n")
              .empty());
}

TEST_CASE("reload: live settings come from the file or fall back to their default, undoing SET") {
    Running r{"[pgbouncer]\nquery_timeout=5\npool_mode=statement\n"};
    REQUIRE(conf::apply_set(r.now, "max_client_conn", "7"));
    const conf::Changes changes = r.apply("[pgbouncer]\nquery_timeout=6\n");
    CHECK(r.now.settings.query_timeout == std::chrono::seconds{6});
    CHECK(r.now.settings.pool_mode == conf::PoolMode::kSession);
    CHECK(r.now.settings.max_client_conn == 100);
    REQUIRE(changes.settings.size() == 3);
    CHECK(changes.settings[0] == conf::SettingChange{"max_client_conn", "7", "100"});
    CHECK(changes.settings[1] == conf::SettingChange{"pool_mode", "statement", "session"});
    CHECK(changes.settings[2] == conf::SettingChange{"query_timeout", "5", "6"});
    CHECK(changes.needs_restart.empty());
}

TEST_CASE("reload: a restart-only setting keeps its value and is reported") {
    Running r{"[pgbouncer]\nlisten_port=1\n"};
    const conf::Changes changes = r.apply("[pgbouncer]\nlisten_port=2\nworkers=3\n");
    CHECK(r.now.settings.listen_port == 1);
    CHECK(r.now.settings.workers == 0);
    CHECK(changes.settings.empty());
    REQUIRE(changes.needs_restart.size() == 2);
    CHECK(changes.needs_restart[0] == conf::SettingChange{"listen_port", "1", "2"});
    CHECK(changes.needs_restart[1] == conf::SettingChange{"workers", "auto", "3"});
}

TEST_CASE("reload: settings without default stay when the file no longer gives them, with one warning") {
    Running r{"[pgbouncer]\nauth_user=a\n"};
    REQUIRE(conf::apply_set(r.now, "verbose", "2"));
    CHECK(r.apply("[pgbouncer]\n").empty());
    CHECK(r.now.settings.auth_user == "a");
    CHECK(r.now.settings.verbose == 2);
    CHECK(texts::warns(r.now, "'auth_user' is no longer in the file"));
    CHECK_FALSE(texts::warns(r.now, "verbose"));
    r.apply("[pgbouncer]\n");
    CHECK_FALSE(texts::warns(r.now, "no longer in the file"));
    r.apply("[pgbouncer]\nauth_user=b\nverbose=0\n");
    CHECK(r.now.settings.auth_user == "b");
    CHECK(r.now.settings.verbose == 0);
}

TEST_CASE("reload: a userlist the file no longer names is still read") {
    Running r{"[pgbouncer]\n"};
    const std::string users = r.write("users.txt", "\"a\" \"x\"\n");
    r.apply("[pgbouncer]\nauth_file=" + users + "\n");
    r.write("users.txt", "\"a\" \"y\"\n");
    CHECK(r.apply("[pgbouncer]\n").secrets_changed == Names{"a"});
    CHECK(*r.now.userlist.find("a") == "y");
}

TEST_CASE("reload: databases are added, removed, reconnected or adjusted") {
    Running r{"[databases]\na = host=x\nb = host=x\nc = host=x\nsame = host=x\n[pgbouncer]\n"};
    const conf::Changes changes =
        r.apply("[databases]\nb = host=y\nc = host=x pool_size=3\nd = host=x\nsame = host=x\n[pgbouncer]\n");
    CHECK(changes.databases_removed == Names{"a"});
    CHECK(changes.databases_to_reconnect == Names{"b"});
    CHECK(changes.databases_adjusted == Names{"c"});
    CHECK(changes.databases_added == Names{"d"});
    CHECK_FALSE(changes.fallback_changed);
}

TEST_CASE("reload: any change of the star entry is reported, a removed one too") {
    Running r{"[databases]\n* = host=x\n[pgbouncer]\n"};
    CHECK(r.apply("[databases]\n* = host=x pool_size=3\n[pgbouncer]\n").fallback_changed);
    CHECK_FALSE(r.apply("[databases]\n* = host=x pool_size=3\n[pgbouncer]\n").fallback_changed);
    CHECK(r.apply("[databases]\n[pgbouncer]\n").fallback_changed);
    CHECK(r.apply("[databases]\n* =\n[pgbouncer]\n").fallback_changed);
}

TEST_CASE("reload: a forced user that is taken away is applied and needs new connections") {
    Running r{"[databases]\na = host=x user=u password=p\n[pgbouncer]\n"};
    CHECK(r.apply("[databases]\na = host=x\n[pgbouncer]\n").databases_to_reconnect == Names{"a"});
    CHECK(r.now.databases.at("a").user == std::nullopt);
}

TEST_CASE("reload: users, secrets and peers are compared one by one") {
    Running r{"[pgbouncer]\n"};
    const std::string users = r.write("users.txt", "\"a\" \"1\"\n\"b\" \"1\"\n\"c\" \"1\"\n");
    const std::string main = "[pgbouncer]\npeer_id=9\nauth_file=" + users + "\n";
    r.apply(main +
            "[users]\nu = pool_size=1\nv = pool_size=1\nw =\n[peers]\n1 = host=a\n2 = host=a\n3 = host=a\n");
    r.write("users.txt", "\"b\" \"2\"\n\"c\" \"1\"\n\"d\" \"1\"\n");
    const conf::Changes changes =
        r.apply(main + "[users]\nv = pool_size=2\nw =\nx =\n[peers]\n2 = host=b\n3 = host=a\n4 = host=a\n");
    CHECK(changes.users_changed == Names{"u", "v", "x"});
    CHECK(changes.secrets_changed == Names{"a", "b", "d"});
    CHECK(changes.peers_removed == std::vector<int>{1});
    CHECK(changes.peers_changed == std::vector<int>{2, 4});
    CHECK(r.now.userlist.find("a") == nullptr);
    CHECK(r.now.find_user("u") == nullptr);
}

TEST_CASE("reload: TLS settings of either side are told apart") {
    Running r{"[pgbouncer]\n"};
    conf::Changes changes = r.apply("[pgbouncer]\nserver_tls_sslmode=require\n");
    CHECK(changes.server_tls_changed);
    CHECK_FALSE(changes.client_tls_changed);
    changes = r.apply("[pgbouncer]\nserver_tls_sslmode=require\nclient_tls13_ciphers=x\n");
    CHECK_FALSE(changes.server_tls_changed);
    CHECK(changes.client_tls_changed);
}

TEST_CASE("reload: a file with an error anywhere changes nothing") {
    Running r{"[databases]\nd = host=a\n[pgbouncer]\nquery_timeout=5\n"};
    const conf::Settings before = r.now.settings;
    const auto failed = r.reload_with("[pgbouncer]\nquery_timeout=6\nnonsense=1\n");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().text.find("weir.ini:3: unknown setting 'nonsense'") != std::string::npos);
    CHECK(r.now.settings.query_timeout == before.query_timeout);
    CHECK(r.now.databases.contains("d"));
}

TEST_CASE("reload: SET conffile makes the next reload read another file") {
    Running r{"[pgbouncer]\n"};
    const std::string other = r.write("other.ini", "[pgbouncer]\nquery_timeout=9\n");
    REQUIRE(conf::apply_set(r.now, "conffile", other));
    const auto done = conf::reload(r.now);
    REQUIRE(done);
    CHECK(done->configuration->settings.query_timeout == std::chrono::seconds{9});
    CHECK(done->configuration->path == other);
    CHECK(done->configuration->settings.conffile == other);
}

TEST_CASE("reload: a password that changed is no reason to reconnect, and is shown nowhere") {
    Running r{"[databases]\na = host=x user=u password=hunter2\n[pgbouncer]\nauth_ldap_options=hunter2\n"};
    const conf::Changes changes =
        r.apply("[databases]\na = host=x user=u password=hunter3\n[pgbouncer]\nauth_ldap_options=hunter3\n");
    CHECK(changes.databases_adjusted == Names{"a"});
    REQUIRE(changes.settings.size() == 1);
    CHECK(changes.settings[0] == conf::SettingChange{"auth_ldap_options", "********", "********"});
}
