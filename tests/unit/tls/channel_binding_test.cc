#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;

TEST_CASE("tls channel binding: both ends see the same hash, and another certificate another one") {
    Files files;
    const auto client = context(files.client(tls::PeerCheck::kName));
    Pair one{context(files.good_server()), client, {.host = "db.example.com"}};
    REQUIRE(one.handshake());
    const auto at_server = one.server->channel_binding();
    const auto at_client = one.client->channel_binding();
    REQUIRE(at_server);
    CHECK(*at_server == *at_client);
    CHECK(at_server->size() == 32);

    Pair other{context(files.good_server()), client, {.host = "db.example.com"}};
    REQUIRE(other.handshake());
    CHECK(*other.client->channel_binding() != *at_client);
}

TEST_CASE("tls channel binding: it is there also when a session is resumed") {
    Files files;
    const auto server = context(files.good_server());
    const auto client = context(files.client(tls::PeerCheck::kName));
    Pair first{server, client, {.host = "db.example.com"}};
    REQUIRE(first.handshake());
    REQUIRE(first.server->write("x", 1).status == tls::Status::kDone);
    first.read_at_client();  // takes the ticket along
    Pair second{server, client, {.host = "db.example.com"}};
    REQUIRE(second.handshake());
    CHECK(second.client->resumed());
    CHECK(*second.client->channel_binding() == *first.server->channel_binding());
}
