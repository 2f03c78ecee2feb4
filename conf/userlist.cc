#include "conf/userlist.h"

#include <algorithm>

namespace conf {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

std::string_view skip_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return text;
}

/// Cuts a field in double quotes off the front; "" inside stands for one quote.
Result<std::string> cut_field(std::string_view& text, const char* what, std::size_t limit) {
    const auto failure = [&](const char* why) {
        return tl::make_unexpected(Error{std::string{what} + " " + why});
    };
    if (text.empty() || text.front() != '"') return failure("must stand in double quotes");
    std::string field;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '"') {
            field += text[i];
        } else if (text.substr(i + 1, 1) == "\"") {
            field += text[i++];
        } else {
            text.remove_prefix(i + 1);
            if (field.size() > limit) return failure("is too long");
            return field;
        }
    }
    return failure("has no closing quote");
}

Result<void> read_line(std::string_view line, Userlist& list) {
    line = skip_blanks(line);
    if (line.empty() || line.front() == ';') return {};
    auto user = cut_field(line, "the user name", kMaxUserBytes);
    if (!user) return tl::make_unexpected(user.error());
    line = skip_blanks(line);
    auto secret = cut_field(line, "the secret", kMaxSecretBytes);
    if (!secret) return tl::make_unexpected(secret.error());
    list.secrets.insert_or_assign(*std::move(user), *std::move(secret));
    return {};
}

void count_kinds(Userlist& list) {
    for (const auto& [user, secret] : list.secrets)
        if (!secret.empty()) ++(secret.starts_with("SCRAM-SHA-256$") ? list.verifiers : list.passwords);
}

}  // namespace

const std::string* Userlist::find(std::string_view user) const {
    const auto found = secrets.find(user);
    return found == secrets.end() ? nullptr : &found->second;
}

Userlist parse_userlist(std::string_view text, const std::string& file, std::vector<std::string>& warnings) {
    Userlist list;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (auto done = read_line(text.substr(0, end), list); !done) {
            warnings.push_back(file + ":" + std::to_string(number) + ": " + done.error().text +
                               "; this line and what follows are ignored");
            break;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    count_kinds(list);
    return list;
}

Userlist read_userlist(const std::string& path, const FileReader& files, std::vector<std::string>& warnings) {
    const auto text = files(path);
    if (text) return parse_userlist(*text, path, warnings);
    warnings.push_back("auth_file: " + text.error().text + "; no users are known from it");
    return {};
}

}  // namespace conf
