// The operating system user that PostgreSQL and the pooler run as: both refuse root.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace support {

struct Account {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
};

/// The caller itself, or, for root, `postgres` (if there is one) or `nobody`.
[[nodiscard]] const Account& account();

/// Hands a file or folder over to account(); does nothing unless run by root.
void give_to_account(const std::filesystem::path& path);

}  // namespace support
