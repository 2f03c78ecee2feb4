#include "pooler/metrics/http_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace pooler {
namespace {

constexpr std::size_t kReadBytes = 4096;

/// End of a head, the empty line included; npos if it has not come yet.
std::size_t head_end(const std::string& text) {
    const std::size_t found = text.find("\r\n\r\n");
    return found == std::string::npos ? found : found + 4;
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

HttpServer::HttpServer(HttpEngine::Answer answer, HttpTimeouts timeouts)
    : engine_{std::move(answer)}, timeouts_{timeouts} {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::listen(ListenSocket socket) {
    if (threads_.empty() && !socket.is_open()) return;
    {
        const std::lock_guard lock{mutex_};
        next_listening_ = std::move(socket);
        listening_changed_ = true;
    }
    if (threads_.empty()) start();
    wake();
}

void HttpServer::start() {
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) std::abort();  // no descriptor at all is left
    threads_.emplace_back([this] { run(); });
    for (unsigned i = 0; i < kThreads; ++i) threads_.emplace_back([this] { answer_jobs(); });
}

void HttpServer::wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one));  // fails only if it is awake already
}

void HttpServer::stop() {
    if (threads_.empty()) return;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    job_came_.notify_all();
    wake();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    while (!connections_.empty()) close(connections_.begin());
    listening_.close();
    ::close(std::exchange(wake_, -1));
}

void HttpServer::run() {
    std::vector<pollfd> watched;
    std::vector<Place> places;
    while (take_changes()) {
        watched.assign(
            {{wake_, POLLIN, 0}, {listening_.is_open() ? listening_.descriptor() : -1, POLLIN, 0}});
        places.clear();
        for (auto place = connections_.begin(); place != connections_.end(); ++place) {
            const bool writing = place->phase == Phase::kWriting;
            const bool silent = place->phase == Phase::kAnswering;
            watched.push_back(
                {silent ? -1 : place->descriptor, static_cast<short>(writing ? POLLOUT : POLLIN), 0});
            places.push_back(place);
        }
        static_cast<void>(::poll(watched.data(), watched.size(), poll_timeout(Clock::now())));
        for (std::size_t i = 0; i < places.size(); ++i)
            if (watched[i + 2].revents != 0) on_event(places[i]);
        close_late(Clock::now());
        if (watched[1].revents != 0) accept_all();
    }
}

/// What other threads have left here. False: the end.
bool HttpServer::take_changes() {
    std::uint64_t count = 0;
    static_cast<void>(::read(wake_, &count, sizeof count));
    std::vector<Job> answered;
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) return false;
        answered.swap(answered_);
        if (std::exchange(listening_changed_, false)) listening_ = std::move(next_listening_);
    }
    for (Job& job : answered) {
        const auto place = std::find_if(connections_.begin(), connections_.end(),
                                        [&job](const Connection& c) { return c.id == job.id; });
        if (place == connections_.end()) continue;
        if (job.text.empty()) {
            close(place);
            continue;
        }
        place->answer = std::move(job.text);
        place->phase = Phase::kWriting;
        place->deadline = Clock::now() + timeouts_.body;
    }
    return true;
}

void HttpServer::accept_all() {
    for (;;) {
        sockaddr_storage peer{};
        socklen_t length = sizeof peer;
        const int descriptor = ::accept4(listening_.descriptor(), reinterpret_cast<sockaddr*>(&peer), &length,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            // Without a descriptor left the listener stays readable; a moment's rest, and others may go.
            if (errno == EMFILE || errno == ENFILE) ::usleep(10'000);
            return;
        }
        make_room();
        Connection& connection = connections_.emplace_back();
        connection.id = ++last_id_;
        connection.descriptor = descriptor;
        const auto address = peer_address(descriptor);
        connection.local = peer.ss_family == AF_UNIX || (address && is_local(*address));
        connection.deadline = Clock::now() + timeouts_.head;
    }
}

/// The oldest that owes us its request or its close makes room; answers under way are finished first.
void HttpServer::make_room() {
    if (connections_.size() < kMostConnections) return;
    const auto idle = std::find_if(connections_.begin(), connections_.end(), [](const Connection& c) {
        return c.phase == Phase::kHead || c.phase == Phase::kClosing;
    });
    close(idle != connections_.end() ? idle : connections_.begin());
}

void HttpServer::on_event(Place connection) {
    bool goes_on = true;
    switch (connection->phase) {
        case Phase::kHead: goes_on = read_head(*connection); break;
        case Phase::kWriting: goes_on = write_answer(*connection); break;
        case Phase::kClosing: goes_on = discard(*connection); break;
        case Phase::kAnswering: break;
    }
    if (!goes_on) close(connection);
}

bool HttpServer::read_head(Connection& connection) {
    std::array<char, kReadBytes> block{};
    const ssize_t got = ::recv(connection.descriptor, block.data(), block.size(), 0);
    if (got < 0) return would_block();
    if (got == 0) return false;
    connection.head.append(block.data(), static_cast<std::size_t>(got));
    const std::size_t end = head_end(connection.head);
    if (end == std::string::npos && connection.head.size() <= kMostHeadBytes) return true;
    if (end == std::string::npos || end > kMostHeadBytes) {
        connection.answer =
            "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        connection.phase = Phase::kWriting;
        return write_answer(connection);
    }
    connection.head.resize(end);
    connection.phase = Phase::kAnswering;
    connection.deadline = Clock::time_point::max();  // the answering threads have their own
    {
        const std::lock_guard lock{mutex_};
        jobs_.push_back({connection.id, connection.local, std::exchange(connection.head, {})});
    }
    job_came_.notify_one();
    return true;
}

/// Then waits for the client to close: a close with its bytes unread would take the answer away from it.
bool HttpServer::write_answer(Connection& connection) {
    while (connection.sent < connection.answer.size()) {
        const ssize_t sent = ::send(connection.descriptor, connection.answer.data() + connection.sent,
                                    connection.answer.size() - connection.sent, MSG_NOSIGNAL);
        if (sent < 0) return would_block();
        connection.sent += static_cast<std::size_t>(sent);
    }
    static_cast<void>(::shutdown(connection.descriptor, SHUT_WR));
    connection.phase = Phase::kClosing;
    connection.deadline = Clock::now() + timeouts_.close;
    return true;
}

bool HttpServer::discard(Connection& connection) {
    std::array<char, kReadBytes> block{};
    const ssize_t got = ::recv(connection.descriptor, block.data(), block.size(), 0);
    return got > 0 || (got < 0 && would_block());
}

void HttpServer::close(Place connection) {
    ::close(connection->descriptor);
    connections_.erase(connection);
}

void HttpServer::close_late(Clock::time_point now) {
    for (auto place = connections_.begin(); place != connections_.end();) {
        const auto next = std::next(place);
        if (place->deadline <= now) close(place);
        place = next;
    }
}

/// Milliseconds to the next deadline, -1 if there is none.
int HttpServer::poll_timeout(Clock::time_point now) const {
    auto next = Clock::time_point::max();
    for (const Connection& connection : connections_) next = std::min(next, connection.deadline);
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    return static_cast<int>(std::max<std::int64_t>(0, left));
}

void HttpServer::answer_jobs() {
    std::unique_lock lock{mutex_};
    for (;;) {
        job_came_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job.text = engine_.respond(std::move(job.text), job.local);
        lock.lock();
        answered_.push_back(std::move(job));
        wake();
    }
}

}  // namespace pooler
