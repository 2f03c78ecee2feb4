// PgBouncer's ini syntax: sections, bare and quoted keys, %include. Text in, a flat list of items out; what
// sections and keys mean is the caller's business. Pure but for the function that reads included files.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/configuration.h"
#include "conf/environment.h"
#include "conf/result.h"

namespace conf {

/// A section header (section set, key and value empty) or one "key = value" below it.
struct IniItem {
    bool is_header = false;
    std::string section;
    std::string key;
    std::string value;  ///< as written: ${NAME} is not yet replaced
    Origin origin;
};

/// How deep %include may go; the first file is at depth 1.
inline constexpr int kMaxIncludeDepth = 10;

using FileReader = std::function<Result<std::string>(const std::string& path)>;

/// All items of a file and of what it includes, in order. Error: "FILE:LINE: what is wrong".
Result<std::vector<IniItem>> read_ini(const std::string& path, const FileReader& reader,
                                      const Environment& environment);

/// As read_ini for a text that is at hand; `file` names it in messages.
Result<std::vector<IniItem>> parse_ini(std::string_view text, const std::string& file,
                                       const FileReader& reader, const Environment& environment);

}  // namespace conf
