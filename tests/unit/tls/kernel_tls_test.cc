// Kernel TLS. Few kernels that run these tests have it, so the first tests play one: setsockopt() is ours,
// takes the keys, and leaves the bytes as they are. The last one asks the real kernel.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;
using tls::Status;

namespace {

constexpr int kLevelTls = 282;  // SOL_TLS
constexpr int kSendKeys = 1;    // TLS_TX

enum class Kernel : std::uint8_t { kWith, kWithout };

/// Which kernel there is as long as it lives; one with TLS takes the keys of one descriptor.
struct Play {
    explicit Play(Kernel played) : kernel{played} { current = this; }
    ~Play() { current = nullptr; }
    Play(const Play&) = delete;
    Play& operator=(const Play&) = delete;

    int answer(int asking, int level, int name) {
        if (level == IPPROTO_TCP && name == TCP_ULP) {
            ++asked;
            prepared = asking == descriptor;
            errno = kernel == Kernel::kWith ? ENOTCONN : ENOENT;
            return prepared ? 0 : -1;
        }
        if (level == kLevelTls && name == kSendKeys && prepared) {
            has_keys = true;
            return 0;
        }
        errno = ENOPROTOOPT;
        return -1;
    }

    static inline Play* current = nullptr;
    Kernel kernel;
    int descriptor = -1;
    int asked = 0;
    bool prepared = false;
    bool has_keys = false;
};

tls::Options only(tls::Options options, const char* version) {
    options.protocols = version;
    return options;
}

const tls::ServerName kHost{.host = "db.example.com"};

/// A pair of which one end has such a kernel, after the handshake; what that end has sent is taken away.
struct PlayedPair {
    PlayedPair(Files& files, const char* version, bool of_server)
        : sockets{connected_sockets()},
          pair{context(only(files.good_server(), version)),
               context(only(files.client(tls::PeerCheck::kName), version)), kHost, sockets},
          mine{of_server ? *pair.server : *pair.client},
          other_fd{of_server ? pair.client_fd : pair.server_fd} {
        play.descriptor = of_server ? pair.server_fd : pair.client_fd;
        static_cast<void>(pair.handshake());
        received();
    }

    std::string received() const {
        std::string all;
        std::array<char, 65536> block{};
        ssize_t got = 0;
        while ((got = ::recv(other_fd, block.data(), block.size(), MSG_DONTWAIT)) > 0)
            all.append(block.data(), static_cast<std::size_t>(got));
        return all;
    }

    Play play{Kernel::kWith};
    std::array<int, 2> sockets;
    Pair pair;
    tls::Connection& mine;
    int other_fd;
};

bool kernel_has_tls() {
    const auto sockets = connected_sockets(true);
    const bool has = ::setsockopt(sockets[0], IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == 0;
    for (const int descriptor : sockets) ::close(descriptor);
    return has;
}

/// Sends `size` bytes, each time from memory that is overwritten behind the call, and reads them at the other
/// end whenever nothing more is taken.
std::string carried(tls::Connection& from, tls::Connection& to, int to_fd, std::size_t size) {
    std::string got;
    std::string into(50'000, '\0');
    std::size_t taken = 0;
    int idle = 0;
    while (got.size() < size && idle < 20) {
        pollfd waits{to_fd, POLLIN, 0};
        if (++idle > 1) ::poll(&waits, 1, 1000);
        while (taken < size) {
            std::string offered;
            for (std::size_t at = taken; at < std::min(size, taken + 30'000); ++at)
                offered += static_cast<char>('a' + at % 23 + at / 997 % 3);
            const auto progress = from.write(offered.data(), offered.size());
            offered.assign(offered.size(), '#');
            if (progress.status != Status::kDone) break;
            taken += progress.bytes;
            idle = 0;
        }
        const auto progress = to.read(into.data(), into.size());
        if (progress.status == Status::kError) return to.error();
        if (progress.status != Status::kDone) continue;
        got.append(into, 0, progress.bytes);
        idle = 0;
    }
    return got;
}

std::string pattern(std::size_t size) {
    std::string bytes;
    for (std::size_t at = 0; at < size; ++at) bytes += static_cast<char>('a' + at % 23 + at / 997 % 3);
    return bytes;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name)
extern "C" int setsockopt(int descriptor, int level, int name, const void* value, socklen_t size) noexcept {
    if (Play::current != nullptr && level != SOL_SOCKET)
        return Play::current->answer(descriptor, level, name);
    return static_cast<int>(::syscall(SYS_setsockopt, descriptor, level, name, value, size));
}

TEST_CASE("kernel TLS: a kernel that takes the keys gets the bytes as they are, on both sides") {
    Files files;
    // A client of TLS 1.2 would hand over its keys before its last word of the handshake.
    const auto [version, of_server] =
        GENERATE(std::pair{"tlsv1.2", true}, std::pair{"tlsv1.3", true}, std::pair{"tlsv1.3", false});
    CAPTURE(version, of_server);
    PlayedPair scene{files, version, of_server};
    CHECK(scene.play.has_keys);
    CHECK(scene.mine.kernel_encrypts());
    CHECK(scene.mine.write("as it is", 8).bytes == 8);
    CHECK(scene.received() == "as it is");
    // A send for each record, since the kernel makes one of each.
    const std::string large(60'000, 'l');
    CHECK(scene.mine.write(large.data(), large.size()).bytes == scene.mine.record_bytes());
    CHECK(scene.received().size() == scene.mine.record_bytes());
}

TEST_CASE("kernel TLS: a kernel without it is asked by each context and by no connection") {
    Files files;
    Play play{Kernel::kWithout};
    Pair pair{context(files.good_server()), context(files.client(tls::PeerCheck::kName)), kHost};
    CHECK(play.asked == 2);
    REQUIRE(pair.handshake());
    CHECK(play.asked == 2);
    CHECK_FALSE(pair.server->kernel_encrypts());
    CHECK_FALSE(pair.client->kernel_encrypts());
}

TEST_CASE("kernel TLS: bytes that were not taken go on from where they are now") {
    Files files;
    PlayedPair scene{files, "tlsv1.3", GENERATE(true, false)};
    std::string record(16'384, 'w');
    std::string got;
    std::size_t taken = 0;
    tls::Progress last{Status::kDone, 0};
    while (last.status == Status::kDone) {
        last = scene.mine.write(record.data(), record.size());
        taken += last.bytes;
    }
    REQUIRE(last.status == Status::kWantWrite);
    const std::string moved = record;
    record.assign(record.size(), '#');
    got += scene.received();
    last = scene.mine.write(moved.data(), moved.size());
    REQUIRE(last.status == Status::kDone);
    taken += last.bytes;
    got += scene.received();
    CHECK(got == std::string(taken, 'w'));
    ::shutdown(scene.other_fd, SHUT_RDWR);
    CHECK(scene.mine.write("x", 1).status == Status::kError);
    CHECK(scene.mine.error() == "Broken pipe");
}

TEST_CASE("kernel TLS: the kernel that is here carries everything, to the orderly end") {
    if (!kernel_has_tls()) {
        WARN("skipped: this kernel has no TLS (CONFIG_TLS, module tls)");
        return;
    }
    Files files;
    const char* version = GENERATE("tlsv1.2", "tlsv1.3");
    CAPTURE(version);
    Pair pair{context(only(files.good_server(), version)),
              context(only(files.client(tls::PeerCheck::kName), version)), kHost, connected_sockets(true)};
    REQUIRE(pair.handshake());
    CHECK(pair.server->kernel_encrypts());
    CHECK(pair.client->kernel_encrypts());
    constexpr std::size_t kSize = 3'000'000;
    CHECK(carried(*pair.server, *pair.client, pair.client_fd, kSize) == pattern(kSize));
    CHECK(carried(*pair.client, *pair.server, pair.server_fd, kSize) == pattern(kSize));
    pair.server->shutdown();
    char byte = 0;
    pollfd end{pair.client_fd, POLLIN, 0};
    ::poll(&end, 1, 1000);
    CHECK(pair.client->read(&byte, 1).status == Status::kClosed);
}
