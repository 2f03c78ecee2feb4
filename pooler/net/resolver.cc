// The cache of names: who asks, who waits, what is fresh, what is served while DNS is down.
#include "pooler/net/resolver.h"

#include <algorithm>
#include <set>
#include <utility>

namespace pooler {

namespace {

std::string lower(std::string_view host) {
    std::string text{host};
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool same_set(const std::vector<Address>& one, const std::vector<Address>& other) {
    return one.size() == other.size() &&
           std::is_permutation(one.begin(), one.end(), other.begin(), same_host);
}

Resolved numeric_answer(std::string_view host, std::uint16_t port) {
    if (auto address = parse_numeric(host, port)) return {{*address}, {}};
    return {{}, "invalid IPv6 address: " + std::string{host}};
}

/// Empty for a name without a dot.
std::string zone_of(const std::string& name) {
    const auto dot = name.find('.');
    return dot == std::string::npos ? std::string{} : name.substr(dot + 1);
}

DnsChannel::Options channel_options(const ResolverOptions& options) {
    constexpr std::chrono::milliseconds kLeast{50};
    return {options.resolv_conf, options.servers, std::max(options.timeout / 4, kLeast)};
}

}  // namespace

struct Resolver::Entry {
    std::string name;
    std::vector<Address> addresses;  ///< the last good answer, port 0
    std::string error;               ///< why there is none
    Clock::time_point fresh_until{};
    Clock::time_point asked_at{};
    std::uint64_t ticket = 0;  ///< of the newest query
    bool asking = false;
    bool late = false;  ///< the query is slow: the last good answer serves meanwhile
    std::size_t next = 0;
    IntrusiveList<ResolveWaiter> waiters;
};

Resolver::Resolver(uv_loop_t* loop, ResolverOptions options, ResolverObserver* observer)
    : options_{std::move(options)}, observer_{observer}, channel_{loop, channel_options(options_), *this} {
    timer_.open<&Resolver::check_deadlines>(loop, this);
    zone_timer_.open<&Resolver::check_zones>(loop, this);
}

Resolver::~Resolver() = default;

std::optional<Resolved> Resolver::resolve(std::string_view host, std::uint16_t port, ResolveWaiter& waiter) {
    if (is_numeric(host)) return numeric_answer(host, port);
    Entry& entry = entry_of(host);
    if (!entry.asking && Clock::now() >= entry.fresh_until) start_query(entry);
    if (!entry.asking || entry.late) return answer_for(entry, port);
    waiter.port_ = port;
    entry.waiters.push_back(waiter);
    return std::nullopt;
}

Resolver::Entry& Resolver::entry_of(std::string_view host) {
    auto& slot = entries_[lower(host)];
    if (slot == nullptr) {
        slot = std::make_unique<Entry>();
        slot->name = lower(host);
        slot->next = options_.first;
    }
    return *slot;
}

void Resolver::start_query(Entry& entry) {
    entry.asking = true;
    entry.late = false;
    entry.asked_at = Clock::now();
    entry.ticket = ++last_ticket_;
    channel_.ask(entry.name, entry.ticket);  // a name of /etc/hosts is answered in here
    arm();
}

/// A query given up may still bring a good answer; its failure means nothing any more.
void Resolver::on_dns_answer(const std::string& name, std::uint64_t ticket, DnsAnswer answer) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return;
    Entry& entry = *found->second;
    const bool newest = ticket == entry.ticket;
    if (!answer.addresses.empty() && (newest || entry.asking))
        return accept(entry, std::move(answer.addresses));
    if (answer.addresses.empty() && newest && entry.asking) refuse(entry, std::move(answer.error));
}

void Resolver::accept(Entry& entry, std::vector<Address> addresses) {
    entry.asking = entry.late = false;
    entry.error.clear();
    entry.fresh_until = Clock::now() + options_.max_ttl;
    const bool first = entry.addresses.empty();
    const bool changed = !same_set(entry.addresses, addresses);
    if (changed)
        entry.addresses = std::move(addresses);  // in another order it is the same: the rotation goes on
    if (changed && !first && observer_ != nullptr)
        observer_->on_addresses_changed(entry.name, entry.addresses);
    deliver(entry);
}

void Resolver::refuse(Entry& entry, std::string error) {
    entry.asking = entry.late = false;
    entry.error = "DNS lookup failed: " + entry.name + ": " + std::move(error);
    entry.fresh_until = Clock::now() + options_.nxdomain_ttl;
    deliver(entry);
}

/// Waiters may ask again meanwhile, so only those here now are served.
void Resolver::deliver(Entry& entry) {
    IntrusiveList<ResolveWaiter> served;
    while (!entry.waiters.empty()) served.push_back(entry.waiters.pop_front());
    while (!served.empty()) {
        ResolveWaiter& waiter = served.pop_front();
        waiter.on_resolved(answer_for(entry, waiter.port_));
    }
}

Resolved Resolver::answer_for(Entry& entry, std::uint16_t port) {
    if (entry.addresses.empty()) return {{}, entry.error};
    Resolved answer{entry.addresses, {}};
    const std::size_t first = entry.next++ % answer.addresses.size();
    std::rotate(answer.addresses.begin(), answer.addresses.begin() + static_cast<std::ptrdiff_t>(first),
                answer.addresses.end());
    for (Address& address : answer.addresses) address.set_port(port);
    return answer;
}

void Resolver::check_deadlines() {
    std::vector<Entry*> asking;  // callbacks may add names
    for (const auto& [name, entry] : entries_)
        if (entry->asking) asking.push_back(entry.get());
    const Clock::time_point now = Clock::now();
    for (Entry* entry : asking) {
        if (!entry->asking) continue;
        if (now >= entry->asked_at + options_.timeout) {
            refuse(*entry, "no answer within " + std::to_string(options_.timeout.count()) + " ms");
        } else if (!entry->addresses.empty() && !entry->late &&
                   now >= entry->asked_at + options_.stale_after) {
            entry->late = true;
            deliver(*entry);
        }
    }
    arm();
}

/// Sleeps until the next deadline of any query.
void Resolver::arm() {
    auto next = Clock::time_point::max();
    for (const auto& [name, entry] : entries_) {
        if (!entry->asking) continue;
        const bool stale_next = !entry->addresses.empty() && !entry->late;
        next = std::min(next, entry->asked_at + (stale_next ? std::min(options_.stale_after, options_.timeout)
                                                            : options_.timeout));
    }
    if (next == Clock::time_point::max()) return timer_.stop();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    timer_.start(std::max(left, std::chrono::milliseconds{1}));
}

void Resolver::set_ttl(std::chrono::milliseconds max_ttl, std::chrono::milliseconds nxdomain_ttl) {
    options_.max_ttl = max_ttl;
    options_.nxdomain_ttl = nxdomain_ttl;
}

void Resolver::set_zone_check(std::chrono::milliseconds period) {
    if (period == zone_period_) return;
    zone_period_ = period;
    if (period.count() > 0) return zone_timer_.start(period, period);
    zone_timer_.stop();
    serials_.clear();
}

void Resolver::check_zones() {
    std::set<std::string> zones;
    for (const auto& [name, entry] : entries_)
        if (auto zone = zone_of(name); !zone.empty()) zones.insert(std::move(zone));
    for (const std::string& zone : zones) channel_.ask_serial(zone);
}

/// The first answer only says where the zone stands. Source of the comparison: RFC 1982.
void Resolver::on_dns_serial(const std::string& zone, std::optional<std::uint32_t> serial) {
    if (!serial) return;
    const auto [known, is_new] = serials_.try_emplace(zone, *serial);
    const std::uint32_t before = std::exchange(known->second, *serial);
    if (is_new || static_cast<std::int32_t>(*serial - before) <= 0) return;
    std::vector<Entry*> changed;  // callbacks may add names
    for (const auto& [name, entry] : entries_)
        if (zone_of(name) == zone && !entry->asking) changed.push_back(entry.get());
    for (Entry* entry : changed) start_query(*entry);
}

bool Resolver::still_listed(std::string_view host, const Address& address) const {
    const auto found = entries_.find(lower(host));
    if (found == entries_.end() || found->second->addresses.empty()) return true;
    const auto& known = found->second->addresses;
    return std::any_of(known.begin(), known.end(),
                       [&](const Address& one) { return same_host(one, address); });
}

void Resolver::expire_all() {
    for (const auto& [name, entry] : entries_) entry->fresh_until = {};
}

std::vector<DnsHost> Resolver::hosts() const {
    std::vector<DnsHost> rows;
    const Clock::time_point now = Clock::now();
    for (const auto& [name, entry] : entries_) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(entry->fresh_until - now);
        rows.push_back({name, std::max(left, std::chrono::seconds{0}), entry->addresses});
    }
    std::sort(rows.begin(), rows.end(), [](const DnsHost& a, const DnsHost& b) { return a.name < b.name; });
    return rows;
}

std::vector<DnsZone> Resolver::zones() const {
    std::vector<DnsZone> rows;
    for (const auto& [zone, serial] : serials_) {
        const auto inside = [&zone = zone](const auto& item) { return zone_of(item.first) == zone; };
        const auto hosts = std::count_if(entries_.begin(), entries_.end(), inside);
        rows.push_back({zone, serial, static_cast<std::size_t>(hosts)});
    }
    return rows;
}

DnsCounts Resolver::counts() const {
    DnsCounts counts;
    counts.names = entries_.size();
    for (const auto& [name, entry] : entries_) {
        counts.queries += entry->asking ? 1 : 0;
        counts.waiters += entry->waiters.size();
    }
    return counts;
}

}  // namespace pooler
