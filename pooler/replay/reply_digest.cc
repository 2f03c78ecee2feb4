#include "pooler/replay/reply_digest.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>

#include "pooler/seeded_bug.h"
#include "pooler/sql/keyed_hash.h"
#include "protocol/error_notice.h"
#include "protocol/frame.h"

namespace pooler {

namespace {

void reset(XXH3_state_s* state) {
    XXH3_128bits_reset_withSecret(state, hash_secret().data(), hash_secret().size());
}

}  // namespace

void ReplyDigest::FreeState::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

ReplyDigest::State ReplyDigest::make_state() {
    State state{XXH3_createState()};
    if (!state) std::abort();
    reset(state.get());
    return state;
}

ReplyDigest::Digest ReplyDigest::digest(const State& state, std::uint64_t bytes) {
    const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
    return {hash.low64, hash.high64, bytes};
}

ReplyDigest::ReplyDigest() : open_{make_state()} {}

void ReplyDigest::clear() {
    commands_.clear();
    if (open_bytes_ > 0) reset(open_.get());
    open_bytes_ = check_bytes_ = 0;
    checked_ = 0;
    tail_ = {};
    comparing_ = mismatch_ = false;
}

void ReplyDigest::add(std::string_view bytes) {
    XXH3_128bits_update(open_.get(), bytes.data(), bytes.size());
    open_bytes_ += bytes.size();
}

void ReplyDigest::end_command(std::string_view rest) {
    if (open_bytes_ == 0) {
        if (rest.empty()) return;
        const auto secret = hash_secret();
        const XXH128_hash_t hash =
            XXH3_128bits_withSecret(rest.data(), rest.size(), secret.data(), secret.size());
        commands_.push_back({hash.low64, hash.high64, rest.size()});
        return;
    }
    if (!rest.empty()) add(rest);
    commands_.push_back(digest(open_, open_bytes_));
    reset(open_.get());
    open_bytes_ = 0;
}

void ReplyDigest::begin_comparison() {
    if (!check_) check_ = make_state();
    reset(check_.get());
    check_bytes_ = 0;
    checked_ = 0;
    tail_ = digest(open_, open_bytes_);
    mismatch_ = false;
    if (seeded_bug(SeededBug::kPrefixNotCompared)) {
        checked_ = commands_.size();
        check_bytes_ = open_bytes_;
    }
    comparing_ = true;
    note_progress();
}

void ReplyDigest::note_progress() {
    if (checked_ == commands_.size() && check_bytes_ == tail_.bytes) comparing_ = false;
}

std::size_t ReplyDigest::compare(std::string_view bytes, bool ends) {
    if (mismatch_) return bytes.size();
    if (!comparing_) return 0;
    const bool whole = checked_ < commands_.size();
    const std::size_t known = whole ? compare_command(bytes, ends) : compare_open(bytes, ends);
    if (!mismatch_) note_progress();
    return known;
}

/// Of a command that the client has the whole answer to.
std::size_t ReplyDigest::compare_command(std::string_view bytes, bool ends) {
    XXH3_128bits_update(check_.get(), bytes.data(), bytes.size());
    check_bytes_ += bytes.size();
    const Digest& known = commands_[checked_];
    if (check_bytes_ > known.bytes && !seeded_bug(SeededBug::kDigestOffByOne)) mismatch_ = true;
    if (!ends || mismatch_) return bytes.size();
    const bool unseen = (seeded_bug(SeededBug::kDigestOffByOne) && checked_ == 0) ||
                        (seeded_bug(SeededBug::kHashNotCompared) && check_bytes_ == known.bytes);
    if (!unseen && digest(check_, check_bytes_) != known) {
        mismatch_ = true;
        return bytes.size();
    }
    ++checked_;
    check_bytes_ = 0;
    reset(check_.get());
    return bytes.size();
}

/// Of the command that the client has part of the answer to; it may end inside a message.
std::size_t ReplyDigest::compare_open(std::string_view bytes, bool ends) {
    const auto left = static_cast<std::size_t>(tail_.bytes - check_bytes_);
    const std::string_view part = bytes.substr(0, std::min(left, bytes.size()));
    XXH3_128bits_update(check_.get(), part.data(), part.size());
    check_bytes_ += part.size();
    const bool all = check_bytes_ == tail_.bytes;
    const bool unseen = seeded_bug(SeededBug::kTailNotCompared);
    if (all && !unseen && digest(check_, check_bytes_) != tail_) mismatch_ = true;
    if (ends && part.size() == bytes.size()) mismatch_ = true;  // it was longer, and not at its end
    return part.size();
}

void append_comparable_error(std::string& out, std::string_view message) {
    constexpr std::string_view kPlaces = "FLRWpqH";
    out += message.front();
    protocol::ErrorFieldReader reader(message.substr(protocol::kHeaderBytes));
    while (reader.next())
        if (kPlaces.find(reader.kind()) == std::string_view::npos) out += reader.raw();
}

}  // namespace pooler
