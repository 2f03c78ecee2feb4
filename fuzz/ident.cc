// An ident map and the search in it.
#include "conf/ident.h"

#include <algorithm>
#include <cstdint>

#include "fuzz/check.h"

namespace {

/// The C library unfolds a repetition (`x{99}{99}`) when it compiles: an operator's file may cost that, a
/// fuzzer would only find it again and again. The same for back references, whose search grows without bound.
bool costly(std::string_view text) {
    return text.find('{') != std::string_view::npos || text.find('\\') != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (costly(text) || size > 4096) return 0;
    std::vector<std::string> warnings;
    const conf::IdentMaps maps = conf::parse_ident(text, "ident", warnings);
    const std::string_view user = text.substr(0, std::min<std::size_t>(size, 20));
    for (const auto& [name, lines] : maps.maps) {
        fuzz::require(!lines.empty(), "a map has lines");
        const bool allowed = maps.allow(name, user, "app");
        const bool one = std::any_of(lines.begin(), lines.end(),
                                     [&](const conf::IdentLine& line) { return line.allows(user, "app"); });
        fuzz::require(name.empty() ? allowed == (user == "app") : allowed == one, "one line lets a user in");
        for (const conf::IdentLine& line : lines)
            if (!line.pattern && line.any_database_user && !name.empty() &&
                line.system_user.find('\0') == std::string::npos)
                fuzz::require(maps.allow(name, line.system_user, "whoever"), "all is every user");
    }
    return 0;
}
