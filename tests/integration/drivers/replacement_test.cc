// The poolers of one port are replaced under a real driver's pool of connections.
#include <csignal>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/integration/compat/instance.h"
#include "tests/integration/drivers/programs.h"
#include "tests/support/catch.h"
#include "tests/support/database.h"
#include "tests/support/eventually.h"
#include "tests/support/free_port.h"
#include "tests/support/postgres.h"

using namespace support;

namespace {

using Instances = std::vector<std::unique_ptr<compat::Instance>>;

WeirConfig shared_port() {
    WeirConfig config;
    config.database(Postgres::shared().port());
    return config.set("so_reuseport", "1").set("sigterm", "drain").set("drain_delay", "0");
}

void start_one(Instances& instances, std::uint16_t port) {
    instances.push_back(std::make_unique<compat::Instance>(shared_port(), port));
    instances.back()->start();
}

/// The numbers in the program's line "done N, again M".
struct Done {
    long rows = -1;
    long again = -1;
};
Done read_done(const std::string& output) {
    Done done;
    const auto at = output.find("done ");
    if (at == std::string::npos) return done;
    std::istringstream text{output.substr(at)};
    std::string word;
    char comma = '\0';
    text >> word >> done.rows >> comma >> word >> done.again;
    return done;
}

}  // namespace

TEST_CASE("node-postgres: a pool that reconnects on 57P01 sees no other error while poolers are replaced",
          "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    auto& postgres = Postgres::shared();
    postgres.control().query("CREATE TABLE replaced (worker int); GRANT ALL ON replaced TO app");
    const auto rows = [&] { return std::stol(postgres.control().value("SELECT count(*) FROM replaced")); };
    const auto port = free_port();
    Instances old;
    Instances fresh;
    for (int i = 0; i < 2; ++i) start_one(old, port);
    Command program = drivers::node(DRIVER_SOURCES "/node/replaced.js");
    program.argv.insert(program.argv.end(), {"127.0.0.1", std::to_string(port)});
    Process application{program};
    const auto goes_on = [&] {
        const long before = rows();
        const bool more = eventually([&] { return rows() > before + 100 || !application.running(); });
        INFO(application.output());
        REQUIRE((more && application.running()));
    };
    goes_on();
    for (int round = 0; round < 3; ++round) {
        for (auto& instance : old) {
            start_one(fresh, port);
            instance->process().signal(SIGTERM);
            instance->check_end();
            goes_on();
        }
        old = std::exchange(fresh, {});
    }
    application.signal(SIGTERM);
    CHECK(application.wait() == 0);
    INFO(application.output());
    const Done done = read_done(application.output());
    CHECK(done.rows == rows());
    CHECK(done.again > 0);
    CHECK(application.output().find("all ok") != std::string::npos);
    for (auto& instance : old) {
        instance->process().signal(SIGTERM);
        instance->check_end();
    }
    postgres.control().query("DROP TABLE replaced");
}
