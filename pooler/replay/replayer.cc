#include "pooler/replay/replayer.h"

#include <algorithm>
#include <utility>

#include "pooler/seeded_bug.h"
#include "protocol/error_notice.h"
#include "protocol/frame.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::BackendType;
using protocol::FrontendType;
using protocol::TransactionStatus;

namespace {

constexpr std::size_t kStatusAt = protocol::kHeaderBytes;

bool is_notice(BackendType type) {
    return type == BackendType::kNoticeResponse || type == BackendType::kParameterStatus ||
           type == BackendType::kNotificationResponse;
}

bool answers_command(BackendType type) {
    return type == BackendType::kCommandComplete || type == BackendType::kEmptyQueryResponse ||
           type == BackendType::kPortalSuspended || type == BackendType::kErrorResponse ||
           type == BackendType::kReadyForQuery;
}

bool is_header(BackendType type) {
    return type == BackendType::kParseComplete || type == BackendType::kBindComplete ||
           type == BackendType::kCloseComplete || type == BackendType::kParameterDescription ||
           type == BackendType::kRowDescription || type == BackendType::kNoData;
}

bool is_copy(FrontendType type) {
    return type == FrontendType::kCopyData || type == FrontendType::kCopyDone ||
           type == FrontendType::kCopyFail;
}

/// The server closes the connection behind it. CockroachDB says ERROR, and means it all the same.
bool announces_close(const protocol::ErrorFields& fields, const ServerTraits& server) {
    return fields.fatal() || (server.cockroach && (fields.code == "57P01" || fields.code == "57P02"));
}

/// Of an ErrorResponse.
std::string_view code_of(std::string_view message) {
    const auto fields = protocol::decode_error_fields(message.substr(protocol::kHeaderBytes));
    return fields ? fields->code : std::string_view{};
}

}  // namespace

std::string_view name_of(GiveUp reason) {
    switch (reason) {
        case GiveUp::kNone: return "none";
        case GiveUp::kMismatch: return "other answers";
        case GiveUp::kAttempts: return "replay_attempts";
        case GiveUp::kTimeout: return "replay_timeout";
        case GiveUp::kCancelled: return "cancelled";
        case GiveUp::kUnfit: return "not replayable";
    }
    return "none";
}

// --- the window

void Replayer::open(const ReplayLimits& limits, const ServerTraits& server, bool begins,
                    const StatementFacts& said) {
    limits_ = limits;
    server_ = server;
    begins_ = begins;
    begin_said_ = said;
    state_ = State::kRecording;
    window_.begin(begins);
    window_.note_begin(said);
    drop_log();
    message_ = {};
    failed_ = {};
    shown_ = Shown::kNothing;
    shown_bytes_ = 0;
    given_up_ = GiveUp::kNone;
    copying_ = begin_failed_ = skipped_ = answer_due_ = false;
    attempts_ = attempts_of_replay_ = 0;
    deadline_ = {};
}

void Replayer::close() {
    state_ = State::kOff;
    window_.begin(false);
    drop_log();
    original_.clear();
}

void Replayer::drop_log() {
    run_ = {};
    log_.clear();
    digest_.clear();
    fed_ = 0;
}

void Replayer::give_up_protection(Unfit reason) {
    if (busy()) return mismatch();
    window_.mark_unfit(reason);
    drop_log();
}

// --- what the client sends

void Replayer::on_statement(const StatementFacts& facts) {
    const bool was_protected = is_protected();
    window_.on_statement(facts);
    if (was_protected && !is_protected()) give_up_protection(window_.unfit());
}

void Replayer::on_bytes(std::string_view bytes) {
    if (state_ == State::kOff || !is_protected()) return;
    if (seeded_bug(SeededBug::kLostMessage) && state_ == State::kRecording && log_.size() % 4 == 1) return;
    if (state_ == State::kFeeding) {
        fed_ += bytes.size();
        flushed_ = false;
        return;
    }
    switch (log_.append(bytes, limits_.max_bytes)) {
        case TransactionLog::Append::kKept: fed_ += bytes.size(); return;
        case TransactionLog::Append::kTooLarge: return give_up_protection(Unfit::kTooLarge);
        case TransactionLog::Append::kOverBudget: return give_up_protection(Unfit::kOverBudget);
    }
}

void Replayer::on_skipped(std::uint64_t first, std::uint64_t last) {
    if (state_ == State::kOff || state_ == State::kFailed || !window_.ends_within(first, last)) return;
    if (state_ != State::kRecording && state_ != State::kFeeding) return give_up_protection(Unfit::kPipeline);
    skipped_ = true;
}

/// The unit is not answered and more may come. Not if the server closes: then that is all there is to it.
void Replayer::judge_skipped(std::string_view message) {
    if (!std::exchange(skipped_, false)) return;
    const auto fields = protocol::decode_error_fields(message.substr(protocol::kHeaderBytes));
    if (!fields || !announces_close(*fields, server_)) give_up_protection(Unfit::kPipeline);
}

// --- what the server says

/// The part of a message that `bytes` begin with.
std::string_view Replayer::next_part(std::string_view bytes) {
    if (message_.left == 0) {
        const auto header = protocol::read_header(bytes);
        message_.type = static_cast<BackendType>(header.type);
        message_.counts = !is_notice(message_.type);
        message_.left = header.total_bytes();
    }
    const std::string_view part = bytes.substr(0, message_.left);
    message_.left -= part.size();
    message_.ends = message_.left == 0 && answers_command(message_.type);
    return part;
}

namespace {

void pass(Replayer::Passed& passed, std::size_t from, std::size_t to) {
    if (passed.from == passed.to) passed.from = from;
    passed.to = to;
}

}  // namespace

Replayer::Passed Replayer::on_server(std::string_view bytes) {
    if (state_ == State::kOff) return {0, bytes.size()};
    Passed passed;
    std::size_t at = 0;
    while (at < bytes.size()) {
        at += take_plain(bytes.substr(at), at, passed);
        if (at == bytes.size()) break;
        const std::string_view part = next_part(bytes.substr(at));
        take(part, at, passed);
        at += part.size();
    }
    add_run();
    return passed;
}

/// In a transaction that goes well these are nearly all messages: each would go through take() to the same
/// end. Returns the bytes of those that `bytes` begin with.
std::size_t Replayer::take_plain(std::string_view bytes, std::size_t at, Passed& passed) {
    if (state_ != State::kRecording || message_.left != 0 || !window_.is_transaction()) return 0;
    const bool remembered = is_protected();
    std::size_t end = 0;
    std::size_t begun = 0;  // of the command that is being answered
    for (std::string_view rest = bytes; rest.size() >= protocol::kHeaderBytes; rest = bytes.substr(end)) {
        const auto header = protocol::read_header(rest);
        const auto type = static_cast<BackendType>(header.type);
        const bool completes = type == BackendType::kCommandComplete;
        const bool data = completes || type == BackendType::kDataRow;
        if (header.total_bytes() > rest.size() || !(data || is_header(type))) break;
        end += header.total_bytes();
        if (shown_ != Shown::kData) shown_ = data ? Shown::kData : Shown::kHeaders;
        if (!completes) continue;
        copying_ = answer_due_ = false;
        if (remembered) {
            extend_run(bytes.substr(begun, end - begun));
            digest_.end_command(std::exchange(run_, {}));
        }
        begun = end;
    }
    if (remembered && end > begun) extend_run(bytes.substr(begun, end - begun));
    if (end == 0) return 0;
    shown_bytes_ += end;
    pass(passed, at, at + end);
    return end;
}

bool Replayer::on_plain_end() {
    const TransactionWindow::Unit* unit = window_.oldest();
    if (state_ != State::kRecording || window_.is_transaction() || window_.outstanding() != 1 ||
        !unit->closed())
        return false;
    message_ = {};
    copying_ = answer_due_ = false;
    on_ready(static_cast<char>(TransactionStatus::kIdle));
    return true;
}

void Replayer::take(std::string_view part, std::size_t at, Passed& passed) {
    if (state_ != State::kRecording && state_ != State::kFeeding) {
        if (message_.type != BackendType::kReadyForQuery || state_ != State::kFailed || failed_.answered)
            return;
        failed_.answered = true;
        failed_.ends = part[kStatusAt] == static_cast<char>(TransactionStatus::kIdle);
        return;
    }
    if (!message_.counts) {
        if (!compares()) pass(passed, at, at + part.size());
        return;
    }
    if (message_.type == BackendType::kErrorResponse) return take_error(part, at, passed);
    show(part, at, passed);
    if (message_.type == BackendType::kCopyInResponse && message_.left == 0) on_copy_in();
    if (message_.ends) copying_ = false;
    if (message_.type == BackendType::kReadyForQuery && state_ != State::kGivenUp) on_ready(part[kStatusAt]);
}

/// Bytes that count. What of them is new goes to the client.
void Replayer::show(std::string_view part, std::size_t at, Passed& passed) {
    if (compares()) {
        const std::size_t known = digest_.compare(part, message_.ends);
        if (digest_.mismatch()) return mismatch();
        if (known == part.size()) return;
        if (!seeded_bug(SeededBug::kDeliverTwice)) at += known;
        part.remove_prefix(known);
    }
    if (remembers()) remember(part);
    note_shown();
    shown_bytes_ += part.size();
    if (message_.ends) answer_due_ = false;
    pass(passed, at, at + part.size());
}

void Replayer::remember(std::string_view part) {
    extend_run(part);
    if (message_.ends) digest_.end_command(std::exchange(run_, {}));
}

void Replayer::extend_run(std::string_view part) {
    if (run_.data() + run_.size() == part.data()) {
        run_ = {run_.data(), run_.size() + part.size()};
    } else {
        add_run();
        run_ = part;
    }
}

void Replayer::add_run() {
    if (!run_.empty()) digest_.add(std::exchange(run_, {}));
}

/// Outside a transaction nothing is run again of which more than headers was shown.
bool Replayer::remembers() const {
    return is_protected() &&
           (window_.is_transaction() || (shown_ != Shown::kData && is_header(message_.type)));
}

void Replayer::note_shown() {
    if (shown_ != Shown::kData) shown_ = is_header(message_.type) ? Shown::kHeaders : Shown::kData;
}

/// An ErrorResponse always comes whole.
void Replayer::take_error(std::string_view message, std::size_t at, Passed& passed) {
    const bool copying = std::exchange(copying_, false);  // what ends a COPY is the client's CopyFail
    judge_skipped(message);
    if (state_ == State::kGivenUp) return;
    if (fails_by(message)) return;
    if (begin_failed_) return mismatch();
    comparable_.clear();
    append_comparable_error(comparable_, message);
    if (compares()) {
        const std::size_t known = digest_.compare(comparable_, true);
        if (digest_.mismatch() || known != comparable_.size()) return mismatch();
        return;
    }
    if (is_protected()) {
        add_run();
        digest_.end_command(comparable_);
    }
    note_shown();
    shown_bytes_ += message.size();
    answer_due_ = false;
    pass(passed, at, at + message.size());
    const std::string_view code = code_of(message);
    if (leaves_open(code)) ++unknown_;
    if (state_ == State::kRecording && !copying && code == protocol::sqlstate::kQueryCanceled)
        give_up_protection(Unfit::kInterrupted);
}

/// A 57014 of CockroachDB in answer to what may commit proves nothing: applied in 540 of 986 drains.
bool Replayer::leaves_open(std::string_view code) const {
    if (code == protocol::sqlstate::kStatementCompletionUnknown) return true;
    const TransactionWindow::Unit* unit = window_.oldest();
    if (!server_.cockroach || code != protocol::sqlstate::kQueryCanceled || unit == nullptr) return false;
    return window_.is_transaction() ? unit->commits : unit->writes;
}

/// True if the client is not to see this error for now.
bool Replayer::fails_by(std::string_view message) {
    const auto fields = protocol::decode_error_fields(message.substr(protocol::kHeaderBytes));
    if (!fields) return false;
    const bool closes = announces_close(*fields, server_);
    Trigger trigger = closes ? Trigger::kLost : trigger_of(fields->code);
    if (trigger == Trigger::kNone) return false;
    const bool refused = closes && fields->code == protocol::sqlstate::kAdminShutdown;
    const Ruling ruling = refused  ? rule_on_refusal(window_, shown_, server_)
                          : closes ? rule_on_loss(window_, shown_)
                                   : rule_on_error(trigger, window_, shown_, server_);
    // Of a transaction that is read-only by its own will that is an answer like others.
    if (trigger == Trigger::kRecovery && ruling == Ruling::kPass) return false;
    if (compares()) {
        // The client waits for what it was shown before already: only the attempt has failed.
        if (!closes && ruling != Ruling::kReplay) {
            mismatch();
            return true;
        }
        state_ = State::kFailed;
        failed_.answered = true;
        if (closes) failed_.trigger = Trigger::kLost;
        return true;
    }
    if (ruling == Ruling::kPass) return false;
    note_failure(trigger);
    failed_.proven = refused && ruling == Ruling::kReplay;
    if (closes)
        original_.clear();
    else
        original_.assign(message);
    state_ = State::kFailed;
    return true;
}

void Replayer::note_failure(Trigger trigger) {
    failed_ = {};
    failed_.trigger = trigger;
    failed_.later = fed_;
    const TransactionWindow::Unit* unit = window_.oldest();
    failed_.due = unit != nullptr;
    if (unit == nullptr) return;
    failed_.closed = unit->closed();
    failed_.ends = !window_.is_transaction();
    failed_.later = window_.start_behind_oldest().value_or(fed_);
    failed_.several = window_.outstanding() > 1;
    // A server that is gone answers nothing more.
    failed_.answered = trigger == Trigger::kLost;
}

void Replayer::on_copy_in() {
    copying_ = true;
    if (!compares()) answer_due_ = false;  // now it is the client that is waited for
    const TransactionWindow::Unit* unit = window_.oldest();
    if (unit == nullptr || !unit->closed() || unit->query || window_.reopen()) return;
    give_up_protection(Unfit::kPipeline);
}

void Replayer::on_ready(char status) {
    const std::size_t behind = window_.start_behind_oldest().value_or(fed_);
    if (!window_.on_ready(static_cast<TransactionStatus>(status)))
        return give_up_protection(Unfit::kPipeline);
    shown_ = Shown::kNothing;
    shown_bytes_ = 0;
    may_commit_ = false;
    if (status == static_cast<char>(TransactionStatus::kIdle)) on_window_over(behind);
}

/// No transaction is open any more: what was sent and shown up to here is history.
void Replayer::on_window_over(std::size_t behind) {
    begins_ = false;
    begin_said_ = {};
    attempts_ = 0;
    deadline_ = {};
    run_ = {};
    digest_.clear();
    const std::size_t gone = std::min(behind, log_.size());
    log_.drop_front(gone);
    fed_ -= std::min(gone, fed_);
    window_.shift(gone);
    if (!is_protected()) drop_log();
}

Ruling Replayer::on_lost(Clock::time_point now, bool aborted) {
    switch (state_) {
        case State::kOff:
        case State::kGivenUp: return Ruling::kPass;
        case State::kRestarting: leave_server(now); return Ruling::kReplay;  // it was being made ready
        case State::kFailed:
            if (failed_.trigger == Trigger::kLost && !failed_.proven) break;
            leave_server(now);  // the error it sent is proof enough
            return Ruling::kReplay;
        case State::kRecording:
        case State::kFeeding: break;
    }
    const bool same = same_failure();
    Ruling ruling = rules_loss();
    if (aborted && ruling == Ruling::kAmbiguous) ruling = is_protected() ? Ruling::kReplay : Ruling::kLost;
    if (ruling == Ruling::kPass) return ruling;
    if (!same) {
        note_failure(Trigger::kLost);
        original_.clear();
    }
    if (ruling == Ruling::kReplay) {
        leave_server(now);
    } else if (ruling == Ruling::kRollback) {
        failed_.due = false;
        failed_.later = window_.oldest()->start;
        state_ = State::kGivenUp;
    } else {
        end_attempts(GiveUp::kUnfit);
    }
    return ruling;
}

/// While the answers are compared nothing that commits is sent.
Ruling Replayer::rule_on_lost_feed() const {
    return window_.may_have_committed() && !seeded_bug(SeededBug::kReplayAfterCommitSent) ? Ruling::kAmbiguous
                                                                                          : Ruling::kReplay;
}

void Replayer::on_quiet() {
    if (state_ == State::kFeeding) mismatch();
}

// --- time and will

void Replayer::on_clock(Clock::time_point now) {
    if (!busy() || state_ == State::kGivenUp || (state_ == State::kFeeding && !compares())) return;
    if (deadline_ == Clock::time_point{}) deadline_ = now + limits_.timeout;
    if (now >= deadline_) end_attempts(GiveUp::kTimeout);
}

void Replayer::cancel() {
    if (!busy() || state_ == State::kGivenUp || (state_ == State::kFeeding && !compares())) return;
    end_attempts(GiveUp::kCancelled);
}

void Replayer::leave_server(Clock::time_point now) {
    if (deadline_ == Clock::time_point{}) deadline_ = now + limits_.timeout;
    if (now >= deadline_) return end_attempts(GiveUp::kTimeout);
    if (limits_.attempts > 0 && attempts_ >= limits_.attempts) return end_attempts(GiveUp::kAttempts);
    ++attempts_;
    ++attempts_of_replay_;
    answer_due_ = true;
    state_ = State::kRestarting;
    fed_ = 0;
    message_ = {};
    may_commit_ = copying_ = flushed_ = begin_failed_ = skipped_ = false;
    if (seeded_bug(SeededBug::kBeginForgotten)) begins_ = false;
    window_.begin(begins_);
    window_.note_begin(begin_said_);
    digest_.begin_comparison();
}

std::chrono::milliseconds Replayer::delay(std::uint32_t random) const {
    constexpr unsigned kAtOnce = 2;  // the second one waits at its gate
    constexpr unsigned kMostMs = 1000;
    constexpr unsigned kDoublings = 10;
    if (attempts_ <= kAtOnce) return std::chrono::milliseconds{0};
    const unsigned most = std::min(1U << std::min(attempts_ - kAtOnce - 1, kDoublings), kMostMs);
    return std::chrono::milliseconds{random % (most + 1)};
}

void Replayer::end_attempts(GiveUp reason) {
    state_ = State::kGivenUp;
    given_up_ = reason;
}

// --- feeding

void Replayer::begin_feeding() { state_ = State::kFeeding; }

Replayer::Gate Replayer::gate(FrontendType type, const StatementFacts* facts, bool releases) {
    if (!compares()) return Gate::kGo;
    const TransactionWindow::Unit* oldest = window_.oldest();
    if (is_copy(type) && copying_) return Gate::kGo;
    const bool answer_due = oldest != nullptr && oldest->closed();
    if (answer_due) return seeded_bug(SeededBug::kUnitsNotHeld) ? Gate::kGo : Gate::kWait;
    if (seeded_bug(SeededBug::kCommitNotHeld)) return Gate::kGo;
    const bool commits =
        facts != nullptr &&
        (facts->commits || (!window_.is_transaction() && !facts->begins && !facts->reads_only));
    if (type == FrontendType::kBind) may_commit_ = may_commit_ || commits;
    const bool runs = (releases && !seeded_bug(SeededBug::kReleaseNotHeld)) ||
                      (type == FrontendType::kQuery && commits) ||
                      (type == FrontendType::kExecute && may_commit_);
    return runs ? gate_at_end() : Gate::kGo;
}

Replayer::Gate Replayer::gate_at_end() {
    if (!compares()) return Gate::kGo;
    const TransactionWindow::Unit* oldest = window_.oldest();
    if (flushed_ || oldest == nullptr || oldest->closed()) return Gate::kWait;
    flushed_ = true;
    return Gate::kFlush;
}

bool Replayer::finish() {
    const bool compared = !compares() || seeded_bug(SeededBug::kFinishedEarly);
    if (state_ != State::kFeeding || !compared || fed_ < log_.size()) return false;
    state_ = State::kRecording;
    const TransactionWindow::Unit* oldest = window_.oldest();
    if (oldest == nullptr || !oldest->closed()) answer_due_ = false;
    return true;
}

void Replayer::settle() {
    attempts_of_replay_ = 0;
    deadline_ = {};
}

Replayer::Outcome Replayer::outcome() const {
    Outcome outcome;
    outcome.error = original_;
    outcome.due = failed_.due;
    outcome.closed = failed_.closed;
    outcome.ends = failed_.ends;
    outcome.complete = is_protected() || !failed_.several;
    if (failed_.later < log_.size()) outcome.unstarted = log_.bytes().substr(failed_.later);
    return outcome;
}

}  // namespace pooler
