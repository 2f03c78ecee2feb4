// Unmodified drivers without a retry loop, 32 clients on eight rows at SERIALIZABLE. Without replay they
// count their 40001; with it, blind updates and transactions that lock first see none. Sums, ledger and
// histories hold in both.
//
// WEIR_CONTENTION: transactions of each client (8). From 100 on, throughput is compared with the same program
// on a direct connection with a retry loop of its own, and printed.
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/integration/contention/bank.h"
#include "tests/integration/drivers/programs.h"
#include "tests/support/catch.h"
#include "tests/support/weir_process.h"

using namespace support;
using contention::Bank;
using contention::Report;

namespace {

constexpr int kClients = 32;
constexpr const char* kFolder = CONTENTION_SOURCES "/";

int transactions() {
    constexpr int kShort = 8;
    const char* text = std::getenv("WEIR_CONTENTION");
    return text != nullptr ? std::atoi(text) : kShort;
}
bool long_run() { return transactions() >= 100; }

struct Driver {
    const char* name;
    std::string missing;
    Command command;
};

Driver psycopg() {
    return {"psycopg", drivers::psycopg_missing(), drivers::python(std::string(kFolder) + "transfers.py")};
}
Driver node_postgres() {
    return {"node-postgres", drivers::node_missing(), drivers::node(std::string(kFolder) + "transfers.js")};
}
Driver jdbc() {
    return {"JDBC", drivers::jdbc_missing(), drivers::java(std::string(kFolder) + "Transfers.java")};
}

class Contention {
 public:
    Contention(Driver driver, bool replay) : driver_(std::move(driver)), replay_(replay), weir_(config()) {}

    void transfers(const std::string& mode) {
        CAPTURE(mode);
        bank_.open();
        const auto report = contention::report_of(run(mode, weir_.port(), false));
        bank_.check_transfers(report);
        CHECK(report.unknown.empty());
        CHECK_FALSE(report.ok.empty());
        CHECK(report.transactions() == static_cast<std::size_t>(kClients * transactions()));
        if (replay_ && mode != "rmw") CHECK(report.retryable() == 0);
        say(mode, report);
        if (long_run()) compare(mode, report);
    }

    void lists() {
        bank_.open();
        const auto output = run("lists", weir_.port(), false);
        bank_.check_lists(output);
        say("lists", contention::report_of(output));
    }

 private:
    WeirConfig config() {
        WeirConfig made;
        made.database(postgres_.port()).set("default_pool_size", "16");
        made.set("ignore_startup_parameters", "extra_float_digits");
        if (replay_) made.set("transaction_replay", "1");
        return made;
    }

    std::string run(const std::string& mode, std::uint16_t port, bool loop) {
        auto command = driver_.command;
        for (const auto& argument :
             {std::string("127.0.0.1"), std::to_string(port), mode, std::to_string(kClients),
              std::to_string(transactions()), std::to_string(seed_)})
            command.argv.push_back(argument);
        if (loop) command.argv.emplace_back("retry");
        const auto result = support::run(command, std::chrono::minutes(10));
        INFO("seed " << seed_ << "\n" << result.output);
        REQUIRE(result.status == 0);
        return result.output;
    }

    void say(const std::string& mode, const Report& report) const {
        std::cout << driver_.name << " " << mode << (replay_ ? " with" : " without")
                  << " replay: " << report.ok.size() << " committed";
        for (const auto& [code, count] : report.codes) std::cout << ", " << code << " " << count;
        std::cout << " in " << report.seconds << " s\n";
    }

    void compare(const std::string& mode, const Report& pooled) {
        bank_.open();
        const auto direct = contention::report_of(run(mode, postgres_.port(), true));
        bank_.check_transfers(direct);
        std::cout << driver_.name << " " << mode << ": committed per second, through weir "
                  << static_cast<double>(pooled.ok.size()) / pooled.seconds << ", directly with a retry loop "
                  << static_cast<double>(direct.ok.size()) / direct.seconds << "\n";
    }

    const Driver driver_;
    const bool replay_;
    const unsigned seed_ = std::random_device{}() % 100'000;
    Postgres& postgres_ = Postgres::shared();
    Bank bank_{postgres_};
    Weir weir_;
};

void check(Driver driver, bool replay) {
    Contention contention(std::move(driver), replay);
    for (const char* mode : {"blind", "lock", "rmw"}) contention.transfers(mode);
    contention.lists();
}

}  // namespace

TEST_CASE("contention: psycopg without replay counts its 40001, and nothing is lost", "[pg]") {
    REQUIRES_DRIVER(drivers::psycopg_missing());
    check(psycopg(), false);
}

TEST_CASE("contention: psycopg with replay sees no 40001 from transfer_funds without its retry loop",
          "[pg]") {
    REQUIRES_DRIVER(drivers::psycopg_missing());
    REQUIRES_SETTING("transaction_replay");
    check(psycopg(), true);
}

TEST_CASE("contention: node-postgres without replay counts its 40001, and nothing is lost", "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    check(node_postgres(), false);
}

TEST_CASE("contention: node-postgres with replay sees no 40001 from blind and lock-first transfers", "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    REQUIRES_SETTING("transaction_replay");
    check(node_postgres(), true);
}

TEST_CASE("contention: JDBC without replay counts its 40001, and nothing is lost", "[pg]") {
    REQUIRES_DRIVER(drivers::jdbc_missing());
    check(jdbc(), false);
}

TEST_CASE("contention: JDBC with replay sees no 40001 from blind and lock-first transfers", "[pg]") {
    REQUIRES_DRIVER(drivers::jdbc_missing());
    REQUIRES_SETTING("transaction_replay");
    check(jdbc(), true);
}
