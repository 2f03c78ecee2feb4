// The ledger: which replies a server connection still owes, in order, and what becomes of each. A pure type:
// no socket, no clock. One per server connection, on its worker's thread.
//
// Every request that will be answered has one entry. The head entry alone decides which reply messages are
// legal next; nothing is ever decided by the last message seen. A reply that does not fit is a violation: the
// caller closes both sides.
//
// Sources: PostgreSQL docs, "Message Flow" (Extended Query, Pipelining, COPY Operations) and "Message
// Formats".
#pragma once

#include <cstdint>

#include "pooler/net/ring.h"
#include "protocol/message_type.h"

namespace pooler {

enum class Request : std::uint8_t {
    kParse,
    kBind,
    kDescribeStatement,
    kDescribePortal,
    kExecute,
    kClose,
    kSync,
    kQuery,
    kFunctionCall,
    kCopyEnd,  ///< CopyDone or CopyFail: no reply of its own, but it says which Syncs a COPY swallows
};

enum class Delivery : std::uint8_t {
    kForward,  ///< the client gets the reply
    kSwallow,  ///< the request was ours: the reply ends here, an error excepted (see Verdict)
    kAnswer,   ///< never sent to the server: we answer when it reaches the head
};

struct Entry {
    Request request = Request::kSync;
    Delivery delivery = Delivery::kForward;
    std::uint64_t sequence = 0;  ///< grows with every entry of a worker
};

/// A contiguous range of requests that failed or were skipped; `first` is the one that failed. Empty if first
/// is 0.
struct FailedRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    [[nodiscard]] bool empty() const { return first == 0; }
};

/// What to do with one message of the server.
struct Verdict {
    enum class Action : std::uint8_t { kForward, kSwallow, kViolation };
    Action action = Action::kViolation;
    bool unasked = false;  ///< no request was outstanding (notices, FATAL errors)
    Request request{};     ///< what it answers, unless unasked
    std::uint64_t sequence = 0;
    bool completes = false;  ///< that request is answered in full
    FailedRange failed{};    ///< ErrorResponse in an extended batch only
};

class Ledger {
 public:
    /// A new user of the connection: what has a sequence up to `sequence` is settled.
    void begin(std::uint64_t sequence) { settled_ = sequence; }

    /// CockroachDB: a Query ends the skipping after an error, though it is not run. PostgreSQL skips it.
    void query_ends_skip(bool does) { query_ends_skip_ = does; }

    /// Records a request that is being sent. False: the server is skipping to the next Sync, or a COPY
    /// swallows it; no reply will come and nothing was recorded (the message itself may be sent all the
    /// same).
    [[nodiscard]] bool push(Entry entry);

    /// Judges the next message of the server. The caller must have taken the answers due before
    /// (take_answer).
    [[nodiscard]] Verdict on_reply(protocol::BackendType type);

    /// The head is to be answered by us now.
    [[nodiscard]] bool answer_due() const {
        return !entries_.empty() && entries_.front().delivery == Delivery::kAnswer;
    }
    /// Takes it off, into `entry`; false: none is due.
    [[nodiscard]] bool take_answer(Entry& entry);
    /// Only entries that we answer ourselves are outstanding: no reply of the server will release them.
    [[nodiscard]] bool only_answers() const;

    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// The server works on a request of the client's, not only on ours.
    [[nodiscard]] bool owes_client() const;
    /// One ReadyForQuery is owed at most: an error now does not let anything run that was sent behind it.
    [[nodiscard]] bool one_unit() const;
    /// The server discards everything up to the next Sync, which has not been sent yet.
    [[nodiscard]] bool skipping() const { return skipping_; }
    /// The server reads COPY data and no CopyDone or CopyFail has been sent.
    [[nodiscard]] bool in_copy() const { return in_copy_; }
    /// A ReadyForQuery will come, whatever fails in front of it.
    [[nodiscard]] bool owes_ready() const;
    /// Something was sent in an extended batch whose Sync is still missing.
    [[nodiscard]] bool batch_open() const { return batch_open_; }
    /// Requests up to this number have had their outcome.
    [[nodiscard]] std::uint64_t settled() const { return settled_; }
    /// In their order, 0 the head's.
    [[nodiscard]] const Entry& operator[](std::size_t i) const { return entries_[i]; }
    [[nodiscard]] const Entry* head() const { return entries_.empty() ? nullptr : &entries_.front(); }

 private:
    void pop();
    Verdict on_error();
    void begin_copy_in();
    [[nodiscard]] bool sync_is_last() const;
    FailedRange skip_to_sync();
    [[nodiscard]] bool ends_skip(const Entry& entry) const;

    Ring<Entry> entries_;
    std::uint64_t settled_ = 0;
    bool skipping_ = false;
    bool in_copy_ = false;
    bool batch_open_ = false;
    bool query_ends_skip_ = false;
};

}  // namespace pooler
