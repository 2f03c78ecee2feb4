#include "conf/settings.h"

#include <algorithm>

#include "conf/setting_table.h"

namespace conf {

Settings::Settings() {
    verbose = 0;  // the one NULL default whose type cannot be NULL
    for (const SettingRow& row : setting_rows()) reset_value(*this, row);
}

std::vector<std::string_view> split_list(std::string_view text) {
    constexpr std::string_view kBetween = ", \t\r\n";
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(kBetween); at != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(kBetween, end);
    }
    return words;
}

bool list_contains(std::string_view list, std::string_view word) {
    const auto words = split_list(list);
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string_view> admin_users(const Settings& settings) {
    return split_list(settings.admin_users);
}
std::vector<std::string_view> stats_users(const Settings& settings) {
    return split_list(settings.stats_users);
}
std::vector<std::string_view> ignored_startup_parameters(const Settings& settings) {
    return split_list(settings.ignore_startup_parameters);
}
std::vector<std::string_view> tracked_extra_parameters(const Settings& settings) {
    return split_list(settings.track_extra_parameters);
}
std::vector<std::string_view> safe_functions(const Settings& settings) {
    return split_list(settings.session_safe_functions);
}
std::vector<std::string_view> listen_addresses(const Settings& settings) {
    return split_list(settings.listen_addr);
}

}  // namespace conf
