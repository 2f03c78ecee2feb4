// An ident map and the search in it.
#include "conf/ident.h"

#include <algorithm>
#include <cstdint>

#include "fuzz/check.h"

namespace {

/// The search of back references grows without bound. Large repetitions are refused, but what is just not
/// refused costs seconds and 40 MB a line, which a fuzzer would only find again and again.
bool costly(std::string_view text) {
    for (std::size_t at = text.find('\\'); at < text.size() - 1; at = text.find('\\', at + 1))
        if (text[at + 1] >= '0' && text[at + 1] <= '9') return true;
    return text.find('{') != std::string_view::npos && text.size() > 100;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (size == 0 || size > 4096 || costly(text)) return 0;
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
