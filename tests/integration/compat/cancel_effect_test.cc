// What becomes of cancel requests: how long their clients stay, how they are passed to peers, what SHOW
// tells.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/compat/compat.h"
#include "tests/support/fault_proxy.h"

using namespace support;
using namespace support::wire;

namespace {

/// A cancel request under way; its answer is the end of the stream.
WireClient cancelling(const Weir& weir, const std::string& key) {
    WireClient request(weir.port());
    request.send(cancel_request(key));
    return request;
}

/// A client with a running statement behind a proxy that no longer lets anything through to the server.
struct Stalled {
    /// `source`: what the statement selects from, and by that waits for.
    explicit Stalled(const std::string& cancel_wait_timeout, const std::string& source = "pg_sleep(600)")
        : weir{WeirConfig{}.database(proxy.port()).set("cancel_wait_timeout", cancel_wait_timeout)},
          client{WireClient::logged_in(weir.login())} {
        client.send(query("SELECT 'whole' FROM " + source));
        CHECK(scene::running(Postgres::shared(), "whole"));
        Fault stall;
        stall.stall = true;
        proxy.to_target(stall);
    }
    FaultProxy proxy{Postgres::shared().port()};
    Weir weir;
    WireClient client;
};

/// Stands where another process of the same group listens; takes connections only when told to.
class Peer {
 public:
    Peer() : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(descriptor_, 16) == 0);
        REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
    }
    ~Peer() { ::close(descriptor_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Takes the next connection, reads one cancel request from it and closes: that is the answer.
    [[nodiscard]] std::string take_one() const {
        pollfd wait{descriptor_, POLLIN, 0};
        REQUIRE(::poll(&wait, 1, remaining_ms(Clock::now() + kDeadline)) == 1);
        const int connection = ::accept(descriptor_, nullptr, nullptr);
        std::string bytes(16, '\0');
        const auto got = ::recv(connection, bytes.data(), bytes.size(), MSG_WAITALL);
        CHECK(got == 16);
        ::close(connection);
        return bytes;
    }

 private:
    int descriptor_;
    std::uint16_t port_ = 0;
};

/// Process 1, with a peer 2 that may get two cancels at once.
WeirConfig beside(const Peer& peer) {
    auto config = compat::before(Postgres::shared()).set("peer_id", "1").set("workers", "1");
    config.peers["2"] = "host=127.0.0.1 pool_size=2 port=" + std::to_string(peer.port());
    return config;
}

/// A key that peer 2 made; its last byte ends in the hops that are left.
std::string key_of_peer(char mark, int hops) {
    return {mark, 2, 0, mark, mark, mark, mark, static_cast<char>(0x40 | hops)};
}

}  // namespace

TEST_CASE("cancel: the request's connection stays until the server has closed the forwarded one", "[pg]") {
    REQUIRES_POSTGRES();
    Stalled scene{"60"};
    auto request = cancelling(scene.weir, scene.client.backend_key());
    CHECK(eventually([&] { return scene.weir.pool("sv_active_cancel") == 1; }));
    CHECK(scene.weir.pool("cl_active_cancel_req") == 1);
    CHECK_FALSE(compat::row_with(scene.weir, "CLIENTS", {{"state", "active_cancel_req"}}).empty());
    CHECK_FALSE(compat::row_with(scene.weir, "SOCKETS", {{"state", "cl_active_cancel_req"}}).empty());
    const auto server = compat::row_with(scene.weir, "SERVERS", {{"state", "active_cancel"}});
    REQUIRE_FALSE(server.empty());
    CHECK(server.at("user") == "app");
    CHECK(server.at("database") == "app");
    CHECK(server.at("addr") == "127.0.0.1");
    CHECK(server.at("port") == std::to_string(scene.proxy.port()));
    CHECK(std::stol(server.at("id")) > 0);
    auto again = cancelling(scene.weir, scene.client.backend_key());  // of the same statement: waits too
    CHECK(request.silent(std::chrono::milliseconds(300)));
    CHECK(again.silent(std::chrono::milliseconds(10)));
    scene.proxy.heal();
    CHECK(request.read_to_end().empty());
    CHECK(again.read_to_end().empty());
    CHECK(sqlstate(scene.client.read_answer()) == "57014");
    CHECK(rows(scene.client.exchange(query("SELECT 1"))) == Rows{{"1"}});
    CHECK(compat::row_with(scene.weir, "CLIENTS", {{"state", "active_cancel_req"}}).empty());
    CHECK(compat::row_with(scene.weir, "SERVERS", {{"state", "active_cancel"}}).empty());
}

TEST_CASE("cancel: until its connection is open the request waits and a server is new", "[pg]") {
    REQUIRES_POSTGRES();
    Stalled scene{"60"};
    scene.proxy.black_hole();  // the first packet of the cancel is lost
    auto request = cancelling(scene.weir, scene.client.backend_key());
    CHECK(eventually([&] { return scene.weir.pool("cl_waiting_cancel_req") == 1; }));
    CHECK(scene.weir.pool("cl_active_cancel_req") == 0);
    CHECK(scene.weir.pool("sv_active_cancel") == 0);
    CHECK(scene.weir.pool("sv_login") == 1);
    CHECK_FALSE(compat::row_with(scene.weir, "CLIENTS", {{"state", "waiting_cancel_req"}}).empty());
    CHECK_FALSE(compat::row_with(scene.weir, "SERVERS", {{"state", "new"}, {"database", "app"}}).empty());
    CHECK(scene.weir.console("SET cancel_wait_timeout = '0.1'").ok);
    CHECK(request.read_to_end().empty());
    CHECK(eventually([&] { return scene.weir.pool("cl_waiting_cancel_req") == 0; }));
    CHECK(scene.weir.pool("sv_login") == 0);
    // The server is frozen for good: its statement ends in another way, so that no other case counts it.
    auto& postgres = Postgres::shared();
    CHECK(postgres.terminate("state = 'active' AND query LIKE '%whole%'") == 1);
    CHECK(scene::running(postgres, "whole", 0));
}

TEST_CASE("cancel: a server whose statement ended before the cancel came is being cancelled, for nobody",
          "[pg]") {
    REQUIRES_POSTGRES();
    auto& control = Postgres::shared().control();
    control.query("SELECT pg_advisory_lock(4712)");
    Stalled scene{"60", "pg_advisory_xact_lock(4712)"};
    auto request = cancelling(scene.weir, scene.client.backend_key());
    CHECK(eventually([&] { return scene.weir.pool("sv_active_cancel") == 1; }));
    CHECK(scene.weir.pool("sv_being_canceled") == 0);
    control.query("SELECT pg_advisory_unlock(4712)");
    CHECK(rows(scene.client.read_answer()) == Rows{{"whole"}});
    CHECK(eventually([&] { return scene.weir.pool("sv_being_canceled") == 1; }));
    CHECK(scene.weir.pool("sv_idle") == 0);
    CHECK_FALSE(compat::row_with(scene.weir, "SERVERS", {{"state", "being_canceled"}}).empty());
    CHECK_FALSE(compat::row_with(scene.weir, "SOCKETS", {{"state", "sv_being_canceled"}}).empty());
    scene.proxy.heal();
    CHECK(request.read_to_end().empty());
    CHECK(eventually([&] { return scene.weir.pool("sv_idle") == 1; }));
    CHECK(scene.weir.pool("sv_being_canceled") == 0);
    CHECK(rows(scene.client.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("cancel: a client that does not wait for the end leaves nothing behind", "[pg]") {
    REQUIRES_POSTGRES();
    Stalled scene{"60"};
    {
        auto request = cancelling(scene.weir, scene.client.backend_key());
        CHECK(eventually([&] { return scene.weir.pool("cl_active_cancel_req") == 1; }));
    }
    CHECK(eventually([&] {
        return compat::row_with(scene.weir, "CLIENTS", {{"state", "active_cancel_req"}}).empty();
    }));
    scene.proxy.heal();
    CHECK(sqlstate(scene.client.read_answer()) == "57014");
}

TEST_CASE("cancel_wait_timeout: a cancel that the server's host does not take is given up", "[pg]") {
    REQUIRES_POSTGRES();
    auto& control = Postgres::shared().control();
    control.query("SELECT pg_advisory_lock(4711)");
    Stalled scene{"1", "pg_advisory_xact_lock(4711)"};
    auto request = cancelling(scene.weir, scene.client.backend_key());
    CHECK(eventually([&] { return scene.proxy.open_connections() == 2; }));  // the server's and the cancel's
    CHECK(request.read_to_end().empty());
    CHECK(eventually([&] { return scene.weir.pool("cl_active_cancel_req") == 0; }));
    control.query("SELECT pg_advisory_unlock(4711)");
    CHECK(rows(scene.client.read_answer()) == Rows{{"whole"}});
    scene.proxy.heal();
    CHECK(rows(scene.client.exchange(query("SELECT 1"))) == Rows{{"1"}});
}

TEST_CASE("PEER_POOLS: cancels for a peer, pool_size of them at once, the others wait", "[pg]") {
    REQUIRES_POSTGRES();
    const Peer peer;
    Weir weir(beside(peer).set("cancel_wait_timeout", "60"));
    const auto shown = [&] { return weir.show("PEER_POOLS").at(0); };
    std::vector<WireClient> requests;
    for (const char mark : {'a', 'b', 'c'}) {
        requests.push_back(cancelling(weir, key_of_peer(mark, 3)));
        CHECK(eventually([&] {
            const auto row = shown();
            return std::stoi(row.at("cl_active_cancel_req")) + std::stoi(row.at("cl_waiting_cancel_req")) ==
                   mark - 'a' + 1;
        }));
    }
    const std::map<std::string, std::string> full{{"peer_id", "2"},
                                                  {"cl_active_cancel_req", "2"},
                                                  {"cl_waiting_cancel_req", "1"},
                                                  {"sv_active_cancel", "2"},
                                                  {"sv_login", "0"}};
    CHECK(eventually([&] { return shown() == full; }));  // once both connections are open
    CHECK_FALSE(
        compat::row_with(weir, "SERVERS", {{"state", "active_cancel"}, {"database", "(nodb)"}}).empty());
    CHECK_FALSE(compat::row_with(weir, "CLIENTS", {{"state", "waiting_cancel_req"}}).empty());
    for (const char mark : {'a', 'b', 'c'}) {  // a hop less each
        CHECK(peer.take_one() == cancel_request(key_of_peer(mark, 2)));
        CHECK(requests.at(static_cast<std::size_t>(mark - 'a')).read_to_end().empty());
    }
    CHECK(eventually([&] { return shown().at("cl_active_cancel_req") == "0"; }));
}

TEST_CASE("cancel_wait_timeout: it holds for peers, for those under way and those that wait", "[pg]") {
    REQUIRES_POSTGRES();
    const Peer peer;
    Weir weir(beside(peer).set("cancel_wait_timeout", "1"));
    std::vector<WireClient> requests;
    for (const char mark : {'a', 'b', 'c'}) requests.push_back(cancelling(weir, key_of_peer(mark, 3)));
    for (auto& request : requests) CHECK(request.read_to_end().empty());
    CHECK(eventually([&] {
        const auto row = weir.show("PEER_POOLS").at(0);
        return row.at("cl_active_cancel_req") == "0" && row.at("cl_waiting_cancel_req") == "0";
    }));
}

TEST_CASE("peering: a peer that RELOAD removes loses its cancels, those under way and those that wait",
          "[pg]") {
    REQUIRES_POSTGRES();
    const Peer peer;
    Weir weir(beside(peer).set("cancel_wait_timeout", "60"));
    std::vector<WireClient> requests;
    for (const char mark : {'a', 'b', 'c'}) requests.push_back(cancelling(weir, key_of_peer(mark, 3)));
    CHECK(eventually([&] {
        const auto row = weir.show("PEER_POOLS").at(0);
        return row.at("cl_active_cancel_req") == "2" && row.at("cl_waiting_cancel_req") == "1";
    }));
    weir.config().peers.clear();
    weir.reload();
    for (auto& request : requests) CHECK(request.read_to_end().empty());
    CHECK(weir.show("PEER_POOLS").empty());
    CHECK(compat::row_with(weir, "CLIENTS", {{"state", "active_cancel_req"}}).empty());
}

TEST_CASE("peering: ids beyond one byte take both of the key's, in own keys and in those of peers", "[pg]") {
    REQUIRES_POSTGRES();
    const Peer peer;
    auto config = compat::before(Postgres::shared()).set("peer_id", "515");
    for (const std::string id : {"3", "770"})  // the low and the high byte of 515 alone, and swapped
        config.peers[id] = "host=127.0.0.1 port=" + std::to_string(peer.port());
    Weir weir(config);
    auto client = WireClient::logged_in(weir.login());
    CHECK(client.backend_key().substr(1, 2) == "\x03\x02");
    client.send(query("SELECT pg_sleep(600), 'two bytes'"));
    CHECK(scene::running(Postgres::shared(), "two bytes"));
    CHECK(cancelling(weir, client.backend_key()).read_to_end().empty());
    CHECK(sqlstate(client.read_answer()) == "57014");
    auto foreign = key_of_peer('a', 3);
    foreign[1] = 2;
    foreign[2] = 3;  // 770
    auto request = cancelling(weir, foreign);
    foreign[7] = static_cast<char>(0x40 | 2);
    CHECK(peer.take_one() == cancel_request(foreign));
    CHECK(request.read_to_end().empty());
}

TEST_CASE("peering: a key of no known peer or without a hop left is dropped", "[pg]") {
    REQUIRES_POSTGRES();
    const Peer peer;
    Weir weir(beside(peer));
    auto stranger = key_of_peer('a', 3);
    stranger[1] = 9;
    CHECK(cancelling(weir, stranger).read_to_end().empty());
    CHECK(cancelling(weir, key_of_peer('a', 0)).read_to_end().empty());
    CHECK(weir.show("PEER_POOLS").at(0).at("cl_active_cancel_req") == "0");
}
