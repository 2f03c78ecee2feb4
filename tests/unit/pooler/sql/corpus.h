// The classifier's corpus: statements and the class each must get. See the head of corpus/*.sql for the
// format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pooler/sql/statement.h"

namespace corpus {

struct Sample {
    std::string klass;  ///< as in the file
    std::string text;
};

/// postgres_reads, postgres_others or cockroach. Fails the test if a line is not in the format.
[[nodiscard]] std::vector<Sample> load(const std::string& name);
/// The file as it is; schema.sql for one.
[[nodiscard]] std::string file(const std::string& name);

/// Empty if the script is what the class says, else what it is.
[[nodiscard]] std::string mismatch(const Sample& sample, const pooler::SqlScript& script);

}  // namespace corpus
