// What the shapes for the fake CockroachDB node write, in the SQL that it knows: rows are keyed by numbers.
#pragma once

#include <string>
#include <string_view>

#include "tests/integration/replay/crdb_base.h"
#include "tests/integration/replay/shape.h"

namespace replay::crdb_sql {

/// The key of an item's row in the ledger.
[[nodiscard]] inline std::string key_of(const Script& s, int item) {
    const auto number = std::to_string(item);
    return number_of(s.run()) + std::string(3 - number.size(), '0') + number;
}
[[nodiscard]] inline std::string row_of(const Script& s, int item, const std::string& value = "'x'") {
    return "(" + key_of(s, item) + ", " + s.id() + ", " + std::to_string(item) + ", " + value + ")";
}
[[nodiscard]] inline std::string put(const Script& s, int item, const std::string& value = "'x'") {
    return "INSERT INTO ledger VALUES " + row_of(s, item, value);
}
[[nodiscard]] inline std::string put_returning(const Script& s, int item, const std::string& value = "'x'") {
    return put(s, item, value) + " RETURNING run, item, value";
}
[[nodiscard]] inline std::string raise(const Script& s) {
    return "UPDATE tally SET n = n + 1 WHERE id = " + number_of(s.run());
}
[[nodiscard]] inline std::string tally(const Script& s) {
    return "SELECT n FROM tally WHERE id = " + number_of(s.run());
}
/// A line of COPY.
[[nodiscard]] inline std::string line(const Script& s, int item) {
    return support::wire::copy_data(key_of(s, item) + "\t" + s.run() + "\t" + std::to_string(item) + "\tx\n");
}
[[nodiscard]] inline std::string synced(std::string_view sql) {
    return unit(sql) + support::wire::sync_message();
}

/// Fails, and is only known to when it is planned.
inline constexpr const char* kBad = "SELECT nothing FROM wide";

}  // namespace replay::crdb_sql
