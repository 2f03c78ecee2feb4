#include "pooler/session/replay_desk.h"

#include "pooler/session/client_session.h"

namespace pooler {

namespace {

/// From this attempt on, one at a time for each database.
constexpr unsigned kGatedAttempt = 2;

}  // namespace

void CommitInquirer::on_answered(const ServerRun* run, const OwnResult& result) {
    session->on_witness_answered(run, result);
}

void CommitInquirer::on_unanswered() { session->on_witness_lost(); }

std::unique_ptr<ClientReplay> ReplayDesk::take() {
    if (free_.empty()) return std::make_unique<ClientReplay>(*budget_);
    std::unique_ptr<ClientReplay> replay = std::move(free_.back());
    free_.pop_back();
    return replay;
}

void ReplayDesk::give_back(std::unique_ptr<ClientReplay> replay) {
    replay->machine.close();
    replay->timer.close();
    if (replay->started) {
        replay->names_then.reset();
        replay->started = false;
    }
    replay->savepoint.end();
    replay->commit.forget();
    replay->looks_up = false;
    replay->going_back = replay->release_failed = false;
    replay->savepoint_first = replay->savepoint_last = 0;
    replay->parameters_then = {};
    replay->variables_then.reset();
    if (free_.size() < kKeep) free_.push_back(std::move(replay));
}

const StatementFacts& ReplayDesk::facts_of(const StatementRef& statement, Dialect dialect,
                                           StatementClassCache& classes) {
    KnownFacts& known = facts_[statement->hash.low % kFacts];
    if (known.statement != statement || known.dialect != dialect) {
        const std::string_view text = statement->query;
        known = {statement, dialect, pooler::facts_of(classes.classify(text, dialect), text, dialect)};
    }
    return known.facts;
}

bool ReplayDesk::ask_for_turn(ClientSession& session, ClientReplay& replay, const std::string& database) {
    if (replay.ticket.number == 0) replay.ticket = gates_->issue(worker_);
    if (waiting_.count(replay.ticket.number) > 0) return false;
    bool now = true;
    if (!replay.admitted) {
        replay.admitted = true;
        now = gates_->admit(replay.ticket, replay.machine.log_bytes());
    }
    if (now && replay.machine.attempts() >= kGatedAttempt && !replay.at_gate) {
        replay.at_gate = true;
        now = gates_->enter(database, replay.ticket);
    }
    if (!now) waiting_[replay.ticket.number] = &session;
    return now;
}

void ReplayDesk::leave_turns(ClientReplay& replay, const std::string& database) {
    const ReplayGates::Ticket ticket = std::exchange(replay.ticket, {});
    replay.admitted = replay.at_gate = false;
    if (ticket.number == 0) return;
    waiting_.erase(ticket.number);
    for (const ReplayGates::Ticket& next : gates_->leave(database, ticket)) wake_(next);
}

void ReplayDesk::on_turn(std::uint64_t ticket) {
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return;
    ClientSession& session = *found->second;
    waiting_.erase(found);
    session.on_replay_turn();
}

}  // namespace pooler
