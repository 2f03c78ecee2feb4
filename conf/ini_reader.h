// PgBouncer's ini syntax: sections, bare and quoted keys, %include. Text in, a flat list of items out; what
// sections and keys mean is the caller's business. Pure but for the function that reads included files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/configuration.h"
#include "conf/environment.h"
#include "conf/file.h"
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

/// All items of the file `path` and of what it includes, in order, read through `files`. Error: "FILE:LINE:
/// what is wrong".
Result<std::vector<IniItem>> read_ini(const std::string& path, const FileReader& files,
                                      const Environment& environment);

}  // namespace conf
