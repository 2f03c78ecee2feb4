// Opens the listening sockets of the process at start, or takes those of the service manager. Blocking (names
// in listen_addr are looked up), so it runs before the workers do. A ListenSocket belongs to one owner and is
// closed by it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "pooler/net/address.h"

namespace pooler {

/// Error: text for the operator.
template <class T>
using ListenResult = tl::expected<T, std::string>;

/// A listening descriptor and, for a Unix socket, its file, which is removed at the end if it is still ours.
class ListenSocket {
 public:
    ListenSocket() = default;
    /// Takes the descriptor. `path`: the file to remove at the end, "" for none.
    explicit ListenSocket(int descriptor, const std::string& path = {});
    /// One of several of its port, each with its own queue; no other process has this one.
    static ListenSocket with_shared_port(int descriptor);
    ~ListenSocket() { close(); }
    ListenSocket(ListenSocket&& other) noexcept;
    ListenSocket& operator=(ListenSocket&& other) noexcept;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] const Address& address() const { return address_; }
    [[nodiscard]] bool shares_port() const { return shares_port_; }
    /// The file stays at the end: another process goes on with the same socket.
    void keep_file() { path_.clear(); }
    void close();

 private:
    int descriptor_ = -1;
    Address address_;
    std::string path_;
    dev_t device_ = 0;  // of the file as we made it
    ino_t inode_ = 0;
    bool shares_port_ = false;
};

struct ListenOptions {
    std::vector<std::string> addresses;  ///< numeric, names, or "*" for all of IPv4 and IPv6
    std::uint16_t port = 6432;           ///< 0: any (tests)
    int backlog = 128;
    std::string unix_socket_dir;  ///< "" for none; "@name" for the abstract namespace
    unsigned unix_socket_mode = 0777;
    std::string unix_socket_group;  ///< name or number; "" leaves it
    bool so_reuseport = false;
    bool tcp_defer_accept = true;
};

struct ListenSockets {
    std::vector<ListenSocket> sockets;  ///< never empty
    std::vector<std::string> warnings;  ///< for the log
};

/// Sockets of the service manager (LISTEN_FDS) if there are any, else those of the options. One of several
/// TCP addresses may fail with a warning. Errors: a name that has no address, a Unix socket that is in use,
/// locked or cannot be created, no socket at all.
[[nodiscard]] ListenResult<ListenSockets> open_listen_sockets(const ListenOptions& options);

/// One listener of our own at a numeric address. Error: it cannot be bound.
[[nodiscard]] ListenResult<ListenSocket> listen_at(const Address& address, int backlog);
/// One at the path of a Unix socket, with these rights for its file; what a process that ended left there is
/// removed. Error: the path is too long, in use, or something else.
[[nodiscard]] ListenResult<ListenSocket> listen_at_path(const std::string& path, unsigned mode, int backlog);

/// Sockets handed over by the service manager; empty if none were. Clears LISTEN_FDS from the environment.
/// Error: one is not a listening stream socket of IPv4, IPv6 or Unix.
[[nodiscard]] ListenResult<std::vector<ListenSocket>> activated_sockets();

/// Applies a changed tcp_defer_accept to an open TCP listener.
void set_defer_accept(int descriptor, bool wanted);

/// Handshakes from now on leave no trace in this socket: with a queue of no length the kernel answers by SYN
/// cookies. The end of such a handshake is good for any other listener of the port, if this one is closed by
/// then. Without net.ipv4.tcp_syncookies it drops the first packet, and the client sends it again in a
/// second. Source: tcp(7), ip-sysctl of Linux.
void use_syn_cookies(int descriptor);

}  // namespace pooler
