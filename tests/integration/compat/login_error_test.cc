// Errors of the start-up phase and of logins by rule, each text with its severity and SQLSTATE.
#include <pwd.h>
#include <unistd.h>

#include "tests/integration/compat/compat.h"
#include "tests/support/temp_dir.h"

using namespace support;
using namespace support::wire;

namespace {

/// The error with which the pooler ends a connection that begins with these bytes.
std::string first_bytes(const Weir& weir, const std::string& bytes) {
    WireClient client(weir.port());
    client.send(bytes);
    return compat::error(client.read_to_end());
}

/// A packet without a type: its length and what follows.
std::string untagged(const std::string& body) {
    return int32(static_cast<std::uint32_t>(body.size() + 4)) + body;
}

std::string unix_refusal(const Weir& weir, const std::string& user) {
    WireClient client(weir.socket());
    client.send(startup({{"user", user}, {"database", "app"}}));
    return compat::error(client.read_to_end());
}

}  // namespace

TEST_CASE("errors: a start-up packet that is none, with what it began with", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(Postgres::shared());
    const std::string header = "FATAL 08P01 bad packet header: '";
    CHECK(first_bytes(weir, int32(3)) == header + "00000003'");
    CHECK(first_bytes(weir, int32(65536)) == header + "00010000'");
    CHECK(first_bytes(weir, startup({{"user", "app"}}, 4U << 16U)) == header + "0000001200040000'");
    CHECK(first_bytes(weir, "GET / HTTP/1.1\r\n\r\n") == header + "474554202f204854'");
    CHECK(first_bytes(weir, startup({{"user", "app"}}, kProtocol20)) ==
          "FATAL 08P01 old V2 protocol not supported");
    const std::string layout = "FATAL 08P01 invalid startup packet layout";
    CHECK(first_bytes(weir, untagged(int32(kProtocol30) + cstring("user") + cstring("app"))) == layout);
    CHECK(first_bytes(weir, untagged(int32(kProtocol30) + cstring("user") + cstring("app") +
                                     std::string(1, '\0') + "more")) == layout);
    CHECK(first_bytes(weir, password("early")) == "FATAL 08P01 password message before startup packet");
    for (const auto& request : {ssl_request(), gss_request()}) {
        WireClient client(weir.port());
        client.send(request + startup({{"user", "app"}}));
        CHECK(client.read_byte() == 'N');
        CHECK(compat::error(client.read_to_end()) ==
              "FATAL 08P01 received unencrypted data after SSL or GSSENC request");
    }
}

TEST_CASE("errors: no rule for a login, a rule that rejects it, a peer of another name", "[pg]") {
    REQUIRES_POSTGRES();
    const TempDir folder;
    auto config = compat::before(Postgres::shared()).set("auth_type", "hba");
    config.set("auth_hba_file", folder.write("hba",
                                             "host pgbouncer admin 127.0.0.1/32 trust\n"
                                             "host all other 127.0.0.1/32 reject\n"
                                             "local all all peer\n"));
    Weir weir(config);
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "app"}}) ==
          "FATAL 08P01 no authentication method found");
    CHECK(compat::refusal(weir, {{"user", "other"}, {"database", "app"}}) == "FATAL 08P01 login rejected");
    CHECK(unix_refusal(weir, "app") == "FATAL 08P01 unix socket login rejected");
}
