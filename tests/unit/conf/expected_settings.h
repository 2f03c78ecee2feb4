// What the settings must be called, default to and take: written down independently of the table under test.
#pragma once

#include <span>
#include <string_view>

namespace expected {

enum class Type { kText, kInteger, kBoolean, kTime, kWord };

struct Setting {
    std::string_view name;
    const char* default_text;  ///< null: NULL; "(SQL)": some query
    Type type;
    bool live;
};

std::span<const Setting> pgbouncer_settings();
std::span<const Setting> own_settings();

}  // namespace expected
