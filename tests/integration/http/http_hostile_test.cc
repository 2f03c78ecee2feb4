// Clients that do not keep to the rules, or only to the letter of them.
#include <list>

#include "tests/integration/http/http_scene.h"

using namespace support;

namespace {

std::string talk(std::uint16_t port, const std::string& bytes) {
    HttpConnection connection(port);
    REQUIRE(connection.open());
    connection.send(bytes);
    return connection.read_to_end();
}

}  // namespace

TEST_CASE("http: other methods, paths and versions get their answers", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
        CAPTURE(method);
        const auto answer = support::http(http.port, "/metrics", "", method);
        CHECK(answer.status == 405);
        CHECK(answer.headers.at("allow") == "GET, HEAD");
    }
    for (const char* path : {"/", "/metrics/", "/../etc/passwd", "/%2e%2e/etc/passwd", "/livez%00"}) {
        CAPTURE(path);
        CHECK(http.status(path) == 404);
    }
    CHECK(http.status("/livez?verbose=1") == 200);
    const auto head = support::http(http.port, "/metrics", "", "HEAD");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(std::stoul(head.headers.at("content-length")) > 1000);
    const std::string answer = talk(http.port, "GET /livez HTTP/1.0\r\n\r\n");
    CHECK(parse_http(answer).status == 200);
    // A body is not waited for, and the answer arrives all the same.
    const std::string with_body =
        talk(http.port, "POST /metrics HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'));
    CHECK(parse_http(with_body).status == 405);
    // One request for each connection: a second one in the same packet is not answered.
    const std::string two = talk(http.port, "GET /livez HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\n\r\n");
    CHECK(two.find("HTTP/1.1", 1) == std::string::npos);
    CHECK(two.find("Connection: close") != std::string::npos);
}

TEST_CASE("http: bytes that are no request, and parts of pages, cost nothing", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    const std::string ranges = "Range: bytes=0-1" + std::string(2000, ' ') + "\r\n";
    for (const std::string& bytes : std::vector<std::string>{
             "\r\n\r\n", "GET\r\n\r\n", std::string("\0\1\2\3\r\n\r\n", 8), "GET /livez\r\n\r\n",
             "GET /livez HTTP/9.9\r\n\r\n", "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n",
             "GET /livez HTTP/1.1\r\nX: " + std::string(9000, 'a') + "\r\n\r\n",
             "GET /livez HTTP/1.1\r\nNo colon\r\n\r\n", "GET /livez HTTP/1.1\r\n: nameless\r\n\r\n"}) {
        const auto answer = parse_http(talk(http.port, bytes));
        CHECK(answer.status != 503);
        CHECK(http.status("/livez") == 200);
    }
    std::string many = "Range: bytes=";
    for (int i = 0; i < 1000; ++i) many += "0-,";
    const auto whole = http.get("/livez", many + "0-\r\nAccept-Encoding: gzip, br\r\n");
    CHECK(whole.status == 200);
    CHECK(whole.body == "alive\n");
    CHECK(http.get("/metrics", "Range: bytes=0-1\r\n").status == 200);
}

TEST_CASE("http: clients that send slowly or nothing at all do not keep others out", "[pg]") {
    REQUIRES_POSTGRES();
    scene::HttpWeir http;
    std::list<HttpConnection> silent;
    for (int i = 0; i < 100; ++i) {
        silent.emplace_back(http.port);
        silent.back().send("GET /livez HTTP/1.1\r\nX: y");
    }
    for (int i = 0; i < 5; ++i) CHECK(http.status("/livez") == 200);
    CHECK(http.status("/metrics") == 200);
    CHECK(silent.front().ends());  // it made room
    auto client = Client::connect(http.weir.login());
    CHECK(client.value("SELECT 1") == "1");
}
