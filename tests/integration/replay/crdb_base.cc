#include "tests/integration/replay/crdb_base.h"

#include "tests/support/catch.h"

using namespace support::crdb;

namespace replay {
namespace {

constexpr int kMaxItem = 9;  ///< of any shape

Options options(const char* version) {
    Options made;
    made.crdb_version = version;
    made.autocommit_before_ddl = true;
    made.look_every = std::chrono::milliseconds(20);  // a drain's good-bye: a second is as good as this
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

void CrdbBase::order(Ordered what, const std::string& run) {
    may_wait_ = what == Ordered::kRetryCommit ? 1 : 0;
    using errors::Reason;
    Fault fault;
    fault.containing = number_of(run);
    const bool first = what == Ordered::kRetryFirst || what == Ordered::kRefused || what == Ordered::kHeld ||
                       what == Ordered::kDrainedFirst;
    fault.nth = first ? 1 : 2;
    switch (what) {
        case Ordered::kNothing: return;
        case Ordered::kRetryFirst:
        case Ordered::kRetrySecond: fault.error = errors::retry(Reason::kWriteTooOld); break;
        case Ordered::kRetryTwice:
            fault.error = errors::retry(Reason::kWriteTooOld);
            node().order(fault);
            fault.nth += 2;
            break;
        case Ordered::kAborted: fault.error = errors::retry(Reason::kPusherAborted); break;
        case Ordered::kRetryCommit:
            // Whichever comes: the other waits until it is forgotten.
            fault = Fault{Point::kCommit};
            fault.error = errors::retry(Reason::kSerializable);
            node().order(fault);
            fault.point = Point::kRelease;
            break;
        case Ordered::kDrainedFirst:
        case Ordered::kDrained: fault.error = errors::canceled(); [[fallthrough]];
        case Ordered::kRefused: fault.drains = true; break;
        case Ordered::kHeld: fault.hold = true; break;
    }
    node().order(fault);
}

bool CrdbBase::forget_orders() {
    const bool happened = node().orders_waiting() <= may_wait_;
    node().forget_orders();
    return happened;
}

void CrdbBase::disturb(const std::string& run) {
    cluster_.query("UPDATE hot SET v = v + 1 WHERE id = " + number_of(run));
}

void CrdbBase::terminate(std::uint16_t /*from_port*/) {
    node().kill();
    node().restart();
}

}  // namespace replay
