// A server connection, and at its other end a peer that says what the test wants: in clear, or through TLS.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/net/io_context.h"
#include "pooler/server/server_connection.h"
#include "tests/support/test_loop.h"

namespace server_peer {

/// Logged in and idle, as its pool would have it.
class Scene : private pooler::ServerHost {
 public:
    enum class Tls { kNo, kYes };
    explicit Scene(support::TestLoop& loop, Tls tls = Tls::kNo);
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    /// Records the request as if it had been sent.
    void expect(pooler::Request request);
    /// The peer says it, in one record if there is TLS; returns once the connection has read it.
    void say(std::string_view bytes);
    /// The same, without waiting.
    void write(std::string_view bytes);
    /// Whatever the peer can read is gone after this.
    void drain();
    [[nodiscard]] bool run_until(const std::function<bool()>& holds) { return loop_->run_until(holds); }

    int own_queries_done = 0;
    bool reusable_when_done = false;  ///< as the pool sees it in that moment
    bool pending_when_done = false;

 private:
    void log_in(Tls tls);
    void accept_tls();

    void on_login_done(pooler::ServerConnection& server) override;
    void on_login_failed(pooler::ServerConnection& server, const pooler::LoginFailure& failure) override;
    void on_own_query_done(pooler::ServerConnection& server, bool ok) override;
    void on_cleaned(pooler::ServerConnection&) override {}
    void on_lost(pooler::ServerConnection&, std::string_view reason) override;

    support::TestLoop* loop_;
    pooler::IoContext io_;
    pooler::TrackedNames tracked_{{}};
    pooler::ScramKeyCache keys_;
    bool logged_in_ = false;
    int peer_ = -1;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx_{nullptr, SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};

 public:
    pooler::ServerConnection server;
};

}  // namespace server_peer
