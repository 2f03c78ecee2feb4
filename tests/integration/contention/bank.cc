#include "tests/integration/contention/bank.h"

#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/history/history.h"

namespace contention {
namespace {

constexpr const char* kSchema =
    "DROP TABLE IF EXISTS accounts, transfers, lists;"
    "CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL);"
    "CREATE TABLE transfers (id bigint PRIMARY KEY, a int NOT NULL, b int NOT NULL, amount int NOT NULL);"
    "CREATE TABLE lists (id int PRIMARY KEY, items int[] NOT NULL);"
    "INSERT INTO accounts SELECT g, 1000 FROM generate_series(1, 10000) g;"
    "INSERT INTO lists SELECT g, '{}' FROM generate_series(1, 10000) g;"
    "GRANT ALL ON accounts, transfers, lists TO app;"
    "ALTER ROLE app SET enable_seqscan = off;"
    "ALTER ROLE app SET deadlock_timeout = 20";

constexpr const char* kWrongBalances =
    "SELECT count(*) FROM accounts LEFT JOIN (SELECT id, sum(change) AS change FROM ("
    "  SELECT a AS id, -amount AS change FROM transfers UNION ALL SELECT b, amount FROM transfers) moves"
    "  GROUP BY id) moved USING (id) WHERE balance <> 1000 + coalesce(change, 0)";

}  // namespace

int Report::retryable() const {
    int sum = 0;
    for (const char* code : {"40001", "40P01"})
        if (const auto found = codes.find(code); found != codes.end()) sum += found->second;
    return sum;
}

Report report_of(const std::string& output) {
    Report report;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string outcome;
        std::string number;
        words >> outcome >> number;
        if (outcome == "done") report.seconds = std::stod(number);
        if (outcome == "ok") report.ok.insert(number);
        if (outcome == "failed") report.failed.insert(number);
        if (outcome == "unknown") report.unknown.insert(number);
        if (const auto mark = line.find('!'); mark != std::string::npos)
            ++report.codes[line.substr(mark + 1)];
    }
    INFO(output);
    REQUIRE(report.seconds > 0);
    return report;
}

Bank::Bank(support::Postgres& postgres) : postgres_(postgres) { postgres_.control().query(kSchema); }

void Bank::open() {
    postgres_.control().query(
        "TRUNCATE transfers; UPDATE accounts SET balance = 1000 WHERE balance <> 1000;"
        "UPDATE lists SET items = '{}' WHERE items <> '{}'");
}

void Bank::check_transfers(const Report& report) {
    auto& control = postgres_.control();
    CHECK(control.value("SELECT sum(balance) FROM accounts") == "10000000");
    CHECK(control.value(kWrongBalances) == "0");
    std::set<std::string> there;
    for (const auto& row : control.query("SELECT id FROM transfers").rows) there.insert(row[0]);
    for (const auto& id : report.ok)
        if (!there.contains(id)) FAIL_CHECK("transfer " << id << " was acknowledged and is lost");
    for (const auto& id : report.failed)
        if (there.contains(id)) FAIL_CHECK("transfer " << id << " failed, said the server, and is there");
    for (const auto& id : there)
        if (!report.ok.contains(id) && !report.unknown.contains(id))
            FAIL_CHECK("transfer " << id << " is nobody's");
}

void Bank::check_lists(const std::string& output) {
    const auto transactions = support::history::parse(output);
    if (!transactions) FAIL("a line of the history cannot be read: " << transactions.error());
    support::history::Final final;
    const auto* const sql =
        "SELECT id, item FROM lists, unnest(items) WITH ORDINALITY AS u(item, n) ORDER BY id, n";
    for (const auto& row : postgres_.control().query(sql).rows)
        final[std::stoi(row[0])].push_back(std::stoi(row[1]));
    for (const auto& fault : support::history::faults_of(*transactions, final)) FAIL_CHECK(fault.text);
}

}  // namespace contention
