#include "pooler/session/opening.h"

#include <vector>

#include "tests/support/catch.h"

using pooler::Opening;
using pooler::read_opening;
using Kind = Opening::Kind;

namespace {

std::string ssl() {
    std::string packet;
    protocol::encode_ssl_request(packet);
    return packet;
}

std::string gss() {
    std::string packet;
    protocol::encode_gssenc_request(packet);
    return packet;
}

std::string startup() {
    std::string packet;
    const std::vector<protocol::ParameterView> parameters{{"user", "ann"}};
    protocol::encode_startup(packet, protocol::kProtocol30, parameters);
    return packet;
}

}  // namespace

TEST_CASE("opening: a request for encryption is taken alone, whatever came before it") {
    CHECK(read_opening(ssl(), true, false).kind == Kind::kTls);
    CHECK(read_opening(ssl(), false, false).kind == Kind::kInClear);
    CHECK(read_opening(gss(), true, false).kind == Kind::kInClear);
    for (const std::string& request : {ssl(), gss()}) {
        for (const bool offered : {true, false}) {
            const Opening glued = read_opening(request + startup(), offered, false);
            CHECK(glued.kind == Kind::kFault);
            CHECK(glued.refuse_encryption);
            CHECK(glued.bytes == 0);
        }
        const Opening again = read_opening(request, true, true);
        CHECK(again.kind == Kind::kFault);
        CHECK_FALSE(again.refuse_encryption);
        CHECK(again.silent);
    }
}

TEST_CASE("opening: a packet is waited for until it is whole, and no longer than it may be") {
    const std::string packet = startup();
    for (std::size_t n = 0; n < packet.size(); ++n)
        CHECK(read_opening(packet.substr(0, n), true, false).kind == Kind::kIncomplete);
    const Opening whole = read_opening(packet + "p", true, false);
    CHECK(whole.kind == Kind::kMessage);
    CHECK(whole.bytes == packet.size());
    CHECK(read_opening(std::string{"\0\1\0\0", 4}, true, false).kind == Kind::kFault);
}

TEST_CASE("opening: a password is too early, any other message is no packet") {
    CHECK(read_opening({"p\0\0\0\5x", 6}, true, false).fault == "password message before startup packet");
    CHECK(read_opening({"Q\0\0\0\5x", 6}, true, false).fault == "bad packet header: '510000000578'");
    CHECK_FALSE(read_opening({"p\0\0\0\5x", 6}, true, false).silent);
}

TEST_CASE("opening: no packet begins like a TLS handshake") {
    CHECK(pooler::begins_handshake('\x16'));
    CHECK_FALSE(pooler::begins_handshake(ssl().front()));
    CHECK(read_opening("\x16\x03\x01\x02\x00\x01\xfc\x03", true, false).kind == Kind::kFault);
}
