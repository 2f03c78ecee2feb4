// A password that a client typed is nowhere in the pooler's memory once it was judged: not where it was read,
// not where it was compared, not in what OpenSSL freed.
#include <sys/uio.h>

#include <fstream>
#include <random>
#include <sstream>

#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

/// Without a pattern, so that only a copy of it looks like it. Registers that the loader saves on a stack are
/// shorter than a part.
constexpr std::size_t kPart = 160;

std::string random_password(std::size_t size) {
    std::random_device random;
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>('a' + random() % 26);
    return text;
}

struct Region {
    std::uintptr_t from;
    std::uintptr_t to;
};

std::vector<Region> writable_regions(pid_t pid) {
    std::vector<Region> regions;
    std::ifstream maps{"/proc/" + std::to_string(pid) + "/maps"};
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

/// Copies of this text that the process has; nullopt: its memory cannot be read here. What a sanitizer keeps
/// of each byte for itself, terabytes of addresses, is left out.
std::optional<int> copies(pid_t pid, const std::string& text) {
    constexpr std::uintptr_t kLargest = std::uintptr_t{1} << 30;
    int found = 0;
    bool read = false;
    for (const Region& region : writable_regions(pid)) {
        if (region.to - region.from > kLargest) continue;
        std::string bytes(region.to - region.from, '\0');
        iovec here{bytes.data(), bytes.size()};
        iovec there{reinterpret_cast<void*>(region.from), bytes.size()};  // NOLINT: an address over there
        const ssize_t got = ::process_vm_readv(pid, &here, 1, &there, 1, 0);
        if (got <= 0) continue;
        read = true;
        const std::string_view all{bytes.data(), static_cast<std::size_t>(got)};
        for (auto at = all.find(text); at != std::string_view::npos; at = all.find(text, at + 1)) ++found;
    }
    return read ? std::optional{found} : std::nullopt;
}

std::string hash_of(const std::string& password, const std::string& user) {
    char* hash = PQencryptPassword(password.c_str(), user.c_str());
    std::string text = hash;
    PQfreemem(hash);
    return text;
}

/// The last part: of what is left of a block, the beginning is overwritten first.
std::string part_of(const std::string& password) { return password.substr(password.size() - kPart); }

}  // namespace

TEST_CASE("TLS flow: a password that was typed is left nowhere in the pooler's memory", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string right = random_password(700);
    const std::string wrong = random_password(700);
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, "allow").set("auth_type", "plain");
    config.userlist = {{"app", hash_of(right, "app")}, {"admin", "admin password"}};
    Weir weir{config};
    std::vector<Client> stay;
    for (const char* sslmode : {"require", "disable"}) {
        CAPTURE(sslmode);
        Login login = weir.login().with(libpq(sslmode));
        login.host = kHost;
        CHECK_FALSE(Client{login.with_user("app", wrong)}.connected());
        CHECK_FALSE(Client{login.with_user("nobody", wrong)}.connected());
        stay.push_back(Client::connect(login.with_user("app", right)));
        const auto known = copies(weir.pid(), "admin password");  // of the userlist
        if (!known) {
            WARN("skipped: the memory of another process cannot be read here");
            return;
        }
        CHECK(*known > 0);                                    // the search works
        for (const std::string* password : {&wrong, &right})  // the answer leaves before the cleaning is done
            CHECK(eventually([&] { return copies(weir.pid(), part_of(*password)) == 0; }));
    }
    CHECK(stay.front().value("SELECT 1") == "1");
}
