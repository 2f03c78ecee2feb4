#include "tests/integration/replay/crdb_base.h"

#include "tests/support/catch.h"

namespace replay {
namespace {

constexpr int kMaxItem = 9;  ///< of any shape

support::crdb::Options options(const char* version) {
    support::crdb::Options made;
    made.crdb_version = version;
    return made;
}

}  // namespace

CrdbBase::CrdbBase(const char* version) : cluster_(options(version)) {
    cluster_.query(
        "CREATE TABLE ledger (id INT PRIMARY KEY, run TEXT, item INT, value TEXT);"
        "CREATE TABLE tally (id INT PRIMARY KEY, n INT);"
        "CREATE TABLE hot (id INT PRIMARY KEY, run TEXT, v INT);"
        "CREATE TABLE wide (id INT PRIMARY KEY, t TEXT)");
    for (int i = 1; i <= 20; ++i)
        cluster_.query("INSERT INTO wide VALUES (" + std::to_string(i) + ", '" + std::string(100, 'w') +
                       "')");
}

support::Login CrdbBase::direct() const {
    support::Login login;
    login.host = "127.0.0.1";
    login.port = cluster_.port();
    login.user = login.database = "app";
    return login;
}

void CrdbBase::prepare(const std::string& run) {
    cluster_.query("INSERT INTO tally VALUES (" + number_of(run) + ", 0); INSERT INTO hot VALUES (" +
                   number_of(run) + ", '" + run + "', 0)");
}

std::vector<LedgerRow> CrdbBase::ledger(const std::string& run) {
    // By key: the node reads a table without one from end to end, and old versions stay in it.
    std::vector<LedgerRow> result;
    for (int item = 1; item <= kMaxItem; ++item) {
        const auto key = number_of(run) + "00" + std::to_string(item);
        for (const auto& row : cluster_.query("SELECT item, value FROM ledger WHERE id = " + key))
            result.push_back({std::stoi(row[0]), row[1]});
    }
    const int raised = std::stoi(cluster_.value("SELECT n FROM tally WHERE id = " + number_of(run)));
    for (int i = 0; i < raised; ++i) result.push_back({kTally, ""});
    return result;
}

bool CrdbBase::running(const std::string& run) { return node().running(run) > 0; }

void CrdbBase::disturb(const std::string& run) {
    cluster_.query("UPDATE hot SET v = v + 1 WHERE id = " + number_of(run));
}

void CrdbBase::terminate(std::uint16_t /*from_port*/) {
    node().kill();
    node().restart();
}

}  // namespace replay
