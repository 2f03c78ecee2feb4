// A random history of several clients over fewer servers, through the pooler's pure types, and of each client
// alone on a server of its own: the same answers, message by message. Owned by a test; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/session/pure_session.h"
#include "tests/support/session/sim_server.h"
#include "tests/unit/pooler/session/model/author.h"

namespace model {

class History {
 public:
    explicit History(std::uint64_t seed);
    ~History();

    /// One message of one client. False: fault() says why it ends here.
    [[nodiscard]] bool step();
    /// Everybody ends what he has begun. False as for step().
    [[nodiscard]] bool finish();
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::uint64_t state_changes() const { return state_changes_; }

 private:
    struct Client;
    struct Server;
    void come(std::size_t index);
    void leave(std::size_t index);
    void say(Client& client, const std::string& message);
    void serve(Server& server, bool all);
    [[nodiscard]] bool drain();
    void compare(Client& client);
    support::PureServer* take(const pooler::Variables& wanted);
    unsigned pick(unsigned count) { return static_cast<unsigned>(random_() % count); }

    std::mt19937 random_;
    support::PureWorker worker_;
    std::vector<std::unique_ptr<Server>> servers_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::uint64_t sessions_ = 0;
    std::uint64_t state_changes_ = 0;
    std::string fault_;
};

}  // namespace model
