// What the process asks of a worker: configuration, pauses, kills, draining.
#include "pooler/worker/worker.h"

namespace pooler {

namespace {

template <class Map>
auto pointers(const Map& map) {
    std::vector<typename Map::mapped_type::element_type*> found;
    for (const auto& [key, item] : map) found.push_back(item.get());
    return found;
}

/// Being checked or reset, or to be checked before their next use.
std::vector<ServerConnection*> unproven_servers(const Pool& pool) {
    std::vector<ServerConnection*> found;
    for (const auto& server : pool.servers())
        if (server->state() == ServerState::kUsed || server->state() == ServerState::kTested)
            found.push_back(server.get());
    return found;
}

}  // namespace

void Worker::reconfigure(ConfigurationRef configuration, TlsContexts::Ref tls) {
    configuration_ = std::move(configuration);
    tls_ = std::move(tls);
    const auto& settings = configuration_->settings;
    shared_->replay_logs.set_limit(settings.replay_total_bytes);
    shared_->replay_gates.set_limit(settings.replay_total_bytes);
    resolver_->set_ttl(std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_max_ttl),
                       std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_nxdomain_ttl));
    resolver_->set_zone_check(
        std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_zone_check_period));
    if (acceptor_) acceptor_->apply(settings);
    for (Pool* pool : pointers(pools_)) {
        const SharedPool& shared = pool->shared();
        if (auto database = configuration_->find_database(shared.database, shared.target))
            pool->reconfigure(at_its_target(*std::move(database)));
        else if (!shared.target.empty())
            shared_->pools.forget(pool->shared());  // no such replica any more
        attach_replicas(*pool, false);
    }
    cancels_->forget_removed(configuration_->peers);
    lag_probes_.clear();  // made anew for what is configured now
    for (const auto& [name, database] : configuration_->databases) forget_lags(database);
}

/// The replicas of a primary's pool: pools of their own, for the same users unless their URLs say otherwise.
void Worker::attach_replicas(Pool& pool, bool is_new) {
    const conf::Database& entry = pool.database();
    if (!pool.shared().target.empty()) return;
    if (entry.replicas.empty()) return pool.set_replicas(nullptr, is_new);
    const RouteRule rule{entry.replica_kind.value_or(conf::ReplicaKind::kStreaming),
                         entry.read_after_write.value_or(conf::ReadAfterWrite::kUser),
                         configuration_->replica_staleness(entry), configuration_->replica_max_lag(entry)};
    auto set = std::make_unique<ReplicaSet>(rule, entry.primary_reads.value_or(0));
    for (std::size_t i = 0; i < entry.replicas.size(); ++i) {
        const auto at = conf::database_at(entry, entry.replicas[i], conf::replica_target(i));
        const std::string user = at.user.value_or(pool.shared().user);
        const auto shared = shared_->pools.find_or_make(entry.name, user, at.target);
        Replica replica;
        replica.pool = &local_part(shared, at);
        replica.state = &shared_->pools.replicas.of(shared->name());
        replica.weight = static_cast<unsigned>(entry.replicas[i].weight);
        if (entry.locality)
            replica.distance =
                conf::locality_distance(*entry.locality, entry.replicas[i].locality.value_or(""));
        set->add(replica);
    }
    pool.set_replicas(std::move(set), is_new);
}

/// Of a database that is served by its secondary: how that is connected to.
conf::Database Worker::at_its_target(conf::Database database) const {
    if (!database.target.empty() || !database.secondary ||
        !shared_->pools.databases.of(database.name).on_secondary)
        return database;
    return conf::database_at(database, *database.secondary, std::string{conf::kSecondaryTarget});
}

void Worker::leave_target(const std::string& database, bool now, std::string_view reason) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) pool->leave_target(now, reason);
}

void Worker::retarget(const std::string& name) {
    const auto database = configuration_->find_database(name);
    if (!database) return;
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == name && !pool->database().target.starts_with("replica")) {
            pool->reconfigure(at_its_target(*database));
            attach_replicas(*pool, false);
        }
    lag_probes_.erase(name);
    forget_lags(*database);
}

/// What was measured against another primary, or at another address, says nothing.
void Worker::forget_lags(const conf::Database& database) {
    for (std::size_t i = 0; i < database.replicas.size(); ++i)
        shared_->pools.replicas.of(database.name + "/" + conf::replica_target(i)).forget();
}

/// By way of the mailbox here too: the caller may be in the middle of its servers.
void Worker::node_leaves(const std::string& database, const std::string& node, std::string_view reason) {
    control_->report_node(database, node, std::string{reason});
    for (Worker* peer : peers_) peer->post([peer, database, node] { peer->leave_node(database, node); });
}

void Worker::leave_node(const std::string& database, const std::string& node) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) pool->leave_node(node);
}

void Worker::leave_host(const std::string& database, const std::string& target, const std::string& host,
                        bool dead, std::string_view reason) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database && pool->database().target == target)
            pool->leave_host(host, dead, reason);
}

void Worker::try_again(const std::string& database, const std::string& host, Clock::time_point begun) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) pool->renew_logins(host, begun);
    serve_database(database);
}

void Worker::serve_database(const std::string& database) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) schedule_serve(*pool);
}

/// The first worker measures the replicas of each database, with the login of whoever came first.
void Worker::open_lag_probes() {
    if (index_ != 0) return;
    for (const auto& shared : shared_->pools.all()) {
        const auto database = configuration_->find_database(shared->database);
        if (!shared->target.empty() || shared->removed || !database || database->replicas.empty() ||
            database->replica_kind == conf::ReplicaKind::kFollower ||
            lag_probes_.contains(shared->database) || !shared->welcome())
            continue;
        PoolEnvironment& environment = *this;
        Pool& primary = local_part(shared, *database);
        if (primary.replicas() == nullptr) continue;  // its secondary has none
        lag_probes_[shared->database] = std::make_unique<LagProbe>(environment, primary);
    }
    if (lag_probes_.empty() == !lag_timer_runs_) return;
    lag_timer_runs_ = !lag_probes_.empty();
    if (lag_timer_runs_)
        lag_timer_.start(LagProbe::kPeriod);
    else
        lag_timer_.stop();
}

/// Where nobody writes the loop is left to sleep for longer.
void Worker::run_lag_probes() {
    bool writes = false;
    for (const auto& [database, probe] : lag_probes_) writes = probe->tick() || writes;
    lag_timer_.start(writes ? LagProbe::kPeriod : LagProbe::kQuietPeriod);
    after_io();
}

void Worker::close_free_servers(const std::string& database, std::string_view reason) {
    for (Pool* pool : pointers(pools_))
        if (database.empty() || pool->shared().database == database) pool->close_free_servers(reason);
}

void Worker::serve_all() {
    for (Pool* pool : pointers(pools_)) schedule_serve(*pool);
}

void Worker::kill_database(const std::string& database) {
    for (ClientSession* session : sessions_.all())
        if (session->pool() != nullptr && session->pool()->shared().database == database)
            session->fail("database removed");
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) pool->close_all("database removed");
}

bool Worker::kill_client(std::uint64_t id) {
    ClientSession* session = sessions_.find(id);
    if (session == nullptr) return false;
    session->fail("admin forced disconnect");
    return true;
}

void Worker::drain_clients() {
    for (ClientSession* session : sessions_.all()) session->end_at_boundary();
}

/// Nothing is read from clients but what messages lack that have begun; what was read is still served, so
/// that the buffers empty. Servers stay, but for those that would have to be looked at before their next use.
void Worker::suspend_clients(bool on) {
    for (ClientSession* session : sessions_.all())
        if (session->state() == SessionState::kReady) session->suspend(on);
    if (!on) return;
    for (Pool* pool : pointers(pools_))
        for (ServerConnection* server : unproven_servers(*pool)) pool->retire(*server, "suspend mode");
}

void Worker::close_unflushed() {
    for (ClientSession* session : sessions_.all())
        if (session->socket().backlog_bytes() > 0 || session->input_bytes() > 0)
            session->fail("suspend_timeout");
}

void Worker::answer_console(std::uint64_t session, CommandAnswer answer) {
    const auto found = consoles_.find(session);
    if (found != consoles_.end()) found->second->answer(std::move(answer));
}

}  // namespace pooler
