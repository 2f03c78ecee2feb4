// Which texts may run on a replica, and which may write.
#include "pooler/route/route_class.h"

#include "tests/support/catch.h"

using pooler::RouteReason;
using pooler::RouteWish;

namespace {

RouteReason reason(std::string_view text, RouteWish wish = RouteWish::kAuto) {
    return classify_route(pooler::classify(text), wish);
}

bool writes(std::string_view text) { return may_write(pooler::classify(text)); }

bool begins(std::string_view text, bool defaults_read_only = false) {
    const auto script = pooler::classify(text);
    REQUIRE(script.size() == 1);
    return begins_on_replica(script[0].transaction, defaults_read_only);
}

}  // namespace

TEST_CASE("route: only what provably reads goes to a replica") {
    for (const char* text : {"SELECT 1", "VALUES (1)", "TABLE t", "SELECT * FROM t WHERE a = $1",
                             "WITH x AS (SELECT 1) SELECT * FROM x", "EXPLAIN SELECT 1", "SELECT now()",
                             "-- UPDATE\nSELECT 'INSERT'"}) {
        CAPTURE(text);
        CHECK(reason(text) == RouteReason::kRead);
        CHECK_FALSE(writes(text));
    }
    for (const char* text : {"INSERT INTO t VALUES (1)",
                             "SELECT f()",
                             "SELECT * FROM t FOR UPDATE",
                             "SELECT 1 INTO t",
                             "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
                             "SELECT nextval('s')",
                             "EXPLAIN ANALYZE DELETE FROM t",
                             "CREATE TABLE t (a int)",
                             "COPY t FROM STDIN",
                             "CALL p()",
                             "DO $$BEGIN END$$",
                             "NOTIFY x",
                             "SELECT pg_advisory_lock(1)",
                             "SELECT pg_notify('a', 'b')",
                             "SELEC 1",
                             "TRUNCATE t",
                             "LOCK t",
                             "SELECT 1; DELETE FROM t",
                             "PREPARE TRANSACTION 'x'",
                             "COMMIT PREPARED 'x'",
                             "SELECT txid_current()"}) {
        CAPTURE(text);
        CHECK_FALSE(to_replica(reason(text)));
        CHECK(writes(text));
    }
}

TEST_CASE("route: what is about the session stays where it is") {
    for (const char* text :
         {"SHOW transaction_read_only", "SELECT pg_is_in_recovery()",
          "SELECT current_setting('transaction_read_only')", "SET a.b = 1", "BEGIN", "COMMIT"}) {
        CAPTURE(text);
        CHECK_FALSE(to_replica(reason(text)));
        CHECK_FALSE(writes(text));
    }
    CHECK(reason("SELECT pg_is_in_recovery()") == RouteReason::kSessionBound);
}

TEST_CASE("route: hints and wishes move provable reads only") {
    CHECK(reason("/* weir: primary */ SELECT 1") == RouteReason::kHintPrimary);
    CHECK(reason("/* weir: replica */ SELECT 1") == RouteReason::kHintReplica);
    CHECK(reason("/* weir: replica */ DELETE FROM t") == RouteReason::kNotProvablyRead);
    CHECK(reason("SELECT 1", RouteWish::kPrimary) == RouteReason::kHintPrimary);
    CHECK(reason("SELECT 1", RouteWish::kReplica) == RouteReason::kHintReplica);
    CHECK(reason("/* weir: replica */ SELECT 1", RouteWish::kPrimary) == RouteReason::kHintReplica);
    CHECK(reason("DELETE FROM t", RouteWish::kReplica) == RouteReason::kNotProvablyRead);
    CHECK(pooler::wish_of("'replica'") == RouteWish::kReplica);
    CHECK(pooler::wish_of("primary") == RouteWish::kPrimary);
    CHECK(pooler::wish_of("'elsewhere'") == RouteWish::kAuto);
}

TEST_CASE("route: several statements go together, and only if all may") {
    CHECK(reason("SELECT 1; SELECT 2") == RouteReason::kRead);
    CHECK(reason("SELECT 1; SHOW timezone") != RouteReason::kRead);
    CHECK(join(RouteReason::kRead, RouteReason::kRead) == RouteReason::kRead);
    CHECK(join(RouteReason::kHintReplica, RouteReason::kRead) == RouteReason::kRead);
    CHECK(join(RouteReason::kRead, RouteReason::kSessionBound) == RouteReason::kSessionBound);
    CHECK(join(RouteReason::kNotProvablyRead, RouteReason::kRead) == RouteReason::kNotProvablyRead);
}

TEST_CASE("route: a transaction goes to a replica only if it says that it reads") {
    CHECK(begins("BEGIN READ ONLY"));
    CHECK(begins("START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"));
    CHECK(begins("SET TRANSACTION READ ONLY"));
    CHECK(begins("BEGIN", true));
    CHECK_FALSE(begins("BEGIN"));
    CHECK_FALSE(begins("BEGIN READ WRITE", true));
    CHECK_FALSE(begins("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"));
    CHECK_FALSE(begins("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE"));
}

TEST_CASE("route: every reason has a name") {
    for (std::size_t i = 0; i < pooler::kRouteReasons; ++i) {
        CHECK_FALSE(name_of(static_cast<RouteReason>(i)).empty());
        CHECK_FALSE(pooler::class_of(static_cast<RouteReason>(i)).empty());
    }
}
