#include "pooler/worker/worker.h"

#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "pooler/console/startup_parameters.h"
#include "pooler/log/log.h"
#include "pooler/pool/tcp_settings.h"
#include "pooler/worker/session_log.h"

namespace pooler {

namespace {

ResolverOptions resolver_options(const conf::Settings& settings) {
    ResolverOptions options;
    options.max_ttl = std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_max_ttl);
    options.nxdomain_ttl = std::chrono::duration_cast<std::chrono::milliseconds>(settings.dns_nxdomain_ttl);
    options.resolv_conf = settings.resolv_conf;
    return options;
}

/// A message to a pool's part on another worker. If it is never run, the server in it is closed.
class PoolTask final : public Task {
 public:
    using Deliver = void (*)(void*, const std::shared_ptr<SharedPool>&, PoolMessage);
    PoolTask(std::shared_ptr<SharedPool> pool, PoolMessage message, void* worker, Deliver deliver)
        : pool_{std::move(pool)}, message_{std::move(message)}, worker_{worker}, deliver_{deliver} {}
    ~PoolTask() override {
        if (message_.descriptor >= 0) ::close(message_.descriptor);
    }
    void run() override {
        PoolMessage message = std::move(message_);
        message_.descriptor = -1;
        deliver_(worker_, pool_, std::move(message));
    }

 private:
    std::shared_ptr<SharedPool> pool_;
    PoolMessage message_;
    void* worker_;
    Deliver deliver_;
};

}  // namespace

Worker::Worker(unsigned index, ProcessShared& shared, Control& control, const TrackedNames& tracked,
               ConfigurationRef configuration, TlsContexts::Ref tls, std::chrono::milliseconds janitor_period)
    : index_{index},
      shared_{&shared},
      control_{&control},
      tracked_{&tracked},
      configuration_{std::move(configuration)},
      tls_{std::move(tls)},
      replays_{shared.replay_logs, shared.replay_gates, index, [this](const ReplayGates::Ticket& ticket) {
                   peers_[ticket.worker]->post_replay_turn(ticket.number);
               }} {
    shared.replay_logs.set_limit(configuration_->settings.replay_total_bytes);
    shared.replay_gates.set_limit(configuration_->settings.replay_total_bytes);
    uv_loop_init(&loop_);
    poll_cache_ = std::make_unique<PollCache>(&loop_);
    io_.loop = &loop_;
    io_.worker = index;
    io_.blocking.pool = &shared_->blocking;
    io_.blocking.home = std::make_shared<BlockingHome>([this](std::shared_ptr<BlockingCall> call) {
        mailbox_.post_call([call = std::move(call)] {
            if (!call->abandoned()) call->done();
        });
    });
    mailbox_.open(&loop_);
    check_.open<&Worker::after_io>(&loop_, this);
    janitor_.open<&Worker::run_janitor>(&loop_, this);
    janitor_.start(janitor_period, janitor_period);
    lag_timer_.open<&Worker::run_lag_probes>(&loop_, this);
    ResolverObserver& observer = *this;
    resolver_ = std::make_unique<Resolver>(&loop_, resolver_options(configuration_->settings), &observer);
    resolver_->set_zone_check(std::chrono::duration_cast<std::chrono::milliseconds>(
        configuration_->settings.dns_zone_check_period));
    cancels_ = std::make_unique<CancelRouter>(io_, *resolver_, [this] { return next_id(); });
    SessionEnvironment& environment = *this;
    secrets_ = std::make_unique<SecretDesk>(environment, shared_->secrets);
    proofs_ = std::make_unique<ProofDesk>(environment, *resolver_);
}

Worker::~Worker() {
    stop();
    if (ran_) close_loop();
}

void Worker::start() {
    ran_ = true;
    thread_ = std::thread{[this] { uv_run(&loop_, UV_RUN_DEFAULT); }};
}

/// Closing the kept poll handles names descriptors that may be another worker's by now. The kernel does not
/// mind, but no other worker should still run: stop() all before the first is destroyed.
void Worker::close_loop() {
    poll_cache_->clear();
    uv_run(&loop_, UV_RUN_DEFAULT);
    const int left = uv_loop_close(&loop_);
    LogPrefix prefix;
    prefix.worker = index_;
    if (left != 0) log_error(prefix, "event loop closed with open handles");
}

void Worker::stop() {
    if (!thread_.joinable()) return;
    post([this] { shut_down(); });
    thread_.join();
}

void Worker::listen(std::vector<ListenSocket> sockets) {
    acceptor_ = std::make_unique<Acceptor>(&loop_, *shared_, peers_, *this);
    acceptor_->open(std::move(sockets), configuration_->settings);
}

/// Everything of this worker is closed; the loop then runs empty and ends.
void Worker::shut_down() {
    stopping_ = true;
    acceptor_.reset();
    io_.blocking.home->close();
    for (ClientSession* session : sessions_.all()) session->close("shutting down");
    to_serve_.clear();
    cancels_.reset();
    secrets_.reset();
    proofs_.reset();
    lag_probes_.clear();
    pools_.clear();
    io_.graveyard.clear();
    resolver_.reset();
    janitor_.close();
    lag_timer_.close();
    io_.tls.close();
    check_.close();
    mailbox_.close();
}

/// Once per loop turn: nothing is being walked, so waiting clients may be served and the dead be freed.
void Worker::after_io() {
    while (!to_serve_.empty()) {
        serving_.swap(to_serve_);
        for (Pool* pool : serving_) {
            pool->serve_scheduled = false;
            pool->serve();
        }
        serving_.clear();
    }
    io_.graveyard.clear();
}

void Worker::schedule_serve(Pool& pool) {
    if (pool.serve_scheduled || stopping_) return;
    pool.serve_scheduled = true;
    to_serve_.push_back(&pool);
}

void Worker::run_janitor() {
    const auto now = IoContext::now();
    sweep_sessions(now);
    for (const auto& [shared, pool] : pools_) pool->run_janitor(now);
    proofs_->run_janitor(now);
    cancels_->sweep(now, configuration_->settings.cancel_wait_timeout);
    drop_dead_pools();
    open_forced_pools();
    open_lag_probes();
    statements_.sweep();
    after_io();
}

void Worker::sweep_sessions(Clock::time_point now) {
    sessions_.sweep_logins(now);
    // Sessions at work are visited through their servers; idle ones only if they can time out.
    const auto& settings = configuration_->settings;
    const bool idle_limit =
        settings.client_idle_timeout.count() > 0 || settings.idle_transaction_timeout.count() > 0 ||
        settings.transaction_timeout.count() > 0 ||
        std::any_of(configuration_->users.begin(), configuration_->users.end(), [](const auto& user) {
            return user.second.client_idle_timeout || user.second.idle_transaction_timeout ||
                   user.second.transaction_timeout;
        });
    if (!idle_limit) return;
    for (ClientSession* session : sessions_.all())
        if (session->state() == SessionState::kReady && session->server() == nullptr)
            session->check_deadlines(now);
}

/// min_pool_size holds for a database with a forced user before any client has come. One worker sees to it.
void Worker::open_forced_pools() {
    if (index_ != 0) return;
    for (const auto& [name, database] : configuration_->databases)
        if (database.user && configuration_->min_pool_size(database, *database.user) > 0)
            static_cast<void>(pool_for(database, *database.user));
}

void Worker::drop_dead_pools() {
    std::erase_if(pools_, [this](const auto& item) {
        const Pool& pool = *item.second;
        const bool dead =
            item.first->removed && pool.clients == 0 && pool.servers().empty() && !pool.serve_scheduled;
        if (dead) {
            cancels_->forget(pool);
            lag_probes_.erase(item.first->database);
        }
        return dead;
    });
}

/// The name of a database's host has other addresses now: servers on those that are gone are replaced when
/// they are free.
void Worker::on_addresses_changed(std::string_view host, const std::vector<Address>& addresses) {
    for (const auto& [shared, pool] : pools_) {
        const auto& hosts = pool->database().hosts;
        if (hosts.size() != 1 || hosts.front() != host) continue;
        for (const auto& server : pool->servers())
            if (server->state() != ServerState::kLogin &&
                std::none_of(addresses.begin(), addresses.end(), [&server](const Address& listed) {
                    return same_host(listed, server->address());
                }))
                server->close_needed = true;
    }
}

// --- sessions

void Worker::accept(int descriptor, bool unix_socket) {
    if (stopping_) {
        ::close(descriptor);
        return;
    }
    const auto& settings = configuration_->settings;
    if (!unix_socket) apply_own_options(descriptor, tcp_options_of(settings));
    const std::uint64_t id = ++shared_->last_id;
    SessionEnvironment& environment = *this;
    auto owned = std::make_unique<ClientSession>(environment, descriptor, id, unix_socket);
    ClientSession& session = *owned;
    sessions_.add(std::move(owned));
    // The kernel has waited for the first packet: it is there, and a look costs less than an event.
    if (!unix_socket && settings.tcp_defer_accept) session.read_first();
}

void Worker::on_session_closed(ClientSession& session) {
    io_.bury(sessions_.remove(session));
    shared_->clients.release();
    client_count_.fetch_sub(1, std::memory_order_relaxed);
}

/// The library is asked for many bytes at once: each call costs more than the bytes.
void Worker::draw_random(char* into, std::size_t size) {
    if (random_.size() - random_used_ < size) {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(random_.data()), static_cast<int>(random_.size())) !=
            1)
            std::abort();
        random_used_ = 0;
    }
    std::memcpy(into, random_.data() + random_used_, size);
    std::memset(random_.data() + random_used_, 0, size);
    random_used_ += size;
}

std::uint32_t Worker::random_bits() {
    std::uint32_t bits = 0;
    draw_random(reinterpret_cast<char*>(&bits), sizeof bits);
    return bits;
}

CancelKey Worker::register_key(ClientSession& session) {
    CancelKey key{};
    do {
        draw_random(key.data(), key.size());
        key[0] = static_cast<char>(key[0] & 0x7f);  // the process id of the key is shown as a positive number
        stamp_key(key, configuration_->settings.peer_id);
    } while (sessions_.find_key(key) != nullptr);
    sessions_.add_key(session, key);
    return key;
}

void Worker::forget_key(const CancelKey& key) { sessions_.remove_key(key); }

std::unique_ptr<ConsoleSession> Worker::open_console(ClientSession& session, ConsoleAccess access,
                                                     const CancelKey& key, std::string& greeting) {
    const auto role = access == ConsoleAccess::kAdmin ? ConsoleRole::kAdmin : ConsoleRole::kStats;
    ConsoleRegistry& registry = *this;
    auto link = std::make_unique<ConsoleLink>(session, role, *control_, registry, index_);
    consoles_[session.id()] = link.get();
    encode_console_greeting(greeting, {key.data(), key.size()});
    return link;
}

// --- pools

Pool& Worker::pool_for(const conf::Database& database, std::string_view server_user) {
    const auto shared = shared_->pools.find_or_make(database.name, server_user);
    if (database.is_auto && !shared->database_use.registered.exchange(true))
        log_info({}, "registered new auto-database: " + database.name);
    return local_part(shared, database);
}

Pool& Worker::local_part(const std::shared_ptr<SharedPool>& shared, const conf::Database& database) {
    auto& pool = pools_[shared.get()];
    if (!pool) {
        PoolEnvironment& environment = *this;
        pool = std::make_unique<Pool>(environment, shared, at_its_target(database));
        Pool& made = *pool;
        attach_replicas(made, true);
        return made;
    }
    return *pool;
}

void Worker::post(unsigned worker, std::shared_ptr<SharedPool> pool, PoolMessage message) {
    Worker* peer = peers_[worker];
    const auto deliver = [](void* target, const std::shared_ptr<SharedPool>& shared, PoolMessage content) {
        static_cast<Worker*>(target)->on_pool_message(shared, std::move(content));
    };
    peer->mailbox_.post(std::make_unique<PoolTask>(std::move(pool), std::move(message), peer, deliver));
}

void Worker::on_pool_message(const std::shared_ptr<SharedPool>& shared, PoolMessage message) {
    const auto database = configuration_->find_database(shared->database, shared->target);
    if (stopping_ || !database) {
        if (message.descriptor >= 0) ::close(message.descriptor);
        if (message.server) {
            shared->servers.release();
            shared->database_servers.release();
            shared->user_use.servers.release();
            if (!message.server->node.empty())
                shared->database_use.nodes.closed(message.server->node, IoContext::now());
        }
        return;
    }
    local_part(shared, *database).on_message(std::move(message));
}

bool Worker::evict_idle(const SharedPool& for_pool, bool same_database) {
    Pool* owner = nullptr;
    ServerConnection* longest = nullptr;
    for (const auto& [shared, pool] : pools_) {
        const bool related = same_database ? &shared->database_servers == &for_pool.database_servers
                                           : shared->user == for_pool.user;
        if (shared == &for_pool || !related) continue;
        for (const auto& server : pool->servers()) {
            const bool free = server->state() == ServerState::kIdle || server->state() == ServerState::kUsed;
            if (!free || (longest != nullptr && longest->last_used <= server->last_used)) continue;
            longest = server.get();
            owner = pool.get();
        }
    }
    if (longest == nullptr) return false;
    owner->retire(*longest, "evicted: a limit is reached");
    return true;
}

// --- log

void Worker::log_server(const ServerConnection& server, const SharedPool& pool, std::string_view text,
                        bool warning) {
    log_server_line(index_, server, pool, text, warning);
}

void Worker::log_session(const ClientSession& session, std::string_view text, bool warning) {
    log_session_line(index_, session, text, warning);
}

}  // namespace pooler
