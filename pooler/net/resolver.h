// Asynchronous DNS on one worker's loop: c-ares asks, this class caches, joins equal questions and sets
// deadlines. Owned by the worker, used by its thread only; it ends before the loop is closed. Waiters that
// are left are dropped.
//
// A failed look-up never takes away what was known: the last good answer is served until a better one comes.
// Only a name that never had an answer yields an error. /etc/hosts comes first as the system says
// (nsswitch.conf).
#pragma once

#include <uv.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pooler/net/address.h"
#include "pooler/net/dns_channel.h"
#include "pooler/net/handle.h"
#include "pooler/net/intrusive_list.h"

namespace pooler {

struct ResolverOptions {
    std::chrono::milliseconds max_ttl{15'000};  ///< a good answer is fresh for so long; 0: ask every time
    std::chrono::milliseconds nxdomain_ttl{15'000};  ///< a failure is not repeated for so long
    std::chrono::milliseconds timeout{5'000};        ///< deadline of one look-up
    /// While a refresh is late, those who wait are given the last good answer after so long.
    std::chrono::milliseconds stale_after{1'000};
    std::string resolv_conf;  ///< "": the system's
    std::string servers;      ///< "": from resolv.conf, else "192.0.2.1:53,[2001:db8::1]:53"
    unsigned first = 0;  ///< which address of a list is used first; the worker's number spreads the workers
};

struct Resolved {
    /// Never empty without an error. Rotated for each asker: the first is the one to use, the others come
    /// after it.
    std::vector<Address> addresses;
    std::string error;  ///< "" unless there is no address
};

struct ResolveTag {};

/// Waits for one answer; leaves the queue when it is destroyed.
class ResolveWaiter : public ListHook<ResolveTag> {
 public:
    using ListTag = ResolveTag;
    /// Called from the loop, never inside resolve(). It may ask again or be destroyed here, but must not end
    /// the Resolver.
    virtual void on_resolved(const Resolved& answer) = 0;

 protected:
    ~ResolveWaiter() = default;

 private:
    friend class Resolver;
    std::uint16_t port_ = 0;
};

/// Hears that the set of addresses of a name is another one than before: connections to those that left are
/// to be replaced. Not called for a first answer.
class ResolverObserver {
 public:
    virtual void on_addresses_changed(std::string_view host, const std::vector<Address>& addresses) = 0;

 protected:
    ~ResolverObserver() = default;
};

/// One row of SHOW DNS_HOSTS.
struct DnsHost {
    std::string name;
    std::chrono::seconds left;  ///< until the answer is stale, at least 0
    std::vector<Address> addresses;
};

/// One row of SHOW DNS_ZONES: a zone is what follows the first dot of a name.
struct DnsZone {
    std::string name;
    std::uint32_t serial = 0;
    std::size_t hosts = 0;
};

struct DnsCounts {
    std::size_t names = 0;    ///< in the cache
    std::size_t queries = 0;  ///< names being looked up
    std::size_t waiters = 0;  ///< connections waiting for them
};

class Resolver final : private DnsSink {
 public:
    Resolver(uv_loop_t* loop, ResolverOptions options, ResolverObserver* observer = nullptr);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// What is known already (a numeric address, a fresh answer or failure, a name of /etc/hosts) is the
    /// return value; otherwise nullopt, and the waiter hears on_resolved() once, at the latest after the
    /// deadline.
    [[nodiscard]] std::optional<Resolved> resolve(std::string_view host, std::uint16_t port,
                                                  ResolveWaiter& waiter);
    /// The waiter is not called any more. The look-up goes on and fills the cache.
    static void forget(ResolveWaiter& waiter) { waiter.unlink(); }

    /// Takes effect for answers that come from now on.
    void set_ttl(std::chrono::milliseconds max_ttl, std::chrono::milliseconds nxdomain_ttl);
    /// Asks for the serial number of each zone this often; where it has grown, the names in the zone are
    /// looked up again. 0: never.
    void set_zone_check(std::chrono::milliseconds period);
    /// False only if the last answer for `host` is known and holds no such address (whatever its port).
    [[nodiscard]] bool still_listed(std::string_view host, const Address& address) const;
    /// Makes all answers stale: the next resolve() of each name asks again.
    void expire_all();

    [[nodiscard]] std::vector<DnsHost> hosts() const;
    [[nodiscard]] std::vector<DnsZone> zones() const;  ///< by name; those whose serial is known
    [[nodiscard]] DnsCounts counts() const;

 private:
    using Clock = std::chrono::steady_clock;
    struct Entry;

    void on_dns_answer(const std::string& name, std::uint64_t ticket, DnsAnswer answer) override;
    void on_dns_serial(const std::string& zone, std::optional<std::uint32_t> serial) override;
    void check_zones();
    Entry& entry_of(std::string_view host);
    void start_query(Entry& entry);
    void accept(Entry& entry, std::vector<Address> addresses);
    void refuse(Entry& entry, std::string error);
    void deliver(Entry& entry);
    Resolved answer_for(Entry& entry, std::uint16_t port);
    void check_deadlines();
    void arm();

    ResolverOptions options_;
    ResolverObserver* observer_;
    std::uint64_t last_ticket_ = 0;
    std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;  // by name in lower case; never removed
    std::map<std::string, std::uint32_t> serials_;                     // by zone
    std::chrono::milliseconds zone_period_{0};
    DnsChannel channel_;
    Timer timer_;
    Timer zone_timer_;
};

}  // namespace pooler
