// Zeros that switch something off, and settings that act in a way of their own in a place of their own.
#include <unistd.h>

#include <csignal>

#include "tests/integration/compat/compat.h"
#include "tests/integration/compat/instance.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/free_port.h"

using namespace support;
using namespace support::wire;

namespace {

/// Longer than two rounds of the janitor: a limit of zero seconds would have struck.
constexpr std::chrono::milliseconds kTwoRounds{1000};

WeirConfig plain(const std::string& keys = "") { return compat::before(Postgres::shared(), keys); }

/// So many transactions of this login are open at once.
bool at_once(const Login& login, int count) {
    std::vector<WireClient> clients;
    for (int i = 0; i < count; ++i) {
        clients.push_back(WireClient::logged_in(login));
        if (transaction_status(clients.back().exchange(query("BEGIN; SELECT 1"))) != 'T') return false;
    }
    return true;
}

}  // namespace

TEST_CASE("pool size: 0 is no limit, as a general value, a database's and a user's", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain().set("default_pool_size", "1").set("query_wait_timeout", "20");
    config.database(Postgres::shared().port(), "pool_size=0", "of_database");
    config.users["other"] = "pool_size=0";
    Weir weir(config);
    CHECK(at_once(weir.login().with_database("of_database"), 3));
    CHECK(at_once(weir.login("other"), 3));
    weir.console("SET default_pool_size = 0");
    CHECK(at_once(weir.login(), 25));  // more than the default
    CHECK(compat::row_with(weir, "DATABASES", {{"name", "app"}}).at("pool_size") == "0");
}

TEST_CASE("suspend_timeout: with 0 a stubborn client is waited for as long as it takes", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("suspend_timeout", "0"));
    auto console = compat::console(weir);
    auto slow = WireClient::logged_in(weir.login());
    slow.send(query("SELECT 1").substr(0, 3));
    CHECK(eventually([&] {
        const auto row = compat::row_with(weir, "SOCKETS", {{"type", "C"}, {"database", "app"}});
        return !row.empty() && row.at("recv_pos") == "3";
    }));
    console.send(query("SUSPEND"));
    CHECK(console.silent(kTwoRounds));
    CHECK(slow.silent(std::chrono::milliseconds(10)));
    slow.send(query("SELECT 1").substr(3));
    CHECK(command_tag(console.read_answer()) == "SUSPEND");
    CHECK(command_tag(console.exchange(query("RESUME"))) == "RESUME");
    CHECK(rows(slow.read_answer()) == Rows{{"1"}});
}

TEST_CASE("cancel_wait_timeout: with 0 a cancel request is not given up", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    WeirConfig config;
    Weir weir(config.database(proxy.port()).set("cancel_wait_timeout", "0"));
    auto client = WireClient::logged_in(weir.login());
    client.send(query("SELECT 'endless' FROM pg_sleep(600)"));
    CHECK(scene::running(Postgres::shared(), "endless"));
    Fault stall;
    stall.stall = true;
    proxy.to_target(stall);
    WireClient request(weir.port());
    request.send(cancel_request(client.backend_key()));
    CHECK(eventually([&] { return weir.pool("cl_active_cancel_req") == 1; }));
    CHECK(request.silent(kTwoRounds));
    CHECK(weir.pool("cl_active_cancel_req") == 1);
    proxy.heal();
    CHECK(sqlstate(client.read_answer()) == "57014");
    CHECK(request.read_to_end().empty());
}

TEST_CASE("query_wait_notify: with 0 a client that waits hears nothing until its answer", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1").set("query_wait_notify", "0").set("query_wait_timeout", "0"));
    auto holder = Client::connect(weir.login());
    compat::begin(holder);
    auto waiter = WireClient::logged_in(weir.login());
    waiter.send(query("SELECT 1"));
    CHECK(waiter.silent(kTwoRounds));  // and a query_wait_timeout of 0 ends nobody
    holder.query("COMMIT");
    CHECK(types(waiter.read_answer()) == "TDCZ");
}

TEST_CASE("query_wait_timeout: it runs during PAUSE too", "[pg]") {
    REQUIRES_POSTGRES();
    const auto* paused = GENERATE("PAUSE", "PAUSE app");
    CAPTURE(paused);
    Weir weir(plain().set("query_wait_timeout", "1"));
    auto client = WireClient::logged_in(weir.login());
    client.exchange(query("SELECT 1"));
    weir.console(paused);
    client.send(query("SELECT 2"));
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 query_wait_timeout");
}

TEST_CASE("application_name_add_host: over a Unix socket it tells process and host", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1").set("application_name_add_host", "1"));
    std::string host(256, '\0');
    REQUIRE(::gethostname(host.data(), host.size() - 1) == 0);
    host.resize(host.find('\0'));
    const std::string from =
        " - unix(" + std::to_string(::getpid()) + "@" + host + "):" + std::to_string(weir.port());
    auto named = Client::connect(weir.unix_login().with("application_name=me"));
    CHECK(named.value("SHOW application_name") == ("me" + from).substr(0, 63));
    auto unnamed = Client::connect(weir.unix_login());
    CHECK(unnamed.value("SHOW application_name") == ("app" + from).substr(0, 63));
    named.query("SET application_name = 'renamed'");
    CHECK(named.value("SHOW application_name") == "renamed");
}

TEST_CASE("command line: -v brings DEBUG lines", "[pg]") {
    REQUIRES_POSTGRES();
    for (const bool talkative : {false, true}) {
        CAPTURE(talkative);
        compat::Instance instance(plain(), free_port());
        instance.start({.options = talkative ? std::vector<std::string>{"-v"} : std::vector<std::string>{}});
        Client::connect(instance.login()).query("SELECT 1");
        instance.process().signal(SIGQUIT);
        instance.check_end();
        CHECK((instance.process().output().find("] DEBUG ") != std::string::npos) == talkative);
    }
}
