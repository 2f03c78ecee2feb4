// Conversions between sockaddr structures and text. Nothing here blocks or looks up names.
#include "pooler/net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace pooler {

namespace {

constexpr std::size_t kPathOffset = offsetof(sockaddr_un, sun_path);

template <class T>
T view_as(const Address& address) {
    T copy{};
    std::memcpy(&copy, &address.storage, sizeof copy);
    return copy;
}

template <class T>
Address address_of(const T& raw, std::size_t length = sizeof(T)) {
    Address address;
    std::memcpy(&address.storage, &raw, sizeof raw);
    address.length = static_cast<socklen_t>(length);
    return address;
}

/// The name as the kernel has it: the bytes behind a leading NUL belong to an abstract name.
std::string unix_name(const Address& address) {
    if (address.length <= kPathOffset) return {};
    const auto raw = view_as<sockaddr_un>(address);
    const std::size_t size = address.length - kPathOffset;
    if (raw.sun_path[0] == '\0') return "@" + std::string(raw.sun_path + 1, size - 1);
    return {raw.sun_path, ::strnlen(raw.sun_path, size)};
}

std::string ipv6_text(const sockaddr_in6& raw) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, &raw.sin6_addr, text.data(), text.size());
    std::string result{text.data()};
    if (raw.sin6_scope_id == 0) return result;
    std::array<char, IF_NAMESIZE> name{};
    const char* scope = ::if_indextoname(raw.sin6_scope_id, name.data());
    return result + "%" + (scope != nullptr ? scope : std::to_string(raw.sin6_scope_id));
}

/// "eth0" or "2" to an interface index; 0 if there is none.
unsigned scope_index(const std::string& scope) {
    if (const unsigned index = ::if_nametoindex(scope.c_str()); index != 0) return index;
    unsigned index = 0;
    for (const char digit : scope) {
        if (digit < '0' || digit > '9' || index > 100'000'000) return 0;
        index = index * 10 + static_cast<unsigned>(digit - '0');
    }
    return index;
}

std::optional<Address> parse_ipv6(std::string_view host, std::uint16_t port) {
    sockaddr_in6 raw{};
    const auto percent = host.find('%');
    const std::string digits{host.substr(0, percent)};
    if (::inet_pton(AF_INET6, digits.c_str(), &raw.sin6_addr) != 1) return std::nullopt;
    if (percent != std::string_view::npos) {
        raw.sin6_scope_id = scope_index(std::string{host.substr(percent + 1)});
        if (raw.sin6_scope_id == 0) return std::nullopt;
    }
    raw.sin6_family = AF_INET6;
    raw.sin6_port = htons(port);
    return address_of(raw);
}

using NameOf = int (*)(int, sockaddr*, socklen_t*);

std::optional<Address> ask_kernel(NameOf call, int descriptor) {
    Address address;
    address.length = sizeof address.storage;
    if (call(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0)
        return std::nullopt;
    return address;
}

}  // namespace

const sockaddr* Address::get() const { return reinterpret_cast<const sockaddr*>(&storage); }

std::string Address::host() const {
    switch (family()) {
        case AF_INET: {
            std::array<char, INET_ADDRSTRLEN> text{};
            const auto raw = view_as<sockaddr_in>(*this);
            ::inet_ntop(AF_INET, &raw.sin_addr, text.data(), text.size());
            return text.data();
        }
        case AF_INET6: return ipv6_text(view_as<sockaddr_in6>(*this));
        case AF_UNIX: return unix_name(*this);
        default: return {};
    }
}

std::string_view Address::raw() const {
    if (family() == AF_INET)
        return {reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr), 4};
    if (family() == AF_INET6)
        return {reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr),
                16};
    return {};
}

std::uint16_t Address::port() const {
    if (family() == AF_INET) return ntohs(view_as<sockaddr_in>(*this).sin_port);
    if (family() == AF_INET6) return ntohs(view_as<sockaddr_in6>(*this).sin6_port);
    return 0;
}

void Address::set_port(std::uint16_t port) {
    static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
    if (family() != AF_INET && family() != AF_INET6) return;
    const std::uint16_t wire = htons(port);
    std::memcpy(reinterpret_cast<char*>(&storage) + offsetof(sockaddr_in, sin_port), &wire, sizeof wire);
}

std::string Address::to_text() const {
    switch (family()) {
        case AF_INET: return host() + ":" + std::to_string(port());
        case AF_INET6: return "[" + host() + "]:" + std::to_string(port());
        case AF_UNIX: return "unix:" + host();
        default: return {};
    }
}

bool is_local(const Address& address) {
    if (address.is_unix()) return true;
    constexpr std::string_view kLoopback6{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16};
    constexpr char kLoopback4 = 127;
    const std::string_view bytes = address.raw();
    return (bytes.size() == 4 && bytes.front() == kLoopback4) || bytes == kLoopback6;
}

bool same_host(const Address& one, const Address& other) {
    if (one.family() != other.family()) return false;
    switch (one.family()) {
        case AF_INET:
            return view_as<sockaddr_in>(one).sin_addr.s_addr == view_as<sockaddr_in>(other).sin_addr.s_addr;
        case AF_INET6: {
            const auto left = view_as<sockaddr_in6>(one);
            const auto right = view_as<sockaddr_in6>(other);
            return left.sin6_scope_id == right.sin6_scope_id &&
                   std::memcmp(&left.sin6_addr, &right.sin6_addr, sizeof left.sin6_addr) == 0;
        }
        default: return one.host() == other.host();
    }
}

bool operator==(const Address& one, const Address& other) {
    return one.port() == other.port() && same_host(one, other);
}

std::optional<Address> parse_numeric(std::string_view host, std::uint16_t port) {
    if (host.find('\0') != std::string_view::npos) return std::nullopt;
    if (host.find(':') != std::string_view::npos) return parse_ipv6(host, port);
    sockaddr_in raw{};
    if (::inet_pton(AF_INET, std::string{host}.c_str(), &raw.sin_addr) != 1) return std::nullopt;
    raw.sin_family = AF_INET;
    raw.sin_port = htons(port);
    return address_of(raw);
}

std::string unix_socket_path(std::string_view directory, std::uint16_t port) {
    return std::string{directory} + "/.s.PGSQL." + std::to_string(port);
}

std::optional<Address> unix_address(std::string_view directory, std::uint16_t port) {
    return unix_path_address(unix_socket_path(directory, port));
}

std::optional<Address> unix_path_address(std::string_view path) {
    sockaddr_un raw{};
    if (path.size() >= sizeof raw.sun_path) return std::nullopt;
    raw.sun_family = AF_UNIX;
    std::memcpy(raw.sun_path, path.data(), path.size());
    if (path.front() != '@') return address_of(raw, kPathOffset + path.size() + 1);
    raw.sun_path[0] = '\0';  // an abstract name is not terminated: its length counts
    return address_of(raw, kPathOffset + path.size());
}

bool is_numeric(std::string_view host) {
    return host.find(':') != std::string_view::npos || parse_numeric(host, 0).has_value();
}

bool is_unix(std::string_view host) { return !host.empty() && (host.front() == '/' || host.front() == '@'); }

std::optional<Address> local_address(int descriptor) { return ask_kernel(::getsockname, descriptor); }

std::optional<Address> peer_address(int descriptor) { return ask_kernel(::getpeername, descriptor); }

std::optional<PeerCredentials> peer_credentials(int descriptor) {
    ucred raw{};
    socklen_t size = sizeof raw;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &raw, &size) != 0) return std::nullopt;
    if (raw.pid <= 0) return std::nullopt;  // TCP sockets answer with zeros and -1
    return PeerCredentials{raw.pid, raw.uid, raw.gid};
}

const std::string& own_host_name() {
    static const std::string name = [] {
        std::array<char, 256> text{};  // Linux allows 64 bytes
        return ::gethostname(text.data(), text.size() - 1) == 0 ? std::string{text.data()} : std::string{};
    }();
    return name;
}

}  // namespace pooler
