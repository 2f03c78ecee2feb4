// What EXPLAIN ROUTE says of a text at one moment.
#include "pooler/route/route_explain.h"

#include <vector>

#include "tests/support/catch.h"

using conf::ReadAfterWrite;
using conf::ReplicaKind;
using pooler::class_word;
using pooler::classify;
using pooler::ExplainedReplica;
using pooler::ExplainedRoute;
using pooler::RouteLine;
using std::chrono::seconds;
using Time = pooler::WriteClock::Clock::time_point;

namespace {

const Time kNow{seconds{1000}};

/// "replica:1 60 read, primary 40 primary_reads"
std::string explained(const std::string& sql, const ExplainedRoute& route) {
    std::string text;
    for (const RouteLine& line : explain_route(classify(sql), route, kNow))
        text.append(text.empty() ? "" : ", ")
            .append(line.target + " " + std::to_string(line.share) + " ")
            .append(line.reason);
    return text;
}

ExplainedRoute before(const std::vector<ExplainedReplica>& replicas) {
    ExplainedRoute route;
    route.rule = {ReplicaKind::kStreaming, ReadAfterWrite::kUser, {}, seconds{10}};
    route.writes.last_end = kNow - seconds{5};
    route.replicas = replicas;
    return route;
}

}  // namespace

TEST_CASE("route explain: the class of a text is told in a word") {
    CHECK(class_word(classify("SELECT n FROM t")) == "read");
    CHECK(class_word(classify("SHOW ALL")) == "session");
    CHECK(class_word(classify("UPDATE t SET n = 1")) == "write");
    CHECK(class_word(classify("SELECT nextval('s')")) == "write");
    CHECK(class_word(classify("SELECT n FROM t FOR UPDATE")) == "row locks");
    CHECK(class_word(classify("SELECT mine(n) FROM t")) == "unlisted function");
    CHECK(class_word(classify("SELECT n FROM t; SET a = 1")) == "control");
    CHECK(class_word(classify("BEGIN")) == "transaction");
    CHECK(class_word(classify("FROBNICATE")) == "unknown");
    CHECK(class_word(classify("SELECT 'open")) == "unknown");
    CHECK(class_word(classify(" ; ")) == "empty");
}

TEST_CASE("route explain: reads are shared by weight, and the shares add up to all") {
    const std::vector<ExplainedReplica> fresh{
        {"replica:1", 1, 0, true, kNow}, {"replica:2", 2, 0, true, kNow}, {"replica:3", 0, 0, true, kNow}};
    ExplainedRoute route = before(fresh);
    CHECK(explained("SELECT 1", route) == "replica:2 67 read, replica:1 33 read, replica:3 0 unavailable");
    route.primary_reads = 20;
    CHECK(explained("SELECT 1", route) ==
          "replica:2 54 read, replica:1 26 read, primary 20 primary_reads, replica:3 0 unavailable");
    CHECK(explained("/* weir: replica */ SELECT 1", route) ==
          "replica:2 67 hint replica, replica:1 33 hint replica, replica:3 0 unavailable");
    CHECK(explained("BEGIN READ ONLY", route).find("replica:2 67 read-only transaction") == 0);
}

TEST_CASE("route explain: what stays on the primary, and why") {
    const std::vector<ExplainedReplica> stale{{"replica:1", 1, 0, true, kNow - seconds{6}},
                                              {"replica:2", 1, 0, true, kNow - seconds{60}},
                                              {"replica:3", 1, 0, false, kNow}};
    const ExplainedRoute route = before(stale);
    CHECK(explained("DELETE FROM t", route) == "primary 100 not provably a read");
    CHECK(explained("SELECT pg_is_in_recovery()", route) == "primary 100 about the session");
    CHECK(explained("BEGIN", route) == "primary 100 transaction");
    CHECK(explained("/* weir: primary */ SELECT 1", route) == "primary 100 hint primary");
    CHECK(explained("SELECT 1", route) ==
          "primary 100 recent write, replica:1 0 recent write, replica:2 0 lag, replica:3 0 unavailable");
    CHECK(explained("/* weir: replica */ SELECT 1", route) ==
          "replica:1 100 hint replica, replica:2 0 lag, replica:3 0 unavailable");
}

TEST_CASE("route explain: the nearest replicas that can answer get the reads") {
    std::vector<ExplainedReplica> replicas{
        {"replica:1", 1, 2, true, kNow}, {"replica:2", 1, 0, true, kNow}, {"replica:3", 1, 2, true, kNow}};
    CHECK(explained("SELECT 1", before(replicas)) ==
          "replica:2 100 read, replica:1 0 others are nearer, replica:3 0 others are nearer");
    replicas[1].measured = kNow - seconds{60};
    CHECK(explained("SELECT 1", before(replicas)) == "replica:1 50 read, replica:3 50 read, replica:2 0 lag");
}
