// Binding: TCP addresses by the rules of PgBouncer's start, Unix sockets with their file, mode and group.
#include "pooler/net/listen_socket.h"

#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace pooler {

namespace {

constexpr int kDeferSeconds =
    45;  // how long the kernel waits for the first byte before it hands over the connection

std::string with_reason(const std::string& what, int error) { return what + ": " + std::strerror(error); }

tl::unexpected<std::string> fail(std::string text) { return tl::make_unexpected(std::move(text)); }

/// Closes an unfinished socket.
struct Descriptor {
    int value;
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
    int release() { return std::exchange(value, -1); }
};

bool set_flag(int descriptor, int level, int option) {
    const int on = 1;
    return ::setsockopt(descriptor, level, option, &on, sizeof on) == 0;
}

// ---- TCP

ListenResult<std::vector<Address>> look_up(const std::string& name, std::uint16_t port) {
    if (name == "*") return std::vector<Address>{*parse_numeric("0.0.0.0", port), *parse_numeric("::", port)};
    if (auto numeric = parse_numeric(name, port)) return std::vector<Address>{*numeric};
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int status = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
    if (status != 0) return fail("listen_addr: cannot resolve \"" + name + "\": " + ::gai_strerror(status));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> holder{found, ::freeaddrinfo};
    std::vector<Address> addresses;
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        Address address;
        std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
        address.length = one->ai_addrlen;
        address.set_port(port);
        addresses.push_back(address);
    }
    return addresses;
}

ListenResult<ListenSocket> listen_tcp(const Address& address, const ListenOptions& options) {
    const std::string what = "cannot listen on " + address.to_text();
    Descriptor socket{::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.value < 0) return fail(with_reason(what, errno));
    bool fine = set_flag(socket.value, SOL_SOCKET, SO_REUSEADDR);
    if (address.family() == AF_INET6) fine = fine && set_flag(socket.value, IPPROTO_IPV6, IPV6_V6ONLY);
    if (options.so_reuseport) fine = fine && set_flag(socket.value, SOL_SOCKET, SO_REUSEPORT);
    if (!fine || ::bind(socket.value, address.get(), address.length) != 0 ||
        ::listen(socket.value, options.backlog) != 0)
        return fail(with_reason(what, errno));
    set_defer_accept(socket.value, options.tcp_defer_accept);
    return options.so_reuseport ? ListenSocket::with_shared_port(socket.release())
                                : ListenSocket{socket.release()};
}

ListenResult<void> open_tcp(const ListenOptions& options, ListenSockets& into) {
    for (const std::string& name : options.addresses) {
        const auto addresses = look_up(name, options.port);
        if (!addresses) return fail(addresses.error());
        for (const Address& address : *addresses) {
            auto socket = listen_tcp(address, options);
            if (socket)
                into.sockets.push_back(std::move(*socket));
            else
                into.warnings.push_back(socket.error());
        }
    }
    if (!options.addresses.empty() && into.sockets.empty()) return fail(into.warnings.front());
    return {};
}

// ---- Unix

/// Whether a server answers at the address. ECONNREFUSED: the file outlived its server.
bool in_use(const Address& address) {
    const Descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (::connect(probe.value, address.get(), address.length) == 0) return true;
    return errno == EAGAIN || errno == EINPROGRESS;  // its queue is full
}

/// Makes room for the socket's file.
ListenResult<void> clear_path(const Address& address, const std::string& path) {
    struct stat found {};
    if (::lstat((path + ".lock").c_str(), &found) == 0)
        return fail("unix socket " + path + " is locked: " + path + ".lock exists");
    if (in_use(address)) return fail("unix socket is in use: " + path);
    if (::lstat(path.c_str(), &found) != 0) return {};
    if (!S_ISSOCK(found.st_mode))
        return fail("cannot create unix socket: " + path + " exists and is no socket");
    if (::unlink(path.c_str()) != 0)
        return fail(with_reason("cannot remove stale unix socket " + path, errno));
    return {};
}

std::optional<gid_t> group_id(const std::string& group) {
    gid_t number = 0;
    const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), number);
    if (error == std::errc{} && end == group.data() + group.size()) return number;
    if (const ::group* entry = ::getgrnam(group.c_str()); entry != nullptr) return entry->gr_gid;
    return std::nullopt;
}

ListenResult<void> set_rights(const std::string& path, const ListenOptions& options) {
    if (!options.unix_socket_group.empty()) {
        const auto group = group_id(options.unix_socket_group);
        if (!group) return fail("unix_socket_group: unknown group \"" + options.unix_socket_group + "\"");
        if (::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0)
            return fail(with_reason("cannot set the group of " + path, errno));
    }
    if (::chmod(path.c_str(), static_cast<mode_t>(options.unix_socket_mode)) != 0)
        return fail(with_reason("cannot set the mode of " + path, errno));
    return {};
}

ListenResult<ListenSocket> bind_path(const Address& address, const std::string& path,
                                     const ListenOptions& options) {
    const bool abstract = path.front() == '@';
    if (!abstract)
        if (auto cleared = clear_path(address, path); !cleared) return fail(cleared.error());
    Descriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (socket.value < 0 || ::bind(socket.value, address.get(), address.length) != 0) {
        if (abstract && errno == EADDRINUSE) return fail("unix socket is in use: " + path);
        return fail(with_reason("cannot create unix socket " + path, errno));
    }
    ListenSocket result{socket.release(), abstract ? "" : path};  // from here on a failure removes the file
    if (!abstract)
        if (auto rights = set_rights(path, options); !rights) return fail(rights.error());
    if (::listen(result.descriptor(), options.backlog) != 0)
        return fail(with_reason("cannot listen on unix socket " + path, errno));
    return result;
}

ListenResult<ListenSocket> listen_unix(const ListenOptions& options) {
    const std::string path = unix_socket_path(options.unix_socket_dir, options.port);
    const auto address = unix_address(options.unix_socket_dir, options.port);
    if (!address) return fail("unix socket path is too long: " + path);
    return bind_path(*address, path, options);
}

bool take_activated(const ListenOptions& options, std::vector<ListenSocket> activated, ListenSockets& into) {
    if (activated.empty()) return false;
    into.sockets = std::move(activated);
    if (!options.addresses.empty() || !options.unix_socket_dir.empty())
        into.warnings.emplace_back(
            "the service manager handed over the sockets: listen_addr and unix_socket_dir are not used to "
            "listen");
    return true;
}

}  // namespace

ListenSocket::ListenSocket(int descriptor, const std::string& path) : descriptor_{descriptor}, path_{path} {
    address_ = local_address(descriptor).value_or(Address{});
    struct stat made {};
    if (path_.empty() || ::lstat(path_.c_str(), &made) != 0) return;
    device_ = made.st_dev;
    inode_ = made.st_ino;
}

ListenSocket ListenSocket::with_shared_port(int descriptor) {
    ListenSocket socket{descriptor};
    socket.shares_port_ = true;
    return socket;
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)},
      address_{other.address_},
      path_{std::exchange(other.path_, {})},
      device_{other.device_},
      inode_{other.inode_},
      shares_port_{other.shares_port_} {}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
    if (this == &other) return *this;
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    address_ = other.address_;
    path_ = std::exchange(other.path_, {});
    device_ = other.device_;
    inode_ = other.inode_;
    shares_port_ = other.shares_port_;
    return *this;
}

void ListenSocket::close() {
    struct stat found {};
    if (!path_.empty() && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
        found.st_ino == inode_)
        ::unlink(path_.c_str());
    path_.clear();
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

ListenResult<ListenSockets> open_listen_sockets(const ListenOptions& options) {
    ListenSockets result;
    auto activated = activated_sockets();
    if (!activated) return fail(activated.error());
    if (take_activated(options, std::move(*activated), result)) return result;
    if (auto tcp = open_tcp(options, result); !tcp) return fail(tcp.error());
    if (!options.unix_socket_dir.empty()) {
        auto socket = listen_unix(options);
        if (!socket) return fail(socket.error());
        result.sockets.push_back(std::move(*socket));
    }
    if (result.sockets.empty())
        return fail("nothing to listen on: listen_addr and unix_socket_dir are empty");
    return result;
}

ListenResult<ListenSocket> listen_at(const Address& address, int backlog) {
    ListenOptions options;
    options.backlog = backlog;
    options.tcp_defer_accept = false;
    return listen_tcp(address, options);
}

ListenResult<ListenSocket> listen_at_path(const std::string& path, unsigned mode, int backlog) {
    const auto address = unix_path_address(path);
    if (!address) return fail("unix socket path is too long: " + path);
    ListenOptions options;
    options.backlog = backlog;
    options.unix_socket_mode = mode;
    return bind_path(*address, path, options);
}

void set_defer_accept(int descriptor, bool wanted) {
    const int seconds = wanted ? kDeferSeconds : 0;
    static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds));
}

void use_syn_cookies(int descriptor) { static_cast<void>(::listen(descriptor, 0)); }

}  // namespace pooler
