// Which value counts for whom.
#include "conf/configuration.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

using std::chrono::seconds;

TEST_CASE("configuration: a name without entry gets the star's, with name and dbname filled in") {
    const auto c = texts::loaded("[databases]\nown = dbname=x\n* = host=h pool_size=3\n[pgbouncer]\n");
    const auto made = c.find_database("other");
    REQUIRE(made);
    CHECK(made->name == "other");
    CHECK(made->dbname == "other");
    CHECK(made->is_auto);
    CHECK(made->pool_size == 3);
    const auto own = c.find_database("own");
    REQUIRE(own);
    CHECK(own->dbname == "x");
    CHECK_FALSE(own->is_auto);
    CHECK_FALSE(c.databases.contains("*"));
}

TEST_CASE("configuration: a star entry with dbname sends every name to that database") {
    const auto c = texts::loaded("[databases]\n* = dbname=x\n[pgbouncer]\n");
    CHECK(c.find_database("a").value().dbname == "x");
    CHECK(c.find_database("a").value().name == "a");
}

TEST_CASE("configuration: the console's names and impossible names have no entry") {
    const auto c = texts::loaded("[databases]\n* =\n[pgbouncer]\n");
    CHECK_FALSE(c.find_database("pgbouncer"));
    CHECK_FALSE(c.find_database("weir"));
    CHECK_FALSE(c.find_database(""));
    CHECK(c.find_database(std::string(63, 'x')));
    CHECK_FALSE(c.find_database(std::string(64, 'x')));
    CHECK_FALSE(texts::loaded("[databases]\na =\n[pgbouncer]\n").find_database("b"));
}

TEST_CASE("configuration: the user's pool values win over the database's, and those over the global ones") {
    const auto c = texts::loaded(
        "[databases]\nplain =\nset = pool_mode=transaction pool_size=5 reserve_pool_size=2\n"
        "[users]\nu = pool_mode=statement pool_size=0 reserve_pool_size=0\n"
        "[pgbouncer]\ndefault_pool_size=7\nreserve_pool_size=1\n");
    const auto plain = c.find_database("plain").value();
    const auto set = c.find_database("set").value();
    CHECK(c.pool_mode(plain, "x") == conf::PoolMode::kSession);
    CHECK(c.pool_mode(set, "x") == conf::PoolMode::kTransaction);
    CHECK(c.pool_mode(set, "u") == conf::PoolMode::kStatement);
    CHECK(c.pool_size(plain, "x") == 7);
    CHECK(c.pool_size(set, "x") == 5);
    CHECK(c.pool_size(set, "u") == 0);
    CHECK(c.reserve_pool_size(plain, "x") == 1);
    CHECK(c.reserve_pool_size(set, "x") == 2);
    CHECK(c.reserve_pool_size(set, "u") == 0);
}

TEST_CASE("configuration: min_pool_size is capped by the pool size and has no effect on an unlimited pool") {
    const auto c = texts::loaded(
        "[databases]\na =\nb = min_pool_size=9 pool_size=4\nc = pool_size=0\nd = min_pool_size=0\n"
        "[pgbouncer]\nmin_pool_size=3\n");
    CHECK(c.min_pool_size(*c.find_database("a"), "x") == 3);
    CHECK(c.min_pool_size(*c.find_database("b"), "x") == 4);
    CHECK(c.min_pool_size(*c.find_database("c"), "x") == 0);
    CHECK(c.min_pool_size(*c.find_database("d"), "x") == 0);
}

TEST_CASE("configuration: limits and lifetimes of an entry count, and 0 inherits") {
    const auto c = texts::loaded(
        "[databases]\na = max_db_connections=1 max_db_client_connections=2 server_lifetime=3\n"
        "b = max_db_connections=0 server_lifetime=0\n"
        "[users]\nu = max_user_connections=4 max_user_client_connections=5\nv =\n"
        "[pgbouncer]\nmax_db_connections=10\nmax_db_client_connections=11\nserver_lifetime=0\n"
        "max_user_connections=12\nmax_user_client_connections=13\n");
    const auto a = c.find_database("a").value();
    const auto b = c.find_database("b").value();
    CHECK(c.max_db_connections(a) == 1);
    CHECK(c.max_db_connections(b) == 10);
    CHECK(c.max_db_client_connections(a) == 2);
    CHECK(c.max_db_client_connections(b) == 11);
    CHECK(c.server_lifetime(a) == seconds{3});
    CHECK(c.server_lifetime(b) == seconds{0});
    CHECK(c.max_user_connections("u") == 4);
    CHECK(c.max_user_connections("v") == 12);
    CHECK(c.max_user_connections("nobody") == 12);
    CHECK(c.max_user_client_connections("u") == 5);
    CHECK(c.max_user_client_connections("v") == 13);
}

TEST_CASE("configuration: a user's timeouts override the global ones, and only that user's") {
    const auto c = texts::loaded(
        "[users]\nu = query_timeout=1 idle_transaction_timeout=2 transaction_timeout=3 "
        "client_idle_timeout=4\n"
        "[pgbouncer]\nquery_timeout=10\nidle_transaction_timeout=20\ntransaction_timeout=30\n");
    CHECK(c.query_timeout("u") == seconds{1});
    CHECK(c.query_timeout("v") == seconds{10});
    CHECK(c.idle_transaction_timeout("u") == seconds{2});
    CHECK(c.idle_transaction_timeout("v") == seconds{20});
    CHECK(c.transaction_timeout("u") == seconds{3});
    CHECK(c.transaction_timeout("v") == seconds{30});
    CHECK(c.client_idle_timeout("u") == seconds{4});
    CHECK(c.client_idle_timeout("v") == seconds{0});
}

TEST_CASE("configuration: a database without host is on the Unix socket, if there is one") {
    const auto c = texts::loaded("[databases]\na =\nb = host=x,y\n[pgbouncer]\nunix_socket_dir=/run/pg\n");
    CHECK(c.hosts(*c.find_database("a")) == std::vector<std::string>{"/run/pg"});
    CHECK(c.hosts(*c.find_database("b")) == std::vector<std::string>{"x", "y"});
    const auto none = texts::loaded("[databases]\na =\n[pgbouncer]\nunix_socket_dir=\n");
    CHECK(none.hosts(*none.find_database("a")).empty());
    CHECK(texts::warns(none, "neither host nor unix_socket_dir"));
}

TEST_CASE("configuration: servers are logged into as the forced user with its password or the userlist's") {
    const auto c = texts::loaded(
        "[databases]\na = user=f password=own\nb = user=f\nc =\n[pgbouncer]\nauth_file=users.txt\n",
        {{"users.txt", "\"f\" \"listed\"\n\"g\" \"secret\"\n\"h\" \"\"\n"}});
    const auto a = c.find_database("a").value();
    const auto b = c.find_database("b").value();
    const auto plain = c.find_database("c").value();
    CHECK(c.pool_user(a, "g") == "f");
    CHECK(c.pool_user(plain, "g") == "g");
    CHECK(c.server_secret(a, "f") == "own");
    CHECK(c.server_secret(b, "f") == "listed");
    CHECK(c.server_secret(plain, "g") == "secret");
    CHECK(c.server_secret(plain, "h") == std::nullopt);
    CHECK(c.server_secret(plain, "nobody") == std::nullopt);
}

TEST_CASE("configuration: auth_query's settings come from the database, else from the global ones") {
    const auto c = texts::loaded(
        "[databases]\na = auth_user=x auth_query=q auth_dbname=b load_balance_hosts=disable\nb =\n"
        "[pgbouncer]\nauth_user=y\n");
    const auto a = c.find_database("a").value();
    const auto b = c.find_database("b").value();
    CHECK(c.auth_user(a) == "x");
    CHECK(c.auth_user(b) == "y");
    CHECK(c.auth_query(a) == "q");
    CHECK(c.auth_query(b) == c.settings.auth_query);
    CHECK(c.auth_dbname(a) == "b");
    CHECK(c.auth_dbname(b) == std::nullopt);
    CHECK(c.load_balance_hosts(a) == conf::LoadBalanceHosts::kDisable);
    CHECK(c.load_balance_hosts(b) == conf::LoadBalanceHosts::kRoundRobin);
}

TEST_CASE("configuration: transaction_replay of a user wins over the database's, that over the setting") {
    const auto c = texts::loaded(
        "[databases]\na = transaction_replay=1\nb =\n"
        "[users]\nu = transaction_replay=0\n"
        "[pgbouncer]\ntransaction_replay=0\n");
    const auto a = c.find_database("a").value();
    const auto b = c.find_database("b").value();
    CHECK(c.transaction_replay(a, "v"));
    CHECK_FALSE(c.transaction_replay(a, "u"));
    CHECK_FALSE(c.transaction_replay(b, "v"));
}

TEST_CASE("configuration: commit_resolution of a user wins over the database's, that over the setting") {
    const auto c = texts::loaded(
        "[databases]\na = commit_resolution=xid\nb =\n"
        "[users]\nu = commit_resolution=off\n"
        "[pgbouncer]\ncommit_resolution=off\n");
    const auto a = c.find_database("a").value();
    const auto b = c.find_database("b").value();
    CHECK(c.commit_resolution(a, "v") == conf::CommitResolution::kXid);
    CHECK(c.commit_resolution(a, "u") == conf::CommitResolution::kOff);
    CHECK(c.commit_resolution(b, "v") == conf::CommitResolution::kOff);
}
