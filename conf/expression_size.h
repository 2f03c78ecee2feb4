// How large a POSIX extended regular expression becomes when the C library compiles it. regcomp(3) of glibc
// writes out what is repeated, `x{3}` as xxx and `x+` as xx*, so nested repetitions multiply; and from each
// node of its automaton it follows the ways on which no character is read. In loops and behind anchors it
// notes nothing on that search: `((x?|y?){30})*` or thirty times `$?` take for ever. Pure, for any thread.
#pragma once

#include <string_view>

#include "conf/result.h"

namespace conf {

/// An error if it is larger than the limits below, if an anchor is repeated other than by `?`, or a
/// repetition is
/// (`a**`, `a+{2}`), which PostgreSQL refuses too. A single `?` behind a repetition is left to it: `.*?`.
[[nodiscard]] Result<void> check_expression_size(std::string_view expression);

/// Of that search. A list of 1,000 names (a|b|c) and four times `.{0,255}` stay below.
inline constexpr unsigned long kMostSteps = 3'000'000;
/// Of parentheses in one another: regcomp recurses.
inline constexpr unsigned long kMostDepth = 100;

}  // namespace conf
