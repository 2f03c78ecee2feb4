// A socket with TLS and an OpenSSL client at its other end, which can do what our own Connection never does.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "pooler/net/io_context.h"
#include "pooler/net/socket.h"
#include "tests/support/test_loop.h"
#include "tls/context.h"

namespace tls_socket {

/// The socket, its owner, and the client.
class Scene : private pooler::SocketOwner {
 public:
    struct Options {
        int version = TLS1_3_VERSION;
        int chain = 1;        ///< certificates that the socket shows: more of them make a handshake larger
        std::string early{};  ///< what the client sends behind its last word of the handshake
        int send_buffer = 0;  ///< bytes of the descriptor; 0: the kernel's choice
    };
    explicit Scene(support::TestLoop& loop) : Scene{loop, Options{}} {}
    Scene(support::TestLoop& loop, const Options& options);
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    void write(const std::string& bytes);
    /// Of the next write only so many bytes of TLS leave, the rest at release().
    void hold_from(std::size_t bytes);
    void release();
    /// A record without bytes for the reader; `answer`: who reads it must write.
    void update_key(bool answer);
    /// Asks for another handshake on the open connection; empty if it got one, else OpenSSL's reason.
    std::string renegotiate();
    /// Nothing more fits into the descriptor. What was put in is no TLS: discard() takes it out again.
    void fill_kernel();
    void discard();
    /// Everything that the client can read now.
    std::string read();
    /// Records with bytes for the client so far.
    [[nodiscard]] int records() const { return records_; }
    void hang_up();
    [[nodiscard]] bool run_until_readable();
    /// Some turns in which nothing must come.
    void run_idle_turns();

    pooler::Socket socket{*this};
    int readable = 0;  ///< times the owner was told
    int drained = 0;
    int handshake_waits_to_write = 0;  ///< turns of the handshake with the descriptor full

 private:
    void on_readable() override { ++readable; }
    void on_drained() override { ++drained; }
    static void count(int write, int version, int type, const void* bytes, std::size_t size, SSL* ssl,
                      void* scene);

    support::TestLoop* loop_;
    pooler::IoContext io_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
    int client_fd_ = -1;
    int records_ = 0;
    std::size_t junk_ = 0;
    std::optional<std::size_t> hold_from_;
    std::string held_;
};

}  // namespace tls_socket
