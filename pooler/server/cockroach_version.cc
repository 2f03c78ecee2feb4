#include "pooler/server/cockroach_version.h"

#include <charconv>
#include <tuple>

namespace pooler {

namespace {

bool take_number(std::string_view& text, unsigned& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool take_dot(std::string_view& text) {
    if (text.empty() || text.front() != '.') return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

bool operator<(const CockroachVersion& a, const CockroachVersion& b) {
    return std::tie(a.year, a.release, a.patch) < std::tie(b.year, b.release, b.patch);
}

std::optional<CockroachVersion> read_cockroach_version(std::string_view text) {
    const std::size_t at = text.find(" v");
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + 2);
    CockroachVersion version;
    if (!take_number(text, version.year) || !take_dot(text) || !take_number(text, version.release) ||
        !take_dot(text) || !take_number(text, version.patch))
        return std::nullopt;
    return version;
}

namespace {
constexpr CockroachVersion kReadCommitted{23, 2, 0};
}  // namespace

bool knows_read_committed(const std::optional<CockroachVersion>& version) {
    return !version || !(*version < kReadCommitted);
}

CommitProof commit_proof_of(const std::optional<CockroachVersion>& version) {
    constexpr CockroachVersion kAmbiguousSaid{23, 1, 12};
    constexpr CockroachVersion kReadCommittedToo{26, 1, 0};
    if (!version || *version < kAmbiguousSaid) return CommitProof::kNever;
    const bool all = *version < kReadCommitted || !(*version < kReadCommittedToo);
    return all ? CommitProof::kAlways : CommitProof::kIfSerializable;
}

}  // namespace pooler
