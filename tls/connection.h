// TLS on one connected, non-blocking descriptor that the caller owns, polls and closes. Each call does what
// it can without waiting and says what it waits for. Belongs to one thread at a time; between two calls it
// may move to another, for it refers to nothing but its context and its descriptor.
//
// After kError or kClosed only error(), shutdown() and destruction are of use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tls/context.h"
#include "tls/error.h"

namespace tls {

enum class Status : std::uint8_t {
    kDone,
    kWantRead,   ///< again when the descriptor is readable
    kWantWrite,  ///< again when it is writable, also from a read
    kClosed,     ///< the peer has ended the connection in an orderly way
    kError,      ///< broken; error() says how
};

struct Progress {
    Status status = Status::kError;
    std::size_t bytes = 0;  ///< kDone: at least one
};

/// What a connection to a server needs to know of it.
struct ServerName {
    std::string host;     ///< as configured: what the certificate must name, and by what sessions are kept
    bool sni = true;      ///< tell the server; never done with an address
    bool direct = false;  ///< TLS without SSLRequest before it: the server must agree to speak PostgreSQL
};

class Connection {
 public:
    /// Records to clients are at most this long, so that one that cannot drain what it has not got whole
    /// (asynchronous libpq) sees its first rows early.
    static constexpr std::size_t kClientRecordBytes = 8192;
    static constexpr std::size_t kMaxRecordBytes = 16384;

    /// With a client, on the server's side of the dialogue.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> accept(std::shared_ptr<const Context> context,
                                                                    int descriptor);
    /// With a server.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> connect(std::shared_ptr<const Context> context,
                                                                     int descriptor, const ServerName& name);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Status handshake();
    [[nodiscard]] Progress read(char* into, std::size_t size);
    /// Takes one record's worth at most. After kWantWrite the next call must begin with the same bytes, in
    /// any place, and have as many or more. What was offered and not taken must be offered again at once:
    /// what was taken may wait for it.
    [[nodiscard]] Progress write(const char* from, std::size_t size);
    /// kDone: bytes can be read, and `first` is the first of them. They stay.
    [[nodiscard]] Status peek(char& first);
    /// Something was received that no read has taken yet; it may be less than a record, or hold no bytes.
    [[nodiscard]] bool has_pending() const;
    /// Tells the peer that nothing follows, if that is possible at once. The end of the descriptor, or of its
    /// sending side, must come right behind.
    void shutdown();

    [[nodiscard]] std::size_t record_bytes() const;
    [[nodiscard]] const std::string& error() const { return error_; }

    // --- after the handshake
    /// Until now what was read is overwritten in OpenSSL's memory, for clients send passwords; that costs a
    /// pass over 16 kB at each read.
    void secrets_are_over() const;
    /// "TLSv1.3/TLS_AES_256_GCM_SHA384/ECDH=X25519".
    [[nodiscard]] std::string description() const;
    [[nodiscard]] bool resumed() const;
    /// What we send is encrypted by the kernel.
    [[nodiscard]] bool kernel_encrypts() const;
    /// Of the server's certificate: ours towards clients, its own towards a server. Error: it has none.
    [[nodiscard]] Result<std::string> channel_binding() const;
    /// The peer showed a certificate and it is good as far as the context asks.
    [[nodiscard]] bool peer_verified() const;
    /// Names for a user in the peer's certificate: common name first (may be empty), then DNS names. Empty:
    /// no certificate, or one that was not checked.
    [[nodiscard]] std::vector<std::string> peer_names() const;

 private:
    struct Private;
    Connection(std::shared_ptr<const Context> context);

    [[nodiscard]] static Result<std::unique_ptr<Connection>> make(std::shared_ptr<const Context> context,
                                                                  int descriptor);
    [[nodiscard]] Status status_of(int returned);
    [[nodiscard]] Status fail();
    [[nodiscard]] Status finish_handshake();
    [[nodiscard]] Progress write_to_kernel(const char* from, std::size_t size);

    std::shared_ptr<const Context> context_;
    std::unique_ptr<Private> private_;
    std::string error_;
    bool broken_ = false;
    bool established_ = false;
};

}  // namespace tls
