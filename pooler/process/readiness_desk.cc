#include "pooler/process/readiness_desk.h"

#include <algorithm>

#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// Requests come up to this share of their pause early, so that many poolers do not ask in step.
constexpr double kJitter = 0.2;

constexpr int kNotReady = 503;

std::chrono::milliseconds in_milliseconds(conf::Duration duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

}  // namespace

ReadinessDesk::ReadinessDesk(uv_loop_t* loop, ProcessShared& shared, HealthDesk& health,
                             ReadinessOwner& owner)
    : shared_{&shared}, health_{&health}, owner_{&owner} {
    timer_.open<&ReadinessDesk::on_timer>(loop, this);
}

void ReadinessDesk::close() {
    asked_.clear();
    timer_.close();
}

void ReadinessDesk::configure(ConfigurationRef configuration, TlsContexts::Ref tls) {
    configuration_ = std::move(configuration);
    tls_ = std::move(tls);
    std::vector<std::unique_ptr<Asked>> next;
    for (const auto& [name, entry] : configuration_->databases) {
        if (!entry.readiness_url) continue;
        for (const std::string& host : configuration_->hosts(entry)) {
            const auto url = conf::parse_http_url(*entry.readiness_url, host);
            if (!url) continue;  // refused when it was read
            next.push_back(take_or_make(name, host));
            next.back()->url = *url;
        }
    }
    asked_ = std::move(next);  // probes of addresses that are gone end here
    for (const auto* usage : shared_->pools.databases.all()) note_bad_hosts(usage->name);
    arm();
}

std::unique_ptr<ReadinessDesk::Asked> ReadinessDesk::take_or_make(const std::string& database,
                                                                  const std::string& host) {
    const auto known = std::find_if(asked_.begin(), asked_.end(), [&](const auto& item) {
        return item && item->database == database && item->host == host;
    });
    if (known != asked_.end()) return std::move(*known);
    auto made = std::make_unique<Asked>();
    made->database = database;
    made->host = host;
    return made;
}

bool ReadinessDesk::draining(std::string_view database, std::string_view target,
                             std::string_view host) const {
    return target.empty() && std::any_of(asked_.begin(), asked_.end(), [&](const auto& item) {
               return item->database == database && item->host == host && !item->ready;
           });
}

void ReadinessDesk::note_bad_hosts(const std::string& database) {
    Nodes::Hosts bad;
    for (const auto& item : asked_)
        if (item->database == database && !item->ready) bad.emplace("", item->host);
    shared_->pools.databases.of(database).nodes.set_bad_hosts(Nodes::Bad::kNotReady, std::move(bad));
}

void ReadinessDesk::arm() {
    auto first = Clock::time_point::max();
    for (const auto& item : asked_)
        if (!item->probe) first = std::min(first, item->due);
    if (first == Clock::time_point::max()) return timer_.stop();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - IoContext::now());
    timer_.start(std::max(left, std::chrono::milliseconds{0}));
}

void ReadinessDesk::on_timer() {
    const auto now = IoContext::now();
    for (const auto& item : asked_)
        if (!item->probe && item->due <= now) start(*item);
    arm();
}

void ReadinessDesk::start(Asked& asked) {
    const auto entry = configuration_->find_database(asked.database);
    if (!entry) return;
    const auto& settings = configuration_->settings;
    const double share = 1.0 - kJitter * std::uniform_real_distribution<double>{0, 1}(random_);
    const auto pause =
        std::chrono::duration<double, std::milli>{in_milliseconds(settings.health_check_retry)};
    asked.due = IoContext::now() + std::chrono::duration_cast<Clock::duration>(pause * share);
    HttpProbeRequest request;
    request.url = asked.url;
    if (asked.url.tls) request.tls = tls_->plan(*entry, {}, asked.url.host);
    request.timeout = in_milliseconds(settings.health_check_timeout);
    HttpProbeOwner& owner = *this;
    asked.probe = std::make_unique<HttpProbe>(health_->context(), owner, std::move(request));
    asked.probe->start();
}

void ReadinessDesk::on_http_done(HttpProbe& probe, HttpProbeResult result) {
    const auto found = std::find_if(asked_.begin(), asked_.end(),
                                    [&probe](const auto& item) { return item->probe.get() == &probe; });
    if (found == asked_.end()) return;
    Asked& asked = **found;
    asked.probe.reset();
    asked.unanswered = result.status == 0 ? asked.unanswered + 1 : 0;
    if (result.status == kNotReady) {
        note_error(asked, {});
        enter(asked, false);
    } else if (result.status / 100 == 2) {
        note_error(asked, {});
        enter(asked, true);
    } else {
        note_error(asked, result.status == 0 ? result.error : "status " + std::to_string(result.status));
        // Whoever has not answered for so long is judged by its SQL port.
        if (asked.unanswered >= configuration_->settings.failover_threshold) enter(asked, true);
    }
    arm();
}

/// Once for each new reason.
void ReadinessDesk::note_error(Asked& asked, const std::string& error) const {
    if (!error.empty() && error != asked.last_error)
        log_warning("readiness_url of database '" + asked.database + "', host " + asked.host + ": " + error);
    asked.last_error = error;
}

void ReadinessDesk::enter(Asked& asked, bool ready) {
    if (asked.ready == ready) return;
    asked.ready = ready;
    shared_->pools.databases.of(asked.database).nodes.ready(asked.host, ready, IoContext::now());
    note_bad_hosts(asked.database);
    owner_->on_readiness(asked.database, asked.host, ready);
}

}  // namespace pooler
