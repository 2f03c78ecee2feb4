// Reads a small file whole. The only place of the library that touches the file system.
#pragma once

#include <string>

#include "conf/result.h"

namespace conf {

/// All bytes of the file. Error: "cannot read PATH: reason", also for a folder.
Result<std::string> read_file(const std::string& path);

}  // namespace conf
