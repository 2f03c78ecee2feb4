#include "pooler/metrics/http_engine.h"

#include "tests/support/catch.h"
#include "tests/support/http_client.h"

using pooler::HttpEngine;
using pooler::HttpReply;
using pooler::HttpRequest;

namespace {

struct Scene {
    HttpRequest asked;
    int calls = 0;
    HttpEngine engine{[this](const HttpRequest& request) {
        asked = request;
        ++calls;
        HttpReply reply;
        reply.body = "0123456789";
        return reply;
    }};
    support::HttpAnswer respond(const std::string& head, bool local = true) {
        return support::parse_http(engine.respond(head, local));
    }
};

}  // namespace

TEST_CASE("http engine: method, path and the headers that count are passed on") {
    Scene scene;
    const auto answer = scene.respond(
        "GET /a%62c?x=1 HTTP/1.1\r\nHost: h\r\nACCEPT: text/plain\r\nauthorization: Bearer t\r\n\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == "0123456789");
    CHECK(answer.headers.at("connection") == "close");
    CHECK(answer.headers.at("cache-control") == "no-store");
    CHECK(scene.asked.method == "GET");
    CHECK(scene.asked.path == "/abc");
    CHECK(scene.asked.accept == "text/plain");
    CHECK(scene.asked.authorization == "Bearer t");
    CHECK(scene.asked.local);
    CHECK(scene.respond("GET / HTTP/1.1\r\nREMOTE_ADDR: local\r\n\r\n", false).status == 200);
    CHECK(!scene.asked.local);
}

TEST_CASE("http engine: HEAD has the length and no body; parts and compression are not offered") {
    Scene scene;
    const auto head = scene.respond("HEAD / HTTP/1.1\r\n\r\n");
    CHECK(head.body.empty());
    CHECK(head.headers.at("content-length") == "10");
    const auto part = scene.respond(
        "GET / HTTP/1.1\r\nRange: bytes=0-1,2-3\r\nAccept-Encoding: gzip\r\nRANGE: bytes=0-\r\n\r\n");
    CHECK(part.status == 200);
    CHECK(part.body == "0123456789");
    CHECK(part.headers.count("content-encoding") == 0);
}

TEST_CASE("http engine: what is no request never reaches a page") {
    Scene scene;
    for (const char* head : {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "NONSENSE / HTTP/1.1\r\n\r\n",
                             "GET / HTTP/7.0\r\n\r\n", "\x16\x03\x01\r\n\r\n"}) {
        CAPTURE(head);
        const int status = scene.respond(head).status;
        CHECK((status == 0 || status == 400));
        CHECK(scene.calls == 0);
    }
}
