// A connection with nothing under way holds none of OpenSSL's buffers for records.
#include <malloc.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;
using tls::Status;

namespace {

/// Memory that was asked for and not given back. Always 0 where a sanitizer has replaced malloc.
std::int64_t in_use() { return static_cast<std::int64_t>(::mallinfo2().uordblks); }

bool measurable() {
    const auto before = in_use();
    const std::string some(100'000, 's');
    return in_use() - before > 50'000 && some.size() == 100'000;
}

constexpr std::int64_t kBuffer = 8000;   // a buffer has at least this
constexpr std::int64_t kNothing = 1000;  // and this is none

/// What has arrived at the descriptor, undecrypted. In memory that was there before.
std::string_view arrived(int descriptor) {
    static std::array<char, 65536> block;
    const ssize_t got = ::recv(descriptor, block.data(), block.size(), MSG_DONTWAIT);
    REQUIRE(got > 0);
    return {block.data(), static_cast<std::size_t>(got)};
}

void put(int descriptor, std::string_view bytes) {
    REQUIRE(::send(descriptor, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
}

}  // namespace

TEST_CASE("tls: the memory of a record is given back when it has been read or written") {
    if (!measurable()) {
        WARN("skipped: memory in use cannot be read here");
        return;
    }
    Files files;
    Pair pair{context(files.good_server()),
              context(files.client(tls::PeerCheck::kName)),
              {.host = "db.example.com"}};
    REQUIRE(pair.handshake());
    // The buffers of the handshake go with the first bytes.
    REQUIRE(pair.server->write("x", 1).status == Status::kDone);
    pair.read_at_client();
    REQUIRE(pair.client->write("x", 1).status == Status::kDone);
    pair.read_at_server();
    const bool at_server = GENERATE(true, false);
    CAPTURE(at_server);
    tls::Connection& mine = at_server ? *pair.server : *pair.client;
    tls::Connection& other = at_server ? *pair.client : *pair.server;
    const int my_fd = at_server ? pair.server_fd : pair.client_fd;
    const int other_fd = at_server ? pair.client_fd : pair.server_fd;
    std::string into(65536, '\0');
    const std::string record(8192, 'r');
    const auto idle = in_use();

    REQUIRE(other.write(record.data(), record.size()).status == Status::kDone);
    const std::string_view bytes = arrived(my_fd);
    put(other_fd, bytes.substr(0, 5000));
    CHECK(mine.read(into.data(), into.size()).status == Status::kWantRead);
    CHECK(in_use() - idle > kBuffer);
    put(other_fd, bytes.substr(5000));
    CHECK(mine.read(into.data(), into.size()).bytes == record.size());
    CHECK(in_use() - idle < kNothing);

    // Several records, which leave together.
    const std::size_t mine_at_most = mine.record_bytes();
    for (std::size_t at = 0; at < into.size(); at += mine_at_most)
        REQUIRE(mine.write(into.data() + at, into.size() - at).bytes == mine_at_most);
    CHECK(in_use() - idle < kNothing);

    while (mine.write(record.data(), record.size()).status == Status::kDone) {
    }
    CHECK(in_use() - idle > kBuffer);
    static_cast<void>(arrived(other_fd));
    CHECK(mine.write(record.data(), record.size()).status == Status::kDone);
    CHECK(in_use() - idle < kNothing);
}
