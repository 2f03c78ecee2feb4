// The wall clock of the machine jumps: only what is shown follows it. All deadlines, lifetimes and pauses are
// of the monotonic clock.
#include <fstream>

#include "tests/integration/scene.h"
#include "tests/support/account.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

/// The clock that the pooler sees, some seconds off.
class Clockwork {
 public:
    Clockwork() {
        std::filesystem::copy_file(WALL_CLOCK, library_);
        give_to_account(library_);
        set(0);
        give_to_account(file_);
    }
    void set(std::int64_t seconds) {
        std::fstream file(file_, written_ ? std::ios::in | std::ios::out | std::ios::binary
                                          : std::ios::out | std::ios::binary);
        file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
        written_ = true;
    }
    void give(WeirConfig& config) const {
        config.environment["LD_PRELOAD"] = library_;
        config.environment["WEIR_TEST_CLOCK"] = file_;
    }

 private:
    TempDir folder_;
    std::filesystem::path library_ = folder_.path() / "wall_clock.so";
    std::filesystem::path file_ = folder_.path() / "offset";
    bool written_ = false;
};

/// As the log writes it.
std::string year_in(std::int64_t seconds) {
    const std::time_t then = std::time(nullptr) + seconds;
    std::tm parts{};
    ::gmtime_r(&then, &parts);
    constexpr int kFirst = 1900;
    return "\n" + std::to_string(kFirst + parts.tm_year) + "-";
}

std::string backend(Client& client) { return client.value("SELECT pg_backend_pid()"); }

}  // namespace

TEST_CASE("wall clock: a jump of two years, either way, ends nothing early and delays nothing", "[pg]") {
    REQUIRES_POSTGRES();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("skipped: a sanitizer does not let another library come first");
    return;
#endif
    constexpr std::int64_t kTwoYears = std::int64_t{2} * 366 * 24 * 3600;
    Postgres& postgres = scene::settled(Postgres::shared());
    postgres.control().query("DROP ROLE IF EXISTS clock; CREATE ROLE clock LOGIN");
    Clockwork clock;
    auto config = scene::before(postgres, "health_check_user=clock");
    clock.give(config);
    for (const char* timeout :
         {"client_idle_timeout", "server_lifetime", "server_idle_timeout", "idle_transaction_timeout",
          "transaction_timeout", "query_timeout", "server_connect_timeout", "client_login_timeout"})
        config.set(timeout, "600");
    config.set("default_pool_size", "1").set("query_wait_timeout", "1").set("health_check_interval", "0.2");
    Weir weir{config.set("workers", "1")};
    auto client = Client::connect(weir.login());
    const auto pid = backend(client);
    const auto error = [&] { return weir.show("ENDPOINTS").front().at("last_error"); };
    for (const std::int64_t jump : {kTwoYears, -kTwoYears}) {
        CAPTURE(jump);
        client.query("BEGIN");
        CHECK(backend(client) == pid);
        clock.set(jump);
        REQUIRE(weir.show("CLIENTS").size() == 2);
        REQUIRE(weir.logged(year_in(jump)));  // it does see that clock
        // Waiting ends when it should, by the clock on our wall.
        auto waiter = Client::connect(weir.login());
        const auto begun = Clock::now();
        CHECK(waiter.try_query("SELECT 1").message.find("query_wait_timeout") != std::string::npos);
        CHECK(Clock::now() - begun >= std::chrono::milliseconds{900});
        // Checks go on.
        postgres.control().query("ALTER ROLE clock NOLOGIN");
        CHECK(eventually([&] { return error() == "role \"clock\" is not permitted to log in"; }));
        postgres.control().query("ALTER ROLE clock LOGIN");
        CHECK(eventually([&] { return error().empty(); }));
        CHECK(backend(client) == pid);
        client.query("COMMIT");
        CHECK(backend(client) == pid);
    }
    CHECK(weir.log().find("is down") == std::string::npos);
}
