// The event loop of the null server: one thread, one epoll set, a session per connection. Owned by main, ends
// when stop() was called (also from a signal handler's descriptor) and run() has returned.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "bench/null_server/large_result.h"
#include "bench/null_server/null_session.h"
#include "bench/socket.h"
#include "bench/stream.h"

namespace bench {

struct NullServerTotals {
    std::uint64_t sessions = 0;
    std::uint64_t queries = 0;
};

class NullServer {
 public:
    /// `tls`: what an SSLRequest is answered with; null: 'N'.
    NullServer(Fd listener, Poller poller, TlsContext tls = nullptr)
        : listener_(std::move(listener)), poller_(std::move(poller)), tls_(std::move(tls)) {}

    /// Serves until `stop` (a descriptor, for instance of signalfd) becomes readable.
    [[nodiscard]] NullServerTotals run(int stop);

 private:
    struct Connection {
        Connection(Fd fd, std::uint32_t id) : stream(std::move(fd)), session(id) {}

        enum class State { kNew, kShaking, kOpen };

        Stream stream;
        State state = State::kNew;
        NullSession session;
        LargeResult large;
        std::string unread;      ///< received, not yet fed
        std::string unsent;      ///< replies the socket did not take
        bool peer_done = false;  ///< end of the stream, or an error
        std::uint32_t watched = EPOLLIN;
    };

    void accept_all();
    void serve(Connection& connection, std::uint32_t events);
    void begin(Connection& connection);
    void shake(Connection& connection);
    void receive(Connection& connection);
    void process(Connection& connection, std::string_view bytes);
    [[nodiscard]] bool send_unsent(Connection& connection);
    [[nodiscard]] bool send_large(Connection& connection);
    void send_replies(Connection& connection);
    void watch(Connection& connection);
    void close_connection(int fd);

    Fd listener_;
    Poller poller_;
    TlsContext tls_;
    LargeBlock block_;
    NullServerTotals totals_;
    std::array<char, 65536> read_block_{};
    std::string replies_;  ///< of the connection at hand
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;
};

}  // namespace bench
