// A socket with TLS: what it says is left inside, what it keeps, when it waits for which side of the
// descriptor, and how it ends when the descriptor breaks. One test for each rule of TLS on the data path.
#include <array>
#include <string>

#include "tests/support/catch.h"
#include "tests/unit/pooler/net/tls_socket_scene.h"

using pooler::Socket;
using support::TestLoop;
using tls_socket::Scene;

namespace {

/// Bytes that differ from their neighbours.
std::string pattern(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i % 23 + i / 997 % 3);
    return bytes;
}

/// Reads with a block of this size, each time the socket says so, until `wanted` bytes have come.
std::string read_all(Scene& scene, std::size_t wanted, std::size_t block) {
    std::string all;
    std::string into(block, '\0');
    while (all.size() < wanted) {
        REQUIRE(scene.run_until_readable());
        scene.readable = 0;
        const auto got = scene.socket.read(into.data(), into.size());
        REQUIRE(got.status != Socket::ReadStatus::kClosed);
        all.append(into, 0, got.bytes);
    }
    return all;
}

/// The largest record arrives; the first 1000 bytes of it.
std::string read_part(Scene& scene, const std::string& sent) {
    REQUIRE(sent.size() == 16384);
    scene.write(sent);
    REQUIRE(scene.run_until_readable());
    std::string into(1000, '\0');
    CHECK(scene.socket.read(into.data(), into.size()).bytes == into.size());
    return into;
}

}  // namespace

TEST_CASE("TLS socket: a read that is filled to the last byte leaves nothing inside") {
    TestLoop loop;
    Scene scene{loop};
    const std::size_t size = GENERATE(1UL, 100UL, 16384UL);
    CAPTURE(size);
    scene.write(std::string(size, 'a'));
    REQUIRE(scene.run_until_readable());
    std::string into(size, '\0');
    const auto result = scene.socket.read(into.data(), into.size());
    CHECK(result.status == Socket::ReadStatus::kData);
    CHECK(into == std::string(size, 'a'));
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: what a filled read leaves inside is told of in the next turn") {
    TestLoop loop;
    Scene scene{loop};
    scene.write("abcdef");
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 4);
    CHECK(scene.socket.pending());
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 2);
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: a record without bytes behind a filled read is nothing to wait for") {
    TestLoop loop;
    Scene scene{loop};
    scene.write("abcd");
    scene.update_key(false);
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 4);
    CHECK_FALSE(scene.socket.pending());
    scene.write("e");
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).bytes == 1);
}

TEST_CASE(
    "TLS socket: a descriptor that breaks while a read waits for room to write ends, without a busy loop") {
    TestLoop loop;
    Scene scene{loop};
    scene.fill_kernel();
    scene.update_key(true);
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    // The new key goes ahead of the next bytes, finds no room, and holds up reading as well.
    CHECK(scene.socket.send("answer"));
    scene.write("abcd");
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    scene.readable = 0;
    scene.hang_up();  // with bytes unread, which is a reset
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kClosed);
}

TEST_CASE("TLS socket: records of one byte are put together") {
    TestLoop loop;
    Scene scene{loop};
    const std::string sent = pattern(150);
    for (const char byte : sent) scene.write(std::string(1, byte));
    const std::size_t block = GENERATE(1UL, 7UL, 4096UL);
    CAPTURE(block);
    CHECK(read_all(scene, sent.size(), block) == sent);
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: a record larger than the block is read in parts, the rest without an event") {
    TestLoop loop;
    Scene scene{loop};
    const std::string sent = pattern(16384);
    const std::string into = read_part(scene, sent);
    CHECK(scene.socket.pending());
    CHECK(into + read_all(scene, sent.size() - into.size(), into.size()) == sent);
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: a stop in mid-record holds, and reading goes on without waiting for the descriptor") {
    TestLoop loop;
    Scene scene{loop};
    const std::string sent = pattern(16384);
    const std::string into = read_part(scene, sent);
    scene.socket.read_on(false);
    scene.readable = 0;
    scene.run_idle_turns();
    CHECK(scene.readable == 0);
    scene.socket.read_on(true);
    CHECK(into + read_all(scene, sent.size() - into.size(), 5000) == sent);
}

TEST_CASE("TLS socket: what a full descriptor does not take is kept and goes out whole and in order") {
    TestLoop loop;
    Scene scene{loop};
    const std::string sent = pattern(3'000'000);
    std::string buffer;
    for (std::size_t at = 0; at < sent.size(); at += buffer.size()) {
        buffer = sent.substr(at, 10'007);  // other memory each time, and overwritten behind the call
        REQUIRE(scene.socket.send(buffer));
        buffer.assign(buffer.size(), '#');
    }
    CHECK(scene.socket.backed_up());
    std::string got;
    REQUIRE(loop.run_until([&] { return (got += scene.read()).size() >= sent.size(); }));
    CHECK(got == sent);
    CHECK(scene.socket.backlog_bytes() == 0);
    CHECK(loop.run_until([&] { return scene.drained > 0; }));
}

TEST_CASE("TLS socket: a read that must write first waits for room, then goes on") {
    TestLoop loop;
    Scene scene{loop};
    scene.fill_kernel();
    scene.update_key(true);
    REQUIRE(scene.run_until_readable());
    std::array<char, 4> into{};
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    CHECK(scene.socket.send("answer"));  // behind the new key, for which there is no room
    CHECK(scene.socket.backlog_bytes() == 6);
    scene.write("abcd");
    scene.readable = 0;
    REQUIRE(scene.run_until_readable());
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    scene.readable = 0;
    scene.run_idle_turns();
    CHECK(scene.readable == 0);  // the bytes that are there are no reason to try again
    scene.discard();
    CHECK(read_all(scene, 4, 4) == "abcd");
    std::string answer;
    CHECK(loop.run_until([&] { return (answer += scene.read()) == "answer"; }));
}

TEST_CASE("TLS socket: a handshake waits for room to write where it must, and for bytes where it must") {
    TestLoop loop;
    Scene scene{loop, {.chain = 60, .send_buffer = 1}};
    CHECK(scene.handshake_waits_to_write > 0);
    scene.write("abcd");
    CHECK(read_all(scene, 4, 4) == "abcd");
}

TEST_CASE("TLS socket: what comes together with the end of the handshake is told of") {
    TestLoop loop;
    Scene scene{loop, {.early = "abcd"}};
    CHECK(read_all(scene, 4, 4) == "abcd");
    CHECK_FALSE(scene.socket.pending());
}

TEST_CASE("TLS socket: the first part of a record raises nothing, the rest completes it") {
    TestLoop loop;
    Scene scene{loop};
    const std::string sent = pattern(3000);
    scene.hold_from(1000);
    scene.write(sent);
    REQUIRE(scene.run_until_readable());
    std::string into(8192, '\0');
    CHECK(scene.socket.read(into.data(), into.size()).status == Socket::ReadStatus::kBlocked);
    CHECK_FALSE(scene.socket.pending());
    scene.readable = 0;
    scene.run_idle_turns();
    CHECK(scene.readable == 0);
    scene.release();
    CHECK(read_all(scene, sent.size(), 8192) == sent);
}

TEST_CASE("TLS socket: small pieces leave in one record, large ones in records that a client takes at once") {
    TestLoop loop;
    Scene scene{loop};
    const std::string small = pattern(10);
    pooler::OutBatch batch;
    std::string expected;
    for (int n = 0; n < 100; ++n) {
        batch.own([&](std::string& out) { out += small; });
        batch.forward(small);
        expected += small + small;
    }
    REQUIRE(scene.socket.send(batch));
    CHECK(scene.read() == expected);
    CHECK(scene.records() == 1);
    batch.clear();
    const std::string large = pattern(3 * 8192);
    batch.forward(small);
    batch.own([&](std::string& out) { out += large; });
    REQUIRE(scene.socket.send(batch));
    CHECK(scene.read() == small + large);
    CHECK(scene.records() == 5);
}

TEST_CASE("TLS socket: a client that asks for another handshake gets none") {
    TestLoop loop;
    Scene scene{loop, {.version = TLS1_2_VERSION}};
    scene.write("abcd");
    CHECK(read_all(scene, 4, 4) == "abcd");
    CHECK(scene.renegotiate() == "no renegotiation");
}
