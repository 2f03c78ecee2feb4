// Health checks, failover and failback, as the process carries them to its workers and shows them.
#include <algorithm>
#include <tuple>

#include "pooler/process/process.h"
#include "pooler/process/process_log.h"

namespace pooler {

void Process::start_health() {
    HealthDeskOwner& health_owner = *this;
    health_ = std::make_unique<HealthDesk>(&loop_, shared_, tracked_, health_owner);
    FailoverHost& host = *this;
    failover_ = std::make_unique<FailoverDesk>(&loop_, host, *health_);
    for (const std::string& database : failover_->remembered(*configuration_))
        shared_.pools.databases.of(database).on_secondary = true;
    ReadinessOwner& readiness_owner = *this;
    readiness_ = std::make_unique<ReadinessDesk>(&loop_, shared_, *health_, readiness_owner);
    health_->configure(configuration_, tls_);
    readiness_->configure(configuration_, tls_);
    failover_->configure(configuration_);
}

void Process::report_trouble(std::string database, std::string target, std::string host, std::string reason) {
    mailbox_.post_call([this, database = std::move(database), target = std::move(target),
                        host = std::move(host), reason = std::move(reason)] {
        if (!stopping_) health_->on_trouble(database, target, host, reason);
    });
}

void Process::report_node(std::string database, std::string node, std::string reason) {
    mailbox_.post_call(
        [this, database = std::move(database), node = std::move(node), reason = std::move(reason)] {
            log_notice("database '" + database + "': node " + node + " is leaving: " + reason);
            note_event("drain", database, "node " + node + " is leaving: " + reason);
        });
}

void Process::on_health(const Watched& watched, HealthChange change) {
    const std::string role = watched.target.empty() ? "primary" : watched.target;
    const std::string where = role + " " + watched.host + ":" + std::to_string(watched.port);
    if (change == HealthChange::kUp) note_event("up", watched.database, where + " is up");
    if (change == HealthChange::kDown) {
        log_warning("database '" + watched.database + "': " + where +
                    " is down: " + watched.health.last_error());
        note_event("down", watched.database, where + " is down: " + watched.health.last_error());
        leave_host(watched.database, watched.target, watched.host, true, "its server is down");
    }
    const bool active = shared_.pools.databases.of(watched.database).on_secondary != watched.target.empty();
    if (active && (change == HealthChange::kLifeSign || change == HealthChange::kUp)) try_again(watched);
    failover_->on_health(watched, change);
}

/// Somebody answers again: those who wait need not wait for the next attempt to be due.
void Process::try_again(const Watched& watched) {
    for (const auto& pool : shared_.pools.all())
        if (pool->database == watched.database) pool->failing = false;
    on_all_workers([database = watched.database, host = watched.host,
                    begun = watched.good_begun](Worker& worker) { worker.try_again(database, host, begun); });
}

/// What is idle is closed at once, on all workers; `dead`: whatever no client uses.
void Process::leave_host(const std::string& database, const std::string& target, const std::string& host,
                         bool dead, const std::string& reason) {
    on_all_workers([database, target, host, dead, reason](Worker& worker) {
        worker.leave_host(database, target, host, dead, reason);
    });
}

void Process::on_readiness(const std::string& database, const std::string& host, bool ready) {
    const std::string text = host + (ready ? " is ready again" : " is not ready: it drains");
    log_notice("database '" + database + "': " + text);
    note_event(ready ? "ready" : "drain", database, text);
    if (!ready) leave_host(database, {}, host, false, "its server is not ready");
}

// --- from one target to the other

void Process::leave_target(const std::string& database, bool now) {
    shared_.pools.databases.of(database).switching = true;
    const std::string reason =
        now ? "the target changes, the transaction did not end in time" : "the target changes";
    on_all_workers([database, now, reason](Worker& worker) { worker.leave_target(database, now, reason); });
}

int Process::connections_left(const std::string& database) const {
    return const_cast<ProcessShared&>(shared_).pools.databases.of(database).servers.used();
}

void Process::open_target(const std::string& database, bool secondary) {
    shared_.pools.databases.of(database).on_secondary = secondary;
    for (const auto& pool : shared_.pools.all()) {
        if (pool->database != database) continue;
        ++pool->generation;  // whatever of the old target may still turn up is not used
        pool->set_welcome(nullptr);
        pool->failing = false;
    }
    auto missing = std::make_shared<std::size_t>(workers_.size());
    on_all_workers([this, database, missing](Worker& worker) {
        worker.retarget(database);
        mailbox_.post_call([this, database, missing] {
            if (--*missing == 0) resume_target(database);
        });
    });
}

void Process::resume_target(const std::string& database) {
    shared_.pools.databases.of(database).switching = false;
    on_all_workers([database](Worker& worker) { worker.serve_database(database); });
}

void Process::answer_order(ConsoleId console, ConsoleResult<void> result) {
    answer(console, result ? answer_done() : answer_error(result.error()));
}

void Process::note_event(std::string kind, const std::string& database, const std::string& text) {
    events_.add(std::move(kind), database, text);
}

// --- what SHOW says

namespace {

EndpointRow endpoint_row(const Watched& watched, bool on_secondary) {
    EndpointRow row;
    row.database = watched.database;
    row.role = watched.target.empty() ? "primary" : watched.target;
    row.host = watched.host;
    row.port = watched.port;
    row.state = to_word(watched.health.state());
    row.node_id = watched.node;
    row.latency = watched.health.latency();
    row.last_error = watched.health.last_error();
    row.changed = watched.changed;
    row.active = on_secondary != watched.target.empty();
    row.consecutive_failures = watched.health.failures();
    row.last_check = watched.last_check;
    return row;
}

}  // namespace

/// The health desk knows more of an address than log-ins to it do.
void Process::complete_health(Report& report, const ReportSections& sections) const {
    auto& usages = const_cast<ProcessShared&>(shared_).pools.databases;
    if (sections.endpoints) {
        for (const auto& watched : health_->watched()) {
            EndpointRow row = endpoint_row(*watched, usages.of(watched->database).on_secondary);
            const auto same = [&row](const EndpointRow& other) {
                return std::tie(other.database, other.role, other.host, other.port) ==
                       std::tie(row.database, row.role, row.host, row.port);
            };
            const auto known = std::find_if(report.endpoints.begin(), report.endpoints.end(), same);
            if (known == report.endpoints.end()) {
                report.endpoints.push_back(std::move(row));
                continue;
            }
            row.connections = known->connections;
            row.outstanding = known->outstanding;
            *known = std::move(row);
        }
        for (EndpointRow& row : report.endpoints)
            row.draining = row.draining || readiness_->draining(
                                               row.database, row.role == "primary" ? "" : row.role, row.host);
        for (FailoverRow& row : report.failovers) {
            const FailoverTimes times = failover_->times(row.database);
            row.last_failover = times.failover;
            row.last_failback = times.failback;
        }
    }
    if (sections.nodes)
        for (const auto* usage : usages.all())
            for (const NodeFacts& node : usage->nodes.facts())
                report.nodes.push_back({usage->name, node.node, node.draining ? "draining" : "up",
                                        node.reason, node.connections, node.drains, node.changed});
    if (sections.events)
        for (const HealthEvent& event : events_.events())
            report.events.push_back({event.number, event.at, event.kind, event.database, event.text});
}

}  // namespace pooler
