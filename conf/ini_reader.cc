#include "conf/ini_reader.h"

namespace conf {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";
constexpr std::string_view kInclude = "%include";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

bool is_key_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '*' || c == '-';
}

std::string_view trim_left(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return text;
}

std::string_view trim_right(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// State of one reading: the items so far and the section that is open across included files.
class Reader {
 public:
    Reader(const FileReader& files, const Environment& environment)
        : files_{files}, environment_{environment} {}

    Result<void> read_file(const std::string& path) {
        const auto text = files_(path);
        if (!text) return tl::make_unexpected(text.error());
        return read_text(*text, path);
    }

    Result<void> read_text(std::string_view text, const std::string& file) {
        ++depth_;
        Origin at{file, 0};
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++at.line;
            if (auto done = read_line(text.substr(0, end), at); !done) return done;
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        --depth_;
        return {};
    }

    std::vector<IniItem> take() { return std::move(items_); }

 private:
    using Failure = tl::unexpected<Error>;

    static Failure failure(const Origin& at, const std::string& what) {
        return tl::make_unexpected(Error{at.file + ":" + std::to_string(at.line) + ": " + what});
    }

    Result<void> read_line(std::string_view line, const Origin& at) {
        if (line.find('\0') != std::string_view::npos) return failure(at, "the line holds a zero byte");
        line = trim_right(trim_left(line));
        if (line.empty() || line.front() == ';' || line.front() == '#') return {};
        if (line.front() == '[') return read_header(line, at);
        if (line.front() == '%') return read_include(line, at);
        return read_key(line, at);
    }

    /// What follows the bracket on the same line is read as a line of its own (a comment, usually).
    Result<void> read_header(std::string_view line, const Origin& at) {
        const std::size_t close = line.find(']');
        if (close == std::string_view::npos) return failure(at, "section header without ']'");
        section_ = line.substr(1, close - 1);
        in_section_ = true;
        items_.push_back({true, section_, {}, {}, at});
        return read_line(line.substr(close + 1), at);
    }

    Result<void> read_include(std::string_view line, const Origin& at) {
        std::string_view rest = line;
        if (rest.substr(0, kInclude.size()) == kInclude) rest.remove_prefix(kInclude.size());
        if (rest.size() == line.size() || rest.empty() || !is_blank(rest.front()))
            return failure(at, "expected '%include FILE'");
        const auto path = expand(trim_left(rest), environment_);
        if (!path) return failure(at, path.error().text);
        if (depth_ >= kMaxIncludeDepth)
            return failure(at, "%include goes deeper than " + std::to_string(kMaxIncludeDepth) + " files");
        const auto text = files_(*path);
        if (!text) return failure(at, text.error().text);
        return read_text(*text, *path);
    }

    Result<void> read_key(std::string_view line, const Origin& at) {
        std::size_t end = 0;
        std::string key;
        if (line.front() == '\'') {
            end = line.find('\'', 1);
            if (end == std::string_view::npos) return failure(at, "quoted key without closing quote");
            key = line.substr(1, end - 1);
            ++end;
        } else {
            while (end < line.size() && is_key_letter(line[end])) ++end;
            key = line.substr(0, end);
        }
        const std::string_view rest = trim_left(line.substr(end));
        if (key.empty() || rest.empty() || rest.front() != '=')
            return failure(at, "expected 'key = value' (names with other letters go in single quotes)");
        if (!in_section_) return failure(at, "'" + key + "' stands before any section");
        items_.push_back({false, section_, std::move(key), std::string{trim_left(rest.substr(1))}, at});
        return {};
    }

    const FileReader& files_;
    const Environment& environment_;
    std::vector<IniItem> items_;
    std::string section_;
    bool in_section_ = false;
    int depth_ = 0;
};

}  // namespace

Result<std::vector<IniItem>> read_ini(const std::string& path, const FileReader& files,
                                      const Environment& environment) {
    Reader reader{files, environment};
    if (auto done = reader.read_file(path); !done) return tl::make_unexpected(done.error());
    return reader.take();
}

}  // namespace conf
