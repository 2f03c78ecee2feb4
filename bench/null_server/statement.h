// What the null server makes of an SQL text: just enough to give the reply a real server would give in kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

enum class StatementKind {
    kSelect,    ///< one fixed row
    kLarge,     ///< many rows: the text holds bench_large:<megabytes>
    kShow,      ///< one text row with the variable's value
    kBegin,     ///< also START TRANSACTION
    kCommit,    ///< also END
    kRollback,  ///< also ABORT; ROLLBACK TO counts as kOther
    kSet,
    kReset,  ///< RESET ALL or RESET name
    kDeallocate,
    kDiscard,  ///< DISCARD ALL
    kEmpty,
    kOther,  ///< acknowledged with its tag, does nothing
};

struct Statement {
    StatementKind kind = StatementKind::kEmpty;
    std::string tag;               ///< of CommandComplete
    std::string name;              ///< variable of SET, RESET, SHOW, statement of DEALLOCATE; empty for ALL
    std::string value;             ///< of SET, unquoted
    std::uint32_t megabytes = 0;   ///< of kLarge
    std::uint16_t parameters = 0;  ///< highest $n in the text

    [[nodiscard]] bool has_rows() const {
        return kind == StatementKind::kSelect || kind == StatementKind::kLarge ||
               kind == StatementKind::kShow;
    }
};

/// Reads one statement (a trailing semicolon is allowed).
[[nodiscard]] Statement read_statement(std::string_view text);

/// The statements of a simple Query, cut at semicolons outside quotes; empty if the text holds none.
[[nodiscard]] std::vector<std::string_view> split_statements(std::string_view text);

}  // namespace bench
