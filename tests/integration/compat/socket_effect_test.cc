// Settings whose effect is an option of a socket, read from the running process.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "tests/integration/compat/compat.h"
#include "tests/support/foreign_sockets.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig plain() { return compat::before(Postgres::shared()); }

/// Says so and returns false where sockets of the pooler cannot be looked at.
bool may_look(Weir& weir) {
    if (ForeignSockets(weir.pid()).allowed()) return true;
    WARN("skipped: no right to look at another process's sockets");
    return false;
}

struct Wanted {
    int level;
    int option;
    int value;
};

void check_options(int descriptor, const std::vector<Wanted>& wanted) {
    REQUIRE(descriptor >= 0);
    for (const auto& [level, option, value] : wanted) {
        INFO("option " << option << " of level " << level);
        CHECK(socket_option(descriptor, level, option) == value);
    }
}

tcp_info info_of(int descriptor) {
    tcp_info info{};
    socklen_t size = sizeof info;
    REQUIRE(::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
    return info;
}

}  // namespace

TEST_CASE("tcp_keep*, tcp_socket_buffer, tcp_user_timeout: set on clients' and servers' sockets", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain()
                  .set("tcp_keepcnt", "3")
                  .set("tcp_keepidle", "1234")
                  .set("tcp_keepintvl", "7")
                  .set("tcp_socket_buffer", "65536")
                  .set("tcp_user_timeout", "12345"));
    if (!may_look(weir)) return;
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const std::vector<Wanted> wanted{
        {IPPROTO_TCP, TCP_NODELAY, 1},      {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPCNT, 3},      {IPPROTO_TCP, TCP_KEEPIDLE, 1234},
        {IPPROTO_TCP, TCP_KEEPINTVL, 7},    {IPPROTO_TCP, TCP_USER_TIMEOUT, 12345},
        {SOL_SOCKET, SO_SNDBUF, 2 * 65536},  // the kernel doubles it
        {SOL_SOCKET, SO_RCVBUF, 2 * 65536}};
    const ForeignSockets sockets(weir.pid());
    check_options(sockets.accepted_on(weir.port()), wanted);
    check_options(sockets.connected_to(Postgres::shared().port()), wanted);
}

TEST_CASE("tcp_*: by default keepalive and no delay, the rest as the system has it", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    if (!may_look(weir)) return;
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const int fresh = ::socket(AF_INET, SOCK_STREAM, 0);
    std::vector<Wanted> wanted{{IPPROTO_TCP, TCP_NODELAY, 1}, {SOL_SOCKET, SO_KEEPALIVE, 1}};
    for (const int option : {TCP_KEEPCNT, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_USER_TIMEOUT})
        wanted.push_back({IPPROTO_TCP, option, socket_option(fresh, IPPROTO_TCP, option)});
    ::close(fresh);
    const ForeignSockets sockets(weir.pid());
    check_options(sockets.accepted_on(weir.port()), wanted);
    check_options(sockets.connected_to(Postgres::shared().port()), wanted);
}

TEST_CASE("tcp_keepalive, tcp_defer_accept: SET applies them to the running listener", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    if (!may_look(weir)) return;
    CHECK(socket_option(ForeignSockets(weir.pid()).listener(), IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
    weir.console("SET tcp_defer_accept = 0");
    weir.console("SET tcp_keepalive = 0");
    CHECK(eventually([&] {
        return socket_option(ForeignSockets(weir.pid()).listener(), IPPROTO_TCP, TCP_DEFER_ACCEPT) == 0;
    }));
    auto client = Client::connect(weir.login());
    client.query("SELECT 1");
    const ForeignSockets sockets(weir.pid());
    check_options(sockets.accepted_on(weir.port()), {{SOL_SOCKET, SO_KEEPALIVE, 0}});
}

TEST_CASE("tcp_defer_accept: a connection without a byte is not seen, without the option it is", "[pg]") {
    REQUIRES_POSTGRES();
    for (const bool deferred : {true, false}) {
        Weir weir(plain().set("tcp_defer_accept", deferred ? "1" : "0"));
        WireClient silent(weir.port());
        const auto logins = [&] {
            return compat::row_with(weir, "LISTS", {{"list", "login_clients"}}).at("items");
        };
        if (deferred)
            CHECK(always([&] { return logins() == "0"; }, std::chrono::milliseconds(300)));
        else
            CHECK(eventually([&] { return logins() == "1"; }));
        silent.send(startup({{"user", "app"}, {"database", "app"}}));
        CHECK(transaction_status(silent.read_answer()) == 'I');
    }
}

TEST_CASE("listen_backlog: the kernel's queue has that length", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("listen_backlog", "17"));
    if (!may_look(weir)) return;
    const ForeignSockets sockets(weir.pid());
    REQUIRE(sockets.listener() >= 0);
    CHECK(info_of(sockets.listener()).tcpi_sacked == 17);  // of a listening socket: the length of its queue
}

TEST_CASE("so_reuseport: set on the listener only if asked for", "[pg]") {
    REQUIRES_POSTGRES();
    for (const bool wanted : {true, false}) {
        Weir weir(plain().set("so_reuseport", wanted ? "1" : "0"));
        if (!may_look(weir)) return;
        const ForeignSockets sockets(weir.pid());
        check_options(sockets.listener(), {{SOL_SOCKET, SO_REUSEPORT, wanted ? 1 : 0}});
    }
}

TEST_CASE("pkt_buf, sbuf_loopcnt, job_name: accepted without any effect on what passes", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("pkt_buf", "512").set("sbuf_loopcnt", "1").set("job_name", "something"));
    auto client = Client::connect(weir.login());
    const std::string text(300000, 'x');
    CHECK(client.value("SELECT repeat('x', 300000)") == text);
    CHECK(client.value("SELECT '" + text + "'") == text);
}
