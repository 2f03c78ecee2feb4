// Where sessions ask whether a server takes the password of their client (auth_type = passthrough). A
// password that a server took counts for auth_cache_time, of which only a keyed hash is kept; else one login
// per user and password runs, a bounded number of them at a time. A worker's own; its thread only. Sessions
// that leave are forgotten.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "pooler/net/intrusive_list.h"
#include "pooler/pool/password_proof.h"

namespace pooler {

class SessionEnvironment;
class SharedPool;
struct ProofWaiterTag;

struct ProofAnswer {
    enum class Kind {
        kRight,
        kWrong,   ///< failure.message is for the log only
        kFailed,  ///< nobody can tell; failure is for the client
    };
    Kind kind = Kind::kWrong;
    LoginFailure failure{};
};

class ProofWaiter : public ListHook<ProofWaiterTag> {
 public:
    using ListTag = ProofWaiterTag;
    virtual void on_proof(const ProofAnswer& answer) = 0;

 protected:
    ~ProofWaiter() = default;
};

class ProofDesk final : private PasswordProofOwner {
 public:
    /// Logins under way at a time; more of them wait their turn.
    static constexpr std::size_t kMaxRunning = 16;

    ProofDesk(SessionEnvironment& environment, Resolver& resolver)
        : environment_{&environment}, resolver_{&resolver} {}
    ~ProofDesk();

    /// The answer at once if it is known; else it comes later to the waiter.
    [[nodiscard]] std::optional<ProofAnswer> ask(const conf::Database& database, const std::string& user,
                                                 const std::string& password, ProofWaiter& waiter);
    /// Deadlines, and the attempts that are due again because no server could be asked.
    void run_janitor(Clock::time_point now);

 private:
    struct Question {
        ~Question();
        std::string database;  ///< the entry's name
        std::string user;
        std::string password;
        std::unique_ptr<PasswordProof> proof;  ///< while it runs
        std::optional<Clock::time_point> due;  ///< else: not before
        std::shared_ptr<SharedPool> pool;      ///< which knows that it runs
        IntrusiveList<ProofWaiter> waiters;
    };
    using Questions = std::map<std::string, std::unique_ptr<Question>>;

    void on_proof_done(PasswordProof& proof, const LoginFailure* failure) override;
    [[nodiscard]] std::string digest_of(const conf::Database& database, const std::string& user,
                                        const std::string& password) const;
    [[nodiscard]] bool known_right(const conf::Database& database, const std::string& user,
                                   const std::string& digest) const;
    void start_next(Clock::time_point now);
    void start(Question& question, const conf::Database& database);
    [[nodiscard]] LoginFailure accept(const std::string& digest, Question& question);
    [[nodiscard]] std::optional<ProofAnswer> judge(const std::string& digest, const Question& question,
                                                   const LoginFailure& failure);
    void settle(Questions::iterator at, const ProofAnswer& answer);

    SessionEnvironment* environment_;
    Resolver* resolver_;
    Questions questions_;
    std::size_t running_ = 0;
    unsigned turn_ = 0;  ///< which host is asked next
};

}  // namespace pooler
