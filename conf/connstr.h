// The values under [databases], [users] and [peers]: "key=value key='value with blanks'", for a
// database also a URL. Pure; any thread.
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

/// What a connect string says: a URL may stand first, pairs that follow overrule it.
struct ConnectString {
    std::string url;  ///< postgresql://..., empty if there is none
    std::vector<ConnectPair> pairs;
};

/// True for a text that begins as libpq's URLs do.
bool is_url(std::string_view text);

/// Splits a connect string: "[URL] key=value key='value with blanks'". Pairs are separated by spaces, spaces
/// around '=' are allowed; a value in single quotes writes '' for one quote, and a backslash is an ordinary
/// letter. ${NAME} is replaced inside each value after it was cut out, so a variable's text may hold blanks
/// and quotes. Only a ${NAME} that stands first and alone is replaced before anything is cut: it may hold a
/// URL, pairs or both. Error: what is wrong and at which key, never a value.
Result<ConnectString> parse_connstr(std::string_view text, const Environment& environment);

}  // namespace conf
