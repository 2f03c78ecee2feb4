#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>

namespace support {

HttpConnection::HttpConnection(std::uint16_t port) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
    ::close(descriptor_);
    descriptor_ = -1;
}

HttpConnection::HttpConnection(const std::string& path) {
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return;
    ::close(descriptor_);
    descriptor_ = -1;
}

HttpConnection::~HttpConnection() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void HttpConnection::send(const std::string& bytes) const {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
        const ssize_t now = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (now <= 0) return;  // the other side has had enough: its answer tells
        sent += static_cast<std::size_t>(now);
    }
}

std::string HttpConnection::read_to_end(Clock::duration deadline) {
    const auto end = Clock::now() + deadline;
    std::string all;
    std::array<char, 4096> block{};
    while (descriptor_ >= 0) {
        pollfd watched{descriptor_, POLLIN, 0};
        if (::poll(&watched, 1, remaining_ms(end)) <= 0) break;
        const ssize_t got = ::recv(descriptor_, block.data(), block.size(), 0);
        if (got <= 0) break;
        all.append(block.data(), static_cast<std::size_t>(got));
    }
    return all;
}

bool HttpConnection::ends(Clock::duration deadline) {
    const auto end = Clock::now() + deadline;
    std::array<char, 4096> block{};
    for (;;) {
        pollfd watched{descriptor_, POLLIN, 0};
        if (::poll(&watched, 1, remaining_ms(end)) <= 0) return false;
        if (::recv(descriptor_, block.data(), block.size(), 0) <= 0) return true;
    }
}

HttpAnswer parse_http(const std::string& bytes) {
    HttpAnswer answer;
    const std::size_t head = bytes.find("\r\n\r\n");
    if (!bytes.starts_with("HTTP/1.1 ") || head == std::string::npos) return answer;
    answer.status = std::atoi(bytes.c_str() + 9);
    answer.body = bytes.substr(head + 4);
    for (std::size_t line = bytes.find("\r\n"); line < head; line = bytes.find("\r\n", line + 2)) {
        const std::size_t colon = bytes.find(": ", line);
        const std::size_t end = bytes.find("\r\n", line + 2);
        if (colon == std::string::npos || colon > end) continue;
        std::string name = bytes.substr(line + 2, colon - line - 2);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers[name] = bytes.substr(colon + 2, end - colon - 2);
    }
    return answer;
}

HttpAnswer http(std::uint16_t port, const std::string& path, const std::string& headers,
                const std::string& method) {
    HttpConnection connection(port);
    if (!connection.open()) return {};
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    return parse_http(connection.read_to_end());
}

}  // namespace support
