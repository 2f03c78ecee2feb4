// The words of the start-up parameter `options`, which PostgreSQL reads like a command line.
// Source: PostgreSQL docs, "Server Configuration", "Parameter Interaction via the Shell"; libpq `options`.
#include "protocol/byte_reader.h"
#include "protocol/startup.h"

namespace protocol {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct Word {
    std::string text;
    std::size_t offset = 0;  ///< of its first character in the options
};

/// Words are separated by white space; a backslash makes the next character an ordinary one, a last lone
/// backslash is dropped.
std::vector<Word> split_words(std::string_view options) {
    std::vector<Word> words;
    std::size_t at = 0;
    while (true) {
        while (at < options.size() && is_space(options[at])) ++at;
        if (at == options.size()) return words;
        Word word{{}, at};
        for (; at < options.size() && !is_space(options[at]); ++at) {
            if (options[at] == '\\' && ++at == options.size()) break;
            word.text.push_back(options[at]);
        }
        words.push_back(std::move(word));
    }
}

/// `name=value`; a name with hyphens means the variable with underscores.
bool append_setting(std::string_view text, std::vector<std::pair<std::string, std::string>>& settings) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    std::string name{text.substr(0, equals)};
    for (char& c : name) {
        if (c == '-') c = '_';
    }
    settings.emplace_back(std::move(name), text.substr(equals + 1));
    return true;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> parse_options(std::string_view options) {
    const std::vector<Word> words = split_words(options);
    std::vector<std::pair<std::string, std::string>> settings;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view text = words[i].text;
        const std::size_t offset = words[i].offset;
        bool good = false;
        if (text == "-c") {
            good = ++i < words.size() && append_setting(words[i].text, settings);
        } else if (text.substr(0, 2) == "-c" || text.substr(0, 2) == "--") {
            good = append_setting(text.substr(2), settings);
        }
        if (!good) {
            return tl::make_unexpected(
                DecodeError{DecodeFault::kBadValue, static_cast<std::uint32_t>(offset)});
        }
    }
    return settings;
}

}  // namespace protocol
