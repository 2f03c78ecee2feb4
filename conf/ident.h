// Ident maps (auth_ident_file): which system user, of a Unix socket or a certificate, may be which database
// user. Pure: text in, maps and warnings out. Part of an immutable Configuration; any thread may ask.
//
// As in PostgreSQL, and beyond PgBouncer, a system user that begins with a slash is a regular expression
// (POSIX extended), and \1 in the database user stands for what its first parentheses matched.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/file.h"

namespace conf {

/// A compiled regular expression; copies share it.
class Pattern {
 public:
    [[nodiscard]] static Result<Pattern> compile(const std::string& text);
    /// Whether it matches somewhere in the text, and what the first parentheses matched ("" if there are
    /// none).
    [[nodiscard]] bool matches(const std::string& text, std::string& first_group) const;

 private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

struct IdentLine {
    std::string system_user;  ///< as written, with the slash if it is an expression
    std::shared_ptr<const Pattern> pattern{};
    std::string database_user;
    bool any_database_user = false;  ///< `all`

    [[nodiscard]] bool allows(std::string_view system, std::string_view database) const;
    bool operator==(const IdentLine& other) const {
        return system_user == other.system_user && database_user == other.database_user &&
               any_database_user == other.any_database_user;
    }
};

struct IdentMaps {
    std::map<std::string, std::vector<IdentLine>, std::less<>> maps;

    [[nodiscard]] bool contains(std::string_view name) const { return maps.find(name) != maps.end(); }
    /// Whether one of the map's lines lets this system user be that database user. Without a map (`name`
    /// empty) the two must be equal.
    [[nodiscard]] bool allow(std::string_view name, std::string_view system, std::string_view database) const;
    bool operator==(const IdentMaps&) const = default;
};

/// Lines of MAP SYSTEM-USER DATABASE-USER. A line that cannot be read is left out with a warning.
[[nodiscard]] IdentMaps parse_ident(std::string_view text, const std::string& file,
                                    std::vector<std::string>& warnings);
/// A file that cannot be read is a warning and gives no maps.
[[nodiscard]] IdentMaps read_ident(const std::string& path, const FileReader& files,
                                   std::vector<std::string>& warnings);

}  // namespace conf
