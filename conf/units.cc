#include "conf/units.h"

#include <cerrno>
#include <cstdlib>
#include <limits>

namespace conf {

Result<int> parse_int(std::string_view text) {
    const std::string owned{text};
    char* end = nullptr;
    errno = 0;
    const long value = std::strtol(owned.c_str(), &end, 0);
    if (owned.empty() || *end != '\0' || errno == ERANGE || value > std::numeric_limits<int>::max() ||
        value < std::numeric_limits<int>::min())
        return tl::make_unexpected(Error{"'" + owned + "' is not an integer"});
    return static_cast<int>(value);
}

}  // namespace conf
