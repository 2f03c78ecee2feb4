// What a statement of the fake node gives: columns, rows, tag, or an error; and how it goes on the wire.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/crdb/error.h"
#include "tests/support/crdb/statement.h"
#include "tests/support/crdb/store.h"

namespace support::crdb {

struct Column {
    std::string name;
    std::uint32_t type = kOidText;
    std::uint32_t table = 0;
    int attribute = 0;

    bool operator==(const Column& other) const { return name == other.name && type == other.type; }
};
using Columns = std::vector<Column>;

/// The virtual table behind SHOW.
inline constexpr std::uint32_t kShowTable = 4294967259U;
inline constexpr std::uint32_t kGossipTable = 4294967281U;

struct Result {
    Columns columns;  ///< empty: no rows to come
    std::vector<Row> rows;
    std::string tag;
    std::vector<std::pair<std::string, std::string>> statuses;  ///< ParameterStatus in front of the tag
    std::optional<Error> notice;
    std::optional<Error> error;
    bool goes_on = false;                     ///< after the error, the rest of the query string still runs
    bool wait = false;                        ///< not done: run it again later
    std::optional<std::size_t> copy_columns;  ///< COPY FROM STDIN begins

    [[nodiscard]] static Result failed(Error why) {
        Result result;
        result.error = std::move(why);
        return result;
    }
};

void encode_row_description(std::string& out, const Columns& columns);
void encode_data_row(std::string& out, const Row& row);

}  // namespace support::crdb
