// Words of one line of an HBA file or ident map. Pure; the words are copies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/result.h"

namespace conf {

struct Word {
    std::string text;
    bool quoted = false;        ///< began with a quote: it is a name, never a keyword
    bool list_goes_on = false;  ///< a comma follows
    std::size_t begin = 0;      ///< where it stands in the line

    /// Unquoted, and exactly this.
    [[nodiscard]] bool is(std::string_view keyword) const { return !quoted && text == keyword; }
};

/// Cuts a line at blanks and commas, up to a `#`. Double quotes keep both together, "" inside is one quote.
/// Error: a quote that is not closed, a comma without a word in front of it.
[[nodiscard]] Result<std::vector<Word>> cut_words(std::string_view line);

}  // namespace conf
