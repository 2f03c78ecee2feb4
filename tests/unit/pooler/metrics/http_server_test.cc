#include "pooler/metrics/http_server.h"

#include <list>
#include <mutex>

#include "tests/support/catch.h"
#include "tests/support/http_client.h"

using namespace std::chrono_literals;
using pooler::HttpReply;
using pooler::HttpServer;
using support::HttpConnection;

namespace {

constexpr std::size_t kLarge = 20'000'000;  // more than the sockets of both sides take

pooler::ListenSocket any_port(std::uint16_t& port) {
    auto socket = pooler::listen_at(*pooler::parse_numeric("127.0.0.1", 0), 64);
    REQUIRE(socket);
    port = socket->address().port();
    return *std::move(socket);
}

HttpReply large(const pooler::HttpRequest&) {
    HttpReply reply;
    reply.body = std::string(kLarge, 'x');
    return reply;
}

}  // namespace

TEST_CASE("http server: a client that does not send its request, or not take the answer, is cut off") {
    std::uint16_t port = 0;
    HttpServer server{large, {.head = 50ms, .body = 50ms, .close = 50ms}};
    server.listen(any_port(port));
    HttpConnection silent(port);
    CHECK(silent.ends());
    HttpConnection slow(port);
    slow.send("GET / HTTP/1.1\r\n");
    CHECK(slow.ends());
    // One that begins to read too late: the rest of its answer is gone with the connection.
    CHECK(support::eventually([&] {
        HttpConnection deaf(port);
        deaf.send("GET / HTTP/1.1\r\n\r\n");
        static_cast<void>(support::always([] { return true; }, 100ms));
        return deaf.read_to_end().size() < kLarge;
    }));
}

TEST_CASE("http server: answers that take long leave room for others, and the end comes at once") {
    std::uint16_t port = 0;
    std::mutex gate;
    std::unique_lock closed{gate};
    HttpServer server{[&](const pooler::HttpRequest& request) {
        if (request.path == "/slow") const std::lock_guard wait{gate};
        return HttpReply{};
    }};
    server.listen(any_port(port));
    std::list<HttpConnection> waiting;
    for (unsigned i = 0; i + 1 < HttpServer::kThreads; ++i) {
        waiting.emplace_back(port);
        waiting.back().send("GET /slow HTTP/1.1\r\n\r\n");
    }
    CHECK(support::http(port, "/fast").status == 200);
    closed.unlock();
    for (HttpConnection& connection : waiting)
        CHECK(support::parse_http(connection.read_to_end()).status == 200);
    HttpConnection open(port);
    server.stop();
    CHECK(open.ends());
    CHECK(!HttpConnection(port).open());
}

TEST_CASE("http server: moving to another socket closes the first, nowhere closes both") {
    std::uint16_t first = 0;
    std::uint16_t second = 0;
    HttpServer server{[](const pooler::HttpRequest&) { return HttpReply{}; }};
    server.listen({});
    server.listen(any_port(first));
    CHECK(support::http(first, "/").status == 200);
    server.listen(any_port(second));
    CHECK(support::http(second, "/").status == 200);
    CHECK(support::eventually([&] { return !HttpConnection(first).open(); }));
    server.listen({});
    CHECK(support::eventually([&] { return !HttpConnection(second).open(); }));
}
