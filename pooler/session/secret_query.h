// One auth_query on its way: waits for a server of the role that runs it, asks for one user, reads the row.
// Knows nothing of the client it is for: no parameter of a client reaches the server it runs on. Owned by the
// worker's secret desk, on its thread; ends in SecretQueryOwner::on_query_done(), once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pooler/pool/pool.h"
#include "pooler/server/state_step.h"
#include "pooler/session/secret_cache.h"

namespace pooler {

class SecretQuery;
class SessionEnvironment;

class SecretQueryOwner {
 public:
    /// `failure`: why there is no answer, for the log; empty if there is one. The query may be destroyed.
    virtual void on_query_done(SecretQuery& query, std::optional<UserSecret> answer, std::string failure) = 0;
    /// Whether anybody still waits for it.
    [[nodiscard]] virtual bool wanted(const SecretQuery& query) const = 0;

 protected:
    ~SecretQueryOwner() = default;
};

/// Reads the replies to an auth_query, up to and including ReadyForQuery: no row, or one with a name and a
/// secret. Error: what is wrong, in words for the log.
[[nodiscard]] tl::expected<std::optional<UserSecret>, std::string> read_secret_reply(
    std::string_view replies);

class SecretQuery final : public Mortal, private Waiter, private ServerUser {
 public:
    SecretQuery(SessionEnvironment& environment, SecretQueryOwner& owner, SecretKey key);
    ~SecretQuery() override;

    /// The owner hears how it ends, never from inside this call.
    void start(Pool& pool);
    [[nodiscard]] const SecretKey& key() const { return key_; }

 private:
    // Waiter
    void on_server(ServerConnection& server) override;
    void on_welcome() override {}
    void on_wait_failed(const PoolError& error) override;
    void on_wait_check(Clock::time_point now) override;
    [[nodiscard]] WantedState wanted() const override { return {&parameters_, &variables_, 0}; }
    // ServerUser
    void on_replies(OutBatch& batch, std::size_t bytes_read) override;
    void on_parameter(std::size_t /*index*/, std::string_view /*value*/, bool /*own*/) override {}
    void on_requests_failed(const FailedRange& /*range*/) override {}
    void on_deallocate_all(std::uint64_t /*sequence*/) override {}
    void on_ready(protocol::TransactionStatus /*status*/) override { ready_ = true; }
    void on_prepared_for(const OwnResult& result) override;
    void on_turn_end() override;
    void on_server_drained() override {}
    void check_deadlines(Clock::time_point now) override;
    void on_server_lost(std::string_view reason) override;
    [[nodiscard]] const void* identity() const override { return this; }

    void link(ServerConnection& server);
    void fit_server();
    void send();
    void finish(std::optional<UserSecret> answer, std::string failure);

    SessionEnvironment* environment_;
    SecretQueryOwner* owner_;
    SecretKey key_;
    Pool* pool_ = nullptr;
    ServerConnection* server_ = nullptr;
    ParameterSet parameters_;  ///< what the server itself starts with
    Variables variables_;      ///< none
    StateStep state_step_ = StateStep::kNone;
    Clock::time_point started_;
    bool ready_ = false;
    std::string replies_;
};

}  // namespace pooler
