// What a pool needs of the worker it lives on. Implemented by the worker; called on its thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "conf/configuration.h"
#include "pooler/net/io_context.h"
#include "pooler/net/resolver.h"
#include "pooler/server/server_connection.h"

namespace pooler {

class Pool;
class SharedPool;
class TlsContexts;

/// Between the parts of one pool on two workers.
struct PoolMessage {
    enum class Kind : std::uint8_t {
        kWant,     ///< `from` has a waiting client: hand over an idle server
        kNone,     ///< the answer to kWant if there is none
        kServer,   ///< an idle server, whole
        kLook,     ///< a server was closed or a welcome is known: the receiver looks again
        kRefused,  ///< the server refused the login: waiting clients hear why
        kEvict,    ///< close the longest idle server of the database or user, a limit is in the way
    };
    Kind kind = Kind::kNone;
    unsigned from = 0;
    std::unique_ptr<ServerConnection> server{};
    int descriptor = -1;
    bool asked = false;  ///< kServer: in answer to kWant
};

class PoolEnvironment {
 public:
    [[nodiscard]] virtual IoContext& io() = 0;
    [[nodiscard]] virtual const conf::Configuration& configuration() const = 0;
    [[nodiscard]] virtual const TrackedNames& tracked() const = 0;
    [[nodiscard]] virtual Resolver& resolver() = 0;
    [[nodiscard]] virtual ScramKeyCache& key_cache() = 0;
    [[nodiscard]] virtual const TlsContexts& tls() const = 0;
    [[nodiscard]] virtual std::uint64_t next_id() = 0;
    /// Calls pool.serve() after the I/O callbacks of this loop turn.
    virtual void schedule_serve(Pool& pool) = 0;
    virtual void post(unsigned worker, std::shared_ptr<SharedPool> pool, PoolMessage message) = 0;
    /// Closes the longest idle server of another pool of the same database (or user); false if there is none
    /// here.
    [[nodiscard]] virtual bool evict_idle(const SharedPool& for_pool, bool same_database) = 0;
    virtual void log_server(const ServerConnection& server, const SharedPool& pool, std::string_view text,
                            bool warning) = 0;
    [[nodiscard]] virtual bool globally_paused() const = 0;
    /// A node of a cluster goes away: every worker calls Pool::leave_node(), later.
    virtual void node_leaves(const std::string& database, const std::string& node,
                             std::string_view reason) = 0;
    /// A watched database: a host could not be connected to, or connections to it were lost.
    virtual void report_trouble(const conf::Database& database, const std::string& host,
                                std::string_view reason) = 0;

 protected:
    ~PoolEnvironment() = default;
};

}  // namespace pooler
