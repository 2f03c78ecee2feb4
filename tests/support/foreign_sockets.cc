#include "tests/support/foreign_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace support {

namespace {

int family_of(int descriptor) { return socket_option(descriptor, SOL_SOCKET, SO_DOMAIN); }

bool listens(int descriptor) { return socket_option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1; }

using NameOf = int (*)(int, sockaddr*, socklen_t*);

/// 0 unless it is a socket of IPv4 with such an end.
std::uint16_t port_of(int descriptor, NameOf name_of) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (name_of(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return address.sin_family == AF_INET ? ntohs(address.sin_port) : std::uint16_t{0};
}

}  // namespace

ForeignSockets::ForeignSockets(pid_t pid) {
    const int process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
    allowed_ = process >= 0;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error)) {
        const auto target = std::filesystem::read_symlink(entry.path(), error).string();
        if (error || target.rfind("socket:", 0) != 0) continue;
        const int number = std::stoi(entry.path().filename().string());
        const int copy = static_cast<int>(::syscall(SYS_pidfd_getfd, process, number, 0U));
        if (copy < 0) {
            allowed_ = false;
        } else if (family_of(copy) == AF_INET) {
            sockets_.push_back(copy);
        } else {
            ::close(copy);
        }
    }
    if (process >= 0) ::close(process);
}

ForeignSockets::~ForeignSockets() {
    for (const int socket : sockets_) ::close(socket);
}

int ForeignSockets::listener() const {
    for (const int socket : sockets_)
        if (listens(socket)) return socket;
    return -1;
}

int ForeignSockets::accepted_on(std::uint16_t port) const {
    for (const int socket : sockets_)
        if (!listens(socket) && port_of(socket, ::getsockname) == port) return socket;
    return -1;
}

int ForeignSockets::connected_to(std::uint16_t port) const {
    for (const int socket : sockets_)
        if (!listens(socket) && port_of(socket, ::getpeername) == port) return socket;
    return -1;
}

int socket_option(int descriptor, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1;
}

}  // namespace support
