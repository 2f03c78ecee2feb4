// pgbench, unmodified: 64 clients over ten servers and two workers, without a single error.
#include <regex>

#include "tests/integration/scene.h"

using namespace support;

namespace {

constexpr int kServers = 10;

Command pgbench(const Weir& weir, const std::vector<std::string>& arguments) {
    Command command;
    command.argv = {(postgres_programs() / "pgbench").string(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    std::to_string(weir.port()),
                    "-U",
                    "app"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.argv.emplace_back("app");
    return command;
}

Weir& pooler() {
    static Weir weir(scene::before(scene::settled(Postgres::shared()))
                         .set("default_pool_size", std::to_string(kServers))
                         .set("workers", "2"));
    return weir;
}

/// A scale of ten branches keeps the clients from waiting for one another's rows only.
void initialise() {
    static const Finished done = run(pgbench(pooler(), {"-i", "-s", "10", "-q"}));
    INFO(done.output);
    REQUIRE(done.status == 0);
}

long number_after(const std::string& text, const std::string& label) {
    const std::regex pattern(label + ": (\\d+)");
    std::smatch found;
    return std::regex_search(text, found, pattern) ? std::stol(found[1]) : -1;
}

/// Runs it for some seconds, watching the number of server connections; returns the transactions it counted.
long load(const std::string& mode, std::vector<std::string> more) {
    // pgbench prepares with a blocking call: a thread with several clients could wait for a server that
    // another of its own clients holds, for ever and with any pooler.
    const auto* threads = mode == "prepared" ? "64" : "2";
    more.insert(more.end(), {"-n", "-c", "64", "-j", threads, "-T", "3", "-M", mode});
    Process process(pgbench(pooler(), more));
    int most = 0;
    const auto ended = [&] {
        most = std::max(most, Postgres::shared().connections());
        return !process.running();
    };
    CHECK(eventually(ended, std::chrono::minutes(3)));
    const auto output = process.output();
    INFO(output);
    CHECK(process.wait() == 0);
    CHECK(output.find("error") == std::string::npos);
    CHECK(output.find("aborted") == std::string::npos);
    CHECK(number_after(output, "number of failed transactions") == 0);
    CHECK(most <= kServers);
    CHECK(most > 0);
    return number_after(output, "number of transactions actually processed");
}

}  // namespace

TEST_CASE("pgbench: TPC-B runs without an error and its sums stay equal", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string mode = GENERATE("simple", "extended", "prepared");
    CAPTURE(mode);
    initialise();
    auto& control = Postgres::shared().control();
    control.query("TRUNCATE pgbench_history");
    const auto transactions = load(mode, {});
    CHECK(transactions > 0);
    CHECK(control.value("SELECT count(*) FROM pgbench_history") == std::to_string(transactions));
    const auto sums = control.query(
        "SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(bbalance) FROM pgbench_branches),"
        " (SELECT sum(tbalance) FROM pgbench_tellers)");
    CHECK(sums.rows.at(0).at(0) == sums.rows.at(0).at(1));
    CHECK(sums.rows.at(0).at(0) == sums.rows.at(0).at(2));
}

TEST_CASE("pgbench: select-only runs without an error", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string mode = GENERATE("simple", "extended", "prepared");
    CAPTURE(mode);
    initialise();
    CHECK(load(mode, {"-S"}) > 0);
}

TEST_CASE("pgbench: a new connection for each transaction works too", "[pg]") {
    REQUIRES_POSTGRES();
    initialise();
    CHECK(load("simple", {"-S", "-C"}) > 0);
}
