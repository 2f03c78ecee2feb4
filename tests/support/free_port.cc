#include "tests/support/free_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>

#include "tests/support/catch.h"

namespace support {
namespace {

constexpr int kLowest = 10'240;
constexpr int kHighest = 31'999;

bool can_bind(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return bound;
}

/// The lock is held by a descriptor that stays open until the process ends, whatever way it ends.
bool reserve(std::uint16_t port) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("weir-ports-" + std::to_string(::geteuid()));
    std::filesystem::create_directories(folder);
    const auto file = folder / std::to_string(port);
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) return false;
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    ::close(fd);
    return false;
}

}  // namespace

std::uint16_t free_port() {
    static std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<int> pick(kLowest, kHighest);
    constexpr int kTries = 1000;
    for (int i = 0; i < kTries; ++i) {
        const auto port = static_cast<std::uint16_t>(pick(random));
        if (can_bind(port) && reserve(port)) return port;
    }
    FAIL("no free port on 127.0.0.1");
    return 0;
}

}  // namespace support
