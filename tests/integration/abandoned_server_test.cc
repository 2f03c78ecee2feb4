// A client has left in the middle of its statement, and its server does not come to an end: what is spent on
// bringing it back has a limit in bytes, and one in time.
#include "tests/integration/scene.h"
#include "tests/support/hostile_server.h"

using namespace support;

namespace {

constexpr const char* kGivenUp = "client disconnect while server was not ready";

const std::string kLoggedIn = wire::message('R', wire::int32(0)) + wire::message('Z', "I");
const std::string kDescription =
    wire::message('T', wire::int16(1) + wire::cstring("x") + wire::int32(0) + wire::int16(0) +
                           wire::int32(25) + wire::int16(-1) + wire::int32(0xffffffffU) + wire::int16(0));

std::string rows(int megabytes) {
    const std::string value(1024UL * 1024, 'x');
    std::string all;
    for (int i = 0; i < megabytes; ++i)
        all += wire::message('D',
                             wire::int16(1) + wire::int32(static_cast<std::uint32_t>(value.size())) + value);
    return all;
}

/// Logs in, answers the first statement like this, and says no more, whatever it is asked.
Script answering(const std::string& answer) {
    Script script{says(kLoggedIn), says(answer)};
    for (int i = 0; i < 10; ++i) script.push_back(says(""));
    return script;
}

/// A client asks, sees the first message of the answer, and is gone.
void ask_and_leave(const Weir& weir) {
    auto client = WireClient::logged_in(weir.login());
    client.send(wire::query("SELECT x FROM endless"));
    const auto first = client.read();
    REQUIRE(first);
    CHECK(first->type == 'T');
}

WeirConfig in_front_of(const HostileServer& server) {
    return WeirConfig{}.database(server.port()).set("transaction_replay", "0");
}

}  // namespace

TEST_CASE("abandoned server: one that goes on and on is given up after 64 MiB") {
    HostileServer server{{answering(kDescription + rows(96) + wire::message('C', wire::cstring("SELECT 96")) +
                                    wire::message('Z', "I"))}};
    Weir weir{in_front_of(server)};
    ask_and_leave(weir);
    CHECK(weir.logged(kGivenUp));
    CHECK(eventually([&] { return server.served() >= 1; }));
    // It was closed before it had said all of this: what weir sent meanwhile was not read any more.
    CHECK(server.heard().find(wire::sync_message()) == std::string::npos);
    CHECK(weir.pool("cl_active") == 0);
}

TEST_CASE("abandoned server: one that falls silent is given up after ten seconds, not before") {
    const HostileServer server{{answering(kDescription)}};
    Weir weir{in_front_of(server)};
    ask_and_leave(weir);
    const auto left = Clock::now();
    REQUIRE(weir.logged(kGivenUp));
    CHECK(Clock::now() - left > std::chrono::seconds(9));
    CHECK(eventually([&] { return server.served() >= 1; }));
}
