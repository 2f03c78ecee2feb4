// The command line, PgBouncer's and weir's own. CLI11 is known to options.cc only.
#pragma once

#include <optional>
#include <string>

namespace pooler {

struct Options {
    std::string config;  ///< path of the ini
    bool daemon = false;
    bool quiet = false;
    bool check = false;  ///< --check: validate and leave
    int verbose = 0;     ///< -v, repeated
    std::string user;    ///< -u: wins over the setting
};

/// nullopt: the process ends with `exit_code`; what was asked for or is wrong has been printed.
[[nodiscard]] std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code);

/// "weir 0.1.0" etc., and what SHOW VERSION says.
[[nodiscard]] std::string_view weir_version();

}  // namespace pooler
