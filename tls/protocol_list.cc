#include "tls/protocol_list.h"

#include <algorithm>
#include <array>
#include <string>

namespace tls {

namespace {

struct Word {
    std::string_view text;
    Versions versions;
};

constexpr Versions kAll{true, true, true, true};
constexpr Versions kSecure{false, false, true, true};
constexpr std::array kWords{
    Word{"tlsv1.0", {.v10 = true}},
    Word{"tlsv1.1", {.v11 = true}},
    Word{"tlsv1.2", {.v12 = true}},
    Word{"tlsv1.3", {.v13 = true}},
    Word{"tlsv1", kAll},
    Word{"all", kAll},
    Word{"secure", kSecure},
    Word{"default", kSecure},
};

std::string lower(std::string_view text) {
    std::string low{text};
    std::transform(low.begin(), low.end(), low.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return low;
}

void set(Versions& versions, const Versions& which, bool on) {
    if (which.v10) versions.v10 = on;
    if (which.v11) versions.v11 = on;
    if (which.v12) versions.v12 = on;
    if (which.v13) versions.v13 = on;
}

}  // namespace

Result<Versions> parse_versions(std::string_view list) {
    constexpr std::string_view kBetween = ",: \t";
    Versions versions;
    bool empty = true;
    while (true) {
        const std::size_t begin = list.find_first_not_of(kBetween);
        if (begin == std::string_view::npos) break;
        list.remove_prefix(begin);
        const std::size_t end = std::min(list.find_first_of(kBetween), list.size());
        std::string word = lower(list.substr(0, end));
        list.remove_prefix(end);
        const bool out = word.front() == '!';
        if (out) word.erase(0, 1);
        const auto known = std::find_if(kWords.begin(), kWords.end(),
                                        [&word](const Word& candidate) { return candidate.text == word; });
        if (known == kWords.end()) return failure("unknown TLS version \"" + word + "\"");
        if (empty && out) versions = kAll;  // a list that only takes away takes away from all
        empty = false;
        set(versions, known->versions, !out);
    }
    if (empty) return kSecure;
    if (!versions.any()) return failure("no TLS version is left");
    return versions;
}

}  // namespace tls
