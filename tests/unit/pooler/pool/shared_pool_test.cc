#include "pooler/pool/shared_pool.h"

#include "tests/support/catch.h"

using pooler::Microseconds;
using pooler::PoolRegistry;

TEST_CASE("shared pool: attempts to connect are remembered by host, failures in a row are counted") {
    PoolRegistry pools{1};
    const auto pool = pools.find_or_make("db", "alice");
    CHECK(pool->host_facts().empty());

    pool->record_attempt("n1", "refused", {});
    pool->record_attempt("n1", "timed out", {});
    pool->record_attempt("n2", {}, Microseconds{700});
    auto facts = pool->host_facts();
    REQUIRE(facts.size() == 2);
    CHECK(facts["n1"].consecutive_failures == 2);
    CHECK(facts["n1"].last_error == "timed out");
    CHECK(facts["n1"].changed <= facts["n1"].last_check);
    CHECK(facts["n2"].consecutive_failures == 0);
    CHECK(facts["n2"].last_error.empty());
    CHECK(facts["n2"].latency == Microseconds{700});

    pool->record_attempt("n1", {}, Microseconds{900});
    facts = pool->host_facts();
    CHECK(facts["n1"].consecutive_failures == 0);
    CHECK(facts["n1"].last_error.empty());
    CHECK(facts["n1"].latency == Microseconds{900});
}

TEST_CASE("shared pool: a failure keeps the latency that was measured before") {
    PoolRegistry pools{1};
    const auto pool = pools.find_or_make("db", "alice");
    pool->record_attempt("n1", {}, Microseconds{900});
    pool->record_attempt("n1", "refused", {});
    CHECK(pool->host_facts()["n1"].latency == Microseconds{900});
    CHECK(pool->host_facts()["n1"].consecutive_failures == 1);
}
