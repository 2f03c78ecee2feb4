#include "pooler/replay/commit_lookup.h"

#include <algorithm>
#include <utility>

#include "pooler/seeded_bug.h"

namespace pooler {

namespace {

constexpr std::chrono::milliseconds kFirstPause{5};
constexpr std::chrono::milliseconds kLongestPause{250};

/// Columns of the answer to question().
enum Column : std::uint8_t { kStatus, kRun, kBackend, kSynchronous, kColumns };

bool is_number(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void CommitLookup::ask(Clock::time_point now, std::string answer) {
    state_ = State::kAsking;
    asked_ = now;
    answer_ = std::move(answer);
}

std::string CommitLookup::xid_question() {
    return std::string{"SELECT "}.append(kXidColumn).append(",").append(kRunColumn);
}

void CommitLookup::on_xid(const Row& row) {
    state_ = State::kNone;
    // Without a number nothing was written yet; but what COMMIT runs by itself may write.
    if (row.size() != 2 || !row[0] || !row[1] || !is_number(*row[0])) return;
    xid_ = *row[0];
    run_ = *row[1];
    state_ = State::kKnown;
}

void CommitLookup::begin(Clock::time_point deadline) {
    state_ = State::kLooking;
    deadline_ = deadline;
    pause_ = kFirstPause;
}

bool CommitLookup::may_ask(const ServerRun& witness) const {
    if (seeded_bug(SeededBug::kAnyWitness)) return true;
    return witness.run == run_ && (witness.since < asked_ || seeded_bug(SeededBug::kYoungWitness));
}

/// Behind a synchronous standby the client is to hear of a commit only when the standby has it, and a server
/// process that was told to end does not wait for that: so it is asked whether there is one.
std::string CommitLookup::question() const {
    std::string text{"SELECT pg_catalog.txid_status("};
    text.append(xid_).append("),").append(kRunColumn).append(",").append(kBackendColumn);
    return text.append(",pg_catalog.current_setting('synchronous_standby_names')");
}

CommitLookup::Verdict CommitLookup::on_answer(const ServerRun& witness, const Row& row) {
    if (row.size() != kColumns || !row[kStatus]) return end(Verdict::kUnknown);
    const bool same = row[kRun] == witness.run && row[kBackend] == witness.backend;
    if (!may_ask(witness) || (!same && !seeded_bug(SeededBug::kAnyWitness))) return end(Verdict::kUnknown);
    const std::string& status = *row[kStatus];
    if (status == "in progress") return Verdict::kOpen;
    if (status == "aborted") return end(Verdict::kAborted);
    const bool waits_for_nobody =
        (row[kSynchronous] && row[kSynchronous]->empty()) || seeded_bug(SeededBug::kStandbyForgotten);
    return end(status == "committed" && waits_for_nobody ? Verdict::kCommitted : Verdict::kUnknown);
}

std::chrono::milliseconds CommitLookup::pause() {
    return std::exchange(pause_, std::min(pause_ * 2, kLongestPause));
}

}  // namespace pooler
