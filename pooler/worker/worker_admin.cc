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

}  // namespace

void Worker::reconfigure(ConfigurationRef configuration, TlsContexts::Ref tls) {
    configuration_ = std::move(configuration);
    tls_ = std::move(tls);
    const auto& settings = configuration_->settings;
    shared_->replay_logs.set_limit(settings.replay_total_bytes);
    resolver_->set_ttl(std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_max_ttl),
                       std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_nxdomain_ttl));
    resolver_->set_zone_check(
        std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_zone_check_period));
    if (acceptor_) acceptor_->apply(settings);
    for (Pool* pool : pointers(pools_))
        if (auto database = configuration_->find_database(pool->shared().database))
            pool->reconfigure(at_its_target(*std::move(database)));
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
        if (pool->shared().database == name && !pool->database().target.starts_with("replica"))
            pool->reconfigure(at_its_target(*database));
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

void Worker::serve_database(const std::string& database) {
    for (Pool* pool : pointers(pools_))
        if (pool->shared().database == database) schedule_serve(*pool);
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

void Worker::suspend_clients(bool on) {
    for (ClientSession* session : sessions_.all())
        if (session->state() == SessionState::kReady) session->suspend(on);
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
