// Texts that differ in nothing but their numbers: `... WHERE id = 17` and `... WHERE id = 4711` are read
// alike, so that one of them need not be read. A number is free if it is a token of decimal digits and
// nothing else: whatever its digits, the lexer cuts the rest of the text in the same way, and of a query or a
// change of data nobody looks at the value. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pooler/sql/statement.h"

namespace pooler {

/// Of the free numbers of a text.
using NumberSpans = std::vector<TextSpan>;

/// The text with one digit for each run of digits that may be a number, in `scratch`; equal for texts that
/// differ in their free numbers only, and perhaps for others. Empty: there is no such run.
[[nodiscard]] std::string_view fold_numbers(std::string_view text, std::string& scratch);

/// Where other numbers could stand without another reading of the text than `script`; empty: nowhere.
[[nodiscard]] NumberSpans free_numbers(std::string_view text, const SqlScript& script);

/// Whether `text` is `own` but for its free numbers, `numbers`.
[[nodiscard]] bool same_but_for_numbers(std::string_view own, const NumberSpans& numbers,
                                        std::string_view text);

/// The script of a text that is `own` but for its free numbers.
[[nodiscard]] SqlScript with_other_numbers(const SqlScript& script, std::string_view own,
                                           std::string_view text);

}  // namespace pooler
