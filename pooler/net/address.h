// A socket address as a value: IPv4, IPv6 or Unix, with its text forms. Belongs to whoever holds it; any
// thread.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pooler {

struct Address {
    sockaddr_storage storage{};
    socklen_t length = 0;  ///< 0: no address

    [[nodiscard]] const sockaddr* get() const;
    /// AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC for an empty one.
    [[nodiscard]] int family() const { return length == 0 ? AF_UNSPEC : storage.ss_family; }
    [[nodiscard]] bool is_unix() const { return family() == AF_UNIX; }

    /// "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; of a Unix socket its path, "@..." if abstract, "" if
    /// unnamed.
    [[nodiscard]] std::string host() const;
    /// The 4 or 16 bytes of an IP address, in network order; empty for a Unix socket. A view into this.
    [[nodiscard]] std::string_view raw() const;
    /// 0 for a Unix socket.
    [[nodiscard]] std::uint16_t port() const;
    /// Leaves a Unix socket as it is.
    void set_port(std::uint16_t port);
    /// "192.0.2.1:5432", "[2001:db8::1]:5432", "unix:/path", "unix:@name"; "" if empty.
    [[nodiscard]] std::string to_text() const;

    /// Equal family, address, scope and port; of Unix sockets the names.
    friend bool operator==(const Address& one, const Address& other);
};

/// A Unix socket or a loopback address: what is sent there does not leave this machine.
[[nodiscard]] bool is_local(const Address& address);

/// Equal but for the port.
[[nodiscard]] bool same_host(const Address& one, const Address& other);

/// An IPv4 or IPv6 address without any look-up; IPv6 may have a "%interface" part. nullopt if it is neither.
[[nodiscard]] std::optional<Address> parse_numeric(std::string_view host, std::uint16_t port);
/// The socket of a PostgreSQL server or pooler in `directory` ("/run/x" or "@x"). nullopt: the path is too
/// long.
[[nodiscard]] std::optional<Address> unix_address(std::string_view directory, std::uint16_t port);
/// The Unix socket with this path, or "@name". nullopt: it is too long.
[[nodiscard]] std::optional<Address> unix_path_address(std::string_view path);
/// "<directory>/.s.PGSQL.<port>". Source: PostgreSQL docs, unix_socket_directories.
[[nodiscard]] std::string unix_socket_path(std::string_view directory, std::uint16_t port);

/// No name look-up is needed or allowed: an IPv4 address, or anything with a ':', which can only be meant as
/// IPv6.
[[nodiscard]] bool is_numeric(std::string_view host);
/// Begins with '/' or '@'.
[[nodiscard]] bool is_unix(std::string_view host);

/// Our end and the other end of a socket. nullopt: not a socket, or not connected (any more).
[[nodiscard]] std::optional<Address> local_address(int descriptor);
[[nodiscard]] std::optional<Address> peer_address(int descriptor);

/// Who is at the other end of a Unix socket, as the kernel noted at connect (SO_PEERCRED).
struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
};
/// nullopt: not a connected Unix socket.
[[nodiscard]] std::optional<PeerCredentials> peer_credentials(int descriptor);

/// The name of this host, as it was when it was asked for first.
[[nodiscard]] const std::string& own_host_name();

}  // namespace pooler
