// A non-blocking stream descriptor watched by uv_poll_t: the one socket type, for clients and servers. Reads
// and writes are plain system calls on the caller's memory; what the kernel does not take is copied into the
// backlog. Owned by a session or server connection, on its worker's thread; closing it closes the descriptor.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/net/handle.h"
#include "pooler/net/out_batch.h"

namespace pooler {

/// Called on the worker's thread. After any of these the socket may be gone.
class SocketOwner {
 public:
    virtual void on_readable() = 0;
    /// The backlog fell to Socket::kLowBytes, or is gone: the other side may be read again.
    virtual void on_drained() {}
    /// A connect ended; 0 or an errno.
    virtual void on_connected(int error) { static_cast<void>(error); }

 protected:
    ~SocketOwner() = default;
};

class Socket {
 public:
    static constexpr std::size_t kHighBytes = 256 * 1024;  ///< above: stop reading the other side
    static constexpr std::size_t kLowBytes = 32 * 1024;    ///< at or below: read it again

    explicit Socket(SocketOwner& owner) : owner_{&owner} {}
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Takes an open non-blocking descriptor and starts to watch it for reading.
    void attach(uv_loop_t* loop, int descriptor);
    /// Starts a connect; the owner hears on_connected(). Returns 0 or an errno (then nothing was opened).
    [[nodiscard]] int connect(uv_loop_t* loop, const sockaddr* address, socklen_t length);
    /// Gives the descriptor away, to be attached on another loop. Only with an empty backlog.
    [[nodiscard]] int detach();
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

    /// False if the connection is dead; the owner closes it.
    [[nodiscard]] bool send(std::string_view bytes);
    [[nodiscard]] bool send(OutBatch& batch);
    [[nodiscard]] std::size_t backlog_bytes() const {
        return backlog_ ? backlog_->bytes.size() - backlog_->sent : 0;
    }
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
    };
    void on_poll(int status, int events);
    void update_watch();
    void keep(const char* bytes, std::size_t size);
    /// False: the connection is broken.
    bool send_backlog();
    void drop_backlog();
    void tell_drained();
    void finish_connect();

    SocketOwner* owner_;
    Poll poll_;
    int descriptor_ = -1;
    bool reading_ = false;
    bool connecting_ = false;
    bool above_low_ = false;            // on_drained() is owed at kLowBytes
    bool drain_owed_ = false;           // and when all has left
    std::unique_ptr<Backlog> backlog_;  ///< only while something waits
};

}  // namespace pooler
