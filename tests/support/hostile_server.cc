#include "tests/support/hostile_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "tests/support/catch.h"
#include "tests/support/free_port.h"

namespace support {

Answer says(std::string bytes) {
    return [bytes = std::move(bytes)](const std::string&) { return bytes; };
}

HostileServer::HostileServer(std::vector<Script> scripts, End end)
    : scripts_{std::move(scripts)},
      end_{end},
      port_{free_port()},
      listener_{::socket(AF_INET, SOCK_STREAM, 0)} {
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(listener_, where, sizeof address) == 0);
    REQUIRE(::listen(listener_, 1024) == 0);
    thread_ = std::thread{[this] { serve(); }};
}

HostileServer::~HostileServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
}

std::string HostileServer::heard() {
    const std::lock_guard hold{lock_};
    return heard_;
}

bool HostileServer::readable(int fd) const {
    pollfd entry{fd, POLLIN, 0};
    while (!stop_)
        if (::poll(&entry, 1, 20) > 0) return true;
    return false;
}

void HostileServer::serve() {
    while (readable(listener_)) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        play(fd, scripts_[static_cast<std::size_t>(served_) % scripts_.size()]);
        ++served_;
        ::close(fd);
    }
}

std::string HostileServer::hear(int fd) {
    if (!readable(fd)) return {};
    std::array<char, 4096> block{};
    const ssize_t got = ::recv(fd, block.data(), block.size(), 0);
    if (got <= 0) return {};
    const std::lock_guard hold{lock_};
    heard_.append(block.data(), static_cast<std::size_t>(got));
    return {block.data(), static_cast<std::size_t>(got)};
}

void HostileServer::play(int fd, const Script& script) {
    for (const Answer& answer : script) {
        const std::string said = hear(fd);
        if (said.empty()) return;
        const std::string bytes = answer(said);
        for (std::size_t at = 0; at < bytes.size() && !stop_;) {
            const ssize_t sent = ::send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return;
            at += static_cast<std::size_t>(sent);
        }
    }
    if (end_ == End::kWait) static_cast<void>(hear(fd));
}

}  // namespace support
