// Accepting on a loop: what reaches the owner, suspension, and a process without free descriptors.
#include "pooler/net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "pooler/net/tcp_options.h"
#include "tests/support/catch.h"
#include "tests/support/test_loop.h"

using namespace std::chrono_literals;
using pooler::Address;
using pooler::Listener;
using pooler::ListenOptions;
using pooler::TcpOptions;

namespace {

struct Owner : pooler::ListenerOwner {
    std::vector<int> accepted;
    std::vector<std::string> peers;
    std::vector<int> pauses;
    int retired = 0;
    Listener* close_after_first = nullptr;

    void on_accept(int descriptor, const Address& peer, const Listener& /*from*/) override {
        accepted.push_back(descriptor);
        peers.push_back(peer.to_text());
        if (close_after_first != nullptr) close_after_first->close();
    }
    void on_accept_paused(int error, const Listener& /*from*/) override { pauses.push_back(error); }
    void on_retired(const Listener& /*listener*/) override { ++retired; }
    void close_all() {
        for (const int descriptor : accepted) ::close(descriptor);
        accepted.clear();
    }
    ~Owner() { close_all(); }
};

/// A client descriptor connected to `address`; -1 if that failed.
struct Client {
    int descriptor = -1;
    explicit Client(const Address& address) {
        descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(descriptor >= 0);
        if (::connect(descriptor, address.get(), address.length) == 0) return;
        ::close(descriptor);
        descriptor = -1;
    }
    /// One whose handshake goes on in the background.
    static Client begin(const Address& address) {
        const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        REQUIRE(descriptor >= 0);
        const bool begun = ::connect(descriptor, address.get(), address.length) == 0 || errno == EINPROGRESS;
        REQUIRE(begun);
        return Client{descriptor};
    }
    [[nodiscard]] bool connected() const {
        pollfd look{descriptor, POLLOUT, 0};
        return ::poll(&look, 1, 0) == 1 && look.revents == POLLOUT;
    }
    void say_hello() const { REQUIRE(::send(descriptor, "hello", 5, MSG_NOSIGNAL) == 5); }
    explicit Client(int taken) : descriptor{taken} {}
    Client(Client&& other) noexcept : descriptor{std::exchange(other.descriptor, -1)} {}
    ~Client() {
        if (descriptor >= 0) ::close(descriptor);
    }
    Client& operator=(Client&&) = delete;
};

pooler::ListenSocket loopback_socket() {
    ListenOptions options;
    options.addresses = {"127.0.0.1"};
    options.port = 0;
    options.tcp_defer_accept = false;
    auto opened = pooler::open_listen_sockets(options);
    REQUIRE(opened.has_value());
    return std::move(opened->sockets.front());
}

pooler::ListenSocket shared_socket(std::uint16_t port) {
    ListenOptions options;
    options.addresses = {"127.0.0.1"};
    options.port = port;
    options.so_reuseport = true;
    auto opened = pooler::open_listen_sockets(options);
    REQUIRE(opened.has_value());
    return std::move(opened->sockets.front());
}

int option(int descriptor, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(descriptor, level, name, &value, &size) == 0);
    return value;
}

}  // namespace

TEST_CASE("listener: connections arrive non-blocking, close-on-exec and with their peer") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    CHECK(listener.is_open());
    const Client client{listener.address()};
    REQUIRE(loop.run_until([&] { return owner.accepted.size() == 1; }));
    CHECK(owner.peers[0] == pooler::local_address(client.descriptor)->to_text());
    CHECK((::fcntl(owner.accepted[0], F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(owner.accepted[0], F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("listener: more connections than one turn takes all arrive") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    std::vector<Client> clients;
    for (int i = 0; i < 100; ++i) clients.emplace_back(listener.address());
    CHECK(loop.run_until([&] { return owner.accepted.size() == clients.size(); }));
}

TEST_CASE("listener: while suspended clients wait, after resume they are served") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    listener.suspend();
    CHECK(listener.suspended());
    const Client client{listener.address()};
    CHECK(client.descriptor >= 0);
    loop.run_for(50ms);
    CHECK(owner.accepted.empty());
    listener.resume();
    CHECK(loop.run_until([&] { return owner.accepted.size() == 1; }));
}

TEST_CASE("listener: after close connections are refused; it may be closed while it accepts") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    const Address address = listener.address();
    owner.close_after_first = &listener;
    const Client first{address};
    const Client second{address};
    REQUIRE(loop.run_until([&] { return !listener.is_open(); }));
    CHECK(owner.accepted.size() == 1);
    CHECK(Client{address}.descriptor == -1);
    listener.resume();  // does nothing to a closed one
    loop.run_for(20ms);
    CHECK(owner.accepted.size() == 1);
}

TEST_CASE("listener: those who are in the queue when it retires are accepted first") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    const Address address = listener.address();
    std::vector<Client> clients;
    for (int i = 0; i < 3; ++i) clients.emplace_back(address);
    listener.retire();
    CHECK(owner.accepted.size() == 3);
    CHECK(owner.retired == 1);
    CHECK_FALSE(listener.is_open());
    CHECK(Client{address}.descriptor == -1);
}

TEST_CASE("listener: one of several of a port retires without a reset for those on their way") {
    support::TestLoop loop;
    Owner leaving;
    Owner staying;
    Listener old{loop.get(), leaving};
    Listener fresh{loop.get(), staying};
    old.open(shared_socket(0));
    const Address address = old.address();
    fresh.open(shared_socket(address.port()));
    std::vector<Client> clients;  // of both by their addresses; tcp_defer_accept keeps them back
    for (int i = 0; i < 16; ++i) clients.emplace_back(address);
    old.retire();
    old.retire();  // once is enough
    REQUIRE(old.is_open());
    for (std::size_t i = 0; i < 8; ++i) clients[i].say_hello();
    REQUIRE(loop.run_until([&] {  // some come all the time, also in its last moments
        clients.push_back(Client::begin(address));
        return leaving.retired == 1;
    }));
    CHECK_FALSE(old.is_open());
    CHECK(leaving.accepted.size() > 16);
    for (std::size_t i = 8; i < clients.size(); ++i) {
        REQUIRE(loop.run_until([&] { return clients[i].connected(); }));
        clients[i].say_hello();
    }
    CHECK(
        loop.run_until([&] { return leaving.accepted.size() + staying.accepted.size() == clients.size(); }));
    for (const Client& client : clients) CHECK(option(client.descriptor, SOL_SOCKET, SO_ERROR) == 0);
    CHECK(leaving.retired == 1);
    CHECK(staying.retired == 0);
}

TEST_CASE("listener: without a free descriptor it pauses, tells once, and recovers by itself") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    const Client client{listener.address()};
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const int lowest_free = ::dup(client.descriptor);
    ::close(lowest_free);
    const rlimit tight{static_cast<rlim_t>(lowest_free), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    const bool paused = loop.run_until([&] { return !owner.pauses.empty(); });
    const clock_t cpu_before = ::clock();
    loop.run_for(1500ms);  // long enough for the first retry to fail as well
    const clock_t cpu = ::clock() - cpu_before;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(paused);
    CHECK(owner.pauses == std::vector<int>{EMFILE});
    CHECK(owner.accepted.empty());
    CHECK(cpu < CLOCKS_PER_SEC);  // spinning would have cost all of the time
    CHECK(loop.run_until([&] { return owner.accepted.size() == 1; }));
}

TEST_CASE("tcp options: what is asked for is set, zero leaves the system's value") {
    support::TestLoop loop;
    Owner owner;
    Listener listener{loop.get(), owner};
    listener.open(loopback_socket());
    const Client client{listener.address()};
    REQUIRE(loop.run_until([&] { return owner.accepted.size() == 1; }));
    const int tcp = owner.accepted[0];
    const int idle_before = option(tcp, IPPROTO_TCP, TCP_KEEPIDLE);

    TcpOptions options;
    options.keepalive = false;
    CHECK(pooler::apply_tcp_options(tcp, options) == 0);
    CHECK(option(tcp, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(option(tcp, SOL_SOCKET, SO_KEEPALIVE) == 0);

    options.keepalive = true;
    options.keepcnt = 3;
    options.keepintvl = 7;
    options.socket_buffer = 65536;
    options.user_timeout = 12345;
    CHECK(pooler::apply_tcp_options(tcp, options) == 0);
    CHECK(option(tcp, SOL_SOCKET, SO_KEEPALIVE) != 0);
    CHECK(option(tcp, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(option(tcp, IPPROTO_TCP, TCP_KEEPINTVL) == 7);
    CHECK(option(tcp, IPPROTO_TCP, TCP_KEEPIDLE) == idle_before);
    CHECK(option(tcp, IPPROTO_TCP, TCP_USER_TIMEOUT) == 12345);
    CHECK(option(tcp, SOL_SOCKET, SO_SNDBUF) >= 65536);

    CHECK(pooler::apply_tcp_options(-1, options) == EBADF);
}
