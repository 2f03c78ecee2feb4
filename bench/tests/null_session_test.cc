#include "bench/null_server/null_session.h"

#include <array>
#include <random>

#include "tests/support/catch.h"

using bench::MessageWriter;

namespace {

std::string startup() {
    std::string out;
    MessageWriter{out, 0}.int32(bench::kProtocolVersion3).cstring("user").cstring("u").byte('\0');
    return out;
}

std::string query(std::string_view sql) {
    std::string out;
    MessageWriter{out, 'Q'}.cstring(sql);
    return out;
}

std::string batch(std::string_view name, std::string_view sql) {
    std::string out;
    if (!sql.empty()) MessageWriter{out, 'P'}.cstring(name).cstring(sql).int16(0);
    MessageWriter{out, 'B'}.cstring("").cstring(name).int16(0).int16(0).int16(0);
    MessageWriter{out, 'D'}.byte('P').cstring("");
    MessageWriter{out, 'E'}.cstring("").int32(0);
    MessageWriter{out, 'S'};
    return out;
}

// The tags of a reply stream; ReadyForQuery shows as its status byte, CommandComplete as <tag>.
std::string shape(std::string_view replies) {
    std::string out;
    while (replies.size() >= bench::kHeaderBytes) {
        const auto length = bench::read_uint32(replies.data() + 1);
        const auto body = replies.substr(bench::kHeaderBytes, length - 4);
        if (replies[0] == 'Z') {
            out += body[0];
        } else if (replies[0] == 'C') {
            out += "<" + std::string{body.substr(0, body.size() - 1)} + ">";
        } else {
            out += replies[0];
        }
        replies.remove_prefix(length + 1);
    }
    return out;
}

class Peer {
 public:
    Peer() { say(startup()); }

    std::string say(const std::string& bytes) {
        std::string out;
        used_ = session_.feed(bytes, out);
        return shape(out);
    }
    bench::NullSession& session() { return session_; }
    [[nodiscard]] std::size_t used() const { return used_; }

 private:
    bench::NullSession session_{7};
    std::size_t used_ = 0;
};

}  // namespace

TEST_CASE("null session: a login gets its key, the server's variables and status I") {
    bench::NullSession session{1};
    std::string out;
    CHECK(session.feed(startup(), out) == startup().size());
    CHECK(shape(out) == "RSSSSSSSSSSSSSKI");
}

TEST_CASE("null session: a TLS request is answered with a bare N and the login goes on") {
    bench::NullSession session{1};
    std::string request;
    MessageWriter{request, 0}.int32(bench::kSslRequest);
    std::string out;
    CHECK(session.feed(request, out) == request.size());
    CHECK(out == "N");
    CHECK_FALSE(session.finished());
}

TEST_CASE("null session: simple queries answer in kind and follow the transaction status") {
    Peer peer;
    CHECK(peer.say(query("select 1")) == "TD<SELECT 1>I");
    CHECK(peer.say(query("")) == "II");
    CHECK(peer.say(query("BEGIN")) == "<BEGIN>T");
    CHECK(peer.say(query("update t set a = 1; select 2;")) == "<UPDATE 1>TD<SELECT 1>T");
    CHECK(peer.say(query("COMMIT")) == "<COMMIT>I");
    CHECK(peer.say(query("begin; savepoint a; rollback to a; end")) ==
          "<BEGIN><SAVEPOINT><ROLLBACK><COMMIT>I");
    CHECK(peer.session().queries() == 9);
}

TEST_CASE("null session: the extended protocol answers each message and describes what it will send") {
    Peer peer;
    CHECK(peer.say(batch("", "select $1")) == "12TD<SELECT 1>I");
    CHECK(peer.say(batch("s", "begin")) == "12n<BEGIN>T");
    CHECK(peer.say(batch("", "commit")) == "12n<COMMIT>I");
    CHECK(peer.say(batch("s", {})) == "2n<BEGIN>T");
}

TEST_CASE("null session: each statement of TPC-B gets its tag and the right status, in both protocols") {
    constexpr std::array<std::array<const char*, 3>, 7> kSteps{{
        {"BEGIN;", "<BEGIN>T", "12n<BEGIN>T"},
        {"UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 2;", "<UPDATE 1>T",
         "12n<UPDATE 1>T"},
        {"SELECT abalance FROM pgbench_accounts WHERE aid = 2;", "TD<SELECT 1>T", "12TD<SELECT 1>T"},
        {"UPDATE pgbench_tellers SET tbalance = tbalance + 1 WHERE tid = 2;", "<UPDATE 1>T",
         "12n<UPDATE 1>T"},
        {"UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 2;", "<UPDATE 1>T",
         "12n<UPDATE 1>T"},
        {"INSERT INTO pgbench_history (tid, bid) VALUES (1, 2);", "<INSERT 0 1>T", "12n<INSERT 0 1>T"},
        {"END;", "<COMMIT>I", "12n<COMMIT>I"},
    }};
    Peer simple;
    Peer extended;
    for (const auto& [sql, in_simple, in_extended] : kSteps) {
        CAPTURE(sql);
        CHECK(simple.say(query(sql)) == in_simple);
        CHECK(extended.say(batch("", sql)) == in_extended);
    }
}

TEST_CASE("null session: after an error everything up to Sync is skipped and a transaction has failed") {
    Peer peer;
    CHECK(peer.say(batch("missing", {})) == "EI");
    CHECK(peer.say(query("begin") + batch("missing", {})) == "<BEGIN>TEE");
    CHECK(peer.say(query("select 1")) == "EE");
    CHECK(peer.say(query("commit")) == "<ROLLBACK>I");
}

TEST_CASE("null session: a reported variable is reported when it changes, and only then") {
    Peer peer;
    CHECK(peer.say(query("SET application_name='a'; SET statement_timeout TO 5")) == "<SET><SET>SI");
    CHECK(peer.say(query("SET Application_Name = 'a'")) == "<SET>I");
    CHECK(peer.say(query("SHOW statement_timeout")) == "TD<SHOW>I");
    CHECK(peer.say(query("DISCARD ALL")) == "<DISCARD ALL>SI");
    CHECK(peer.say(query("DISCARD ALL")) == "<DISCARD ALL>I");
}

TEST_CASE("null session: a large result stops the feed and the rest of the query follows it") {
    Peer peer;
    const auto large = query("select 'bench_large:3'; select 1");
    CHECK(peer.say(large + query("begin")) == "T");
    CHECK(peer.used() == large.size());
    CHECK(peer.session().large_megabytes() == 3);
    std::string out;
    peer.session().end_large_result(42, out);
    CHECK(shape(out) == "<SELECT 42>TD<SELECT 1>I");
    CHECK(peer.session().large_megabytes() == 0);
}

TEST_CASE("null session: the replies do not depend on how the bytes are cut") {
    const auto whole = startup() + query("begin; set timezone = 'x'") + batch("a", "select 1") +
                       batch("no", {}) + query("rollback") + batch("a", {});
    std::string expected;
    bench::NullSession reference{9};
    REQUIRE(reference.feed(whole, expected) == whole.size());
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random{seed};
    for (int run = 0; run < 200; ++run) {
        bench::NullSession session{9};
        std::string kept;
        std::string out;
        for (std::size_t at = 0; at < whole.size();) {
            const auto count = std::min(whole.size() - at, std::size_t{1} + random() % 40);
            kept += whole.substr(at, count);
            at += count;
            kept.erase(0, session.feed(kept, out));
        }
        REQUIRE(out == expected);
    }
}

TEST_CASE("null session: an impossible length or an unknown message ends the session with an error") {
    Peer peer;
    CHECK(peer.say(std::string{"Q\0\0\0\3", 5}) == "E");
    CHECK(peer.session().finished());
    Peer other;
    CHECK(other.say(std::string{"?\0\0\0\4", 5}) == "E");
    CHECK(other.session().finished());
}
