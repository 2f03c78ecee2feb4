#include "conf/http_address.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

bool refused(const std::string& text, std::string_view why) {
    const auto address = conf::parse_http_address(text);
    return !address && address.error().text.find(why) != std::string::npos;
}

std::string error_of(const std::string& settings) { return texts::error_of("[pgbouncer]\n" + settings); }

bool names(const std::string& error, std::string_view line, std::string_view why) {
    INFO(error);
    return error.find(line) != std::string::npos && error.find(why) != std::string::npos;
}

}  // namespace

TEST_CASE("http_listen: addresses with a port, and paths") {
    const auto four = conf::parse_http_address("192.0.2.1:9127");
    REQUIRE(four);
    CHECK(four->host == "192.0.2.1");
    CHECK(four->port == 9127);
    CHECK(!four->local);
    const auto six = conf::parse_http_address("[2001:db8::1]:80");
    REQUIRE(six);
    CHECK(six->host == "2001:db8::1");
    CHECK(six->port == 80);
    CHECK(!six->local);
    for (const char* text :
         {"127.0.0.1:1", "127.8.9.10:65535", "[::1]:9127", "/run/http.sock", "unix:/run/h"}) {
        CAPTURE(text);
        const auto local = conf::parse_http_address(text);
        REQUIRE(local);
        CHECK(local->local);
    }
    CHECK(conf::parse_http_address("unix:/run/h")->path == "/run/h");
    CHECK(!conf::parse_http_address("0.0.0.0:9127")->local);
    CHECK(!conf::parse_http_address("[::]:9127")->local);
}

TEST_CASE("http_listen: names, missing ports and other text are refused with what to write") {
    CHECK(refused("localhost:9127", "has no numeric address; write 127.0.0.1:9127"));
    CHECK(refused("*:9127", "has no numeric address"));
    CHECK(refused("::1:9127", "has no numeric address"));
    CHECK(refused("[127.0.0.1]:9127", "has no numeric address"));
    CHECK(refused("9127", "has no port"));
    CHECK(refused("127.0.0.1", "has no port"));
    CHECK(refused("127.0.0.1:", "between 1 and 65535"));
    CHECK(refused("127.0.0.1:0", "between 1 and 65535"));
    CHECK(refused("127.0.0.1:65536", "between 1 and 65535"));
    CHECK(refused("127.0.0.1:91x", "between 1 and 65535"));
    CHECK(refused("unix:http.sock", "absolute path"));
    CHECK(refused("/" + std::string(107, 'x'), "too long"));
}

TEST_CASE("http_listen: beyond loopback a token must be set; errors name file, line and setting") {
    CHECK(error_of("http_listen = 127.0.0.1:9127\n").empty());
    CHECK(error_of("http_listen = 192.0.2.1:9127\nhttp_token = abc\n").empty());
    CHECK(error_of("http_token = not/used yet\n").empty());
    CHECK(names(error_of("workers=2\nhttp_listen = 192.0.2.1:9127\n"),
                ":3: http_listen: ", "192.0.2.1:9127 is not a loopback address: http_token must be set too"));
    CHECK(names(error_of("http_listen = example.com:9127\n"), ":2: http_listen: ", "has no numeric address"));
    CHECK(names(error_of("http_listen = 127.0.0.1:9127\nhttp_token = a b\n"),
                ":3: http_token: ", "only letters"));
}

TEST_CASE("readiness_url: scheme, host, port and path") {
    const auto plain = conf::parse_http_url("http://192.0.2.1:8080/health?ready=1");
    REQUIRE(plain);
    CHECK_FALSE(plain->tls);
    CHECK(plain->host == "192.0.2.1");
    CHECK(plain->port == 8080);
    CHECK(plain->path == "/health?ready=1");
    const auto six = conf::parse_http_url("https://[2001:db8::1]");
    REQUIRE(six);
    CHECK(six->tls);
    CHECK(six->host == "2001:db8::1");
    CHECK(six->port == 443);
    CHECK(six->path == "/");
    CHECK(conf::parse_http_url("https://[2001:db8::1]:8443/x")->port == 8443);
    CHECK(conf::parse_http_url("http://db.example.com?ready=1")->path == "/?ready=1");
    CHECK(conf::parse_http_url("http://{host}:8080/x", "db1.example.com")->host == "db1.example.com");
    CHECK(conf::parse_http_url("http://{host}/x", "2001:db8::2")->host == "2001:db8::2");
}

TEST_CASE("readiness_url: other text is refused") {
    for (const char* text :
         {"", "192.0.2.1:8080", "ftp://192.0.2.1/", "http://", "http:///path", "http://h:0/",
          "http://h:70000/", "http://h:x/", "http://user@h/", "http://h/a b", "http://h/#part",
          "http://h/\r\nX: y", "http://[2001:db8::1/", "http://{host}/"}) {
        CAPTURE(text);
        CHECK_FALSE(conf::parse_http_url(text));
    }
}

TEST_CASE("readiness_url: one address for several hosts, or for a socket, is refused with what to write") {
    const auto error = [](const std::string& entry) {
        return texts::error_of("[databases]\napp = " + entry + "\n[pgbouncer]\n");
    };
    CHECK(names(error("host=db1,db2 readiness_url=http://192.0.2.1/health"), ":2", "{host}"));
    CHECK(names(error("host=/run/postgresql readiness_url=http://{host}/health"), ":2",
                "write the address itself"));
    CHECK(names(error("host=db1 readiness_url=db1:8080"), ":2", "begins with neither http://"));
    CHECK(names(texts::error_of("[databases]\n* = host=db1 readiness_url=http://{host}/\n[pgbouncer]\n"),
                ":2", "does not go with '*'"));
    CHECK(error("host=db1,db2 readiness_url=http://{host}:8080/health?ready=1").empty());
}
