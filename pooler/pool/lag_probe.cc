#include "pooler/pool/lag_probe.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "pooler/pool/pool.h"

namespace pooler {

namespace {

/// Timeline and position; the name of a log file begins with its timeline.
constexpr std::string_view kPrimaryQuestion =
    "SELECT pg_catalog.substr(pg_catalog.pg_walfile_name(at), 1, 8) || ' ' || at::text "
    "FROM (SELECT pg_catalog.pg_current_wal_insert_lsn() AS at) AS log";
/// The same of a standby; nothing once it has been promoted. The timeline that is received is shown to roles
/// with pg_read_all_stats; that of the last restart point follows it within a checkpoint. A standby that
/// follows a timeline has replayed nothing behind the point where it began that is not on it.
constexpr std::string_view kReplayQuestion =
    "SELECT pg_catalog.to_hex(coalesce((SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver), "
    "(SELECT timeline_id FROM pg_catalog.pg_control_checkpoint()))) || ' ' || "
    "pg_catalog.pg_last_wal_replay_lsn()::text WHERE pg_catalog.pg_is_in_recovery()";

/// A replica that is further behind is measured again when it has caught up.
constexpr std::size_t kMaxPositions = 1024;

/// Clocks of two clusters.
constexpr std::chrono::milliseconds kClockOffset{500};

constexpr std::chrono::milliseconds kLongestQuiet{1'000};

}  // namespace

LagProbe::LagProbe(PoolEnvironment& environment, Pool& primary)
    : primary_{&primary},
      kind_{primary.replicas()->rule().kind},
      question_{kind_ == conf::ReplicaKind::kStreaming ? std::string{kReplayQuestion}
                                                       : primary.database().replica_lag_query.value_or("")},
      quiet_period_{kLongestQuiet} {
    ProbeLineOwner& owner = *this;
    primary_line_ = std::make_unique<ProbeLine>(environment, owner, primary);
    for (const auto& replica : primary.replicas()->all())
        replicas_.push_back(
            {std::make_unique<ProbeLine>(environment, owner, *replica->pool), replica->state});
    const auto max_lag = primary.replicas()->rule().max_lag;
    if (max_lag.count() > 0) quiet_period_ = std::min<Clock::duration>(quiet_period_, max_lag / 4);
}

/// Some replica may not show the last write yet.
bool LagProbe::behind() const {
    const auto writes = primary_->shared().database_use.writes.view();
    return std::any_of(replicas_.begin(), replicas_.end(),
                       [&](const Line& replica) { return replica.state->measured() <= writes.last_end; });
}

bool LagProbe::tick() {
    const auto now = IoContext::now();
    const bool writes = behind();
    if (!writes && now - last_round_ < quiet_period_) return false;
    last_round_ = now;
    if (kind_ == conf::ReplicaKind::kStreaming)
        static_cast<void>(primary_line_->ask(kPrimaryQuestion));
    else
        ask_replicas();
    return writes;
}

void LagProbe::ask_replicas() {
    for (const Line& replica : replicas_) static_cast<void>(replica.line->ask(question_));
}

void LagProbe::on_answer(ProbeLine& line, const std::optional<std::string>& value) {
    if (&line == primary_line_.get())
        return on_position(value ? parse_timeline_position(*value) : std::nullopt);
    const auto found = std::find_if(replicas_.begin(), replicas_.end(),
                                    [&line](const Line& replica) { return replica.line.get() == &line; });
    if (found == replicas_.end() || !value) return;
    if (kind_ != conf::ReplicaKind::kStreaming) return on_lag(*found, *value);
    if (const auto position = parse_timeline_position(*value)) on_replayed(*found, *position);
}

void LagProbe::on_position(std::optional<TimelinePosition> position) {
    if (position) {
        if (position->timeline != timeline_) enter_timeline(position->timeline);
        if (positions_.size() == kMaxPositions) positions_.pop_front();
        positions_.push_back({primary_line_->asked_at(), end_before(position->end)});
    }
    ask_replicas();
}

/// The primary was replaced by one that was promoted: nothing that was measured before counts.
void LagProbe::enter_timeline(std::uint32_t timeline) {
    if (timeline_ != 0)
        primary_line_->warn("the primary is on timeline " + std::to_string(timeline) + " now, not on " +
                            std::to_string(timeline_) + ": replicas get reads again when they follow it");
    timeline_ = timeline;
    positions_.clear();
    for (const Line& replica : replicas_) replica.state->forget();
}

/// The latest position that was replayed counts.
void LagProbe::on_replayed(Line& replica, const TimelinePosition& at_replica) {
    if (timeline_ == 0) return;  // the primary has not answered yet
    const bool elsewhere = at_replica.timeline != timeline_;
    if (std::exchange(replica.elsewhere, elsewhere) != elsewhere && elsewhere)
        replica.line->warn("it is on timeline " + std::to_string(at_replica.timeline) + ", the primary on " +
                           std::to_string(timeline_) + ": no reads go there");
    if (elsewhere) return replica.state->forget();
    for (auto at = positions_.rbegin(); at != positions_.rend(); ++at) {
        if (at->end > at_replica.end) continue;
        replica.state->measure(at->asked);
        return;
    }
}

void LagProbe::on_lag(Line& replica, const std::string& seconds) {
    char* rest = nullptr;
    const double lag = std::strtod(seconds.c_str(), &rest);
    if (rest == seconds.c_str() || *rest != '\0' || !(lag >= 0) || lag > 1e6) return;
    replica.state->measure(replica.line->asked_at() - kClockOffset -
                           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{lag}));
}

}  // namespace pooler
