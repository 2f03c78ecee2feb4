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

TEST_CASE("fault proxy: a strike ends the connection at exactly its byte, and tells when the server is gone",
          "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = WireClient::logged_in(through(proxy));
    Strike strike;
    strike.how = GENERATE(Strike::How::kClose, Strike::How::kReset);
    strike.direction = Direction::kFromTarget;
    strike.after_bytes = 7;
    proxy.arm(strike);
    CHECK_FALSE(proxy.struck());
    client.send(wire::query("SELECT 1"));
    std::string got;
    while (auto byte = client.read_byte()) got += *byte;
    // An RST may take away what has arrived and was not read yet.
    CHECK((strike.how == Strike::How::kReset ? got.size() <= 7 : got.size() == 7));
    CHECK(proxy.struck());
    CHECK(proxy.open_connections() == 0);
    CHECK(eventually([&] { return proxy.parting() == 0; }));
    CHECK(wire::types(WireClient::logged_in(through(proxy)).exchange(wire::query("SELECT 1"))) == "TDCZ");
}

TEST_CASE("fault proxy: the connection after a strike can be struck too", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = WireClient::logged_in(through(proxy));
    Strike strike;
    strike.after_bytes = 1;
    Strike second;
    second.direction = Direction::kFromTarget;
    second.after_bytes = 1;
    proxy.arm(strike, second);
    CHECK(client.exchange(wire::query("SELECT 1")).empty());
    WireClient next(proxy.port());
    next.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    CHECK(next.read_byte() == 'R');
    CHECK_FALSE(next.read_byte());
    CHECK(wire::types(WireClient::logged_in(through(proxy)).exchange(wire::query("SELECT 1"))) == "TDCZ");
}

TEST_CASE("fault proxy: of several connections one is struck, and another one by the next strike", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto one = WireClient::logged_in(through(proxy));
    auto two = WireClient::logged_in(through(proxy));
    auto three = WireClient::logged_in(through(proxy));
    const auto port = wire::rows(one.exchange(
        wire::query("SELECT client_port FROM pg_stat_activity WHERE pid = pg_backend_pid()")))[0][0];
    Strike strike;
    strike.after_bytes = 3;
    SECTION("the others are let go") {
        proxy.arm(strike);
        CHECK(one.exchange(wire::query("SELECT 1")).empty());
        CHECK(std::to_string(proxy.struck_from()) == port);
        CHECK(wire::types(two.exchange(wire::query("SELECT 1"))) == "TDCZ");
    }
    SECTION("the others wait for the next") {
        proxy.arm(strike, strike);
        CHECK(one.exchange(wire::query("SELECT 1")).empty());
        CHECK(two.exchange(wire::query("SELECT 1")).empty());
    }
    CHECK(wire::types(three.exchange(wire::query("SELECT 1"))) == "TDCZ");
    CHECK(wire::types(WireClient::logged_in(through(proxy)).exchange(wire::query("SELECT 1"))) == "TDCZ");
}

TEST_CASE("fault proxy: a strike at the next byte lets the answer to the ones before through", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = WireClient::logged_in(through(proxy));
    Strike strike;
    strike.after_bytes = wire::query("SELECT 1").size();
    strike.at_next_byte = true;
    proxy.arm(strike);
    CHECK(wire::types(client.exchange(wire::query("SELECT 1"))) == "TDCZ");
    CHECK_FALSE(proxy.struck());
    CHECK(client.exchange(wire::query("SELECT 2")).empty());
    CHECK(proxy.struck());
}

TEST_CASE("fault proxy: a strike that is taken back, or frozen and let go, changes nothing", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    auto client = WireClient::logged_in(through(proxy));
    proxy.record();
    Strike strike;
    strike.after_bytes = 3;
    strike.how = Strike::How::kFreeze;
    proxy.arm(strike);
    client.send(wire::query("SELECT 1"));
    REQUIRE(eventually([&] { return proxy.struck(); }));
    CHECK(client.silent(std::chrono::milliseconds(50)));
    CHECK(proxy.recorded(Direction::kToTarget) == wire::query("SELECT 1").substr(0, 3));
    proxy.disarm();
    CHECK(wire::types(client.read_answer()) == "TDCZ");
    CHECK(proxy.recorded(Direction::kToTarget) == wire::query("SELECT 1"));
    CHECK(proxy.recorded(Direction::kFromTarget)[0] == 'T');
    client.close();
    REQUIRE(eventually([&] { return proxy.open_connections() == 0; }));
    CHECK(proxy.recorded(Direction::kToTarget) == wire::query("SELECT 1"));
    proxy.record();
    CHECK(proxy.recorded(Direction::kToTarget).empty());
}

TEST_CASE("fault proxy: new connections can be kept waiting", "[pg]") {
    REQUIRES_POSTGRES();
    FaultProxy proxy(Postgres::shared().port());
    proxy.hold_new(true);
    WireClient client(proxy.port());
    client.send(wire::startup({{"user", "app"}, {"database", "app"}}));
    CHECK(client.silent(std::chrono::milliseconds(50)));
    proxy.hold_new(false);
    CHECK(wire::transaction_status(client.read_answer()) == 'I');
}
