#include "pooler/server/ledger.h"

#include "pooler/seeded_bug.h"

namespace pooler {

namespace {

using protocol::BackendType;

bool is_extended(Request request) {
    switch (request) {
        case Request::kParse:
        case Request::kBind:
        case Request::kDescribeStatement:
        case Request::kDescribePortal:
        case Request::kExecute:
        case Request::kClose: return true;
        case Request::kSync:
        case Request::kQuery:
        case Request::kFunctionCall:
        case Request::kCopyEnd: return false;
    }
    return false;
}

enum class Fit : std::uint8_t { kNo, kPart, kWhole };

Fit whole_if(bool fits) { return fits ? Fit::kWhole : Fit::kNo; }
Fit part_if(bool fits) { return fits ? Fit::kPart : Fit::kNo; }

/// Whether `type` may answer `request` now, and whether that completes it.
Fit fit(Request request, BackendType type) {
    const bool query = request == Request::kQuery;
    const bool execute = request == Request::kExecute;
    switch (type) {
        case BackendType::kParseComplete: return whole_if(request == Request::kParse);
        case BackendType::kBindComplete: return whole_if(request == Request::kBind);
        case BackendType::kCloseComplete: return whole_if(request == Request::kClose);
        case BackendType::kParameterDescription: return part_if(request == Request::kDescribeStatement);
        case BackendType::kNoData:
            return whole_if(request == Request::kDescribeStatement || request == Request::kDescribePortal);
        case BackendType::kRowDescription:
            if (query) return Fit::kPart;
            return whole_if(request == Request::kDescribeStatement || request == Request::kDescribePortal);
        case BackendType::kCommandComplete:
        case BackendType::kEmptyQueryResponse: return query ? Fit::kPart : whole_if(execute);
        case BackendType::kPortalSuspended: return whole_if(execute);
        case BackendType::kDataRow:
        case BackendType::kCopyInResponse:
        case BackendType::kCopyOutResponse:
        case BackendType::kCopyData:
        case BackendType::kCopyDone: return part_if(query || execute);
        case BackendType::kFunctionCallResponse: return part_if(request == Request::kFunctionCall);
        case BackendType::kReadyForQuery:
            return whole_if(query || request == Request::kSync || request == Request::kFunctionCall);
        case BackendType::kAuthentication:
        case BackendType::kBackendKeyData:
        case BackendType::kCopyBothResponse:  // of replication only, which no client of ours may ask for
        case BackendType::kErrorResponse:
        case BackendType::kNegotiateProtocolVersion:
        case BackendType::kNoticeResponse:
        case BackendType::kNotificationResponse:
        case BackendType::kParameterStatus: break;
    }
    return Fit::kNo;
}

bool is_asynchronous(BackendType type) {
    return type == BackendType::kNoticeResponse || type == BackendType::kNotificationResponse ||
           type == BackendType::kParameterStatus;
}

Verdict::Action action_for(const Entry& entry) {
    return entry.delivery == Delivery::kSwallow ? Verdict::Action::kSwallow : Verdict::Action::kForward;
}

}  // namespace

bool Ledger::push(Entry entry) {
    if (entry.request == Request::kCopyEnd) {
        if (in_copy_) {
            in_copy_ = false;  // the COPY that is running ends here; its reply belongs to the head
            return false;
        }
        if (skipping_ || entries_.empty()) return false;  // nobody will read it
    } else if (entry.request == Request::kSync) {
        if (in_copy_) return false;  // "the backend will ignore Flush and Sync messages in copy-in mode"
        const bool lost = skipping_ && seeded_bug(SeededBug::kSyncNotCounted);
        skipping_ = false;
        batch_open_ = false;
        if (lost) return false;
    } else if (skipping_) {
        return false;
    } else if (in_copy_) {
        in_copy_ = false;  // "unexpected message type during COPY": it is consumed and fails the COPY
        return false;
    } else if (is_extended(entry.request)) {
        batch_open_ = true;
    }
    entries_.push_back(entry);
    return true;
}

bool Ledger::take_answer(Entry& entry) {
    if (!answer_due()) return false;
    entry = entries_.front();
    pop();
    return true;
}

bool Ledger::only_answers() const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].delivery != Delivery::kAnswer && entries_[i].request != Request::kCopyEnd)
            return false;
    return true;
}

bool Ledger::owes_client() const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const bool runs = is_extended(entry.request) || entry.request == Request::kQuery ||
                          entry.request == Request::kFunctionCall;
        if (runs && entry.delivery == Delivery::kForward) return true;
    }
    return false;
}

bool Ledger::owes_ready() const {
    bool skips = false;  // if what stands in front fails
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        if (entry.delivery == Delivery::kAnswer || entry.request == Request::kCopyEnd) continue;
        if (is_extended(entry.request))
            skips = true;
        else if (!skips || ends_skip(entry))
            return true;
    }
    return false;
}

bool Ledger::one_unit() const {
    unsigned ends = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (!is_extended(entries_[i].request) && entries_[i].request != Request::kCopyEnd) ++ends;
    return ends <= 1;
}

Verdict Ledger::on_reply(BackendType type) {
    if (is_asynchronous(type)) {
        if (entries_.empty()) return {.action = Verdict::Action::kForward, .unasked = true};
        const Entry& head = entries_.front();
        return {.action = action_for(head), .request = head.request, .sequence = head.sequence};
    }
    if (type == BackendType::kErrorResponse) return on_error();
    if (entries_.empty()) return {};
    const Entry head = entries_.front();
    const Fit fits = fit(head.request, type);
    if (fits == Fit::kNo || head.delivery == Delivery::kAnswer) return {};
    if (type == BackendType::kCopyInResponse) begin_copy_in();
    if (fits == Fit::kWhole) {
        pop();
        if (type == BackendType::kReadyForQuery) {
            in_copy_ = false;
            if (entries_.empty()) batch_open_ = false;
        }
    }
    return {.action = action_for(head),
            .request = head.request,
            .sequence = head.sequence,
            .completes = fits == Fit::kWhole};
}

Verdict Ledger::on_error() {
    in_copy_ = false;
    if (entries_.empty()) return {.action = Verdict::Action::kForward, .unasked = true};
    const Entry head = entries_.front();
    Verdict verdict{.action = Verdict::Action::kForward, .request = head.request, .sequence = head.sequence};
    if (head.delivery == Delivery::kSwallow && !is_extended(head.request))
        verdict.action = Verdict::Action::kSwallow;
    if (is_extended(head.request)) verdict.failed = skip_to_sync();
    return verdict;
}

bool Ledger::ends_skip(const Entry& entry) const {
    if (entry.request == Request::kSync) return true;
    // One that we answer ourselves is not sent: the server skips on.
    return query_ends_skip_ && entry.request == Request::kQuery && entry.delivery != Delivery::kAnswer;
}

/// Removes the head and all that the server skips after its error: everything before the next Sync.
FailedRange Ledger::skip_to_sync() {
    FailedRange range{entries_.front().sequence, entries_.front().sequence};
    while (!entries_.empty() && !ends_skip(entries_.front())) {
        range.last = entries_.front().sequence;
        pop();
        if (seeded_bug(SeededBug::kErrorEndsOne)) return range;
    }
    if (!entries_.empty() && entries_.front().request == Request::kQuery) {
        range.last = entries_.front().sequence;  // its text is skipped too
        entries_.front().request = Request::kSync;
    }
    skipping_ = entries_.empty();
    if (skipping_) batch_open_ = true;  // a Sync is still owed by the client
    return range;
}

/// COPY data follows. Syncs that were sent before the CopyDone or CopyFail are read as part of the COPY and
/// ignored; any other request there is read too and fails the COPY, so that a Query's COPY leaves no reply
/// for it.
void Ledger::begin_copy_in() {
    in_copy_ = true;
    const bool extended = is_extended(entries_.front().request);
    while (entries_.size() > 1 && in_copy_) {
        const Request next = entries_[1].request;
        in_copy_ = next == Request::kSync;
        if (next == Request::kSync && extended) batch_open_ = true;
        if (next == Request::kSync || next == Request::kCopyEnd || !extended) entries_.erase(1);
    }
    // The Sync behind the data may have been sent already.
    if (extended && entries_.size() > 1 && batch_open_) batch_open_ = !sync_is_last();
}

/// What was sent last ends a batch.
bool Ledger::sync_is_last() const {
    const Request last = entries_[entries_.size() - 1].request;
    return !is_extended(last) && last != Request::kCopyEnd;
}

/// The head is never the end of a COPY: it has no reply.
void Ledger::pop() {
    settled_ = entries_.front().sequence;
    do entries_.pop_front();
    while (!entries_.empty() && entries_.front().request == Request::kCopyEnd);
}

}  // namespace pooler
