// Reads a small file whole. The only place of the library that touches the file system.
#pragma once

#include <functional>
#include <string>

#include "conf/result.h"

namespace conf {

/// Gives the bytes of a named file; read_file, or a map of texts in tests.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

/// All bytes of the file. Error: "cannot read PATH: reason", also for a folder.
Result<std::string> read_file(const std::string& path);

}  // namespace conf
