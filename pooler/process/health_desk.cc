#include "pooler/process/health_desk.h"

#include <algorithm>

#include "pooler/process/process_log.h"
#include "pooler/worker/mailbox.h"

namespace pooler {

namespace {

/// Of one address at a time: with the default times one may wait for its answer for as long as five more
/// begin.
constexpr std::size_t kMostProbes = 6;

template <class To>
To cast(conf::Duration duration) {
    return std::chrono::ceil<To>(duration);
}

ResolverOptions resolver_options(const conf::Settings& settings) {
    ResolverOptions options;
    options.max_ttl = cast<std::chrono::milliseconds>(settings.dns_max_ttl);
    options.nxdomain_ttl = std::min(cast<std::chrono::milliseconds>(settings.dns_nxdomain_ttl),
                                    cast<std::chrono::milliseconds>(settings.health_check_retry));
    options.resolv_conf = settings.resolv_conf;
    return options;
}

}  // namespace

conf::Database database_at_target(const conf::Database& entry, std::string_view target) {
    if (target == conf::kSecondaryTarget && entry.secondary)
        return conf::database_at(entry, *entry.secondary, std::string{target});
    return entry;
}

std::string write_check_query(const conf::Database& entry) {
    return entry.write_check_query.value_or("SHOW transaction_read_only");
}

std::optional<ProbeFailure> refuses_writes(const ProbeResult& result) {
    if (result.failure) return result.failure;
    const ProbeRow row = result.rows.empty() ? ProbeRow{} : result.rows.back();
    if (row.empty() || row.front() != "on") return std::nullopt;
    return ProbeFailure{ProbeStage::kQuery, "25006", "it takes no writes", false};
}

/// What I/O on the process's own loop needs.
struct HealthDesk::Home {
    Home(uv_loop_t* loop, BlockingPool& blocking, const conf::Settings& settings)
        : resolver{loop, resolver_options(settings)} {
        io.loop = loop;
        mailbox.open(loop);
        check.open<&Home::after_io>(loop, this);
        io.blocking.pool = &blocking;
        io.blocking.home = std::make_shared<BlockingHome>([this](std::shared_ptr<BlockingCall> call) {
            mailbox.post_call([call = std::move(call)] {
                if (!call->abandoned()) call->done();
            });
        });
    }
    ~Home() {
        io.graveyard.clear();
        io.blocking.home->close();
        io.tls.close();
        check.close();
        mailbox.close();
    }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;
    void after_io() { io.graveyard.clear(); }

    IoContext io;
    Mailbox mailbox;
    Check check;
    Resolver resolver;
    ScramKeyCache keys;
};

HealthDesk::HealthDesk(uv_loop_t* loop, ProcessShared& shared, const TrackedNames& tracked,
                       HealthDeskOwner& owner)
    : loop_{loop}, shared_{&shared}, tracked_{&tracked}, owner_{&owner} {
    timer_.open<&HealthDesk::on_timer>(loop_, this);
}

HealthDesk::~HealthDesk() { close(); }

void HealthDesk::close() {
    watched_.clear();
    home_.reset();
    timer_.close();
}

HealthRules HealthDesk::rules() const {
    const auto& settings = configuration_->settings;
    return {.interval = cast<std::chrono::milliseconds>(settings.health_check_interval),
            .retry = cast<std::chrono::milliseconds>(settings.health_check_retry),
            .fall = static_cast<unsigned>(settings.failover_threshold),
            .rise = static_cast<unsigned>(settings.failback_threshold)};
}

void HealthDesk::configure(ConfigurationRef configuration, TlsContexts::Ref tls) {
    configuration_ = std::move(configuration);
    tls_ = std::move(tls);
    std::vector<std::unique_ptr<Watched>> next;
    for (const auto& [name, entry] : configuration_->databases) {
        const bool checked = configuration_->health_check_user(entry).has_value();
        shared_->pools.databases.of(name).watched = checked;
        if (!checked) continue;
        watch(entry, next);
        if (entry.secondary) watch(database_at_target(entry, conf::kSecondaryTarget), next);
    }
    watched_ = std::move(next);  // probes of addresses that are gone end here
    for (const auto* usage : shared_->pools.databases.all()) note_bad_hosts(usage->name);
    arm();
}

void HealthDesk::watch(const conf::Database& at, std::vector<std::unique_ptr<Watched>>& into) {
    for (const std::string& host : configuration_->hosts(at)) into.push_back(take_or_make(at, host));
}

std::unique_ptr<Watched> HealthDesk::take_or_make(const conf::Database& at, const std::string& host) {
    const auto port = static_cast<std::uint16_t>(at.port);
    const auto known = std::find_if(watched_.begin(), watched_.end(), [&](const auto& item) {
        return item && item->database == at.name && item->target == at.target && item->host == host &&
               item->port == port;
    });
    auto taken = known == watched_.end() ? std::make_unique<Watched>() : std::move(*known);
    if (taken->database.empty()) {
        taken->database = at.name;
        taken->target = at.target;
        taken->host = host;
        taken->port = port;
    }
    taken->health.set_rules(rules());
    std::string question = prober(at);
    for (const std::string& query : questions(at)) question += '\n' + query;
    if (taken->question != question) taken->health.on_new_question();
    taken->question = std::move(question);
    return taken;
}

HealthState HealthDesk::state_of(std::string_view database, std::string_view target) const {
    bool all_down = true;
    bool any = false;
    for (const auto& item : watched_) {
        if (item->database != database || item->target != target) continue;
        if (item->health.state() == HealthState::kUp) return HealthState::kUp;
        any = true;
        // Down and answering again is on its way up.
        all_down = all_down && item->health.state() == HealthState::kDown && item->health.failures() > 0;
    }
    return any && all_down ? HealthState::kDown : HealthState::kUnknown;
}

void HealthDesk::on_trouble(std::string_view database, std::string_view target, std::string_view host,
                            std::string_view reason) {
    for (const auto& item : watched_)
        if (item->database == database && item->target == target && item->host == host)
            item->health.on_traffic_failure(reason, IoContext::now());
    arm();
}

// --- probing

ProbeContext HealthDesk::context() {
    if (!home_) home_ = std::make_unique<Home>(loop_, shared_->blocking, configuration_->settings);
    return {home_->io, home_->resolver, home_->keys, *tracked_};
}

std::string HealthDesk::prober(const conf::Database& at) const {
    return configuration_->health_check_user(at).value_or(at.user.value_or(""));
}

/// A primary that has a secondary is well only if it takes writes.
std::vector<std::string> HealthDesk::questions(const conf::Database& at) const {
    std::vector<std::string> queries{configuration_->health_check_query(at)};
    if (at.secondary && at.target.empty()) queries.push_back(write_check_query(at));
    return queries;
}

ProbeRequest HealthDesk::request(const conf::Database& at, const std::string& host,
                                 std::vector<std::string> queries) const {
    const std::string user = prober(at);
    ProbeRequest made;
    made.host = host;
    made.port = static_cast<std::uint16_t>(at.port);
    made.login.user = user;
    made.login.database = at.dbname;
    made.login.secret = configuration_->server_secret(at, user);
    made.login.cleartext_allowed = configuration_->settings.server_allow_cleartext;
    made.login.parameters.emplace_back("application_name", "weir health check");
    if (at.login_options) made.login.parameters.emplace_back("options", *at.login_options);
    made.tls = tls_->plan(at, user, host);
    made.queries = std::move(queries);
    made.timeout = cast<std::chrono::milliseconds>(configuration_->settings.health_check_timeout);
    return made;
}

/// When the next probe of it is to begin; nullopt: after the end of one that runs.
std::optional<Clock::time_point> HealthDesk::due(const Watched& watched) const {
    if (watched.probes.empty()) return watched.health.next_probe(watched.jitter);
    if (!watched.health.in_doubt() || watched.probes.size() >= kMostProbes) return std::nullopt;
    return watched.begun + rules().retry;
}

void HealthDesk::arm() {
    std::optional<Clock::time_point> first;
    for (const auto& item : watched_) {
        const auto next = due(*item);
        if (next) first = first ? std::min(*first, *next) : *next;
    }
    if (!first) return timer_.stop();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*first - IoContext::now());
    timer_.start(std::max(left, std::chrono::milliseconds{0}));
}

void HealthDesk::on_timer() {
    const auto now = IoContext::now();
    for (const auto& item : watched_)
        if (const auto next = due(*item); next && *next <= now) start(*item);
    arm();
}

void HealthDesk::start(Watched& watched) {
    const auto entry = configuration_->find_database(watched.database);
    if (!entry) return;
    const conf::Database at = database_at_target(*entry, watched.target);
    watched.jitter = std::uniform_real_distribution<double>{0, 1}(random_);
    watched.begun = IoContext::now();
    ProbeOwner& owner = *this;
    watched.probes.push_back(
        std::make_unique<Probe>(context(), owner, request(at, watched.host, questions(at))));
    watched.probes.back()->start();
}

/// An address that is down gets new connections only if the others are no better; the first sign of life ends
/// that.
void HealthDesk::note_bad_hosts(const std::string& database) {
    Nodes::Hosts bad;
    for (const auto& item : watched_)
        if (item->database == database && item->health.state() == HealthState::kDown &&
            item->health.failures() > 0)
            bad.emplace(item->target, item->host);
    shared_->pools.databases.of(database).nodes.set_bad_hosts(Nodes::Bad::kDown, std::move(bad));
}

/// Once, until something else is wrong or a check goes well: it would be a line a second.
void HealthDesk::complain(Watched& watched, const ProbeFailure& failure, bool counts) const {
    if (watched.complaint == failure.message) return;
    watched.complaint = failure.message;
    const std::string user = watched.question.substr(0, watched.question.find('\n'));
    log_warning("database '" + watched.database + "': health check of " +
                (watched.target.empty() ? "primary" : watched.target) + " " + watched.host + ":" +
                std::to_string(watched.port) + " as user '" + user + "' failed: " + failure.message +
                (counts ? "" : " (no verdict on the server)"));
}

void HealthDesk::on_probe_done(Probe& probe, ProbeResult result) {
    const auto found = std::find_if(watched_.begin(), watched_.end(), [&probe](const auto& item) {
        return std::erase_if(item->probes, [&probe](const auto& one) { return one.get() == &probe; }) > 0;
    });
    if (found == watched_.end()) return;
    Watched& watched = **found;
    watched.last_check = std::chrono::system_clock::now();
    if (!result.node.empty()) watched.node = result.node;
    const auto entry = configuration_->find_database(watched.database);
    const bool must_write = entry && entry->secondary && watched.target.empty();
    const auto failure = must_write ? refuses_writes(result) : result.failure;
    const auto now = IoContext::now();
    if (!failure) {
        watched.good_begun = result.begun;
        watched.probes.clear();  // what they would say is of before
    }
    const HealthState before = watched.health.state();
    const unsigned failures = watched.health.failures();
    const HealthChange change =
        failure ? watched.health.on_failure(*failure, now) : watched.health.on_success(result.latency, now);
    if (watched.health.state() != before) watched.changed = watched.last_check;
    if (failure)
        complain(watched, *failure, watched.health.failures() > failures);
    else
        watched.complaint.clear();
    if (change != HealthChange::kNone) note_bad_hosts(watched.database);
    arm();
    owner_->on_health(watched, change);
}

}  // namespace pooler
