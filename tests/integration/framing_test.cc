// The byte stream itself: split anywhere, both ways, and messages that make no sense.
#include "tests/integration/scene.h"
#include "tests/support/fault_proxy.h"

using namespace support;
using namespace support::wire;

namespace {

/// One of everything that a client can send in one unit; the answers are the same however it is cut.
std::string sample() {
    return query("SELECT 'simple'") + parse("s", "SELECT $1::text") + bind_portal("", "s", {"value"}) +
           describe_portal("") + execute("") + close_statement("s") + sync_message() +
           query("COPY (SELECT 1) TO STDOUT");
}

void check_sample_answer(WireClient& client) {
    CHECK(rows(client.read_answer()) == Rows{{"simple"}});
    const auto extended = client.read_answer();
    CHECK(types(extended) == "12TDC3Z");
    CHECK(rows(extended) == Rows{{"value"}});
    CHECK(types(client.read_answer()) == "HdcCZ");
}

Fault sliced(std::size_t bytes) {
    Fault fault;
    fault.slice_bytes = bytes;
    return fault;
}

}  // namespace

TEST_CASE("framing: a login and its queries may arrive one byte at a time", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send_in_pieces(startup({{"user", "app"}, {"database", "app"}}), 1);
    CHECK(transaction_status(client.read_answer()) == 'I');
    client.send_in_pieces(sample(), 1);
    check_sample_answer(client);
}

TEST_CASE("framing: client input may be cut at every byte", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto client = WireClient::logged_in(weir.login());
    const auto bytes = sample();
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        CAPTURE(cut);
        client.send(bytes.substr(0, cut));
        // An answer to the first part shows that the pooler has read it; without one it may or may not have.
        [[maybe_unused]] const bool quiet = client.silent(std::chrono::milliseconds(1));
        client.send(bytes.substr(cut));
        check_sample_answer(client);
    }
}

TEST_CASE("framing: the server's bytes may arrive in any pieces, from its first message on", "[pg]") {
    REQUIRES_POSTGRES();
    const auto slice = GENERATE(as<std::size_t>{}, 1, 2, 3, 5, 7, 64, 1000);
    CAPTURE(slice);
    FaultProxy proxy(Postgres::shared().port());
    proxy.from_target(sliced(slice));
    WeirConfig config;
    Weir weir(config.database(proxy.port()));
    auto client = WireClient::logged_in(weir.login());
    client.send(sample());
    check_sample_answer(client);
    CHECK(rows(client.exchange(query("SELECT repeat('x', 3000)"))) == Rows{{std::string(3000, 'x')}});
}

TEST_CASE("framing: an unknown message ends the connection with an explanation", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto client = WireClient::logged_in(weir.login());
    client.send(message('~', "?"));
    const auto answer = client.read_to_end();
    REQUIRE(types(answer) == "E");
    CHECK(error_fields(answer[0])['S'] == "FATAL");
    CHECK(sqlstate(answer) == "08P01");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("framing: an impossible length ends the connection and no other", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(scene::before(Postgres::shared()).set("max_packet_size", "100000"));
    auto bystander = Client::connect(weir.login());
    const auto bad = GENERATE(std::string("Q\0\0\0\3", 5), std::string("Q\0\0\0\0", 5),
                              std::string("Q\xff\xff\xff\xff", 5), std::string("Q\0\2\0\0", 5),
                              std::string("S\0\0\0\0", 5));
    auto client = WireClient::logged_in(weir.login());
    client.send(bad);
    const auto answer = client.read_to_end();
    REQUIRE(types(answer) == "E");
    CHECK(error_fields(answer[0])['S'] == "FATAL");
    CHECK(sqlstate(answer) == "08P01");
    CHECK(bystander.value("SELECT 1") == "1");
}

TEST_CASE("framing: malformed extended messages end the connection and leave the server usable", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = Postgres::shared();
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    const auto bad =
        GENERATE(message('P', "no terminator"), message('P', cstring("s")), message('B', cstring("p") + "s"),
                 message('D', ""), message('D', "X" + cstring("s")), message('C', "S"));
    auto client = WireClient::logged_in(weir.login());
    client.send(bad + sync_message());
    CHECK(sqlstate(client.read_to_end()) == "08P01");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
}

TEST_CASE("framing: Terminate and a bare end of stream both free the server silently", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    Weir weir(scene::before(postgres).set("default_pool_size", "1"));
    const auto pid = Client::connect(weir.login()).value("SELECT pg_backend_pid()");
    auto polite = WireClient::logged_in(weir.login());
    polite.exchange(query("SELECT 1"));
    polite.send(terminate());
    CHECK(polite.read_to_end().empty());
    auto rude = WireClient::logged_in(weir.login());
    rude.exchange(query("SELECT 1"));
    rude.finish_sending();
    CHECK(rude.read_to_end().empty());
    CHECK(eventually([&] { return weir.pool("cl_active") == 0; }));
    CHECK(Client::connect(weir.login()).value("SELECT pg_backend_pid()") == pid);
}
