// A server connection whose host name is being resolved. Owned by its pool, gone when the connect starts or
// fails.
#pragma once

#include "pooler/net/resolver.h"
#include "pooler/pool/pool.h"

namespace pooler {

struct Pool::Opening final : ResolveWaiter {
    Opening(Pool& pool, ServerConnection& server) : pool_{&pool}, server_{&server} {}

    void on_resolved(const Resolved& answer) override {
        Pool& pool = *pool_;
        ServerConnection& server = *server_;
        if (answer.addresses.empty())
            return pool.on_login_failed(server, {"", "DNS lookup failed: " + answer.error});  // destroys this
        pool.connect_to(server, answer.addresses.front());
    }
    [[nodiscard]] ServerConnection& server() const { return *server_; }

 private:
    Pool* pool_;
    ServerConnection* server_;
};

}  // namespace pooler
