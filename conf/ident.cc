#include "conf/ident.h"

#include <regex.h>

#include <algorithm>
#include <array>

#include "conf/expression_size.h"
#include "conf/words.h"

namespace conf {

struct Pattern::Compiled {
    Compiled() = default;
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled() {
        if (usable) ::regfree(&expression);
    }
    regex_t expression{};
    bool usable = false;
};

Result<Pattern> Pattern::compile(const std::string& text) {
    // A zero byte would end the expression early.
    if (text.find('\0') != std::string::npos)
        return tl::make_unexpected(Error{"regular expression: a zero byte"});
    if (auto bounded = check_expression_size(text); !bounded) return tl::make_unexpected(bounded.error());
    auto compiled = std::make_shared<Compiled>();
    const int code = ::regcomp(&compiled->expression, text.c_str(), REG_EXTENDED);
    if (code != 0) {
        std::array<char, 128> reason{};
        ::regerror(code, &compiled->expression, reason.data(), reason.size());
        return tl::make_unexpected(Error{std::string{"regular expression: "} + reason.data()});
    }
    compiled->usable = true;
    Pattern pattern;
    pattern.compiled_ = std::move(compiled);
    return pattern;
}

bool Pattern::matches(const std::string& text, std::string& first_group) const {
    std::array<regmatch_t, 2> groups{};
    if (::regexec(&compiled_->expression, text.c_str(), groups.size(), groups.data(), 0) != 0) return false;
    first_group.clear();
    if (groups[1].rm_so >= 0)
        first_group = text.substr(static_cast<std::size_t>(groups[1].rm_so),
                                  static_cast<std::size_t>(groups[1].rm_eo - groups[1].rm_so));
    return true;
}

bool IdentLine::allows(std::string_view system, std::string_view database) const {
    // A zero byte would end the text early for the regular expression only.
    if (system.find('\0') != std::string_view::npos) return false;
    std::string group;
    if (pattern ? !pattern->matches(std::string{system}, group) : system != system_user) return false;
    if (any_database_user) return true;
    const std::size_t place = pattern ? database_user.find("\\1") : std::string::npos;
    if (place == std::string::npos) return database == database_user;
    std::string expected = database_user;
    return database == expected.replace(place, 2, group);
}

bool IdentMaps::allow(std::string_view name, std::string_view system, std::string_view database) const {
    if (name.empty()) return system == database;
    const auto found = maps.find(name);
    return found != maps.end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const IdentLine& line) { return line.allows(system, database); });
}

namespace {

Result<void> read_line(std::string_view text, IdentMaps& out) {
    const auto words = cut_words(text);
    if (!words) return tl::make_unexpected(words.error());
    if (words->empty()) return {};
    const auto lists =
        std::any_of(words->begin(), words->end(), [](const Word& w) { return w.list_goes_on; });
    if (words->size() != 3 || lists)
        return tl::make_unexpected(Error{"a line is: map, system user, database user"});
    const Word& system = (*words)[1];
    const Word& database = (*words)[2];
    IdentLine line{system.text, nullptr, database.text, database.is("all")};
    if (system.text.starts_with('/')) {
        auto pattern = Pattern::compile(system.text.substr(1));
        if (!pattern) return tl::make_unexpected(pattern.error());
        line.pattern = std::make_shared<const Pattern>(*std::move(pattern));
    }
    if (!database.quoted && database.text.starts_with('+'))
        return tl::make_unexpected(Error{"groups (+) are not known to the pooler"});
    out.maps[words->front().text].push_back(std::move(line));
    return {};
}

}  // namespace

IdentMaps parse_ident(std::string_view text, const std::string& file, std::vector<std::string>& warnings) {
    IdentMaps maps;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto done = read_line(text.substr(0, end), maps); !done)
            warnings.push_back(file + ":" + std::to_string(number) + ": " + done.error().text +
                               "; this line is ignored");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return maps;
}

IdentMaps read_ident(const std::string& path, const FileReader& files, std::vector<std::string>& warnings) {
    const auto text = files(path);
    if (text) return parse_ident(*text, path, warnings);
    warnings.push_back("auth_ident_file: " + text.error().text + "; no maps are known from it");
    return {};
}

}  // namespace conf
