// The replay of transactions: what a client has sent and been shown since its transaction began, whether that
// may run again when it fails, and the comparison when it does. Events go in (messages of client and server,
// loss of the connection, time, cancel), decisions come out. A pure machine: no socket, no timer, no clock,
// no log. Owned by a client session while it has a server; one thread.
//
//   kOff --open--> kRecording --trigger--> kFailed --answer over--> kRestarting --linked--> kFeeding
//                      ^  '-- ruling says no: passed on                 ^                      |  |
//                      |                                                '------- trigger ------'  |
//                      '------------------ all sent again, all compared --------------------------'
//
// It is settled only when what had failed is answered. If that fails again, it is the same replay.
//
//   kFailed, kRestarting, kFeeding --limit, mismatch, cancel--> kGivenUp
//
// kFeeding: the messages of the log go to another server in turn, held back where an answer must be compared
// first. Nothing the client has is shown again, nothing new is shown before all of it has come again.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "pooler/replay/policy.h"
#include "pooler/replay/reply_digest.h"
#include "pooler/replay/transaction_log.h"
#include "pooler/replay/transaction_window.h"
#include "protocol/message_type.h"

namespace pooler {

struct ReplayLimits {
    std::size_t max_bytes = 1024 * 1024;
    unsigned attempts = 0;  ///< 0: only time decides
    std::chrono::microseconds timeout{30'000'000};
};

enum class GiveUp : std::uint8_t { kNone, kMismatch, kAttempts, kTimeout, kCancelled, kUnfit };
[[nodiscard]] std::string_view name_of(GiveUp reason);

class Replayer {
 public:
    using Clock = std::chrono::steady_clock;

    enum class State : std::uint8_t { kOff, kRecording, kFailed, kRestarting, kFeeding, kGivenUp };

    explicit Replayer(LogBudget& budget) : log_{budget} {}

    // --- a window: from one moment without a transaction to the next
    /// `begins`: a BEGIN that the client was already answered goes first.
    /// `said`: what that BEGIN says.
    void open(const ReplayLimits& limits, const ServerTraits& server, bool begins,
              const StatementFacts& said = {});
    /// Another server has the transaction now.
    void set_server(const ServerTraits& server) { server_ = server; }
    void close();
    /// From here on the window cannot be replayed. Not while feeding.
    void give_up_protection(Unfit reason);

    // --- what the client sends, recorded or fed; in this order for each message
    void on_message() { window_.on_message(fed_); }
    void on_statement(const StatementFacts& facts);
    /// In front of it the savepoint is released, which commits.
    void on_release() { window_.on_release(); }
    void end_unit(std::uint64_t sequence, bool query) { window_.end_unit(sequence, query); }
    /// The bytes of the message, or of a part of it, are on their way.
    void on_bytes(std::string_view bytes);
    /// Requests with these numbers will not be answered: what comes next is the error that made them fail.
    void on_skipped(std::uint64_t first, std::uint64_t last);

    /// The error that comes next answers our own BEGIN, which went well the first time.
    void on_begin_failed() { begin_failed_ = state_ == State::kFeeding; }

    // --- what the server says
    struct Passed {
        std::size_t from = 0;
        std::size_t to = 0;
    };
    /// Bytes on their way to the client, in order: whole messages, or the beginning or the rest of one.
    /// Returns which part of them the client gets.
    [[nodiscard]] Passed on_server(std::string_view bytes);
    /// Errors that the client was given since the last question and that leave open whether a write took
    /// effect: 40003, and what CockroachDB interrupted while it may have committed.
    [[nodiscard]] std::uint64_t take_unknown() { return std::exchange(unknown_, 0); }
    /// The rest of the answer to all that is under way goes to the client, without an error in it, and ends
    /// with no transaction open. True if that is all there was to know of it: outside a transaction nothing
    /// of an answer is remembered once it is over. Else on_server() has to see it.
    [[nodiscard]] bool on_plain_end();
    /// The connection is gone. What is to be done: kReplay and state kRestarting or kGivenUp, or nothing.
    /// `aborted`: the server has said elsewhere that the transaction was not and will not be committed.
    [[nodiscard]] Ruling on_lost(Clock::time_point now, bool aborted = false);
    /// All that was sent is answered, as far as the server answers without a Flush.
    void on_quiet();

    // --- time and will
    void on_clock(Clock::time_point now);
    void cancel();
    /// A trigger has been met and its unit is answered: the server is of no use any more. State kRestarting,
    /// or kGivenUp if it was met too often.
    void leave_server(Clock::time_point now);
    /// How long to wait before the next attempt; `random` decides within bounds.
    [[nodiscard]] std::chrono::milliseconds delay(std::uint32_t random) const;

    // --- feeding
    /// A server is there; the log goes out from its beginning.
    void begin_feeding();
    enum class Gate : std::uint8_t {
        kGo,
        kWait,   ///< for answers that are under way
        kFlush,  ///< for answers that the server must be asked for
    };
    /// Whether the next message of the log may go; `facts`: of the statement it runs or binds, else null.
    /// `releases`: the savepoint is released in front of it.
    [[nodiscard]] Gate gate(protocol::FrontendType type, const StatementFacts* facts, bool releases = false);
    /// The same when the log is at its end and not everything has come again.
    [[nodiscard]] Gate gate_at_end();
    /// Not fed yet.
    [[nodiscard]] std::string_view rest() const { return log_.bytes().substr(fed_); }
    /// Everything is fed and compared: recording goes on. False: not yet.
    [[nodiscard]] bool finish();
    /// State kRecording: the statement that had failed is answered, or the client waits for nothing.
    [[nodiscard]] bool settled() const { return !answer_due_; }
    /// It is over: what fails from now on has a time of its own.
    void settle();

    // --- giving up: what the client is to be told
    struct Outcome {
        std::string_view error;      ///< the server's ErrorResponse, whole; empty: the connection was lost
        bool due = true;             ///< the client waits for an answer
        bool closed = false;         ///< a ReadyForQuery belongs to it
        bool ends = false;           ///< the transaction is over, not failed
        bool complete = true;        ///< `unstarted` is all that the client sent behind it
        std::string_view unstarted;  ///< messages of later units, as the client sent them
    };
    [[nodiscard]] Outcome outcome() const;

    /// 40001 in answer to its COMMIT proves that nothing was committed.
    [[nodiscard]] bool commit_error_proves() const { return pooler::commit_error_proves(window_, server_); }
    /// What the loss of the server would mean now.
    [[nodiscard]] Ruling rules_loss() const {
        return same_failure() ? rule_on_lost_feed() : rule_on_loss(window_, shown_);
    }
    [[nodiscard]] State state() const { return state_; }
    /// The client gets nothing for the moment, and nothing of it is read.
    [[nodiscard]] bool busy() const { return state_ >= State::kFailed; }
    /// State kFailed: the answer to the failed unit is still to come.
    [[nodiscard]] bool awaits_ready() const { return failed_.closed && !failed_.answered; }
    [[nodiscard]] bool caught_up() const { return digest_.caught_up(); }
    /// Of the answer to the oldest unit, what the client has: bytes of messages that count.
    [[nodiscard]] std::size_t shown_bytes() const { return shown_bytes_; }
    /// If the server fails now, the client still waits for what it was waiting for when it failed before.
    [[nodiscard]] bool same_failure() const {
        return !digest_.caught_up() ||
               (state_ == State::kFeeding && window_.outstanding() == 0 && fed_ < log_.size());
    }
    /// A BEGIN that the client was already answered goes first.
    [[nodiscard]] bool begins() const { return begins_; }
    [[nodiscard]] const TransactionWindow& window() const { return window_; }
    [[nodiscard]] Trigger trigger() const { return failed_.trigger; }
    [[nodiscard]] GiveUp given_up() const { return given_up_; }
    /// Of the transaction; and since it was settled last.
    [[nodiscard]] unsigned attempts() const { return attempts_; }
    [[nodiscard]] unsigned attempts_of_replay() const { return attempts_of_replay_; }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    [[nodiscard]] std::size_t log_bytes() const { return log_.size(); }

 private:
    /// What the client sees of the trigger that is being dealt with.
    struct Failure {
        Trigger trigger = Trigger::kNone;
        bool due = true;
        bool closed = false;
        bool answered = false;
        bool ends = false;
        bool proven = false;    ///< lost, but the server said that it had not run it
        bool several = false;   ///< units behind it were sent
        std::size_t later = 0;  ///< where they begin in the log
    };
    /// The message that is being read.
    struct Message {
        protocol::BackendType type = protocol::BackendType::kReadyForQuery;
        bool counts = false;   ///< belongs to what is compared
        bool ends = false;     ///< the answer to a command
        std::size_t left = 0;  ///< bytes still to come
    };

    [[nodiscard]] bool compares() const { return state_ == State::kFeeding && !digest_.caught_up(); }
    [[nodiscard]] bool remembers() const;
    [[nodiscard]] bool is_protected() const { return window_.unfit() == Unfit::kNone; }
    [[nodiscard]] std::string_view next_part(std::string_view bytes);
    [[nodiscard]] std::size_t take_plain(std::string_view bytes, std::size_t at, Passed& passed);
    void take(std::string_view part, std::size_t at, Passed& passed);
    void take_error(std::string_view message, std::size_t at, Passed& passed);
    void judge_skipped(std::string_view message);
    void show(std::string_view part, std::size_t at, Passed& passed);
    void note_shown();
    void remember(std::string_view part);
    void extend_run(std::string_view part);
    void add_run();
    [[nodiscard]] bool fails_by(std::string_view message);
    [[nodiscard]] bool leaves_open(std::string_view code) const;
    void note_failure(Trigger trigger);
    void on_copy_in();
    void on_ready(char status);
    void on_window_over(std::size_t behind);
    void mismatch() { end_attempts(GiveUp::kMismatch); }
    void end_attempts(GiveUp reason);
    void drop_log();
    [[nodiscard]] Ruling rule_on_lost_feed() const;

    TransactionLog log_;
    ReplyDigest digest_;
    TransactionWindow window_;
    ReplayLimits limits_;
    ServerTraits server_;
    State state_ = State::kOff;
    Shown shown_ = Shown::kNothing;  ///< of the answer to the oldest unit
    std::size_t shown_bytes_ = 0;    ///< likewise
    GiveUp given_up_ = GiveUp::kNone;
    Failure failed_;
    Message message_;
    bool begins_ = false;
    StatementFacts begin_said_;
    bool begin_failed_ = false;
    bool skipped_ = false;       ///< with the error that comes next the end of a unit is skipped
    bool may_commit_ = false;    ///< a bound statement may commit: so may every Execute
    bool copying_ = false;       ///< the server takes COPY data
    bool flushed_ = false;       ///< the server was asked for all it has to say
    std::size_t fed_ = 0;        ///< bytes of the log that are on their way; all of it while recording
    bool answer_due_ = false;    ///< nothing new was answered since the last attempt began
    std::uint64_t unknown_ = 0;  ///< see take_unknown()
    unsigned attempts_ = 0;
    unsigned attempts_of_replay_ = 0;  ///< until it is settled, which may be behind the transaction's end
    Clock::time_point deadline_;
    std::string_view run_;    ///< to be remembered, of the bytes at hand: adjacent parts are hashed together
    std::string original_;    ///< the ErrorResponse that started it
    std::string comparable_;  ///< scratch
};

}  // namespace pooler
