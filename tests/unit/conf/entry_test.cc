// The lines of [databases], [users] and [peers].
#include "conf/entry_keys.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

/// The entry "d" with this connect string.
conf::Database database(const std::string& connstr, texts::Files files = {}) {
    return texts::loaded("[databases]\nd = " + connstr + "\n[pgbouncer]\n", std::move(files))
        .databases.at("d");
}

conf::User user(const std::string& connstr) {
    return texts::loaded("[users]\nu = " + connstr + "\n[pgbouncer]\n").users.at("u");
}

std::string database_error(const std::string& connstr, texts::Files files = {}) {
    return texts::error_of("[databases]\nd = " + connstr + "\n[pgbouncer]\n", std::move(files));
}

/// True if loading the entry warns with this text.
bool database_warns(const std::string& connstr, std::string_view text) {
    return texts::warns(texts::loaded("[databases]\nd = " + connstr + "\n[pgbouncer]\n"), text);
}

}  // namespace

TEST_CASE("entry: a database without keys has its own name, the standard port and nothing else") {
    const conf::Database d = database("");
    conf::Database expected;
    expected.name = "d";
    expected.dbname = "d";
    CHECK(d == expected);
    CHECK(d.port == 5432);
    CHECK(d.origin.file == "weir.ini");
    CHECK(d.origin.line == 2);
}

TEST_CASE("entry: every key of a database reaches its member") {
    const conf::Database d = database(
        "dbname=n host=h port=1 user=u password=p auth_user=au auth_query=aq auth_dbname=ad pool_size=2 "
        "min_pool_size=3 reserve_pool_size=4 pool_mode=statement max_db_connections=5 "
        "max_db_client_connections=6 "
        "server_lifetime=7 connect_query='SELECT 1' load_balance_hosts=disable results_buffer_size=65536 "
        "client_encoding=ce "
        "datestyle=ds "
        "timezone=tz application_name=an sslmode=verify-ca sslrootcert=ca sslcert=c sslkey=k sslcrl=r "
        "sslsni=0 "
        "sslnegotiation=direct transaction_replay=1 commit_resolution=xid");
    CHECK(d.dbname == "n");
    CHECK(d.hosts == std::vector<std::string>{"h"});
    CHECK(d.port == 1);
    CHECK(d.user == "u");
    CHECK(d.password == "p");
    CHECK(d.auth_user == "au");
    CHECK(d.auth_query == "aq");
    CHECK(d.auth_dbname == "ad");
    CHECK(d.pool_size == 2);
    CHECK(d.min_pool_size == 3);
    CHECK(d.reserve_pool_size == 4);
    CHECK(d.pool_mode == conf::PoolMode::kStatement);
    CHECK(d.max_db_connections == 5);
    CHECK(d.max_db_client_connections == 6);
    CHECK(d.server_lifetime == std::chrono::seconds{7});
    CHECK(d.connect_query == "SELECT 1");
    CHECK(d.load_balance_hosts == conf::LoadBalanceHosts::kDisable);
    CHECK(d.results_buffer_size == "65536");
    CHECK(d.client_encoding == "ce");
    CHECK(d.datestyle == "ds");
    CHECK(d.timezone == "tz");
    CHECK(d.application_name == "an");
    CHECK(d.sslmode == conf::SslMode::kVerifyCa);
    CHECK(d.sslrootcert == "ca");
    CHECK(d.sslcert == "c");
    CHECK(d.sslkey == "k");
    CHECK(d.sslcrl == "r");
    CHECK(d.sslsni == false);
    CHECK(d.sslnegotiation == conf::SslNegotiation::kDirect);
    CHECK(d.transaction_replay == true);
    CHECK(d.commit_resolution == conf::CommitResolution::kXid);
    CHECK(conf::database_keys().size() == 50);
}

TEST_CASE("entry: a database may be a URL, and keys behind it overrule what it says") {
    const conf::Database d = database(
        "postgresql://u:p%40%20ss@h.example.com:26257/n?sslmode=verify-full&sslrootcert=/ca&"
        "options=--cluster%3Dc port=1 pool_size=4");
    CHECK(d.name == "d");
    CHECK(d.hosts == std::vector<std::string>{"h.example.com"});
    CHECK(d.port == 1);
    CHECK(d.dbname == "n");
    CHECK(d.user == "u");
    CHECK(d.password == "p@ ss");
    CHECK(d.sslmode == conf::SslMode::kVerifyFull);
    CHECK(d.sslrootcert == "/ca");
    CHECK(d.login_options == "--cluster=c");
    CHECK(d.pool_size == 4);
    CHECK(d.target.empty());
    CHECK(d.origin.line == 2);
    CHECK(database("postgresql://h/").dbname == "d");
    CHECK(database("postgresql://h/ pool_mode=transaction replicas=postgresql://r/ replica_kind=streaming")
              .replicas.size() == 1);
    CHECK(conf::needs_reconnect(database("postgresql://h/?options=a"), database("postgresql://h/")));
}

TEST_CASE("entry: what is wrong with a URL is said without what it holds") {
    CHECK(database_error("postgresql://u:hunter2@h:0/") ==
          "weir.ini:2: database 'd': URL: port: not a number from 1 to 65535");
    CHECK(database_error("postgresql://u:hunter2@/n") == "weir.ini:2: database 'd': URL: host is missing");
    CHECK(database_error("postgresql://h/?weight=3").find("for replicas only") != std::string::npos);
    CHECK(database_error("postgresql://h/?sslmod=require").find("did you mean 'sslmode'") !=
          std::string::npos);
    CHECK(database_error("postgresql://u:hunter2%@h/").find("hunter2") == std::string::npos);
    CHECK(database_error("postgresql://" + std::string(128, 'x') + "@h/").find("longer than 127") !=
          std::string::npos);
    CHECK(database_error("${COCKROACH_URL}") ==
          "weir.ini:2: database 'd': environment variable 'COCKROACH_URL' is not set and has no default");
    CHECK(database_error("host=h password=${NOBODYS}") ==
          "weir.ini:2: database 'd': connect string, key 'password': environment variable 'NOBODYS' is not "
          "set and has no default");
    CHECK(texts::error_of("[users]\nu = postgresql://h/\n[pgbouncer]\n") ==
          "weir.ini:2: user 'u': a URL is for databases only");
}

TEST_CASE("entry: TLS keys that contradict each other are refused, as libpq does") {
    CHECK(database_error("sslrootcert=system sslmode=require").find("needs sslmode=verify-full") !=
          std::string::npos);
    CHECK(database_error("sslnegotiation=direct sslmode=prefer").find("needs sslmode=require") !=
          std::string::npos);
    CHECK(database_error("sslcert=c").find("need each other") != std::string::npos);
    CHECK(database_error("sslsni=yes").find("is not 0 or 1") != std::string::npos);
    CHECK(database_error("sslmode=on").find("is not one of disable, allow") != std::string::npos);
    CHECK(database("sslrootcert=system").sslrootcert == "system");
}

TEST_CASE("entry: every key of a user reaches its member") {
    const conf::User u = user(
        "pool_mode=transaction pool_size=1 reserve_pool_size=2 max_user_connections=3 "
        "max_user_client_connections=4 query_timeout=5 idle_transaction_timeout=6 transaction_timeout=7 "
        "client_idle_timeout=8 transaction_replay=0 commit_resolution=off");
    CHECK(u.pool_mode == conf::PoolMode::kTransaction);
    CHECK(u.pool_size == 1);
    CHECK(u.reserve_pool_size == 2);
    CHECK(u.max_user_connections == 3);
    CHECK(u.max_user_client_connections == 4);
    CHECK(u.query_timeout == std::chrono::seconds{5});
    CHECK(u.idle_transaction_timeout == std::chrono::seconds{6});
    CHECK(u.transaction_timeout == std::chrono::seconds{7});
    CHECK(u.client_idle_timeout == std::chrono::seconds{8});
    CHECK(u.transaction_replay == false);
    CHECK(u.commit_resolution == conf::CommitResolution::kOff);
    CHECK(conf::user_keys().size() == 11);
}

TEST_CASE("entry: hosts are a list, with folders and abstract sockets among them") {
    CHECK(database("host=a.example.com,192.0.2.1,2001:db8::1,/run/pg,@abstract").hosts ==
          std::vector<std::string>{"a.example.com", "192.0.2.1", "2001:db8::1", "/run/pg", "@abstract"});
    CHECK(database("host='a, b'").hosts == std::vector<std::string>{"a", " b"});
    CHECK(database("host=a,,b").hosts == std::vector<std::string>{"a", "b"});
    CHECK(database_warns("host=a,,b", "empty entry"));
}

TEST_CASE("entry: the old name of reserve_pool_size and repeated keys work, the last one counts") {
    CHECK(database("reserve_pool=3").reserve_pool_size == 3);
    CHECK(database("reserve_pool_size=2 reserve_pool=3").reserve_pool_size == 3);
    CHECK(database("host=a host=b").hosts == std::vector<std::string>{"b"});
    CHECK(database("pool_size=5 pool_size=-1").pool_size == std::nullopt);
}

TEST_CASE("entry: numbers that mean inherit leave the value unset") {
    CHECK(database("pool_size=0").pool_size == 0);
    CHECK(database("pool_size=-1").pool_size == std::nullopt);
    CHECK(database("min_pool_size=0").min_pool_size == 0);
    CHECK(database("reserve_pool_size=-1").reserve_pool_size == std::nullopt);
    CHECK(database("max_db_connections=0").max_db_connections == std::nullopt);
    CHECK(database("max_db_client_connections=-1").max_db_client_connections == std::nullopt);
    CHECK(database("server_lifetime=0").server_lifetime == std::nullopt);
    CHECK(user("pool_size=0").pool_size == 0);
    CHECK(user("max_user_connections=0").max_user_connections == std::nullopt);
    CHECK(user("query_timeout=0").query_timeout == std::nullopt);
    CHECK(user("client_idle_timeout=-5").client_idle_timeout == std::nullopt);
}

TEST_CASE("entry: integers follow PgBouncer's leniency, with a warning") {
    CHECK(database("pool_size=12abc").pool_size == 12);
    CHECK(database_warns("pool_size=12abc",
                         "weir.ini:2: database 'd': pool_size: '12abc' is not an integer; 12 is used"));
    CHECK(database("pool_size=abc").pool_size == 0);
    CHECK(database("server_lifetime=1.5").server_lifetime == std::chrono::seconds{1});
    CHECK_FALSE(database_warns("pool_size=12", "integer"));
}

TEST_CASE("entry: a port that cannot be one is refused") {
    for (const char* bad : {"0", "abc", "-1", "65536"}) {
        CAPTURE(bad);
        CHECK(database_error(std::string{"port="} + bad).starts_with("weir.ini:2: database 'd': port: "));
    }
    CHECK(database("port=65535").port == 65535);
}

TEST_CASE("entry: unknown keys and words are refused by name") {
    CHECK(database_error("pol_mode=session") ==
          "weir.ini:2: database 'd': unknown key 'pol_mode' (did you mean 'pool_mode'?)");
    CHECK(database_error("Host=a") == "weir.ini:2: database 'd': unknown key 'Host' (did you mean 'host'?)");
    CHECK(database_error("pool_mode=both") ==
          "weir.ini:2: database 'd': pool_mode: 'both' is not one of session, transaction, statement");
    CHECK(database_error("load_balance_hosts=random").find("round-robin, disable") != std::string::npos);
    CHECK(database("pool_mode=SESSION").pool_mode == conf::PoolMode::kSession);
    CHECK(texts::error_of("[users]\nu = host=a\n[pgbouncer]\n")
              .starts_with("weir.ini:2: user 'u': unknown key"));
}

TEST_CASE("entry: names are limited and the console's are reserved") {
    const auto named = [](const std::string& name) {
        return texts::error_of("[databases]\n" + name + " = host=a\n[pgbouncer]\n");
    };
    CHECK(named(std::string(63, 'x')).empty());
    CHECK(named(std::string(64, 'x')).find("longer than 63") != std::string::npos);
    CHECK(named("pgbouncer").find("reserved") != std::string::npos);
    CHECK(named("weir").find("reserved") != std::string::npos);
    CHECK(named("Weir").empty());
    CHECK(texts::error_of("[users]\n" + std::string(127, 'x') + " =\n[pgbouncer]\n").empty());
    CHECK(
        texts::error_of("[users]\n" + std::string(128, 'x') + " =\n[pgbouncer]\n").find("longer than 127") !=
        std::string::npos);
    CHECK(database_error("user=" + std::string(128, 'x')).find("longer than 127") != std::string::npos);
    CHECK(database_error("user=u password=" + std::string(65535, 'x')).empty());
    CHECK(database_error("user=u password=" + std::string(65536, 'x')).find("longer than 65535") !=
          std::string::npos);
    CHECK(database_error("auth_dbname=pgbouncer").find("auth_dbname") != std::string::npos);
}

TEST_CASE("entry: a password may stand in a file, whose last newline is cut off") {
    CHECK(database("user=u password_file=/pw", {{"/pw", "it's\n"}}).password == "it's");
    CHECK(database("user=u password_file=/pw", {{"/pw", "a\n\n"}}).password == "a\n");
    CHECK(database("user=u password_file=/pw", {{"/pw", "a\r\n"}}).password == "a");
    CHECK(database_error("user=u password_file=/gone").find("password_file: cannot read /gone") !=
          std::string::npos);
    CHECK(database_error("user=u password_file=/pw", {{"/pw", "\n"}}).find("/pw is empty") !=
          std::string::npos);
}

TEST_CASE("entry: neither errors nor warnings show a password") {
    const std::string error = database_error("user=u password=hunter2 port=abc");
    CHECK_FALSE(error.empty());
    CHECK(error.find("hunter2") == std::string::npos);
    const auto loaded = texts::loaded("[databases]\nd = password=hunter2\n[pgbouncer]\n");
    CHECK(texts::warns(loaded, "a password without user has no effect"));
    CHECK_FALSE(texts::warns(loaded, "hunter2"));
}

TEST_CASE("entry: only keys whose behaviour is not built yet are announced") {
    CHECK_FALSE(database_warns("auth_user=a auth_query=b auth_dbname=c host=a", "no effect yet"));
}

TEST_CASE("entry: peers have a number, a host and PgBouncer's port") {
    const auto peers = [](const std::string& line) {
        return "[peers]\n" + line + "\n[pgbouncer]\npeer_id=9\n";
    };
    const auto loaded = texts::loaded(peers("1 = host=a\n65535 = host=/run/b port=7 pool_size=3"));
    CHECK(loaded.peers.at(1).host == "a");
    CHECK(loaded.peers.at(1).port == 6432);
    CHECK(loaded.peers.at(1).pool_size == std::nullopt);
    CHECK(loaded.peers.at(65535).host == "/run/b");
    CHECK(loaded.peers.at(65535).port == 7);
    CHECK(loaded.peer_pool_size(loaded.peers.at(65535)) == 3);
    CHECK(loaded.peer_pool_size(loaded.peers.at(1)) == 20);
    for (const char* bad :
         {"0 = host=a", "65536 = host=a", "x = host=a", "1 = port=7", "1 =", "1 = host=a dbname=b"}) {
        CAPTURE(bad);
        CHECK(texts::error_of(peers(bad)).starts_with("weir.ini:2: peer '"));
    }
}

TEST_CASE("entry: only what decides where a server is and how it starts needs new connections") {
    const conf::Database before = database("host=a");
    for (const char* same :
         {"host=a pool_size=3", "host=a pool_mode=statement", "host=a client_encoding=x",
          "host=a server_lifetime=3", "host=a min_pool_size=1", "host=a max_db_connections=3"}) {
        CAPTURE(same);
        CHECK_FALSE(conf::needs_reconnect(before, database(same)));
    }
    CHECK_FALSE(
        conf::needs_reconnect(database("host=a user=u password=x"), database("host=a user=u password=y")));
    for (const char* other : {"host=b", "host=a,b", "", "host=a dbname=x", "host=a port=1", "host=a user=u",
                              "host=a connect_query=x", "host=a auth_dbname=x", "host=a auth_query=x",
                              "host=a load_balance_hosts=disable"}) {
        CAPTURE(other);
        CHECK(conf::needs_reconnect(before, database(other)));
    }
}
