// Replicas and secondaries of databases: how they are written, what is refused.
#include "conf/endpoint.h"

#include "conf/entry_keys.h"
#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

using conf::Endpoint;

std::vector<Endpoint> endpoints(std::string_view text) {
    auto found = conf::parse_endpoints(text);
    INFO(text);
    REQUIRE(found);
    return *found;
}

std::string refusal(std::string_view text) {
    const auto found = conf::parse_endpoints(text);
    return found ? std::string{} : found.error().text;
}

std::string ini(const std::string& connstr, const std::string& settings = "pool_mode = transaction\n") {
    return "[databases]\nd = " + connstr + "\n[pgbouncer]\n" + settings;
}

conf::Database database(const std::string& connstr) { return texts::loaded(ini(connstr)).databases.at("d"); }

std::string database_error(const std::string& connstr) { return texts::error_of(ini(connstr)); }

const std::string kGood = "host=h replicas=postgresql://r1/ replica_kind=streaming ";

}  // namespace

TEST_CASE("endpoint: a URL gives every key") {
    const auto found = endpoints(
        "postgresql://u:p%40ss@r1.example.com:26258/app?sslmode=verify-full&sslrootcert=/ca&sslcert=/"
        "c&sslkey=/k&"
        "sslcrl=/r&sslsni=0&weight=3&options=-ccluster%3Dmain-readonly&sslnegotiation=direct");
    REQUIRE(found.size() == 1);
    Endpoint expected;
    expected.hosts = {"r1.example.com"};
    expected.port = 26258;
    expected.dbname = "app";
    expected.user = "u";
    expected.password = "p@ss";
    expected.options = "-ccluster=main-readonly";
    expected.sslmode = conf::SslMode::kVerifyFull;
    expected.sslrootcert = "/ca";
    expected.sslcert = "/c";
    expected.sslkey = "/k";
    expected.sslcrl = "/r";
    expected.sslsni = false;
    expected.sslnegotiation = conf::SslNegotiation::kDirect;
    expected.weight = 3;
    CHECK(found.front() == expected);
}

TEST_CASE("endpoint: a connect string gives the same as its URL") {
    CHECK(endpoints("host=r1 port=5433 user=u password='a b;c' weight=2") ==
          endpoints("postgresql://u:a%20b%3Bc@r1:5433/?weight=2"));
    CHECK(endpoints("host=r1 locality='region=eu,zone=b'") ==
          endpoints("postgresql://r1/?locality=region=eu,zone=b"));
    CHECK(endpoints("weight=2 host=/tmp") == endpoints("postgres://%2Ftmp?weight=2"));
}

TEST_CASE("endpoint: several are separated by blanks, connect strings by semicolons") {
    const auto found = endpoints("  postgresql://r1/ postgres://r2:5433/?weight=0; host=r3 port=1 ;host=r4");
    REQUIRE(found.size() == 4);
    CHECK(found[0].hosts == std::vector<std::string>{"r1"});
    CHECK(found[1].weight == 0);
    CHECK(found[1].port == 5433);
    CHECK(found[2].port == 1);
    CHECK(found[3].hosts == std::vector<std::string>{"r4"});
}

TEST_CASE("endpoint: several hosts of one have one port") {
    CHECK(endpoints("postgresql://a:1,b:1/").front().hosts == std::vector<std::string>{"a", "b"});
    CHECK(endpoints("postgresql://a,b/").front().port == 5432);
    CHECK_FALSE(refusal("postgresql://a:1,b/").empty());
    CHECK(refusal("postgresql://a:1,b:2/") == "endpoint 1: port: all hosts of one endpoint have the same");
}

TEST_CASE("endpoint: what is wrong is said without values") {
    CHECK(refusal("") == "no endpoint in it");
    CHECK(refusal("postgresql://r1/ postgresql:///db") == "endpoint 2: host is missing");
    CHECK(refusal("postgresql://r1/?sslmod=disable") ==
          "endpoint 1: unknown key 'sslmod' (did you mean 'sslmode'?)");
    CHECK(refusal("host=r1 wait=3") == "endpoint 1: unknown key 'wait'");
    CHECK(refusal("postgresql://r1/?sslmode=sometimes") ==
          "endpoint 1: sslmode: 'sometimes' is not one of disable, allow, prefer, require, verify-ca, "
          "verify-full");
    CHECK(refusal("postgresql://r1:0/") == "endpoint 1: port: not a number from 1 to 65535");
    CHECK(refusal("postgresql://r1/?weight=1001") ==
          "endpoint 1: weight: '1001' is not a number from 0 to 1000");
    CHECK(refusal("postgresql://r1/?sslcert=/c") == "endpoint 1: sslcert and sslkey need each other");
    CHECK(refusal("host=r1 sslsni=2") == "endpoint 1: sslsni: '2' is not 0 or 1");
    CHECK(refusal("postgresql://r1/?passfile=/p").find("userlist") != std::string::npos);
    CHECK(refusal("postgresql://r1/?target_session_attrs=any").find("not used here") != std::string::npos);
    const std::string secret = refusal("postgresql://u:geheim%zz@r1/");
    CHECK(secret.find("libpq cannot read it") != std::string::npos);
    CHECK(secret.find("geheim") == std::string::npos);
}

TEST_CASE("endpoint: an entry's own values hold where the endpoint says nothing") {
    const auto entry = database(
        "host=h port=1 dbname=n user=u password=p sslmode=require pool_size=7 replica_kind=streaming "
        "replicas='postgresql://r1:2/ postgresql://x@r2/?sslmode=disable'");
    REQUIRE(entry.replicas.size() == 2);
    const auto first = conf::database_at(entry, entry.replicas[0], conf::replica_target(0));
    CHECK(first.target == "replica:1");
    CHECK(first.name == "d");
    CHECK(first.hosts == std::vector<std::string>{"r1"});
    CHECK(first.port == 2);
    CHECK(first.dbname == "n");
    CHECK(first.user == "u");
    CHECK(first.password == "p");
    CHECK(first.sslmode == conf::SslMode::kRequire);
    CHECK(first.pool_size == 7);
    CHECK(first.replicas.empty());
    const auto second = conf::database_at(entry, entry.replicas[1], conf::replica_target(1));
    CHECK(second.user == "x");
    CHECK_FALSE(second.password);
    CHECK(second.port == 5432);
    CHECK(second.sslmode == conf::SslMode::kDisable);
}

TEST_CASE("endpoint: the keys of a database reach their members, and the rest has defaults") {
    const auto configuration = texts::loaded(ini(
        "host=h replicas='postgresql://r1/ postgresql://r2/' replica_kind=follower read_after_write=session "
        "replica_staleness=0.25 primary_reads=20 secondary='host=s1,s2 port=9'"));
    const conf::Database& d = configuration.databases.at("d");
    CHECK(d.replicas.size() == 2);
    CHECK(d.replica_kind == conf::ReplicaKind::kFollower);
    CHECK(d.read_after_write == conf::ReadAfterWrite::kSession);
    CHECK(configuration.replica_staleness(d) == std::chrono::milliseconds{250});
    CHECK(d.primary_reads == 20);
    REQUIRE(d.secondary);
    CHECK(d.secondary->hosts == std::vector<std::string>{"s1", "s2"});
    const conf::Database plain = database(kGood);
    CHECK_FALSE(plain.read_after_write);
    CHECK(configuration.replica_staleness(plain) == std::chrono::milliseconds{4700});
    CHECK(configuration.replica_max_lag(plain) == std::chrono::seconds{10});
    CHECK(configuration.replica_max_lag(database(kGood + "replica_max_lag=0.5")) ==
          std::chrono::milliseconds{500});
}

TEST_CASE("endpoint: keys that do not go together are refused with what to write instead") {
    const auto [connstr, said] = GENERATE(table<std::string, std::string>({
        {"host=h replica_kind=streaming",
         "replica_kind without replicas; write replicas='postgresql://host/'"},
        {"host=h primary_reads=3", "primary_reads without replicas"},
        {"host=h replicas=postgresql://r1/", "replicas needs replica_kind=follower, standby or streaming"},
        {"host=h replicas=postgresql://h/ replica_kind=streaming",
         "endpoint 1: this is the primary's own address"},
        {"host=h replicas=postgresql://r1/other replica_kind=streaming",
         "endpoint 1: dbname 'other' is not the primary's"},
        {"host=h replicas=postgresql://r1,r2/ replica_kind=streaming", "write one URL for each replica"},
        {"host=h replicas='host=r1;host=r2 password=x' replica_kind=streaming",
         "endpoint 2: a password without user"},
        {kGood + "replica_staleness=1", "write replica_max_lag"},
        {kGood + "locality=eu", "locality without one of any replica; write"},
        {"host=h locality=eu", "locality without replicas"},
        {"host=h replicas=postgresql://r1/?locality=eu replica_kind=streaming", "write locality=region"},
        {"host=h replicas=postgresql://r1/?locality=eu replica_kind=streaming locality='e u'",
         "'e u' is not a list like region=eu,zone=b"},
        {"host=h secondary=postgresql://r1/?locality=eu", "locality is for replicas"},
        {"host=h replicas=postgresql://r1/ replica_kind=follower replica_max_lag=1",
         "write replica_staleness"},
        {kGood + "replica_max_lag=1 read_after_write=off", "write read_after_write=time"},
        {kGood + "replica_lag_query='SELECT 1'", "replica_lag_query is for replica_kind=standby"},
        {"host=h replicas=postgresql://r1/ replica_kind=standby",
         "replica_kind=standby needs replica_lag_query"},
        {kGood + "pool_mode=session", "write pool_mode=transaction"},
        {kGood + "primary_reads=101", "primary_reads is a percentage, 0 to 100"},
        {"host=h replicas=postgresql://r1/?weight=0 replica_kind=streaming", "leave one above 0"},
        {kGood + "read_after_write=never", "is not one of user, session, database, time, off"},
        {kGood + "replica_max_lag=soon", "'soon' is not a time in seconds"},
        {"host=h secondary='postgresql://a/ postgresql://b/'",
         "one endpoint only; write its hosts as host1,host2"},
        {"host=h secondary=postgresql://a/ failback=auto", "write same_cluster=1, or failback=gate"},
        {"host=h secondary=postgresql://a/ failback=auto same_cluster=0", "write same_cluster=1"},
        {"host=h secondary=postgresql://a/ failback=gate", "failback=gate needs a failback_command"},
        {"host=h secondary=postgresql://a/ failback_command=''",
         "key 'failback_command': the value is empty"},
        {"host=h failover=auto", "failover without secondary; write secondary="},
        {"host=h failback=manual", "failback without secondary"},
        {"host=h same_cluster=1", "same_cluster without secondary"},
        {"host=h secondary=postgresql://h/", "secondary: this is the primary's own address"},
        {"host=h secondary=postgresql://a/?sslrootcert=system&sslmode=require",
         "secondary: sslrootcert=system needs sslmode=verify-full"},
    }));
    const std::string text = database_error(connstr);
    INFO(connstr << " -> " << text);
    CHECK(text.starts_with("weir.ini:2: database 'd': "));
    CHECK(text.find(said) != std::string::npos);
}

TEST_CASE("endpoint: replicas do not go with session pooling, inherited or not") {
    CHECK(texts::error_of(ini(kGood, "pool_mode = session\n")).find("which the entry inherits") !=
          std::string::npos);
    CHECK(texts::error_of(ini(kGood + "pool_mode=transaction", "pool_mode = session\n")).empty());
    CHECK(texts::error_of(ini(kGood, "pool_mode = transaction\n")).empty());
}

TEST_CASE("endpoint: the entry for all names takes replicas without a database") {
    const std::string settings = "[pgbouncer]\npool_mode = transaction\n";
    CHECK(texts::error_of("[databases]\n* = " + kGood + "\n" + settings).empty());
    CHECK(texts::error_of("[databases]\n* = host=h replicas=postgresql://r1/db replica_kind=streaming\n" +
                          settings)
              .find("leave it out") != std::string::npos);
}

TEST_CASE("endpoint: a RELOAD that changes the replicas keeps the primary's servers") {
    CHECK_FALSE(conf::needs_reconnect(database(kGood), database("host=h")));
}

TEST_CASE("endpoint: the distance of two places counts tiers from the first that differs") {
    CHECK(conf::locality_distance("eu", "eu") == 0);
    CHECK(conf::locality_distance("eu", "us") == 1);
    CHECK(conf::locality_distance("eu", "") == 1);
    CHECK(conf::locality_distance("eu", "eu,b") == 0);
    CHECK(conf::locality_distance("region=eu,zone=b", "region=eu,zone=b") == 0);
    CHECK(conf::locality_distance("region=eu,zone=b", "region=eu,zone=c") == 1);
    CHECK(conf::locality_distance("region=eu,zone=b", "region=eu") == 1);
    CHECK(conf::locality_distance("region=eu,zone=b", "region=us,zone=b") == 2);
    CHECK(conf::locality_distance("region=eu,zone=b", "region=europe,zone=b") == 2);
    CHECK(conf::locality_distance("region=eu,zone=b", "") == 2);
}
