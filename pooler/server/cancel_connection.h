// One forwarded CancelRequest: connects to the server's host, sends the key, waits until the server closes.
// Only then is the server connection reusable, for only then can the cancel no longer hit another statement.
// Owned by the worker.
#pragma once

#include <optional>
#include <string>

#include "pooler/net/address.h"
#include "pooler/net/io_context.h"
#include "pooler/net/socket.h"
#include "pooler/server/tls_request.h"

namespace pooler {

class CancelConnection;

class CancelOwner {
 public:
    /// The server's host has taken the connection.
    virtual void on_cancel_connected(CancelConnection& cancel) = 0;
    /// The server closed its side, or the attempt failed. The connection is to be buried.
    virtual void on_cancel_closed(CancelConnection& cancel) = 0;

 protected:
    ~CancelOwner() = default;
};

class CancelConnection final : public Mortal, private SocketOwner {
 public:
    /// `server_id`: whom it concerns; `id`: its own.
    CancelConnection(IoContext& io, CancelOwner& owner, std::string key, std::uint64_t server_id,
                     std::uint64_t id)
        : io_{&io},
          owner_{&owner},
          socket_{*this},
          key_{std::move(key)},
          server_id_{server_id},
          id_{id},
          started_{io.now()} {}

    /// False if it failed at once; the owner is not called then.
    [[nodiscard]] bool start(const Address& address, TlsPlan tls);
    [[nodiscard]] std::uint64_t server_id() const { return server_id_; }
    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] Clock::time_point started() const { return started_; }
    [[nodiscard]] const Socket& socket() const { return socket_; }
    void close() { socket_.close(); }

 private:
    void on_connected(int error) override;
    void on_readable() override;
    void on_secured(std::string_view error) override;
    void on_tls_step(TlsRequest::Step step);
    void send_key();

    IoContext* io_;
    CancelOwner* owner_;
    Socket socket_;
    std::optional<TlsRequest> tls_request_;  ///< until TLS or its absence is settled
    std::string key_;
    std::uint64_t server_id_;
    std::uint64_t id_;
    Clock::time_point started_;
};

}  // namespace pooler
