// Opening listening sockets: the rules of the start, Unix socket files, and sockets of the service manager.
#include "pooler/net/listen_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tests/support/catch.h"
#include "tests/support/contains.h"

using pooler::Address;
using pooler::ListenOptions;
using pooler::ListenSocket;
using pooler::open_listen_sockets;
using support::contains;

namespace fs = std::filesystem;

namespace {

struct Folder {
    std::string path;
    Folder() {
        std::array<char, 32> name{"/tmp/weir_listen_XXXXXX"};
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name.data();
    }
    ~Folder() { fs::remove_all(path); }
};

ListenOptions tcp_options(std::vector<std::string> addresses, std::uint16_t port = 0) {
    ListenOptions options;
    options.addresses = std::move(addresses);
    options.port = port;
    return options;
}

ListenOptions unix_options(const std::string& directory) {
    ListenOptions options;
    options.unix_socket_dir = directory;
    options.port = 6432;
    return options;
}

bool connects(const Address& address) {
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(descriptor, address.get(), address.length) == 0;
    ::close(descriptor);
    return connected;
}

bool has_ipv6() {
    const Address loopback = *pooler::parse_numeric("::1", 0);
    const int descriptor = ::socket(AF_INET6, SOCK_STREAM, 0);
    const bool bound = descriptor >= 0 && ::bind(descriptor, loopback.get(), loopback.length) == 0;
    if (descriptor >= 0) ::close(descriptor);
    return bound;
}

std::string error_of(const ListenOptions& options) {
    const auto opened = open_listen_sockets(options);
    return opened ? "" : opened.error();
}

}  // namespace

TEST_CASE("listen: a numeric address, a name and a star are opened") {
    const auto numeric = open_listen_sockets(tcp_options({"127.0.0.1"}));
    REQUIRE(numeric.has_value());
    REQUIRE(numeric->sockets.size() == 1);
    CHECK(numeric->warnings.empty());
    CHECK(connects(numeric->sockets[0].address()));

    const auto name = open_listen_sockets(tcp_options({"localhost"}));
    REQUIRE(name.has_value());
    CHECK(connects(name->sockets[0].address()));

    const auto star = open_listen_sockets(tcp_options({"*"}));
    REQUIRE(star.has_value());
    CHECK(star->sockets.size() + star->warnings.size() == 2);
    CHECK(star->sockets[0].address().host() == "0.0.0.0");
}

TEST_CASE("listen: IPv6 leaves the port free for IPv4") {
    if (!has_ipv6()) return;
    const auto six = open_listen_sockets(tcp_options({"::"}));
    REQUIRE(six.has_value());
    const auto four = open_listen_sockets(tcp_options({"0.0.0.0"}, six->sockets[0].address().port()));
    CHECK(four.has_value());
}

TEST_CASE("listen: one address of several that cannot be bound is a warning, none at all an error") {
    const auto opened = open_listen_sockets(tcp_options({"192.0.2.77", "127.0.0.1"}));
    REQUIRE(opened.has_value());
    CHECK(opened->sockets.size() == 1);
    REQUIRE(opened->warnings.size() == 1);
    CHECK(contains(opened->warnings[0], "cannot listen on 192.0.2.77:0"));
    CHECK(contains(error_of(tcp_options({"192.0.2.77"})), "cannot listen on 192.0.2.77:0"));
}

TEST_CASE("listen: a port that is taken is refused, unless both sides share it") {
    const auto holder = open_listen_sockets(tcp_options({"127.0.0.1"}));
    REQUIRE(holder.has_value());
    const std::uint16_t port = holder->sockets[0].address().port();
    CHECK(contains(error_of(tcp_options({"127.0.0.1"}, port)), "Address already in use"));

    ListenOptions shared = tcp_options({"127.0.0.1"});
    shared.so_reuseport = true;
    const auto one = open_listen_sockets(shared);
    REQUIRE(one.has_value());
    shared.port = one->sockets[0].address().port();
    CHECK(open_listen_sockets(shared).has_value());
}

TEST_CASE("listen: a name without an address and an empty configuration are refused") {
    CHECK(contains(error_of(tcp_options({"no such host"})), "cannot resolve \"no such host\""));
    CHECK(contains(error_of(ListenOptions{}), "nothing to listen on"));
}

TEST_CASE("listen: a Unix socket has its mode and disappears at close") {
    const Folder folder;
    ListenOptions options = unix_options(folder.path);
    options.unix_socket_mode = 0710;
    options.unix_socket_group = std::to_string(::getgid());
    const std::string file = folder.path + "/.s.PGSQL.6432";
    {
        const auto opened = open_listen_sockets(options);
        REQUIRE(opened.has_value());
        CHECK(opened->sockets[0].address().to_text() == "unix:" + file);
        CHECK(connects(opened->sockets[0].address()));
        struct stat found {};
        REQUIRE(::stat(file.c_str(), &found) == 0);
        CHECK((found.st_mode & 07777) == 0710);
        CHECK(found.st_gid == ::getgid());
    }
    CHECK_FALSE(fs::exists(file));
}

TEST_CASE("listen: a group that does not exist is refused and leaves no file") {
    const Folder folder;
    ListenOptions options = unix_options(folder.path);
    options.unix_socket_group = "no-such-group";
    CHECK(contains(error_of(options), "unknown group \"no-such-group\""));
    CHECK(fs::is_empty(folder.path));
}

TEST_CASE("listen: a Unix socket that answers is in use, one whose server is gone is replaced") {
    const Folder folder;
    const std::string file = folder.path + "/.s.PGSQL.6432";
    auto first = open_listen_sockets(unix_options(folder.path));
    REQUIRE(first.has_value());
    CHECK(contains(error_of(unix_options(folder.path)), "in use: " + file));
    CHECK(connects(first->sockets[0].address()));

    first->sockets[0].keep_file();
    first->sockets[0].close();
    REQUIRE(fs::exists(file));
    const auto second = open_listen_sockets(unix_options(folder.path));
    REQUIRE(second.has_value());
    CHECK(connects(second->sockets[0].address()));
}

TEST_CASE("listen: a full queue of a busy server is in use, not stale") {
    const Folder folder;
    ListenOptions options = unix_options(folder.path);
    options.backlog = 0;
    const auto first = open_listen_sockets(options);
    REQUIRE(first.has_value());
    const Address& address = first->sockets[0].address();
    std::vector<int> clients;
    int result = 0;
    while (result == 0 && clients.size() < 10) {
        clients.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        result = ::connect(clients.back(), address.get(), address.length);
    }
    CHECK(result == -1);
    CHECK(contains(error_of(options), "in use"));
    for (const int descriptor : clients) ::close(descriptor);
}

TEST_CASE("listen: a lock file and a file that is no socket are left alone") {
    const Folder folder;
    const std::string file = folder.path + "/.s.PGSQL.6432";
    std::ofstream{file} << "precious";
    CHECK(contains(error_of(unix_options(folder.path)), "is no socket"));
    CHECK(fs::file_size(file) == 8);
    fs::remove(file);
    std::ofstream{file + ".lock"} << "1\n";
    CHECK(contains(error_of(unix_options(folder.path)), ".lock exists"));
    CHECK(fs::exists(file + ".lock"));
    CHECK_FALSE(fs::exists(file));
}

TEST_CASE("listen: a file that another process has put in place of ours stays at close") {
    const Folder folder;
    const std::string file = folder.path + "/.s.PGSQL.6432";
    auto opened = open_listen_sockets(unix_options(folder.path));
    REQUIRE(opened.has_value());
    std::ofstream{file + ".new"} << "other";
    fs::rename(file + ".new", file);
    opened->sockets[0].close();
    CHECK(fs::exists(file));
}

TEST_CASE("listen: abstract Unix sockets have no file; a folder that does not exist is refused") {
    const std::string name = "@weir-test-" + std::to_string(::getpid());
    const auto opened = open_listen_sockets(unix_options(name));
    REQUIRE(opened.has_value());
    CHECK(opened->sockets[0].address().to_text() == "unix:" + name + "/.s.PGSQL.6432");
    CHECK(connects(opened->sockets[0].address()));
    CHECK(contains(error_of(unix_options(name)), "in use"));
    CHECK(contains(error_of(unix_options("/no/such/folder")), "cannot create unix socket /no/such/folder/"));
    CHECK(contains(error_of(unix_options("/" + std::string(120, 'x'))), "too long"));
}

TEST_CASE("listen: after a refused start the TCP port is free again") {
    ListenOptions options = tcp_options({"127.0.0.1"});
    {
        const auto probe = open_listen_sockets(options);
        REQUIRE(probe.has_value());
        options.port = probe->sockets[0].address().port();
    }
    options.unix_socket_dir = "/no/such/folder";
    CHECK(contains(error_of(options), "/no/such/folder"));
    options.unix_socket_dir.clear();
    CHECK(open_listen_sockets(options).has_value());
}

namespace {

/// Runs `judge` in a child that got `descriptors` as a service manager hands them over; its exit status.
template <class Judge>
int with_activation(const std::vector<int>& descriptors, Judge judge) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::vector<int> copies;
        for (const int one : descriptors) copies.push_back(::fcntl(one, F_DUPFD, 100));
        for (std::size_t i = 0; i < copies.size(); ++i) ::dup2(copies[i], static_cast<int>(3 + i));
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ::setenv("LISTEN_FDS", std::to_string(copies.size()).c_str(), 1);
        ::_exit(judge());
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("listen: sockets of the service manager replace the configured ones, with a warning") {
    const Folder folder;
    const auto tcp = open_listen_sockets(tcp_options({"127.0.0.1"}));
    const auto local = open_listen_sockets(unix_options(folder.path));
    REQUIRE(tcp.has_value());
    REQUIRE(local.has_value());
    const Address tcp_address = tcp->sockets[0].address();
    const int status = with_activation({tcp->sockets[0].descriptor(), local->sockets[0].descriptor()}, [&] {
        const auto opened = open_listen_sockets(tcp_options({"127.0.0.1"}));
        if (!opened || opened->sockets.size() != 2 || opened->warnings.size() != 1) return 1;
        if (opened->sockets[0].address() != tcp_address) return 2;
        if (!opened->sockets[1].address().is_unix()) return 3;
        if ((::fcntl(3, F_GETFL) & O_NONBLOCK) == 0 || (::fcntl(3, F_GETFD) & FD_CLOEXEC) == 0) return 4;
        if (::getenv("LISTEN_FDS") != nullptr) return 5;
        return 0;
    });
    CHECK(status == 0);
    CHECK(fs::exists(folder.path + "/.s.PGSQL.6432"));  // the service manager's file is not removed
}

TEST_CASE("listen: anything but a listening stream socket from the service manager is refused") {
    const int datagram = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int status = with_activation({datagram}, [] {
        const auto opened = open_listen_sockets(ListenOptions{});
        return !opened && contains(opened.error(), "descriptor 3") ? 0 : 1;
    });
    ::close(datagram);
    CHECK(status == 0);
}
