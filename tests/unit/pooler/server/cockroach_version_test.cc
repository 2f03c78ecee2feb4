#include "pooler/server/cockroach_version.h"

#include "tests/support/catch.h"

using pooler::CockroachVersion;
using pooler::commit_proof_of;
using pooler::CommitProof;
using pooler::read_cockroach_version;

TEST_CASE("cockroach version: read from what a node reports") {
    CHECK(read_cockroach_version("CockroachDB CCL v23.1.12 (x86_64-linux-gnu, built 2024)") ==
          CockroachVersion{23, 1, 12});
    CHECK(read_cockroach_version("CockroachDB OSS v26.1.0-alpha.2") == CockroachVersion{26, 1, 0});
    CHECK(read_cockroach_version("CockroachDB CCL v21.2.0-alpha.00000000-dev") == CockroachVersion{21, 2, 0});
    for (const char* text : {"", "CockroachDB", "CockroachDB v", "CockroachDB v23", "CockroachDB v23.1",
                             "CockroachDB v23.1.", "CockroachDB vx.y.z", "CockroachDB v99999999999.1.1"})
        CHECK_FALSE(read_cockroach_version(text));
}

TEST_CASE("cockroach version: which may run transactions in READ COMMITTED") {
    CHECK(pooler::knows_read_committed(std::nullopt));
    CHECK_FALSE(pooler::knows_read_committed(CockroachVersion{23, 1, 30}));
    CHECK(pooler::knows_read_committed(CockroachVersion{23, 2, 0}));
}

TEST_CASE("cockroach version: what a 40001 of COMMIT proves") {
    using V = CockroachVersion;
    CHECK(commit_proof_of(std::nullopt) == CommitProof::kNever);
    CHECK(commit_proof_of(V{21, 2, 0}) == CommitProof::kNever);
    CHECK(commit_proof_of(V{23, 1, 11}) == CommitProof::kNever);
    CHECK(commit_proof_of(V{23, 1, 12}) == CommitProof::kAlways);
    CHECK(commit_proof_of(V{23, 2, 0}) == CommitProof::kIfSerializable);
    CHECK(commit_proof_of(V{25, 4, 9}) == CommitProof::kIfSerializable);
    CHECK(commit_proof_of(V{26, 1, 0}) == CommitProof::kAlways);
    CHECK(commit_proof_of(V{27, 0, 0}) == CommitProof::kAlways);
}
