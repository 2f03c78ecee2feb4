#include "conf/words.h"

namespace conf {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

/// Appends what stands in quotes; `at` is behind the opening one, and afterwards behind the closing one.
bool take_quoted(std::string_view line, std::size_t& at, std::string& out) {
    for (; at < line.size(); ++at) {
        if (line[at] != '"') {
            out += line[at];
        } else if (line.substr(at + 1, 1) == "\"") {
            out += line[at++];
        } else {
            ++at;
            return true;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<Word>> cut_words(std::string_view line) {
    std::vector<Word> words;
    bool after_comma = true;
    for (std::size_t at = 0; at < line.size();) {
        if (is_blank(line[at])) {
            ++at;
            continue;
        }
        if (line[at] == '#') break;
        if (line[at] == ',') {
            if (after_comma) return tl::make_unexpected(Error{"a comma without a name in front of it"});
            words.back().list_goes_on = after_comma = true;
            ++at;
            continue;
        }
        Word word;
        word.begin = at;
        word.quoted = line[at] == '"';
        while (at < line.size() && !is_blank(line[at]) && line[at] != ',' && line[at] != '#') {
            if (line[at] != '"') {
                word.text += line[at++];
            } else if (!take_quoted(line, ++at, word.text)) {
                return tl::make_unexpected(Error{"a quote is not closed"});
            }
        }
        words.push_back(std::move(word));
        after_comma = false;
    }
    return words;
}

}  // namespace conf
