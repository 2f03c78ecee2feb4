// Histories of list-append transactions, and the check that they are serializable. Pure: no I/O, no clock.
//
// Transactions append unique values to lists and read whole lists. A list tells the order of its writers, so
// that every dependency between transactions is known, none is guessed; a cycle of dependencies proves that
// no serial order explains the history. The idea: Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies
// from Experimental Observations"; the names of cycles: Adya, "Weak Consistency".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace support::history {

struct Operation {
    bool append = false;
    int key = 0;
    int value = 0;          ///< appended
    std::vector<int> list;  ///< read
};

/// How the client believes that it ended.
enum class Outcome : std::uint8_t { kCommitted, kAborted, kUnknown };

struct Transaction {
    std::string name;
    Outcome outcome = Outcome::kCommitted;
    std::vector<Operation> operations;  ///< reads of one that did not commit prove nothing and are left out
};

struct Fault {
    enum class Kind : std::uint8_t {
        kInput,         ///< a value is appended twice by the clients: the history is of no use
        kTwice,         ///< a list holds a value twice: a transaction was applied twice
        kUnknownValue,  ///< a list holds what nobody appended
        kAborted,       ///< or what was undone
        kIntermediate,  ///< a read sees a transaction before its end
        kOwnWrites,     ///< a transaction does not see its own appends
        kOrder,         ///< two reads of a list contradict each other
        kLost,          ///< an acknowledged append is not in the final list
        kCycle,         ///< of dependencies
    };
    Kind kind = Kind::kInput;
    std::string text;
};

/// The lists in the end, read when nobody wrote any more.
using Final = std::map<int, std::vector<int>>;

/// Empty if some serial order of the committed transactions, with some of those whose outcome is unknown,
/// gives every read and the final lists.
[[nodiscard]] std::vector<Fault> faults_of(const std::vector<Transaction>& transactions, const Final& final);

/// Lines "ok a:1:17 r:2:3,4 r:5:", "failed ..." or "unknown ...": a append key:value, r read key:list. Other
/// lines are passed over. An error names the line.
[[nodiscard]] tl::expected<std::vector<Transaction>, std::string> parse(std::string_view text);

}  // namespace support::history
