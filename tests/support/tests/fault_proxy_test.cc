#include "tests/support/fault_proxy.h"

#include "tests/support/catch.h"
#include "tests/support/postgres.h"
#include "tests/support/wire_client.h"

using namespace support;

namespace {

Login through(const FaultProxy& proxy) {
    auto login = Postgres::shared().login();
    login.port = proxy.port();
    return login;
}

Fault sliced(std::size_t bytes) {
    Fault fault;
    fault.slice_bytes = bytes;
    return fault;
}

}  // namespace

TEST_CASE("fault proxy: untouched and sliced traffic arrives unchanged", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = Client::connect(through(proxy));
    proxy.from_target(sliced(1));
    proxy.to_target(sliced(3));
    CHECK(client.value("SELECT repeat('x', 1000)") == std::string(1000, 'x'));
    CHECK(proxy.bytes_from_target() > 1000);
    CHECK(proxy.accepted() == 1);
    CHECK(proxy.open_connections() == 1);
}

TEST_CASE("fault proxy: refused and cut connections fail, and then it works again", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = Client::connect(through(proxy));
    proxy.refuse();
    CHECK_FALSE(Client(through(proxy)).connected());
    CHECK(client.value("SELECT 1") == "1");
    proxy.reset_all();
    CHECK_FALSE(client.try_query("SELECT 1").ok);
    proxy.accept_again();
    CHECK(Client::connect(through(proxy)).value("SELECT 2") == "2");
}

TEST_CASE("fault proxy: a stalled direction is silent until it heals", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = WireClient::logged_in(through(proxy));
    Fault stall;
    stall.stall = true;
    proxy.from_target(stall);
    client.send(wire::query("SELECT 1"));
    CHECK(client.silent(std::chrono::milliseconds(50)));
    proxy.heal();
    CHECK(wire::types(client.read_answer()) == "TDCZ");
}

TEST_CASE("fault proxy: a connection ends after exactly the given bytes", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    Fault cut;
    cut.close_after_bytes = 5;
    proxy.from_target(cut);
    WireClient client(proxy.port());
    client.send(wire::startup({{"user", "app"}}));
    for (int i = 0; i < 5; ++i) CHECK(client.read_byte());
    CHECK_FALSE(client.read_byte());
    CHECK(eventually([&] { return proxy.open_connections() == 0; }));
}
