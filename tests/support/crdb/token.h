// The tokens of the fake node's SQL. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace support::crdb {

struct Token {
    enum class Kind : std::uint8_t { kWord, kNumber, kText, kParameter, kSymbol, kEnd };
    Kind kind = Kind::kEnd;
    /// Words in lower case unless quoted, literals without quotes, parameters without the dollar.
    std::string text;
    std::size_t begin = 0;  ///< offset in the query string
    std::size_t end = 0;
};

/// Ends with a token of kind kEnd.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view sql);

[[nodiscard]] std::string lower(std::string_view text);

}  // namespace support::crdb
