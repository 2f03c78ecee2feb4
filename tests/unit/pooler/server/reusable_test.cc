// When a server may go to another client, or to another worker: one test for each thing that forbids it, and
// that it may again once that is over.
#include <string>

#include "tests/support/catch.h"
#include "tests/support/wire_message.h"
#include "tests/unit/pooler/server/server_peer.h"

namespace wire = support::wire;
using pooler::Request;
using server_peer::Scene;
using support::TestLoop;

namespace {

std::string ready(char status) { return wire::message('Z', std::string(1, status)); }
std::string complete(const std::string& tag) { return wire::message('C', wire::cstring(tag)); }
std::string error() {
    return wire::message('E', "S" + wire::cstring("ERROR") + "C" + wire::cstring("22012") + "M" +
                                  wire::cstring("division by zero") + std::string(1, '\0'));
}
std::string notice(std::size_t bytes) {
    return wire::message('N', "M" + wire::cstring(std::string(bytes, 'n')) + std::string(1, '\0'));
}

}  // namespace

TEST_CASE("reusable: not with a request whose answer is outstanding") {
    TestLoop loop;
    Scene scene{loop};
    scene.expect(Request::kQuery);
    CHECK_FALSE(scene.server.reusable());
    scene.say(complete("SELECT 0"));
    CHECK_FALSE(scene.server.reusable());
    scene.say(ready('I'));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not in a transaction, whole or failed") {
    const char status = GENERATE('T', 'E');
    TestLoop loop;
    Scene scene{loop};
    scene.expect(Request::kQuery);
    scene.say((status == 'E' ? error() : complete("BEGIN")) + ready(status));
    CHECK(scene.server.ledger().empty());
    CHECK_FALSE(scene.server.reusable());
    scene.expect(Request::kQuery);
    scene.say(complete("ROLLBACK") + ready('I'));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not in a batch whose Sync is missing, though all of it is answered") {
    const bool failed = GENERATE(false, true);
    TestLoop loop;
    Scene scene{loop};
    scene.expect(Request::kParse);
    scene.say(failed ? error() : wire::message('1'));
    CHECK(scene.server.ledger().empty());
    CHECK(scene.server.ledger().skipping() == failed);
    CHECK_FALSE(scene.server.reusable());
    scene.expect(Request::kSync);
    scene.say(ready('I'));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not while it reads COPY data") {
    TestLoop loop;
    Scene scene{loop};
    scene.expect(Request::kQuery);
    scene.say(wire::message('G', std::string(1, '\0') + wire::int16(0)));
    CHECK(scene.server.ledger().in_copy());
    CHECK_FALSE(scene.server.reusable());
    static_cast<void>(scene.server.ledger().push({Request::kCopyEnd, pooler::Delivery::kForward, 0}));
    scene.say(complete("COPY 0") + ready('I'));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not while a statement of ours runs") {
    TestLoop loop;
    Scene scene{loop};
    scene.server.run_own_query("select 1");
    CHECK_FALSE(scene.server.reusable());
    scene.say(complete("SELECT 1"));
    CHECK_FALSE(scene.server.reusable());
    scene.say(ready('I'));
    CHECK(scene.own_queries_done == 1);
    CHECK(scene.reusable_when_done);
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not with part of a message read, at whichever byte it stops") {
    // A notice is passed on as it comes; a parameter's value is read whole.
    const bool passed_on = GENERATE(false, true);
    const std::string message =
        passed_on ? notice(3) : wire::message('S', wire::cstring("TimeZone") + wire::cstring("UTC"));
    TestLoop loop;
    Scene scene{loop};
    for (std::size_t cut = 1; cut < message.size(); ++cut) {
        CAPTURE(passed_on, cut);
        scene.say(message.substr(0, cut));
        CHECK_FALSE(scene.server.reusable());
        scene.say(message.substr(cut));
        CHECK(scene.server.reusable());
    }
}

TEST_CASE("reusable: not with bytes that have not left") {
    TestLoop loop;
    Scene scene{loop};
    pooler::OutBatch batch;
    const std::string much(16UL * 1024 * 1024, 's');
    batch.forward(much);
    scene.server.send(batch);
    REQUIRE(scene.server.socket().backlog_bytes() > 0);
    CHECK_FALSE(scene.server.reusable());
    REQUIRE(scene.run_until([&] {
        scene.drain();
        return scene.server.socket().backlog_bytes() == 0;
    }));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not with bytes inside TLS that no read has taken") {
    TestLoop loop;
    Scene scene{loop, Scene::Tls::kYes};
    // The read block is full where the answer ends, in the middle of a record: what follows stays inside.
    const std::string tail = complete("SELECT 1") + ready('I');
    const std::size_t block = pooler::IoContext::kBlockBytes;
    std::string all = notice(block - tail.size() - notice(0).size()) + tail;
    REQUIRE(all.size() == block);
    all += notice(10);
    scene.server.run_own_query("select 1");
    constexpr std::size_t kRecord = 16000;
    for (std::size_t at = 0; at < all.size(); at += kRecord) scene.write(all.substr(at, kRecord));
    REQUIRE(scene.run_until([&] { return scene.own_queries_done == 1; }));
    REQUIRE(scene.pending_when_done);
    CHECK_FALSE(scene.reusable_when_done);
    REQUIRE(scene.run_until([&] { return !scene.server.socket().pending(); }));
    CHECK(scene.server.reusable());
}

TEST_CASE("reusable: not once it is closed") {
    TestLoop loop;
    Scene scene{loop};
    scene.server.close();
    CHECK_FALSE(scene.server.reusable());
}
