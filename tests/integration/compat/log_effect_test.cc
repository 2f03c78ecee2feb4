// What the log says and where it goes, by the settings and by the lines that monitoring looks for.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig plain(const std::string& keys = "") { return compat::before(Postgres::shared(), keys); }

int count(const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// Stands where syslogd would. syslog(3) has no other address than /dev/log.
class SystemLog {
 public:
    /// Null where there is a real one, or no right to make one; the test then says that it was skipped.
    static std::unique_ptr<SystemLog> make() {
        struct stat found {};
        if (::geteuid() != 0 || ::lstat(kPath, &found) == 0) return nullptr;
        const int made = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::string_view(kPath).copy(address.sun_path, sizeof address.sun_path - 1);
        if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            ::chmod(kPath, 0666);
            return std::unique_ptr<SystemLog>(new SystemLog(made));
        }
        ::close(made);
        return nullptr;
    }
    ~SystemLog() {
        ::close(descriptor_);
        ::unlink(kPath);
    }
    SystemLog(const SystemLog&) = delete;
    SystemLog& operator=(const SystemLog&) = delete;

    /// True once a datagram with this text has come; it is last() then.
    [[nodiscard]] bool got(const std::string& text) {
        return eventually([&] {
            char buffer[4096];
            for (;;) {
                const auto bytes = ::recv(descriptor_, buffer, sizeof buffer, 0);
                if (bytes < 0) return false;
                last_.assign(buffer, static_cast<std::size_t>(bytes));
                if (last_.find(text) != std::string::npos) return true;
            }
        });
    }
    [[nodiscard]] const std::string& last() const { return last_; }

 private:
    static constexpr const char* kPath = "/dev/log";
    explicit SystemLog(int descriptor) : descriptor_{descriptor} {}

    int descriptor_;
    std::string last_;
};

}  // namespace

TEST_CASE("syslog, syslog_ident, syslog_facility: lines of the running process arrive there", "[pg]") {
    REQUIRES_POSTGRES();
    const auto log = SystemLog::make();
    if (!log) {
        WARN("skipped: /dev/log exists or cannot be made");
        return;
    }
    Weir weir(plain().set("syslog", "1").set("syslog_ident", "my-pooler").set("syslog_facility", "local3"));
    CHECK(log->got("process up:"));
    constexpr int kLocal3 = 19 * 8;  // RFC 3164: facility times eight plus severity
    CHECK(log->last().find("<" + std::to_string(kLocal3 + 6) + ">") == 0);
    CHECK(log->last().find("my-pooler") != std::string::npos);
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "nowhere"}}).find("FATAL") == 0);
    CHECK(log->got("pooler error: no such database: nowhere"));
    CHECK(log->last().find("<" + std::to_string(kLocal3 + 4) + ">") == 0);
    weir.console("SET syslog_facility = 'nonsense'");
    weir.console("SET syslog_ident = 'another'");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "nobody"}}).find("FATAL") == 0);
    CHECK(log->got("pooler error: no such database: nobody"));
    constexpr int kDaemon = 3 * 8;
    CHECK(log->last().find("<" + std::to_string(kDaemon + 4) + ">") == 0);
    CHECK(log->last().find("another") != std::string::npos);
    weir.console("SET syslog = 0");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "silent"}}).find("FATAL") == 0);
    CHECK(weir.logged("pooler error: no such database: silent"));
    weir.console("SET syslog = 1");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "last"}}).find("FATAL") == 0);
    CHECK(log->got("no such database: "));
    CHECK(log->last().find("silent") == std::string::npos);
}

TEST_CASE("log: a login attempt is told before the password is known, its failure after", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain().set("auth_type", "plain");
    config.userlist["app"] = "right";
    config.userlist["admin"] = "console";
    Weir weir(config);
    WireClient client(weir.port());
    client.send(startup({{"user", "app"}, {"database", "app"}}));
    REQUIRE(client.read());
    CHECK(weir.logged("login attempt: db=app user=app tls=no replication=no"));
    CHECK(weir.log().find("login failed") == std::string::npos);
    client.send(password("wrong"));
    CHECK(compat::error(client.read_to_end()) == "FATAL 08P01 password authentication failed");
    CHECK(weir.logged("login failed: db=app user=app"));
}

TEST_CASE("log: a database of the * line is registered once", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.databases["*"] = "host=127.0.0.1 port=" + std::to_string(Postgres::shared().port());
    Weir weir(config);
    for (const std::string user : {"app", "app", "other"})
        CHECK(Client::connect(weir.login(user).with_database("postgres")).value("SELECT 1") == "1");
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(weir.logged("registered new auto-database: postgres"));
    weir.stop();
    CHECK(count(weir.log(), "registered new auto-database") == 1);
}

TEST_CASE("log: a connection out of the reserve says so", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain("pool_size=1 reserve_pool_size=1").set("reserve_pool_timeout", "0.3"));
    auto holder = Client::connect(weir.login());
    compat::begin(holder);
    CHECK(weir.log().find("reserve_pool") == std::string::npos);
    CHECK(Client::connect(weir.login()).value("SELECT 1") == "1");
    CHECK(weir.logged("taking connection from reserve_pool"));
}

TEST_CASE("log: commands that change something are told, and what SUSPEND waits for", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain().set("suspend_timeout", "60"));
    weir.console("PAUSE app");
    weir.console("RESUME app");
    weir.console("SHOW STATE");
    CHECK(weir.logged("PAUSE 'app' command issued"));
    CHECK(weir.logged("RESUME 'app' command issued"));
    CHECK(weir.log().find("SHOW") == std::string::npos);
    auto console = compat::console(weir);
    auto stubborn = WireClient::logged_in(weir.login());
    stubborn.send(query("SELECT repeat('x', 1000000) FROM generate_series(1, 100)"));
    CHECK(eventually([&] { return !weir.show("ACTIVE_SOCKETS").empty(); }));
    console.send(query("SUSPEND"));
    CHECK(weir.logged("SUSPEND waits for "));
    stubborn.close();
    CHECK(command_tag(console.read_answer()) == "SUSPEND");
}

TEST_CASE("verbose: DEBUG lines come only when asked for", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    Client::connect(weir.login()).query("SELECT 1");
    weir.console("SET verbose = 1");
    Client::connect(weir.login()).query("SELECT 1");
    CHECK(weir.logged("] DEBUG "));
    weir.console("SET verbose = 0");
    Client::connect(weir.login()).query("SELECT 1");
    weir.stop();
    const auto log = weir.log();
    CHECK(log.find("] DEBUG ") > log.find("] LOG "));
    CHECK(log.rfind("] DEBUG ") < log.rfind("login attempt"));
}
