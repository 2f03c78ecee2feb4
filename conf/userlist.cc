#include "conf/userlist.h"

#include <algorithm>

#include "conf/file.h"

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

bool is_base64(std::string_view text) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.empty() || text.size() % 4 != 0) return false;
    for (int pad = 0; pad < 2 && text.back() == '='; ++pad) text.remove_suffix(1);
    return text.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_scram(std::string_view secret) {
    constexpr std::string_view kPrefix = "SCRAM-SHA-256$";
    if (secret.substr(0, kPrefix.size()) != kPrefix) return false;
    secret.remove_prefix(kPrefix.size());
    const std::size_t colon = secret.find(':');
    const std::size_t dollar = secret.find('$');
    const std::size_t last = secret.rfind(':');
    if (colon == std::string_view::npos || dollar == std::string_view::npos || dollar < colon ||
        last < dollar)
        return false;
    const std::string_view iterations = secret.substr(0, colon);
    return !iterations.empty() && iterations.find_first_not_of("0123456789") == std::string_view::npos &&
           is_base64(secret.substr(colon + 1, dollar - colon - 1)) &&
           is_base64(secret.substr(dollar + 1, last - dollar - 1)) && is_base64(secret.substr(last + 1));
}

}  // namespace

const std::string* Userlist::find(std::string_view user) const {
    const auto found = secrets.find(user);
    return found == secrets.end() ? nullptr : &found->second;
}

SecretKind secret_kind(std::string_view secret) {
    if (secret.empty()) return SecretKind::kNone;
    if (is_scram(secret)) return SecretKind::kScram;
    const bool md5 = secret.size() == 35 && secret.substr(0, 3) == "md5" &&
                     secret.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
    return md5 ? SecretKind::kMd5 : SecretKind::kPlain;
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
    return list;
}

Userlist read_userlist(const std::string& path, std::vector<std::string>& warnings) {
    const auto text = read_file(path);
    if (text) return parse_userlist(*text, path, warnings);
    warnings.push_back("auth_file: " + text.error().text + "; no users are known from it");
    return {};
}

}  // namespace conf
