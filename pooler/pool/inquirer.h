// Whoever wants to know something of a server beside what clients do there: asks one that no client has, and
// leaves it as it was. On the worker's thread; leaves the pool's list when it is destroyed, but must call
// Pool::stop_inquiring() if it may have been asked for.
#pragma once

#include <string>

#include "pooler/net/intrusive_list.h"
#include "pooler/server/server_connection.h"

namespace pooler {

struct InquirerTag;

class Inquirer : public ListHook<InquirerTag> {
 public:
    using ListTag = InquirerTag;

    [[nodiscard]] virtual bool may_ask(const ServerConnection& server) const = 0;
    /// One statement; its first row is wanted.
    [[nodiscard]] virtual std::string question() const = 0;
    /// The server is back in its pool; `run` is what was known of it before.
    virtual void on_answered(const ServerRun* run, const OwnResult& result) = 0;
    /// The server that was asked is lost, or no server is left that may be asked. Lists of servers may be
    /// walked at this moment: nothing is to be done with the pool at once.
    virtual void on_unanswered() = 0;

 protected:
    ~Inquirer() = default;
};

}  // namespace pooler
