#include "tests/support/process_memory.h"

#include <sys/uio.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <random>
#include <sstream>
#include <string_view>
#include <vector>

namespace support {

namespace {

struct Region {
    std::uintptr_t from;
    std::uintptr_t to;
};

std::vector<Region> writable_regions(pid_t process) {
    std::vector<Region> regions;
    std::ifstream maps{"/proc/" + std::to_string(process) + "/maps"};
    for (std::string line; std::getline(maps, line);) {
        std::istringstream in{line};
        Region region{};
        char dash = 0;
        std::string rights;
        in >> std::hex >> region.from >> dash >> region.to >> rights;
        if (rights.starts_with("rw")) regions.push_back(region);
    }
    return regions;
}

std::string_view read_memory(pid_t process, std::uintptr_t from, std::size_t size, std::vector<char>& into) {
    iovec here{into.data(), std::min(size, into.size())};
    iovec there{reinterpret_cast<void*>(from), here.iov_len};  // NOLINT: an address over there
    const ssize_t got = ::process_vm_readv(process, &here, 1, &there, 1, 0);
    return {into.data(), static_cast<std::size_t>(std::max(got, ssize_t{0}))};
}

int count(std::string_view in, const std::string& text) {
    int found = 0;
    for (auto at = in.find(text); at != std::string_view::npos; at = in.find(text, at + 1)) ++found;
    return found;
}

}  // namespace

std::string random_text(std::size_t bytes) {
    std::random_device random;
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    return text;
}

std::string last_part(const std::string& text) {
    constexpr std::size_t kPart = 160;
    return text.substr(text.size() - std::min(kPart, text.size()));
}

std::optional<int> copies_in(pid_t process, const std::string& text) {
    constexpr std::uintptr_t kLargest = std::uintptr_t{1} << 30;
    constexpr std::size_t kAtOnce = std::size_t{1} << 20;
    std::vector<char> bytes(kAtOnce);
    int found = 0;
    bool read = false;
    for (const Region& region : writable_regions(process)) {
        if (region.to - region.from > kLargest) continue;
        // Parts overlap by less than the text, so that none is missed or counted twice.
        for (std::uintptr_t at = region.from; at < region.to; at += kAtOnce - text.size() + 1) {
            const std::string_view part = read_memory(process, at, region.to - at, bytes);
            read = read || !part.empty();
            found += count(part, text);
        }
    }
    return read ? std::optional{found} : std::nullopt;
}

}  // namespace support
