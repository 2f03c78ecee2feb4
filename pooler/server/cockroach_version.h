// The version a CockroachDB node says it is, and what follows from it for errors of COMMIT. Pure; any thread.
//
// Sources: CockroachDB release notes of v23.1.12 and v23.2.0-alpha.1 (a COMMIT that may have taken effect is
// answered with 40003 from there on), v23.2 (READ COMMITTED), v26.1.0-alpha.1 (the same for READ COMMITTED).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pooler {

struct CockroachVersion {
    unsigned year = 0;
    unsigned release = 0;
    unsigned patch = 0;
    bool operator==(const CockroachVersion&) const = default;
};

[[nodiscard]] bool operator<(const CockroachVersion& a, const CockroachVersion& b);

/// Of the parameter crdb_version, such as "CockroachDB CCL v23.1.12 (x86_64-linux-gnu, ...)". What stands
/// behind the third number is not looked at.
[[nodiscard]] std::optional<CockroachVersion> read_cockroach_version(std::string_view text);

/// Transactions may run in READ COMMITTED; before, all are serializable whatever they ask for.
[[nodiscard]] bool knows_read_committed(const std::optional<CockroachVersion>& version);

/// When 40001 in answer to COMMIT is proof that nothing was committed.
enum class CommitProof : std::uint8_t { kNever, kIfSerializable, kAlways };
[[nodiscard]] CommitProof commit_proof_of(const std::optional<CockroachVersion>& version);

}  // namespace pooler
