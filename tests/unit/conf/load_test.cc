#include "conf/load.h"

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/conf/texts.h"

TEST_CASE("load: settings, databases, users and peers come from one file, in any order") {
    const auto c = texts::loaded(
        "[databases]\napp = host=192.0.2.1,192.0.2.2 port=26257 dbname=prod\n"
        "[peers]\n1 = host=192.0.2.9\n"
        "[pgbouncer]\nlisten_port = 0x1a0b\nquery_timeout = 1.5\npool_mode = Statement\npeer_id=2\n"
        "[users]\nalice = pool_mode=session\n");
    CHECK(c.settings.listen_port == 6667);
    CHECK(c.settings.query_timeout == std::chrono::milliseconds{1500});
    CHECK(c.settings.pool_mode == conf::PoolMode::kStatement);
    CHECK(c.databases.at("app").dbname == "prod");
    CHECK(c.users.at("alice").pool_mode == conf::PoolMode::kSession);
    CHECK(c.peers.at(1).host == "192.0.2.9");
    CHECK(c.path == "weir.ini");
    CHECK(c.settings.conffile == "weir.ini");
    CHECK(c.warnings.empty());
}

TEST_CASE("load: the main section may be called weir, and one must be there") {
    CHECK(texts::loaded("[weir]\nlisten_port=1\n").settings.listen_port == 1);
    CHECK(texts::error_of("[databases]\n") == "weir.ini: section [pgbouncer] is missing");
    CHECK(texts::error_of("") == "weir.ini: section [pgbouncer] is missing");
}

TEST_CASE("load: a repeated main header starts from the defaults, except for what has none") {
    const auto c = texts::loaded(
        "[pgbouncer]\nlisten_port=1\nauth_user=a\nverbose=2\n[databases]\n[weir]\npool_mode=statement\n");
    CHECK(c.settings.listen_port == 6432);
    CHECK(c.settings.auth_user == "a");
    CHECK(c.settings.verbose == 2);
    CHECK(c.settings.pool_mode == conf::PoolMode::kStatement);
    CHECK(c.given == std::set<std::string, std::less<>>{"auth_user", "pool_mode", "verbose"});
    const auto users = texts::loaded("[users]\na=\n[pgbouncer]\nlisten_port=1\n[users]\nb=\n");
    CHECK(users.users.size() == 2);
    CHECK(users.settings.listen_port == 1);
}

TEST_CASE("load: an error names file, line and key, and what was probably meant") {
    struct Row {
        const char* text;
        const char* error;
    };
    for (
        const Row& row : {
            Row{"[pgbouncer]\npool_mod = session\n",
                "weir.ini:2: unknown setting 'pool_mod' (did you mean 'pool_mode'?)"},
            Row{"[pgbouncer]\nPool_Mode = session\n",
                "weir.ini:2: unknown setting 'Pool_Mode' (did you mean 'pool_mode'?)"},
            Row{"[database]\n[pgbouncer]\n",
                "weir.ini:1: unknown section 'database' (did you mean 'databases'?)"},
            Row{"[PgBouncer]\n", "weir.ini:1: unknown section 'PgBouncer' (did you mean 'pgbouncer'?)"},
            Row{"[pgbouncer]\npool_mode = sesion\n",
                "weir.ini:2: pool_mode: 'sesion' is not one of session, transaction, statement (did you mean "
                "'session'?)"},
            Row{"[pgbouncer]\n\nlisten_port = 7 ; x\n",
                "weir.ini:3: listen_port: '7 ; x' is not an integer (a comment needs a line of its own)"},
            Row{"[pgbouncer]\nlog_stats = yes\n",
                "weir.ini:2: log_stats: 'yes' is not a boolean; write 0 or 1"},
            Row{"[pgbouncer]\nquery_timeout = 5s\n",
                "weir.ini:2: query_timeout: '5s' is not a number of seconds"},
            Row{"[pgbouncer]\nquery_timeout = -5\n", "weir.ini:2: query_timeout: '-5' is negative"},
            Row{"[pgbouncer]\nlisten_port = 65536\n",
                "weir.ini:2: listen_port: 65536 is not between 0 and 65535"},
            Row{"[pgbouncer]\nlisten_port =\n", "weir.ini:2: listen_port: '' is not an integer"},
            Row{"[pgbouncer]\nauth_file = ${HOME_OF_NOBODY}/x\n",
                "weir.ini:2: auth_file: environment variable 'HOME_OF_NOBODY' is not set and has no default"},
        }) {
        CAPTURE(row.text);
        CHECK(texts::error_of(row.text) == row.error);
    }
}

TEST_CASE("load: values come from the environment, in settings and in connect strings") {
    const auto c = texts::loaded(
        "[databases]\nd = host=${H} port=${P:-26257} user=u "
        "password=${PW}\n[pgbouncer]\nlisten_port=${PORT}\n",
        {}, {{"H", "192.0.2.1"}, {"PW", "a 'b' c"}, {"PORT", "7000"}});
    CHECK(c.settings.listen_port == 7000);
    CHECK(c.databases.at("d").hosts == std::vector<std::string>{"192.0.2.1"});
    CHECK(c.databases.at("d").port == 26257);
    CHECK(c.databases.at("d").password == "a 'b' c");
}

TEST_CASE("load: the last of two equal names counts, whole, with a warning for entries") {
    const auto c = texts::loaded(
        "[databases]\nd = host=a pool_size=3\nd = host=b\n* = host=a\n* = host=c\n"
        "[users]\nu = pool_size=1\nu =\n[peers]\n1 = host=a\n1 = host=b\n"
        "[pgbouncer]\npeer_id=2\nlisten_port=1\nlisten_port=2\n");
    CHECK(c.databases.at("d").hosts == std::vector<std::string>{"b"});
    CHECK(c.databases.at("d").pool_size == std::nullopt);
    CHECK(c.fallback.value().hosts == std::vector<std::string>{"c"});
    CHECK(c.users.at("u").pool_size == std::nullopt);
    CHECK(c.peers.at(1).host == "b");
    CHECK(c.settings.listen_port == 2);
    CHECK(c.warnings.size() == 4);
    CHECK(texts::warns(c, "weir.ini:3: database 'd' is defined again; this line counts"));
}

TEST_CASE("load: includes work across sections and their errors name the included file") {
    const auto c = texts::loaded("[databases]\n%include db.ini\n[pgbouncer]\n%include set.ini\n",
                                 {{"db.ini", "d = host=a\n"}, {"set.ini", "listen_port=5\n"}});
    CHECK(c.databases.contains("d"));
    CHECK(c.settings.listen_port == 5);
    CHECK(texts::error_of("[pgbouncer]\n%include set.ini\n", {{"set.ini", "\nnonsense=1\n"}}) ==
          "set.ini:2: unknown setting 'nonsense'");
}

TEST_CASE("load: a userlist that is missing or broken is a warning") {
    const auto missing = texts::loaded("[pgbouncer]\nauth_file=gone\n");
    CHECK(texts::warns(missing, "auth_file: cannot read gone"));
    const auto broken = texts::loaded("[pgbouncer]\nauth_file=users\n", {{"users", "\"a\" \"x\"\nb x\n"}});
    CHECK(broken.userlist.secrets.size() == 1);
    CHECK(texts::warns(broken, "users:2: "));
}

TEST_CASE("load: a socket mode without the leading zero is decimal, with a warning") {
    const auto c = texts::loaded("[pgbouncer]\nunix_socket_mode=700\n");
    CHECK(c.settings.unix_socket_mode == 700);
    CHECK(texts::warns(c, "write 0700 for octal"));
    CHECK(texts::loaded("[pgbouncer]\nunix_socket_mode=0700\n").warnings.empty());
}

TEST_CASE("load: a start value stays for a setting without default, and for no other") {
    conf::Settings start;
    start.auth_user = "kept";
    start.verbose = 2;
    start.listen_port = 1;
    const auto c = texts::load("[pgbouncer]\n", {}, {}, start);
    REQUIRE(c);
    CHECK(c->settings.auth_user == "kept");
    CHECK(c->settings.verbose == 2);
    CHECK(c->settings.listen_port == 6432);
}

TEST_CASE("load: files are read from the disk, and what is not a file is refused") {
    const support::TempDir dir;
    const std::string users = dir.write("users.txt", "\"a\" \"x\"\n");
    const std::string ini = dir.write("weir.ini", "[pgbouncer]\nauth_file=" + users + "\n");
    const auto c = conf::load(ini);
    REQUIRE(c);
    CHECK(c->userlist.secrets.size() == 1);
    CHECK(c->path == ini);
    CHECK_FALSE(conf::load(dir.path("gone.ini")));
    CHECK_FALSE(conf::load(dir.path("")));
}
