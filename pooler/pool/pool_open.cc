// Opening servers: who may, within which limits, where to, and what becomes of a failed attempt.
#include <algorithm>
#include <random>

#include "pooler/pool/login_plan.h"
#include "pooler/pool/opening.h"
#include "pooler/pool/pool.h"
#include "pooler/pool/tcp_settings.h"
#include "pooler/pool/tls_contexts.h"
#include "protocol/crypto.h"
#include "protocol/session_status.h"

namespace pooler {

namespace {

/// Also with server_login_retry = 0: a host that refuses at once must not keep the worker busy.
constexpr Microseconds kLeastRetryPause{300'000};

/// Other workers are asked to make room at most this often.
constexpr std::chrono::milliseconds kEvictPause{100};

/// Lifetimes differ by up to a tenth, so that what was opened together does not end together.
Microseconds with_jitter(Microseconds lifetime) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_real_distribution<double> share{0.9, 1.0};
    return Microseconds{
        static_cast<Microseconds::rep>(static_cast<double>(lifetime.count()) * share(random))};
}

}  // namespace

/// What was a primary and is a standby now: a switchover is under way. A standby from the start is meant to
/// be one.
void Pool::note_recovery(ServerConnection& server, const ServerLogin::Parameters& said) {
    const auto value = [&said](std::string_view name) {
        const auto found =
            std::find_if(said.begin(), said.end(), [&](const auto& item) { return item.first == name; });
        return found == said.end() ? std::string_view{} : std::string_view{found->second};
    };
    if (value("in_hot_standby") == "off") shared_->seen_primary = true;
    server.in_recovery = value("in_hot_standby") == "on" && value("default_transaction_read_only") != "on" &&
                         shared_->seen_primary;
}

void Pool::prepare(ServerConnection& server) {
    server.generation = shared_->generation;
    server.lifetime = with_jitter(environment_->configuration().server_lifetime(database_));
}

bool Pool::may_open(Clock::time_point now) const {
    if (lacks_secret()) return false;
    if (paused() || logins_ > 0 || shared_->removed) return false;
    if (held_back(now)) return false;
    if (!shared_->failing) return true;
    return now - shared_->last_failure_time() >= std::max(pause_behind_failure(), kLeastRetryPause);
}

/// Where an outage is waited out, which a replay does, too, it is to be noticed soon that it is over.
Microseconds Pool::pause_behind_failure() const {
    const auto& configuration = environment_->configuration();
    const auto& settings = configuration.settings;
    const bool waited_out =
        shared_->database_use.watched || configuration.transaction_replay(database_, shared_->user);
    if (!waited_out || !is_outage(shared_->last_failure())) return settings.server_login_retry;
    return std::min<Microseconds>(settings.server_login_retry, settings.health_check_retry / 2);
}

/// One more for a pool that is full and lets its first waiter wait for longer than reserve_pool_timeout.
bool Pool::take_reserve(Clock::time_point now) {
    const auto& configuration = environment_->configuration();
    const int size = configuration.pool_size(database_, shared_->user);
    const int reserve = configuration.reserve_pool_size(database_, shared_->user);
    const auto patience = configuration.settings.reserve_pool_timeout;
    if (size <= 0 || reserve <= 0 || patience.count() == 0 || waiters_.empty() ||
        now - waiters_.front().waiting_since < patience)
        return false;
    return shared_->servers.try_reserve(size + reserve);
}

bool Pool::reserve_budget(Clock::time_point now, bool& from_reserve) {
    const auto& configuration = environment_->configuration();
    from_reserve = !shared_->servers.try_reserve(configuration.pool_size(database_, shared_->user));
    if (from_reserve && !take_reserve(now)) return false;
    if (!shared_->database_servers.try_reserve(configuration.max_db_connections(database_))) {
        shared_->servers.release();
        evict_for(true);
        return false;
    }
    if (!shared_->user_use.servers.try_reserve(configuration.max_user_connections(shared_->user))) {
        shared_->servers.release();
        shared_->database_servers.release();
        evict_for(false);
        return false;
    }
    return true;
}

void Pool::release_budget() {
    shared_->servers.release();
    shared_->database_servers.release();
    shared_->user_use.servers.release();
}

/// A limit of the database or the user is reached: the longest idle server of another pool makes room.
void Pool::evict_for(bool database_full) {
    if (environment_->evict_idle(*shared_, database_full)) return schedule_serve();
    const auto now = IoContext::now();
    if (now - last_evict_ < kEvictPause) return;
    last_evict_ = now;
    for (unsigned worker = 0; worker < shared_->slots.size(); ++worker)
        if (worker != environment_->io().worker)
            environment_->post(worker, shared_,
                               {.kind = PoolMessage::Kind::kEvict,
                                .from = environment_->io().worker,
                                .asked = database_full});
}

bool Pool::open_one() {
    const auto now = IoContext::now();
    bool from_reserve = false;
    if (!may_open(now) || !reserve_budget(now, from_reserve)) return false;
    const auto hosts = environment_->configuration().hosts(database_);
    ServerHost& host = *this;
    auto owned = std::make_unique<ServerConnection>(environment_->io(), host, environment_->tracked(),
                                                    environment_->next_id());
    ServerConnection& server = *owned;
    prepare(server);
    all_.push_back(std::move(owned));
    ++logins_;
    if (from_reserve) environment_->log_server(server, *shared_, "taking connection from reserve_pool", true);
    if (hosts.empty()) {
        on_login_failed(server, {"", "no host to connect to: neither host nor unix_socket_dir is set"});
        return false;
    }
    start_connect(server, choose_host(hosts));
    return true;
}

/// Passes over an address whose node is leaving, as long as there is another.
const std::string& Pool::choose_host(const std::vector<std::string>& hosts) {
    const bool rotate =
        environment_->configuration().load_balance_hosts(database_) == conf::LoadBalanceHosts::kRoundRobin;
    const auto turn = [&]() -> const std::string& {
        return hosts[(rotate ? shared_->next_host.fetch_add(1) : shared_->next_host.load()) % hosts.size()];
    };
    const std::string* chosen = &turn();
    const auto now = IoContext::now();
    for (std::size_t i = 1;
         i < hosts.size() && shared_->database_use.nodes.avoid(database_.target, *chosen, now); ++i) {
        if (!rotate) ++shared_->next_host;
        chosen = &turn();
    }
    return *chosen;
}

void Pool::start_connect(ServerConnection& server, const std::string& host) {
    server.endpoint = host;
    const auto port = static_cast<std::uint16_t>(database_.port);
    if (is_unix(host)) {
        const auto address = unix_address(host, port);
        if (!address) return on_login_failed(server, {"", "the path of the Unix socket is too long"});
        return connect_to(server, *address);
    }
    auto opening = std::make_unique<Opening>(*this, server);
    const auto known = environment_->resolver().resolve(host, port, *opening);
    if (!known) {
        openings_.push_back(std::move(opening));
    } else if (known->addresses.empty()) {
        on_login_failed(server, {"", "DNS lookup failed: " + known->error});
    } else {
        connect_to(server, known->addresses.front());
    }
}

void Pool::connect_to(ServerConnection& server, const Address& address) {
    const auto& settings = environment_->configuration().settings;
    server.connect(address, login_request(),
                   environment_->tls().plan(database_, shared_->user, server.endpoint),
                   environment_->key_cache());
    if (server.state() != ServerState::kLogin) return;
    if (!address.is_unix()) apply_tcp_options(server.socket().descriptor(), tcp_options_of(settings));
    if (!settings.log_connections) return;
    const auto from = address.is_unix() ? std::nullopt : local_address(server.socket().descriptor());
    environment_->log_server(server, *shared_,
                             "new connection to server" + (from ? " (from " + from->to_text() + ")" : ""),
                             false);
}

LoginRequest Pool::login_request() const {
    LoginRequest request = plan_login(environment_->configuration().settings, database_, shared_->user);
    request.captured = shared_->captured_keys();
    const auto secret = environment_->configuration().server_secret(database_, shared_->user);
    request.secret = secret ? *secret : shared_->learned_secret();
    for (const auto& [name, value] : replica_variables(database_))
        request.parameters.emplace_back(name, value);
    return request;
}

/// What a refusal depends on: where, as whom, with what.
std::string Pool::backoff_key() const {
    const auto& configuration = environment_->configuration();
    const auto configured = configuration.server_secret(database_, shared_->user);
    std::string secret = configured ? *configured : shared_->learned_secret().value_or("");
    const std::string port = std::to_string(database_.port);
    const auto captured = shared_->captured_keys();
    const auto hosts = configuration.hosts(database_);
    std::vector<std::string_view> parts{database_.dbname, port, shared_->user, secret};
    if (captured) parts.push_back(protocol::view_of(captured->keys.client_key));
    parts.insert(parts.end(), hosts.begin(), hosts.end());
    std::string key = shared_->backoff.key_of(parts);
    protocol::wipe(secret);
    return key;
}

std::optional<LoginFailure> Pool::held_back(Clock::time_point now) const {
    if (shared_->backoff.empty()) return std::nullopt;
    return shared_->backoff.refused(backoff_key(), now);
}

/// null: a login succeeded.
void Pool::note_login(const LoginFailure* failure) {
    LoginBackoff& backoff = shared_->backoff;
    if (failure == nullptr) {
        if (!backoff.empty()) backoff.forget(backoff_key());
    } else if (is_refused_secret(*failure)) {
        const Microseconds pause = environment_->configuration().settings.server_login_retry;
        backoff.record(backoff_key(), *failure, IoContext::now(), std::max(pause, kLeastRetryPause));
    }
}

void Pool::on_login_done(ServerConnection& server) {
    server.enter(ServerState::kTested);
    shared_->record_success();
    note_login(nullptr);
    auto said = std::make_shared<Welcome>();
    said->parameters = std::move(server.login().parameters());
    said->tracked = server.parameters();
    for (const auto& [name, value] : said->parameters)
        if (!environment_->tracked().index_of(name))
            protocol::encode_parameter_status(said->statuses, name, value);
    const auto version = std::find_if(said->parameters.begin(), said->parameters.end(),
                                      [](const auto& item) { return item.first == "crdb_version"; });
    server.cockroach = version != said->parameters.end();
    if (server.cockroach) {
        const auto said_version = read_cockroach_version(version->second);
        server.commit_proof = commit_proof_of(said_version);
        server.serializable = !knows_read_committed(said_version);
    }
    note_recovery(server, said->parameters);
    said->cockroach = server.cockroach;
    server.ledger().query_ends_skip(server.cockroach);
    server.variables().begin(!server.cockroach);
    server.forget_login();
    const auto known = welcome();
    if (server.generation == shared_->generation && (!known || known->parameters != said->parameters))
        shared_->set_welcome(said);
    if (const auto now_known = welcome()) {
        // Equal values are shared, so that a checkout sees by the pointer that nothing has to be set.
        if (server.parameters().same_as(now_known->tracked)) server.adopt_parameters(now_known->tracked);
    }
    server.last_used = IoContext::now();
    const auto took = std::chrono::duration_cast<Microseconds>(server.last_used - server.created);
    shared_->record_attempt(server.endpoint, {}, took);
    stats.latency.connect += static_cast<std::uint64_t>(took.count());
    if (server.cockroach) {
        ask_for_node(server);
    } else {
        --logins_;
        begin_use(server);
    }
    schedule_serve();
    wake_elsewhere();  // for clients that wait for the welcome
}

/// Behind one address there may be many nodes; which one this is decides what a farewell of it means for
/// others.
/// Part of the log-in: until it is over no other one is begun.
void Pool::ask_for_node(ServerConnection& server) {
    server.node_query_running = true;
    server.ask("SHOW node_id");
}

void Pool::on_node_known(ServerConnection& server, bool ok) {
    server.node_query_running = false;
    --logins_;
    const auto& row = server.own_result().row;
    if (ok && !row.empty() && row.front() && !row.front()->empty()) {
        server.node = *row.front();
        if (!shared_->database_use.nodes.opened(server.node, server.endpoint, server.created,
                                                IoContext::now()))
            server.close_needed = true;
    }
    begin_use(server);
    schedule_serve();
}

void Pool::begin_use(ServerConnection& server) {
    server.last_used = IoContext::now();
    const std::string_view stale = stale_reason(server, server.last_used);
    if (!stale.empty()) return retire(server, stale);
    if (asks_for_isolation(server)) {
        server.isolation_asked = true;
        server.ask("SHOW default_transaction_isolation");
    } else if (asks_for_run(server)) {
        server.run_asked = true;
        server.ask(ServerRun::question());
    } else {
        go_to_work(server);
    }
}

/// For replays of COMMIT, and for their savepoint. connect_query may change it; the default of a role or
/// database is seen nowhere else.
bool Pool::asks_for_isolation(const ServerConnection& server) const {
    return server.cockroach && server.commit_proof != CommitProof::kNever && !server.serializable &&
           (!database_.connect_query || database_.connect_query->empty()) &&
           environment_->configuration().transaction_replay(database_, shared_->user);
}

/// Logged in, and all is known of it.
void Pool::go_to_work(ServerConnection& server) {
    if (!database_.connect_query || database_.connect_query->empty()) return make_idle(server);
    server.connect_query_running = true;
    server.run_own_query(*database_.connect_query);
}

void Pool::on_login_failed(ServerConnection& server, const LoginFailure& failure) {
    shared_->record_failure(failure);
    shared_->record_attempt(server.endpoint, failure.message, {});
    ++(failure.sqlstate.empty() ? stats.unreachable : stats.login_refusals);
    note_login(&failure);
    if (shared_->database_use.watched)
        environment_->report_trouble(database_, server.endpoint, failure.message);
    forget_refused_proof(failure);
    if (!environment_->configuration().hosts(database_).empty() &&
        environment_->configuration().load_balance_hosts(database_) == conf::LoadBalanceHosts::kDisable)
        shared_->next_host.fetch_add(1);
    environment_->log_server(server, *shared_, "server login failed: " + failure.message, true);
    retire(server, "login failed");
    // A refusal of the server itself goes to everyone who waits, if there is nothing else to wait for;
    // "cannot connect now" (57P03) and "server is shutting down" are no refusals.
    const bool refused = !failure.sqlstate.empty() && !failure.sqlstate.starts_with("57P");
    const bool ours =
        failure.sqlstate.empty() && failure.message.find("wrong password type") != std::string::npos;
    if (!(refused || ours) || shared_->servers.used() > 0) return;
    refuse_waiters();
    post_to_waiting(PoolMessage::Kind::kRefused);
}

void Pool::refuse_waiters() {
    const LoginFailure failure = shared_->last_failure();
    fail_waiters({failure.sqlstate.empty() ? "08P01" : failure.sqlstate, failure.message});
}

}  // namespace pooler
