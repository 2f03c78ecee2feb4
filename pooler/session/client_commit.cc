// Commits that are looked up (commit_resolution = xid, PostgreSQL): in front of a COMMIT the server is asked
// for the number of the transaction; if it is lost before it answers, another connection to it, which was
// there before, is asked what became of that number. The decisions are CommitLookup's (pooler/replay); here
// they are carried out. The client is not read meanwhile.
//
// Only where nothing but the COMMIT is in doubt: it is a unit of its own, all of which has come, in a
// transaction that could be run again and has left nothing behind in the session.
#include <algorithm>

#include "pooler/session/batch_ahead.h"
#include "pooler/session/client_session.h"
#include "pooler/session/replay_desk.h"
#include "protocol/result.h"

namespace pooler {

using protocol::FrontendType;
using protocol::TransactionStatus;
using Found = CommitLookup::Verdict;

namespace {

bool is_commit(const StatementFacts& facts) {
    return facts.commits && facts.ends && facts.unfit == Unfit::kNone;
}

/// The answers to a Bind of COMMIT and what follows it.
std::string answer_to_bound(ExecutedNext next) {
    std::string answer;
    protocol::encode_bind_complete(answer);
    if (next.described) protocol::encode_no_data(answer);
    protocol::encode_command_complete(answer, "COMMIT");
    return answer;
}

}  // namespace

// --- in front of a COMMIT

/// A step: the message waits until the server has said which transaction is open.
std::optional<ClientSession::Step> ClientSession::hold_for_xid(protocol::FrameHeader header,
                                                               std::string_view message) {
    ClientReplay& replay = *replay_;
    const TransactionWindow& window = replay.machine.window();
    if (!window.is_transaction() || window.unfit() != Unfit::kNone) return std::nullopt;
    auto answer = answer_to_commit(header, message);
    if (!answer) return std::nullopt;
    const Ledger& ledger = server_->ledger();
    if (!ledger.empty()) {
        if (ledger.batch_open() || ledger.skipping() || ledger.in_copy()) return std::nullopt;
        return wait_for_outcome();
    }
    if (ledger.settled() == replay.xid_at || !may_ask_for_xid()) return std::nullopt;
    replay.commit.ask(IoContext::now(), std::move(*answer));
    ++pool_->stats.prefix_waits;
    hold_ = Hold::kForXid;
    server_->ask(CommitLookup::xid_question());
    return Step{Step::Kind::kHold};
}

/// If the message begins a unit of COMMIT alone, all of which is here: how a server answers it, but for the
/// ReadyForQuery.
std::optional<std::string> ClientSession::answer_to_commit(protocol::FrameHeader header,
                                                           std::string_view message) {
    if (message.size() < header.total_bytes()) return std::nullopt;
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    const bool commits = replay_->has_facts && is_commit(replay_->facts);
    if (header.type == static_cast<char>(FrontendType::kQuery) && commits) {
        std::string answer;
        protocol::encode_command_complete(answer, "COMMIT");
        return answer;
    }
    if (header.type == static_cast<char>(FrontendType::kBind) && commits) {
        const auto bind = protocol::decode_bind(body);
        const auto next = bind ? executed_next(io().ahead, bind->portal) : std::nullopt;
        return next ? std::optional{answer_to_bound(*next)} : std::nullopt;
    }
    if (header.type != static_cast<char>(FrontendType::kParse) || odd_encoding_) return std::nullopt;
    const auto parse = protocol::decode_parse(body);
    if (!parse || !may_concern_block(parse->query) ||
        !is_commit(facts_of(classified(parse->query), parse->query, dialect())))
        return std::nullopt;
    std::string_view ahead = io().ahead;
    const auto bound = take_body(ahead, FrontendType::kBind);
    if (!bound) return std::nullopt;
    const auto bind = protocol::decode_bind(*bound);
    if (!bind || bind->statement != parse->name) return std::nullopt;
    const auto next = executed_next(ahead, bind->portal);
    if (!next) return std::nullopt;
    std::string answer;
    protocol::encode_parse_complete(answer);
    return answer + answer_to_bound(*next);
}

/// All that was sent is answered, and a session behind the COMMIT is what it was in front of the transaction.
/// What is asked is a simple Query, which drops the unnamed statement and portal: the statement is prepared
/// again where it is used next, and no portal outlives the COMMIT.
bool ClientSession::may_ask_for_xid() const {
    const TransactionWindow& window = replay_->machine.window();
    const Ledger& ledger = server_->ledger();
    const bool quiet = window.oldest() == nullptr && !window.may_have_committed() && !ledger.batch_open() &&
                       !ledger.skipping() && !ledger.in_copy() &&
                       server_->transaction_status() == TransactionStatus::kInTransaction;
    const VariableTracker& there = server_->variables();
    const bool unchanged = there.unchanged() && there.state().variables == variables_ &&
                           replay_->reported == 0 && server_->tainted_for() == 0;
    return quiet && unchanged && pins_ == 0 && !pin_check_due_ && !restore_due_ && server_->run != nullptr;
}

void ClientSession::on_xid(const OwnResult& result) {
    ClientReplay& replay = *replay_;
    const bool refused = !result.sqlstate.empty();
    replay.commit.on_xid(refused ? CommitLookup::Row{} : result.row);
    if (!refused) {
        replay.xid_at = server_->ledger().settled();
        return resume();
    }
    // The transaction has failed for the question. It is run again, and not asked any more.
    replay.looks_up = false;
    pool_->retire(*server_, "it cannot be asked for a transaction's number");  // calls on_server_lost()
}

// --- the server is lost behind it

/// The one thing in doubt is a COMMIT whose transaction is known.
bool ClientSession::may_look_up() const {
    const ClientReplay& replay = *replay_;
    const Replayer& machine = replay.machine;
    const TransactionWindow::Unit* unit = machine.window().oldest();
    if (!replay.commit.known() || mid_reply_ || unit == nullptr) return false;
    if (machine.state() == Replayer::State::kFailed && machine.trigger() != Trigger::kLost) return false;
    const bool alone = machine.window().outstanding() == 1 && unit->closed() && unit->statements == 1 &&
                       unit->commits && unit->ends && unit->sequence > replay.xid_at;
    return alone && machine.rules_loss() == Ruling::kAmbiguous &&
           machine.shown_bytes() <= replay.commit.answer().size();
}

void ClientSession::begin_lookup() {
    server_ = nullptr;
    hold_ = Hold::kForVerdict;
    replay_->inquirer.session = this;
    replay_->commit.begin(IoContext::now() + replay_limits().timeout);
    look_up_in(std::chrono::milliseconds{0});
}

bool ClientSession::looking_up() const { return replay_ != nullptr && replay_->commit.looking(); }

void ClientSession::look_up_in(std::chrono::milliseconds pause) {
    replay_->timer.open<&ClientSession::on_lookup_timer>(io().loop, this);
    replay_->timer.start(pause);
}

/// It is time to ask, or there is no time left.
void ClientSession::on_lookup_timer() {
    if (!looking_up()) return;
    CommitLookup& commit = replay_->commit;
    const auto now = IoContext::now();
    if (const Found verdict = commit.on_clock(now); verdict != Found::kOpen) return end_lookup(verdict);
    stop_lookup();
    if (!pool_->inquire(replay_->inquirer)) {
        // Another worker may have what is wanted, and gives it to whoever waits.
        if (!pool_->spans_workers()) return end_lookup(commit.on_nobody());
        pool_->wait(*this);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(commit.deadline() - now);
    look_up_in(left);
}

void ClientSession::on_witness(ServerConnection& server) {
    CommitInquirer& inquirer = replay_->inquirer;
    if (inquirer.may_ask(server)) return pool_->inquire_of(server, inquirer);
    pool_->give_back(server, false, false);
    end_lookup(replay_->commit.on_nobody());
}

/// Nothing that was asked for comes any more.
void ClientSession::stop_lookup() {
    replay_->timer.stop();
    pool_->stop_inquiring(replay_->inquirer);
    if (waiting()) pool_->stop_waiting(*this);
}

void ClientSession::on_witness_answered(const ServerRun* run, const OwnResult& result) {
    if (!looking_up()) return;
    CommitLookup& commit = replay_->commit;
    const bool told = run != nullptr && result.sqlstate.empty();
    const Found verdict = told ? commit.on_answer(*run, result.row) : commit.on_nobody();
    if (verdict == Found::kOpen) return look_up_in(commit.pause());
    end_lookup(verdict);
}

void ClientSession::on_witness_lost() {
    if (looking_up()) look_up_in(std::chrono::milliseconds{0});
}

void ClientSession::end_lookup(Found verdict) {
    ClientReplay& replay = *replay_;
    stop_lookup();
    replay.commit.forget();
    if (verdict == Found::kCommitted) return tell_committed();
    const bool aborted = verdict == Found::kAborted;
    if (aborted) {
        ++replay.stats->found_aborted;
        environment_->log_session(*this, "COMMIT looked up behind a lost connection: aborted", false);
    }
    if (!end_loss(aborted)) fail("server connection lost");
}

/// The client gets what the server would have said, as far as it has not.
void ClientSession::tell_committed() {
    ClientReplay& replay = *replay_;
    std::string reply = replay.commit.answer().substr(replay.machine.shown_bytes());
    ++replay.stats->found_committed;
    environment_->log_session(*this, "COMMIT looked up behind a lost connection: committed", false);
    if (replay.started) note_replay_success();
    close_replay();
    notes_.reset();
    if (portals_) portals_->clear();
    block_.end();
    hold_ = Hold::kNone;
    say_ready(reply);
    resume();
}

}  // namespace pooler
