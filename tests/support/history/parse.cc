#include <charconv>
#include <optional>
#include <sstream>

#include "tests/support/history/history.h"

namespace support::history {
namespace {

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::vector<int>> list(std::string_view text) {
    std::vector<int> values;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto value = number(text.substr(0, comma));
        if (!value) return std::nullopt;
        values.push_back(*value);
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return values;
}

std::optional<Operation> operation(std::string_view word) {
    const auto colon = word.find(':', 2);
    if (word.size() < 3 || word[1] != ':' || colon == std::string_view::npos) return std::nullopt;
    const auto key = number(word.substr(2, colon - 2));
    const auto rest = word.substr(colon + 1);
    Operation made;
    made.append = word[0] == 'a';
    if (!key || (!made.append && word[0] != 'r')) return std::nullopt;
    made.key = *key;
    if (made.append) {
        const auto value = number(rest);
        if (!value) return std::nullopt;
        made.value = *value;
    } else {
        auto values = list(rest);
        if (!values) return std::nullopt;
        made.list = *std::move(values);
    }
    return made;
}

std::optional<Outcome> outcome(const std::string& word) {
    if (word == "ok") return Outcome::kCommitted;
    if (word == "failed") return Outcome::kAborted;
    if (word == "unknown") return Outcome::kUnknown;
    return std::nullopt;
}

}  // namespace

tl::expected<std::vector<Transaction>, std::string> parse(std::string_view text) {
    std::vector<Transaction> result;
    std::istringstream lines{std::string(text)};
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        std::istringstream words(line);
        std::string word;
        words >> word;
        const auto ended = outcome(word);
        if (!ended) continue;
        Transaction transaction{"line " + std::to_string(number), *ended, {}};
        while (words >> word) {
            if (word[0] == '!') continue;
            auto one = operation(word);
            if (!one) return tl::make_unexpected("line " + std::to_string(number) + ": '" + word + "'");
            transaction.operations.push_back(*std::move(one));
        }
        result.push_back(std::move(transaction));
    }
    return result;
}

}  // namespace support::history
