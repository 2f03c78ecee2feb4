// The userlist (auth_file): lines of "user" "secret". Pure: text in, secrets and warnings out.
// Part of an immutable Configuration.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "conf/file.h"

namespace conf {

/// Longest name (PgBouncer's limit) and secret (PgBouncer 1.25 takes 2047) that a userlist may hold, in
/// bytes.
inline constexpr std::size_t kMaxUserBytes = 127;
inline constexpr std::size_t kMaxSecretBytes = 65535;

/// Secrets by user name. "" is a user without a password: never passes a password check, may pass trust. What
/// kind a secret is (plain text, MD5 or SCRAM verifier) shows in its text.
struct Userlist {
    std::map<std::string, std::string, std::less<>> secrets;
    std::size_t verifiers = 0;  ///< secrets that are SCRAM verifiers ...
    std::size_t passwords = 0;  ///< ... and those of other kinds, "" not counted

    /// The secret of a user ("" if the line gives none), or null if the user is not listed.
    const std::string* find(std::string_view user) const;
    bool operator==(const Userlist&) const = default;
};

/// Reads the text of a userlist. A line that cannot be read ends the reading with a warning that names it;
/// the entries before it count, as in PgBouncer. A user that stands twice keeps the later secret.
Userlist parse_userlist(std::string_view text, const std::string& file, std::vector<std::string>& warnings);

/// Reads the file through `files`; one that cannot be read gives a warning and an empty list, as in
/// PgBouncer.
Userlist read_userlist(const std::string& path, const FileReader& files, std::vector<std::string>& warnings);

}  // namespace conf
