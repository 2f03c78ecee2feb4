#include "conf/userlist.h"

#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

/// "user=(secret)" in name order, then "!" and the line of the warning if there is one.
std::string flat(std::string_view text) {
    std::vector<std::string> warnings;
    const conf::Userlist list = conf::parse_userlist(text, "users.txt", warnings);
    std::string out;
    for (const auto& [user, secret] : list.secrets)
        out += (out.empty() ? "" : " ") + user + "=(" + secret + ")";
    for (const auto& warning : warnings) out += "!" + warning.substr(0, warning.find(": "));
    return out;
}

}  // namespace

TEST_CASE("userlist: lines, quotes, comments and blanks") {
    struct Row {
        const char* text;
        const char* entries;
    };
    for (const Row& row : {
             Row{"", ""},
             Row{"\"a\" \"x\"\n\"b\" \"y\"", "a=(x) b=(y)"},
             Row{"\n  \"a\" \"x\"  anything \"at\" all\r\n", "a=(x)"},
             Row{"\"a\"\"b\" \"x\"\"y\"", "a\"b=(x\"y)"},
             Row{"\"a\" \"\"", "a=()"},
             Row{"\"a\"\"x\" \"y\"", "a\"x=(y)"},
             Row{"; \"a\" \"x\"\n\"b\" \"y\"", "b=(y)"},
             Row{"\"a\" \"x\"\n\"a\" \"y\"", "a=(y)"},
             Row{R"("a\" "x\n")", R"(a\=(x\n))"},
         }) {
        CAPTURE(row.text);
        CHECK(flat(row.text) == row.entries);
    }
}

TEST_CASE("userlist: a line that cannot be read ends the reading and keeps what came before") {
    for (const char* bad : {"a \"x\"", "\"b\"", "\"b\" x", "\"b", "\"b\" \"x", "# comment", "'b' 'x'"}) {
        CAPTURE(bad);
        CHECK(flat("\"a\" \"x\"\n" + std::string{bad} + "\n\"c\" \"z\"\n") == "a=(x)!users.txt:2");
    }
}

TEST_CASE("userlist: names and secrets have limits") {
    const auto line = [](std::size_t user, std::size_t secret) {
        return "\"" + std::string(user, 'u') + "\" \"" + std::string(secret, 's') + "\"";
    };
    CHECK(flat(line(127, 65535)).find('!') == std::string::npos);
    CHECK(flat(line(128, 1)) == "!users.txt:1");
    CHECK(flat(line(1, 65536)) == "!users.txt:1");
}

TEST_CASE("userlist: a missing file is a warning, not an error") {
    std::vector<std::string> warnings;
    CHECK(conf::read_userlist("gone.txt", texts::reader_of({}), warnings).secrets.empty());
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("gone.txt") != std::string::npos);
}

TEST_CASE("userlist: a user without a secret is found, an unknown one is not") {
    std::vector<std::string> warnings;
    const auto list = conf::parse_userlist("\"a\" \"\"", "users.txt", warnings);
    REQUIRE(list.find("a") != nullptr);
    CHECK(list.find("a")->empty());
    CHECK(list.find("b") == nullptr);
}

TEST_CASE("userlist: a warning never shows a secret") {
    std::vector<std::string> warnings;
    conf::parse_userlist("\"a\" \"hunter2", "users.txt", warnings);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("hunter2") == std::string::npos);
}
