// A non-blocking stream descriptor watched by uv_poll_t: the one socket type, for clients and servers. Reads
// and writes are plain system calls on the caller's memory; what the kernel does not take is copied into the
// backlog. After secure() the same goes through TLS. Owned by a session or server connection, on its worker's
// thread; closing it closes the descriptor.
//
// socket.cc: the socket in clear; socket_tls.cc: what differs with TLS.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pooler/net/handle.h"
#include "pooler/net/out_batch.h"

namespace tls {
class Connection;
}

namespace pooler {

struct IoContext;
struct SocketTls;

/// Called on the worker's thread. After any of these the socket may be gone.
class SocketOwner {
 public:
    virtual void on_readable() = 0;
    /// The backlog fell to Socket::kLowBytes, or is gone: the other side may be read again.
    virtual void on_drained() {}
    /// A connect ended; 0 or an errno.
    virtual void on_connected(int error) { static_cast<void>(error); }
    /// The handshake that secure() began has ended; `error` is empty if all went well.
    virtual void on_secured(std::string_view error) { static_cast<void>(error); }

 protected:
    ~SocketOwner() = default;
};

class Socket {
 public:
    static constexpr std::size_t kHighBytes = 256 * 1024;  ///< above: stop reading the other side
    static constexpr std::size_t kLowBytes = 32 * 1024;    ///< at or below: read it again

    explicit Socket(SocketOwner& owner);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Takes an open non-blocking descriptor and starts to watch it for reading.
    void attach(uv_loop_t* loop, int descriptor);
    /// Starts a connect; the owner hears on_connected(). Returns 0 or an errno (then nothing was opened).
    [[nodiscard]] int connect(uv_loop_t* loop, const sockaddr* address, socklen_t length);
    /// Gives the descriptor away, to be attached on another loop. Only with an empty backlog and nothing
    /// pending. TLS stays with the socket, which is to be moved as well.
    [[nodiscard]] int detach();
    /// The TLS of an attached socket belongs to this worker now.
    void rebind_tls(IoContext& io);
    /// Starts the handshake on the open descriptor; from now on everything goes through TLS. The owner hears
    /// on_secured(), never from inside this call. `connecting`: ours is the first word.
    void secure(IoContext& io, std::unique_ptr<tls::Connection> connection, bool connecting);
    /// Once the handshake is done; else nullptr.
    [[nodiscard]] const tls::Connection* secured() const;
    void close();

    enum class ReadStatus { kData, kBlocked, kClosed };
    struct ReadResult {
        ReadStatus status;
        std::size_t bytes = 0;
        int error = 0;  ///< kClosed: 0 for an orderly end, else an errno
    };
    [[nodiscard]] ReadResult read(char* into, std::size_t size);
    struct Peeked {
        ReadStatus status;
        char first = '\0';  ///< kData: the next byte
    };
    /// What a read would find; takes nothing.
    [[nodiscard]] Peeked peek() const;
    /// True if the peer has closed or reset and nothing is left to read.
    [[nodiscard]] bool peer_gone() const { return peek().status == ReadStatus::kClosed; }
    /// TLS holds bytes that were not read yet.
    [[nodiscard]] bool pending() const;

    /// False if the connection is dead; the owner closes it.
    [[nodiscard]] bool send(std::string_view bytes);
    [[nodiscard]] bool send(OutBatch& batch);
    [[nodiscard]] std::size_t backlog_bytes() const {
        return backlog_ ? backlog_->bytes.size() - backlog_->sent : 0;
    }
    /// Since when the backlog has been as large as it is, as far as calls of this have seen; `now` if it has
    /// changed, or there is none.
    [[nodiscard]] std::chrono::steady_clock::time_point stuck_since(
        std::chrono::steady_clock::time_point now);
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] bool backed_up() const { return backlog_bytes() > kHighBytes; }

    void read_on(bool wanted);
    [[nodiscard]] bool reading() const { return reading_; }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Says goodbye before close(): half-closes and drops what has arrived, so that the last message is not
    /// lost to a reset.
    void finish_sending();

 private:
    struct Backlog {
        std::string bytes;
        std::size_t sent = 0;
        std::size_t left_then = 0;  ///< see stuck_since()
        std::chrono::steady_clock::time_point seen_at{};
    };
    void on_poll(int status, int events);
    void update_watch();
    void keep(const char* bytes, std::size_t size);
    /// False: the connection is broken.
    bool send_backlog();
    void drop_backlog();
    void tell_drained();
    void finish_connect();

    // with TLS (socket_tls.cc)
    friend class TlsTurns;
    [[nodiscard]] ReadResult read_tls(char* into, std::size_t size);
    [[nodiscard]] Peeked peek_tls() const;
    [[nodiscard]] bool send_tls(std::string_view bytes);
    [[nodiscard]] bool send_tls(OutBatch& batch);
    [[nodiscard]] bool send_backlog_tls();
    /// Bytes taken; nullopt: the connection is broken.
    [[nodiscard]] std::optional<std::size_t> write_tls(const char* bytes, std::size_t size);
    [[nodiscard]] int tls_events(int events) const;
    void on_tls_poll(int status, int events);
    void continue_handshake();
    void on_pending();
    void read_soon() const;
    void close_tls();

    SocketOwner* owner_;
    Poll poll_;
    int descriptor_ = -1;
    bool reading_ = false;
    bool connecting_ = false;
    bool above_low_ = false;            // on_drained() is owed at kLowBytes
    bool drain_owed_ = false;           // and when all has left
    std::unique_ptr<Backlog> backlog_;  ///< only while something waits
    std::unique_ptr<SocketTls> tls_;    ///< only after secure()
};

}  // namespace pooler
