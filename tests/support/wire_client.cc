#include "tests/support/wire_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "tests/support/catch.h"

namespace support {
namespace {

bool wait_for(int fd, short events, Clock::time_point end) {
    pollfd entry{fd, events, 0};
    return ::poll(&entry, 1, remaining_ms(end)) > 0;
}

int connect_socket(const sockaddr* address, socklen_t bytes, int family) {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, address, bytes) != 0) {
        ::close(fd);
        FAIL("cannot connect: " << std::strerror(errno));
    }
    return fd;
}

int connect_tcp(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = connect_socket(reinterpret_cast<const sockaddr*>(&address), sizeof address, AF_INET);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int connect_unix(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto text = path.string();
    if (text.size() >= sizeof address.sun_path) FAIL("socket path too long: " << text);
    std::copy(text.begin(), text.end(), address.sun_path);
    return connect_socket(reinterpret_cast<const sockaddr*>(&address), sizeof address, AF_UNIX);
}

}  // namespace

WireClient::WireClient(std::uint16_t port) : fd_(connect_tcp(port)) {}

WireClient::WireClient(const std::filesystem::path& socket) : fd_(connect_unix(socket)) {}

WireClient::~WireClient() { close(); }

WireClient::WireClient(WireClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      consumed_(other.consumed_),
      backend_key_(std::move(other.backend_key_)) {}

void WireClient::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void WireClient::reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void WireClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

std::optional<WireClient> WireClient::log_in(const Login& login, const wire::Parameters& more,
                                             std::string& error) {
    WireClient client(login.port);
    wire::Parameters parameters{{"user", login.user}, {"database", login.database}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    client.send(wire::startup(parameters));
    for (;;) {
        const auto message = client.read();
        if (!message) error = "the connection was closed during login";
        if (message && message->type == 'E') error = "login refused: " + wire::error_text({*message});
        if (!message || message->type == 'E') return std::nullopt;
        if (message->type == 'R' && wire::read_uint32(message->body) == 3) {
            client.send(wire::password(login.password));
        }
        if (message->type == 'K') client.backend_key_ = message->body;
        if (message->type == 'Z') return client;
    }
}

WireClient WireClient::logged_in(const Login& login, const wire::Parameters& more) {
    std::string error;
    auto client = log_in(login, more, error);
    if (!client) FAIL(error);
    return std::move(*client);
}

bool WireClient::send(std::string_view bytes) {
    const auto end = Clock::now() + kDeadline;
    while (!bytes.empty()) {
        if (!wait_for(fd_, POLLOUT, end)) return false;
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool WireClient::send_in_pieces(std::string_view bytes, std::size_t piece_bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece_bytes, bytes.size()))) {
        if (!send(bytes.substr(0, piece_bytes))) return false;
    }
    return true;
}

bool WireClient::fill(std::size_t bytes) {
    const auto end = Clock::now() + kDeadline;
    std::array<char, 65536> block;
    while (buffer_.size() - consumed_ < bytes) {
        if (!wait_for(fd_, POLLIN, end)) FAIL("nothing arrived before the deadline");
        const auto got = ::recv(fd_, block.data(), block.size(), 0);
        if (got <= 0) return false;
        if (consumed_ > block.size()) buffer_.erase(0, std::exchange(consumed_, 0));
        buffer_.append(block.data(), static_cast<std::size_t>(got));
    }
    return true;
}

std::optional<char> WireClient::read_byte() {
    if (!fill(1)) return std::nullopt;
    return buffer_[consumed_++];
}

std::optional<wire::Message> WireClient::read() {
    constexpr std::size_t kHeader = 5;
    if (!fill(kHeader)) return std::nullopt;
    const std::size_t total =
        wire::read_uint32(std::string_view(buffer_).substr(consumed_ + 1)) + std::size_t{1};
    if (total < kHeader) FAIL("a message with an impossible length");
    if (!fill(total)) return std::nullopt;
    wire::Message message{buffer_[consumed_], buffer_.substr(consumed_ + kHeader, total - kHeader)};
    consumed_ += total;
    return message;
}

wire::Messages WireClient::read_until(char type) {
    wire::Messages messages;
    while (auto message = read()) {
        messages.push_back(std::move(*message));
        if (messages.back().type == type) break;
    }
    return messages;
}

wire::Messages WireClient::read_answer() {
    auto messages = read_until('Z');
    const auto is_status = [](const wire::Message& message) { return message.type == 'S'; };
    messages.erase(std::remove_if(messages.begin(), messages.end(), is_status), messages.end());
    return messages;
}

wire::Messages WireClient::exchange(std::string_view bytes) {
    send(bytes);
    return read_answer();
}

wire::Messages WireClient::read_to_end() {
    wire::Messages messages;
    while (auto message = read()) messages.push_back(std::move(*message));
    return messages;
}

bool WireClient::silent(Clock::duration period) {
    return buffer_.size() == consumed_ && !wait_for(fd_, POLLIN, Clock::now() + period);
}

}  // namespace support
