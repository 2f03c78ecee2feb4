// Clients that say, before they are known, whatever may crash, hang or deceive a pooler: none of
// them gets in, at whatever byte what they say is cut.
#include <vector>

#include "tests/integration/scene.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

/// Asks for SCRAM, offers TLS. Behind its database is nothing: who gets there has got too far.
WeirConfig guarded() {
    static TempDir folder;
    static const Credentials own = self_signed({.common_name = "weir"});
    WeirConfig config;
    config.database(1);
    config.set("auth_type", "scram-sha-256").set("client_tls_sslmode", "allow");
    config.set("client_tls_cert_file", folder.write("weir.crt", own.certificate));
    config.set("client_tls_key_file", folder.write("weir.key", own.key));
    config.userlist = {{"app", "secret"}, {"admin", "admin password"}};
    return config;
}

std::string startup() { return wire::startup({{"user", "app"}, {"database", "app"}}); }

struct Case {
    const char* name;
    std::string bytes;
};

std::vector<Case> first_packets() {
    const std::string version = wire::int32(wire::kProtocol30);
    return {{"SSLRequest and more in clear", wire::ssl_request() + startup()},
            {"GSSENCRequest and more in clear", wire::gss_request() + startup()},
            {"SSLRequest twice", wire::ssl_request() + wire::ssl_request()},
            {"length 0", wire::int32(0) + version},
            {"length 7", wire::int32(7) + version},
            {"negative length", wire::int32(0xffffffffU) + version},
            {"length of 2 GiB", wire::int32(0x7fffffffU) + version + std::string(200, 'x')},
            {"no terminator", wire::int32(17) + version + std::string("user\0app\0", 9)},
            {"no user", wire::startup({{"database", "app"}})},
            {"protocol 2", wire::startup({{"user", "app"}}, wire::kProtocol20)},
            {"HTTP", "GET / HTTP/1.1\r\nHost: db.example.com\r\n\r\n"},
            {"half a TLS record", std::string("\x16\x03\x01\x7f\xff\x01", 6) + std::string(60, 'x')},
            {"a message behind no login", wire::query("SELECT 1")},
            {"a cancel request without a key", wire::int32(8) + wire::int32(80877102)}};
}

std::string sasl_initial(const std::string& mechanism, std::uint32_t length, const std::string& data) {
    return wire::message('p', wire::cstring(mechanism) + wire::int32(length) + data);
}

std::vector<Case> first_answers() {
    const std::string first = "n,,n=,r=abcdef";
    const auto size = static_cast<std::uint32_t>(first.size());
    const std::string mechanism = "SCRAM-SHA-256";
    return {{"a length beyond the message", sasl_initial(mechanism, 0x7fffffffU, first)},
            {"a negative length", sasl_initial(mechanism, 0xfffffffeU, first)},
            {"no first message", sasl_initial(mechanism, 0xffffffffU, "")},
            {"an unknown mechanism", sasl_initial("NTLM", size, first)},
            {"channel binding without TLS", sasl_initial("SCRAM-SHA-256-PLUS", size, first)},
            {"a mechanism without an end", wire::message('p', mechanism)},
            {"a final message first", wire::message('p', "c=biws,r=x,p=AAAA")},
            {"an empty message", wire::message('p', "")},
            {"a password in clear", wire::message('p', std::string("secret\0", 7))},
            {"length 0", std::string("p") + wire::int32(0)},
            {"negative length", std::string("p") + wire::int32(0xffffffffU)},
            {"a query instead", wire::query("SELECT 1")},
            {"a huge nonce", sasl_initial(mechanism, 60012, "n,,n=,r=" + std::string(60004, 'r'))},
            {"a first message, then a query", sasl_initial(mechanism, size, first) + wire::query("SELECT 1")},
            {"a first message, then an answer for another nonce",
             sasl_initial(mechanism, size, first) + wire::message('p', "c=biws,r=zzz,p=AAAA")}};
}

/// All that is said to a client that says this, in two packets, and then no more.
std::string told(const Weir& weir, const std::string& bytes, std::size_t cut) {
    WireClient client{weir.port()};
    static_cast<void>(client.send(std::string_view{bytes}.substr(0, cut)));
    static_cast<void>(client.send(std::string_view{bytes}.substr(cut)));
    client.finish_sending();
    std::string said;
    while (const auto byte = client.read_byte()) said += *byte;
    return said;
}

const std::string kAuthenticationOk{"R\0\0\0\x08\0\0\0\0", 9};

}  // namespace

TEST_CASE("hostile client: no first packet lets anybody in, cut at any byte") {
    Weir weir{guarded()};
    for (const Case& one : first_packets()) {
        CAPTURE(one.name);
        std::size_t entered = 0;
        for (std::size_t cut = 0; cut <= one.bytes.size(); ++cut)
            if (told(weir, one.bytes, cut).find(kAuthenticationOk) != std::string::npos) ++entered;
        CHECK(entered == 0);
    }
    CHECK(weir.show("VERSION").size() == 1);
    CHECK(eventually([&] { return weir.show("CLIENTS").size() == 1; }));  // the console's own
}

TEST_CASE("hostile client: no answer to SCRAM lets anybody in but the right one, cut at any byte") {
    Weir weir{guarded()};
    for (const Case& one : first_answers()) {
        CAPTURE(one.name);
        const std::string bytes = startup() + one.bytes;
        const std::size_t step = bytes.size() > 1000 ? 5003 : 1;
        std::size_t entered = 0;
        std::size_t silent = 0;
        for (std::size_t cut = 0; cut <= bytes.size(); cut += step) {
            const std::string said = told(weir, bytes, cut);
            if (said.find(kAuthenticationOk) != std::string::npos) ++entered;
            if (said.empty()) ++silent;
        }
        CHECK(entered == 0);
        CHECK(silent == 0);  // asked for SCRAM at least
    }
    CHECK(eventually([&] { return weir.show("CLIENTS").size() == 1; }));
}

TEST_CASE("hostile client: a start-up packet cut at any byte is taken like a whole one") {
    Weir weir{guarded()};
    const std::string bytes = startup();
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const std::string said = told(weir, bytes, cut);
        CHECK(said.find("SCRAM-SHA-256") != std::string::npos);
    }
}
