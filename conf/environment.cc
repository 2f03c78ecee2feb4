#include "conf/environment.h"

#include <unistd.h>

namespace conf {
namespace {

constexpr std::string_view kNameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/// The value of what stands between "${" and "}".
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
    const std::size_t name_end = std::min(inside.find_first_not_of(kNameLetters), inside.size());
    const std::string name{inside.substr(0, name_end)};
    const std::string_view rest = inside.substr(name_end);
    const bool starts_with_digit = !name.empty() && name[0] >= '0' && name[0] <= '9';
    if (name.empty() || starts_with_digit || !(rest.empty() || rest.substr(0, 2) == ":-"))
        return tl::make_unexpected(
            Error{"'${' must be followed by NAME} or NAME:-default}; write '$${' for the two characters"});
    const auto found = environment.find(name);
    if (!rest.empty())
        return found == environment.end() || found->second.empty() ? std::string{rest.substr(2)}
                                                                   : found->second;
    if (found == environment.end())
        return tl::make_unexpected(
            Error{"environment variable '" + name + "' is not set and has no default"});
    return found->second;
}

}  // namespace

Environment process_environment() {
    Environment all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return all;
}

Result<std::string> expand(std::string_view text, const Environment& environment) {
    std::string out;
    while (!text.empty()) {
        if (text.substr(0, 3) == "$${") {
            out += "${";
            text.remove_prefix(3);
        } else if (text.substr(0, 2) == "${") {
            const std::size_t close = text.find('}');
            if (close == std::string_view::npos)
                return tl::make_unexpected(Error{"'${' has no '}'; write '$${' for the two characters"});
            auto value = value_of(text.substr(2, close - 2), environment);
            if (!value) return value;
            out += *value;
            text.remove_prefix(close + 1);
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace conf
