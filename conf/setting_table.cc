#include "conf/setting_table.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "conf/suggest.h"
#include "conf/units.h"
#include "conf/validate.h"

namespace conf {
namespace {

template <class T>
constexpr bool kIsText = std::is_same_v<T, std::string> || std::is_same_v<T, OptionalText>;

/// Calls use(member pointer) with the row's own type.
template <class Use>
auto with_member(const SettingRow& row, Use use) {
    return std::visit(std::move(use), row.member);
}

template <class M>
using ValueOf = std::remove_reference_t<decltype(std::declval<Settings&>().*std::declval<M>())>;

std::string words_of(const auto& rows, std::string_view between) {
    std::string text;
    for (const auto& row : rows) text.append(text.empty() ? "" : between).append(row.word);
    return text;
}

/// All rows sorted by name: the order of SHOW CONFIG and the index for look-ups.
const std::vector<const SettingRow*>& sorted_rows() {
    static const std::vector<const SettingRow*> sorted = [] {
        std::vector<const SettingRow*> rows;
        for (const SettingRow& row : setting_rows()) rows.push_back(&row);
        std::sort(rows.begin(), rows.end(), [](auto* a, auto* b) { return a->name < b->name; });
        return rows;
    }();
    return sorted;
}

template <class T>
Result<T> parse_number(const SettingRow& row, std::string_view text) {
    if (!row.zero_word.empty() && same_word(row.zero_word, text)) return T{0};
    Result<T> value = [&] {
        if constexpr (std::is_same_v<T, int>)
            return parse_int(text);
        else
            return parse_uint(text);
    }();
    if (value && (*value < row.min || *value > row.max))
        return tl::make_unexpected(Error{std::to_string(*value) + " is not between " +
                                         std::to_string(row.min) + " and " + std::to_string(row.max)});
    return value;
}

template <class E>
Result<E> parse_word(std::string_view text) {
    if (const auto value = from_word<E>(text)) return *value;
    std::vector<std::string_view> words;
    words.reserve(kEnumWords<E>.size());
    for (const auto& row : kEnumWords<E>) words.push_back(row.word);
    return tl::make_unexpected(Error{"'" + std::string{text} + "' is not one of " +
                                     words_of(kEnumWords<E>, ", ") + did_you_mean(text, words)});
}

template <class T>
Result<T> parse_value(const SettingRow& row, std::string_view text) {
    if constexpr (std::is_same_v<T, bool>)
        return parse_bool(text);
    else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::uint32_t>)
        return parse_number<T>(row, text);
    else if constexpr (std::is_same_v<T, Duration>)
        return parse_time(text);
    else if constexpr (kIsText<T>)
        return T{std::string{text}};
    else
        return parse_word<T>(text);
}

template <class T>
std::optional<std::string> show(const SettingRow& row, const T& value) {
    if constexpr (std::is_same_v<T, bool>)
        return value ? "1" : "0";
    else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::uint32_t>)
        return value == 0 && !row.zero_word.empty() ? std::string{row.zero_word} : std::to_string(value);
    else if constexpr (std::is_same_v<T, Duration>)
        return show_time(value);
    else if constexpr (kIsText<T>)
        return value;
    else
        return std::string{to_word(value)};
}

}  // namespace

const SettingRow* find_setting(std::string_view name) {
    const auto& rows = sorted_rows();
    const auto at = std::lower_bound(rows.begin(), rows.end(), name,
                                     [](const SettingRow* row, std::string_view n) { return row->name < n; });
    return at != rows.end() && (*at)->name == name ? *at : nullptr;
}

std::string type_text(const SettingRow& row) {
    return with_member(row, [&]<class M>(M) -> std::string {
        using T = ValueOf<M>;
        if constexpr (std::is_same_v<T, bool>)
            return "0 or 1";
        else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::uint32_t>)
            return row.zero_word.empty() ? "integer" : std::string{row.zero_word} + " or integer";
        else if constexpr (std::is_same_v<T, Duration>)
            return "time in seconds";
        else if constexpr (kIsText<T>)
            return "text";
        else
            return words_of(kEnumWords<T>, ", ");
    });
}

Result<void> set_value(Settings& settings, const SettingRow& row, std::string_view text) {
    return with_member(row, [&]<class M>(M member) -> Result<void> {
        auto value = parse_value<ValueOf<M>>(row, text);
        if (!value) return tl::make_unexpected(value.error());
        settings.*member = *std::move(value);
        return {};
    });
}

void reset_value(Settings& settings, const SettingRow& row) {
    if (row.default_text == nullptr) return;
    [[maybe_unused]] const auto done = set_value(settings, row, row.default_text);
}

std::optional<std::string> show_value(const Settings& settings, const SettingRow& row) {
    auto text = with_member(row, [&]<class M>(M member) { return show(row, settings.*member); });
    if (row.secret && text && !text->empty()) return "********";
    return text;
}

std::optional<std::string> show_default(const SettingRow& row) {
    if (row.default_text == nullptr) return std::nullopt;
    return row.default_text;
}

bool same_value(const Settings& a, const Settings& b, const SettingRow& row) {
    return with_member(row, [&]<class M>(M member) { return a.*member == b.*member; });
}

void copy_value(Settings& to, const Settings& from, const SettingRow& row) {
    with_member(row, [&]<class M>(M member) { to.*member = from.*member; });
}

std::optional<std::string> not_built_warning(const Settings& settings, const SettingRow& row) {
    const std::string name{row.name};
    static const Settings defaults;
    if (row.later && !same_value(settings, defaults, row))
        return "setting '" + name + "' is accepted, but has no effect yet";
    return std::nullopt;
}

std::vector<ShowRow> show_config(const Settings& settings) {
    std::vector<ShowRow> shown;
    for (const SettingRow* row : sorted_rows())
        shown.push_back({std::string{row->name}, show_value(settings, *row), show_default(*row),
                         row->apply == Apply::kLive});
    return shown;
}

Result<bool> apply_set(Configuration& configuration, std::string_view key, std::string_view value) {
    const SettingRow* row = find_setting(key);
    if (row == nullptr) {
        std::vector<std::string_view> names;
        for (const SettingRow& known : setting_rows()) names.push_back(known.name);
        return tl::make_unexpected(
            Error{"unknown setting '" + std::string{key} + "'" + did_you_mean(key, names)});
    }
    const Settings before = configuration.settings;
    const auto failed = [&](const Error& error) {
        configuration.settings = before;
        const bool other = !error.setting.empty() && !same_word(error.setting, key);
        return tl::make_unexpected(
            Error{std::string{key} + ": " + (other ? error.setting + ": " : "") + error.text});
    };
    if (auto done = set_value(configuration.settings, *row, value); !done) return failed(done.error());
    if (row->apply == Apply::kRestart) {
        configuration.settings = before;
        return false;
    }
    if (auto sound = validate(configuration); !sound) return failed(sound.error());
    return true;
}

}  // namespace conf
