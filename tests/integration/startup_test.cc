// The first bytes of a connection, as raw as they come.
#include "tests/integration/scene.h"

using namespace support;
using namespace support::wire;

namespace {

const Parameters kApp{{"user", "app"}, {"database", "app"}};

/// What the pooler says to these first bytes before it closes the connection.
Messages refusal(const Weir& weir, const std::string& bytes) {
    WireClient client(weir.port());
    client.send(bytes);
    return client.read_to_end();
}

void check_fatal(const Messages& answer) {
    REQUIRE(types(answer) == "E");
    CHECK(error_fields(answer[0])['S'] == "FATAL");
    CHECK(sqlstate(answer) == "08P01");
}

}  // namespace

TEST_CASE("startup: a 3.0 login is answered with parameters, a key of eight bytes and readiness", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send(startup(kApp));
    const auto login = client.read_until('Z');
    REQUIRE(login.size() > 3);
    CHECK(login.front().type == 'R');
    CHECK(login.front().body == int32(0));
    CHECK(types(login).find_first_not_of("RSKZ") == std::string::npos);
    CHECK(login[login.size() - 2].type == 'K');
    CHECK(login[login.size() - 2].body.size() == 8);
    CHECK(transaction_status(login) == 'I');
}

TEST_CASE("startup: a 3.2 client is told that 3.0 is spoken and then served", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    auto parameters = kApp;
    parameters.emplace_back("_pq_.future", "1");
    client.send(startup(parameters, kProtocol32));
    const auto negotiation = client.read();
    REQUIRE(negotiation);
    CHECK(negotiation->type == 'v');
    CHECK(negotiation->body == int32(kProtocol30) + int32(1) + cstring("_pq_.future"));
    const auto login = client.read_answer();
    CHECK(types(login) == "RKZ");
    CHECK(login[1].body.size() == 8);
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("startup: without a _pq_ parameter a 3.0 login sees no negotiation", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send(startup(kApp));
    CHECK(types(client.read_answer()) == "RKZ");
}

TEST_CASE("startup: requests for TLS and GSS are declined and the login goes on", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send(gss_request());
    CHECK(client.read_byte() == 'N');
    client.send(ssl_request());
    CHECK(client.read_byte() == 'N');
    client.send(startup(kApp));
    CHECK(types(client.read_answer()) == "RKZ");
    CHECK(Client(weir.login().with("sslmode=prefer")).connected());
    CHECK_FALSE(Client(weir.login().with("sslmode=require")).connected());
}

TEST_CASE("startup: bytes glued behind a request for encryption are refused", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    for (const auto& request : {ssl_request(), gss_request()}) {
        WireClient client(weir.port());
        client.send(request + startup(kApp));
        std::string said;  // perhaps an N first, as PostgreSQL does
        while (const auto byte = client.read_byte()) said += *byte;
        CHECK(said.find("FATAL") != std::string::npos);
        CHECK(said.find("unencrypted data") != std::string::npos);
    }
    CHECK(weir.pool("cl_active") == 0);
}

TEST_CASE("startup: protocol 2 and versions that never were are refused", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    check_fatal(refusal(weir, startup(kApp, kProtocol20)));
    check_fatal(refusal(weir, startup(kApp, 0)));
    check_fatal(refusal(weir, startup(kApp, 4U << 16U)));
    check_fatal(refusal(weir, startup(kApp, 0xffffffff)));
}

TEST_CASE("startup: malformed packets are refused and cost nobody else anything", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    auto bystander = Client::connect(weir.login());
    const auto raw = [](const std::string& body) {
        return int32(static_cast<std::uint32_t>(body.size()) + 4) + body;
    };
    check_fatal(refusal(weir, int32(3)));
    check_fatal(refusal(weir, int32(0x7fffffff) + int32(kProtocol30)));
    check_fatal(refusal(weir, "GET / HTTP/1.1\r\n\r\n"));
    check_fatal(refusal(weir, raw(int32(kProtocol30) + "user")));
    check_fatal(refusal(weir, raw(int32(kProtocol30) + cstring("user") + cstring("app"))));
    check_fatal(
        refusal(weir, raw(int32(kProtocol30) + cstring("user") + cstring("app") + cstring("") + "more")));
    CHECK(error_text(refusal(weir, startup({{"database", "app"}}))) == "no username supplied");
    CHECK(bystander.value("SELECT 1") == "1");
}

TEST_CASE("startup: the database is called like the user if none is named", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send(startup({{"user", "app"}}));
    CHECK(transaction_status(client.read_answer()) == 'I');
    CHECK(rows(client.exchange(query("SELECT current_database()"))) == Rows{{"app"}});
    CHECK(error_text(refusal(weir, startup({{"user", "other"}}))) == "no such database: other");
}

TEST_CASE("startup: a message before the startup packet is refused", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    check_fatal(refusal(weir, password("too early")));
    check_fatal(refusal(weir, query("SELECT 1")));
}

TEST_CASE("startup: queries glued behind the startup packet wait for the login", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.port());
    client.send(startup(kApp) + query("SELECT 1") + query("SELECT 2"));
    CHECK(types(client.read_answer()) == "RKZ");
    CHECK(rows(client.read_answer()) == Rows{{"1"}});
    CHECK(rows(client.read_answer()) == Rows{{"2"}});
}

TEST_CASE("startup: any database is found through the * entry", "[pg]") {
    REQUIRES_POSTGRES();
    WeirConfig config;
    config.databases["*"] = "host=127.0.0.1 port=" + std::to_string(Postgres::shared().port());
    Weir weir(config);
    CHECK(Client::connect(weir.login()).value("SELECT current_database()") == "app");
    const auto elsewhere = weir.login("app").with_database("postgres");
    CHECK(Client::connect(elsewhere).value("SELECT current_database()") == "postgres");
    WireClient client(weir.port());
    client.send(startup({{"user", "app"}, {"database", "not_there"}}));
    CHECK(sqlstate(client.read_to_end()) == "3D000");
}

TEST_CASE("startup: the Unix socket serves the same databases", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    WireClient client(weir.socket());
    client.send(ssl_request());
    CHECK(client.read_byte() == 'N');
    client.send(startup(kApp));
    CHECK(transaction_status(client.read_answer()) == 'I');
    CHECK(rows(client.exchange(query("SELECT 1"))) == Rows{{"1"}});
    CHECK(Client::connect(weir.unix_login()).value("SELECT 2") == "2");
}
