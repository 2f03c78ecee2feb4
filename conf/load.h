// Reads a configuration file and all it refers to: %include files, the userlist, password files.
// Called at start and by reload, on any thread; never logs. Warnings are in the result.
#pragma once

#include <string>

#include "conf/configuration.h"
#include "conf/environment.h"
#include "conf/file.h"
#include "conf/result.h"

namespace conf {

/// The configuration of the file at `path`. Error: the first thing that is wrong, with file, line and key.
Result<Configuration> load(const std::string& path, const Environment& environment = process_environment());

/// As above, but all files come from `files` and the settings start with the values of `start`, which stay
/// for those whose default is NULL and that the file does not give. For reload and for tests without a disk.
Result<Configuration> load(const std::string& path, const Environment& environment, const FileReader& files,
                           const Settings& start);

/// Reads what the auth_file, auth_hba_file and auth_ident_file of the settings name, whatever auth_type is;
/// part of load(), and of a SET that changes one of them.
void read_auth_files(Configuration& configuration, const FileReader& files = read_file);

}  // namespace conf
