// The values under [databases], [users] and [peers]: "key=value key='value with blanks'". Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/environment.h"
#include "conf/result.h"

namespace conf {

struct ConnectPair {
    std::string key;
    std::string value;
};

/// Splits a connect string. Pairs are separated by spaces, spaces around '=' are allowed; a value in single
/// quotes writes '' for one quote, and a backslash is an ordinary letter. ${NAME} is replaced inside each
/// value after it was cut out, so a variable's text may hold blanks and quotes; only a connect string that
/// consists of one ${NAME} is replaced as a whole first. Error: what is wrong and at which key, never a
/// value.
Result<std::vector<ConnectPair>> parse_connstr(std::string_view text, const Environment& environment);

}  // namespace conf
