#include "bench/load/client.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace bench {

Outcome Client::connect(const Address& target) {
    error_.clear();
    walker_ = StreamWalker{};
    unsent_ = {};
    erred_ = false;
    watches_output_ = false;
    auto socket = start_connect(target);
    if (!socket) return lose(socket.error());
    stream_ = Stream{std::move(*socket)};
    began_ = LoadClock::now();
    state_ = State::kConnecting;
    if (!poller_.add(stream_.socket().get(), EPOLLOUT, tag_)) return lose("epoll_ctl failed");
    return Outcome::kNothing;
}

void Client::begin(LoadClock::time_point began) {
    state_ = State::kRunning;
    step_ = 0;
    erred_ = false;
    began_ = began;
    ++turn_;
    send(steps().front());
}

Outcome Client::on_event(std::uint32_t events, std::span<char> read_block) {
    if (state_ == State::kDead) return Outcome::kNothing;
    if (state_ == State::kConnecting) return on_connected();
    if (state_ == State::kAskingTls) return on_tls_answer();
    if (state_ == State::kShaking) return shake();
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return Outcome::kNothing;
    return on_readable(read_block);
}

void Client::disconnect() {
    // The server notices the close in any case; Terminate only makes it a polite one.
    if (state_ == State::kIdle) send(script_.terminate);
    if (tls_.resume)
        if (auto session = stream_.take_session()) session_ = std::move(session);
    stream_.close();
    state_ = State::kDead;
}

Outcome Client::on_connected() {
    if (const int error = socket_error(stream_.socket()); error != 0) return lose(std::strerror(error));
    if (!poller_.modify(stream_.socket().get(), EPOLLIN, tag_)) return lose("epoll_ctl failed");
    if (tls_.context == nullptr) return log_in();
    state_ = State::kAskingTls;
    send(script_.ssl_request);
    return Outcome::kNothing;
}

Outcome Client::on_tls_answer() {
    char answer = 0;
    const auto count = stream_.receive({&answer, 1});
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Outcome::kNothing;
    if (count <= 0 || answer != 'S') return lose("the server has no TLS");
    if (!stream_.secure_as_client(tls_.context, session_.get())) return lose("OpenSSL failed");
    state_ = State::kShaking;
    return shake();
}

Outcome Client::shake() {
    switch (stream_.shake()) {
        case Stream::Shake::kWantRead: return Outcome::kNothing;  // which is watched for
        case Stream::Shake::kWantWrite:                           // a few kB into an empty socket
        case Stream::Shake::kFailed: return lose("TLS handshake failed");
        case Stream::Shake::kDone: break;
    }
    if (stream_.resumed()) ++resumed_;
    return log_in();
}

Outcome Client::log_in() {
    state_ = State::kLoggingIn;
    send(script_.startup);
    return Outcome::kNothing;
}

Outcome Client::on_readable(std::span<char> read_block) {
    const auto count = stream_.receive(read_block);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Outcome::kNothing;
    if (count <= 0) return lose(count == 0 ? "connection closed by the server" : std::strerror(errno));
    bytes_in_ += static_cast<std::uint64_t>(count);
    auto outcome = Outcome::kNothing;
    const bool good =
        walker_.feed({read_block.data(), static_cast<std::size_t>(count)},
                     [&](char tag, std::string_view body) { return on_message(tag, body, outcome); });
    return good ? outcome : lose("unexpected message");
}

// False if the connection cannot go on.
bool Client::on_message(char tag, std::string_view body, Outcome& outcome) {
    if (tag == 'E') {
        erred_ = true;
        if (error_.empty())
            error_ = std::string{error_field(body, 'C')} + " " + std::string{error_field(body, 'M')};
        return error_field(body, 'V') != "FATAL";
    }
    if (tag == 'R' && (body.size() < 4 || read_uint32(body.data()) != 0)) {
        error_ = "the server wants a password; only trust is supported";
        return false;
    }
    if (tag != 'Z') return true;
    if (outcome != Outcome::kNothing || state_ == State::kIdle) {
        error_ = "more ReadyForQuery than requests";
        return false;
    }
    outcome = on_ready();
    return true;
}

Outcome Client::on_ready() {
    const bool log_in = state_ == State::kLoggingIn || state_ == State::kPreparing;
    if (state_ == State::kLoggingIn && !script_.prepare.empty()) {
        state_ = State::kPreparing;
        send(script_.prepare);
        return Outcome::kNothing;
    }
    if (!log_in && ++step_ < steps().size()) {
        send(steps()[step_]);
        return Outcome::kNothing;
    }
    state_ = State::kIdle;
    if (log_in) return erred_ ? lose("login failed") : Outcome::kLoggedIn;
    return erred_ ? Outcome::kErred : Outcome::kDone;
}

Outcome Client::lose(std::string_view why) {
    if (error_.empty()) error_ = why;
    stream_.close();
    state_ = State::kDead;
    return Outcome::kLost;
}

const std::vector<std::string>& Client::steps() const {
    return script_.transactions[turn_ % script_.transactions.size()];
}

void Client::send(std::string_view bytes) {
    unsent_ = bytes;
    flush();
}

void Client::flush() {
    if (unsent_.empty()) return;
    const auto count = stream_.send(unsent_);
    const bool blocked = count < 0 && (errno == EAGAIN || errno == EINTR);
    // Any other error shows at the next read.
    if (count < 0 && !blocked) return;
    if (count > 0) unsent_.remove_prefix(static_cast<std::size_t>(count));
    const bool waits = !unsent_.empty();
    if (waits == watches_output_) return;
    watches_output_ = waits;
    const std::uint32_t events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
    (void)poller_.modify(stream_.socket().get(), events, tag_);
}

}  // namespace bench
