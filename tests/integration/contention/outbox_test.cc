// A row and its outbox row in one transaction, while backends are killed and PostgreSQL restarts: both are
// there or neither is, and the poller publishes all of them.
//
// WEIR_OUTBOX: orders of each of eight writers (25); WEIR_OUTBOX_POLL_MS: the poller's period (50).
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/integration/contention/bank.h"
#include "tests/integration/drivers/programs.h"
#include "tests/support/catch.h"
#include "tests/support/weir_process.h"

using namespace support;

namespace {

constexpr int kWriters = 8;
constexpr int kLinesBetween = 12;  ///< of the program's output, from one blow to the next

int number_from(const char* variable, int otherwise) {
    const char* text = std::getenv(variable);
    return text != nullptr ? std::atoi(text) : otherwise;
}

/// Prisma returns the id of each row that it writes, and makes ids of this type by itself.
std::string schema(const std::string& id) {
    return "DROP TABLE IF EXISTS orders, outbox;"
           "CREATE TABLE orders (id int PRIMARY KEY, item text NOT NULL);"
           "CREATE TABLE outbox (id " +
           id +
           " PRIMARY KEY, order_id int NOT NULL UNIQUE, body jsonb NOT NULL, sent boolean NOT NULL DEFAULT "
           "false); GRANT ALL ON orders, outbox TO app; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app";
}

enum class With : std::uint8_t { kNodePostgres, kPrisma };

class Outbox {
 public:
    Outbox(Postgres& postgres, bool replay, With with = With::kNodePostgres)
        : postgres_(postgres), with_(with), weir_(config(replay)) {
        postgres_.control().query(schema(with == With::kPrisma ? "uuid" : "bigserial"));
    }

    /// Runs the application, and a blow whenever it has said some more. The database must answer afterwards.
    template <class Blow>
    void run(Blow&& blow) {
        auto command = with_ == With::kPrisma ? drivers::prisma(CONTENTION_SOURCES "/outbox_prisma.js")
                                              : drivers::node(CONTENTION_SOURCES "/outbox.js");
        for (const auto& argument : {std::string("127.0.0.1"), std::to_string(weir_.port()),
                                     std::to_string(kWriters), std::to_string(number_from("WEIR_OUTBOX", 25)),
                                     std::to_string(number_from("WEIR_OUTBOX_POLL_MS", 50))})
            command.argv.push_back(argument);
        Process program(command);
        for (long said = 0; program.running(); ++blows_) {
            const auto more = [&] { return !program.running() || lines(program) >= said + kLinesBetween; };
            if (!eventually(more)) FAIL("the application stands still:\n" << program.output() << weir_.log());
            said = lines(program);
            if (!program.running() || !blow()) break;
        }
        const auto status = program.wait(std::chrono::minutes(5));
        output_ = program.output();
        INFO(output_);
        REQUIRE(status == 0);
    }

    void check() {
        const auto report = contention::report_of(output_);
        INFO(output_);
        auto& control = postgres_.control();
        CHECK(control.value("SELECT count(*) FROM orders FULL JOIN outbox ON order_id = orders.id"
                            " WHERE order_id IS NULL OR orders.id IS NULL") == "0");
        CHECK(control.value("SELECT count(*) FROM outbox WHERE NOT sent") == "0");
        std::set<std::string> there;
        for (const auto& row : control.query("SELECT id FROM orders").rows) there.insert(row[0]);
        for (const auto& id : report.ok) CHECK(there.contains(id));
        for (const auto& id : report.failed) CHECK_FALSE(there.contains(id));
        const auto told = published();
        for (const auto& id : there) {
            CHECK((report.ok.contains(id) || report.unknown.contains(id)));
            CHECK(told.contains(id));
        }
        for (const auto& id : told) CHECK(there.contains(id));
        CHECK_FALSE(report.ok.empty());
        std::cout << "outbox: " << blows_ << " blows, " << report.ok.size() << " orders";
        for (const auto& [code, count] : report.codes) std::cout << ", " << code << " " << count;
        std::cout << "\n";
    }

    /// Errors that a writer met before its COMMIT.
    [[nodiscard]] int before_commit() const {
        int sum = 0;
        for (const auto& [code, count] : contention::report_of(output_).codes)
            if (code.find(" before") != std::string::npos) sum += count;
        return sum;
    }

 private:
    [[nodiscard]] WeirConfig config(bool replay) const {
        WeirConfig made;
        made.database(postgres_.port()).set("default_pool_size", "6");
        if (replay) made.set("transaction_replay", "1");
        return made;
    }
    [[nodiscard]] static long lines(const Process& program) {
        const auto text = program.output();
        return std::count(text.begin(), text.end(), '\n');
    }
    [[nodiscard]] std::set<std::string> published() const {
        std::set<std::string> result;
        std::istringstream words(output_);
        for (std::string word; words >> word;)
            if (word == "published" && words >> word) result.insert(word);
        return result;
    }

    Postgres& postgres_;
    const With with_;
    Weir weir_;
    std::string output_;
    int blows_ = 0;
};

/// Ends the backends that are in a transaction.
bool kill_busy(Postgres& postgres) {
    postgres.terminate("usename = 'app' AND xact_start IS NOT NULL");
    return true;
}

void restart(Outbox& outbox, Postgres& postgres) {
    int restarts = 0;
    outbox.run([&] {
        postgres.restart(restarts % 2 == 0 ? Postgres::Stop::kImmediate : Postgres::Stop::kFast);
        return ++restarts < 4;
    });
    outbox.check();
    CHECK(restarts > 0);
}

}  // namespace

TEST_CASE("outbox: under kills an order and its message are both there or neither, and all are published",
          "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    auto& postgres = Postgres::shared();
    Outbox outbox(postgres, false);
    outbox.run([&] { return kill_busy(postgres); });
    outbox.check();
}

TEST_CASE("outbox: with replay a writer notices a kill at its COMMIT only", "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    REQUIRES_SETTING("transaction_replay");
    auto& postgres = Postgres::shared();
    Outbox outbox(postgres, true);
    outbox.run([&] { return kill_busy(postgres); });
    outbox.check();
    CHECK(outbox.before_commit() == 0);
}

TEST_CASE("outbox: written with Prisma, under kills both or neither, and noticed at COMMIT only", "[pg]") {
    REQUIRES_DRIVER(drivers::prisma_missing());
    REQUIRES_SETTING("transaction_replay");
    auto& postgres = Postgres::shared();
    Outbox outbox(postgres, true, With::kPrisma);
    outbox.run([&] { return kill_busy(postgres); });
    outbox.check();
    CHECK(outbox.before_commit() == 0);
}

TEST_CASE("outbox: writers and poller survive restarts of PostgreSQL", "[pg]") {
    REQUIRES_DRIVER(drivers::node_missing());
    bool replay = false;
    SECTION("without replay") {}
    SECTION("with replay, which nobody notices before a COMMIT") { replay = true; }
    Postgres postgres({{"synchronous_commit = on"}, {}});
    Outbox outbox(postgres, replay);
    restart(outbox, postgres);
    if (replay) CHECK(outbox.before_commit() == 0);
}

TEST_CASE("outbox: written with Prisma it survives restarts of PostgreSQL too", "[pg]") {
    REQUIRES_DRIVER(drivers::prisma_missing());
    REQUIRES_SETTING("transaction_replay");
    Postgres postgres({{"synchronous_commit = on"}, {}});
    Outbox outbox(postgres, true, With::kPrisma);
    restart(outbox, postgres);
    CHECK(outbox.before_commit() == 0);
}
