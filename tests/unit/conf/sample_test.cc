// The sample file that is made from the table.
#include <fstream>
#include <iterator>

#include "conf/setting_table.h"
#include "tests/support/catch.h"
#include "tests/unit/conf/texts.h"

namespace {

std::string sample() {
    std::ifstream in{SOURCE_DIR "/deploy/weir.sample.ini", std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The sample with its examples and settings taken out of their comments.
std::string awake(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const bool asleep = text[at] == ';' && text[at + 1] != ';';
        out += text.substr(at + (asleep ? 1 : 0), end - at - (asleep ? 1 : 0)) + "\n";
        at = end + 1;
    }
    return out;
}

}  // namespace

TEST_CASE("sample: it loads as it is, without a warning") { CHECK(texts::loaded(sample()).warnings.empty()); }

TEST_CASE("sample: taken out of comments it gives every setting its default") {
    const auto c = texts::loaded(awake(sample()), {{"/run/secrets/reader", "secret\n"}});
    for (const auto& row : conf::setting_rows()) {
        CAPTURE(row.name);
        CHECK(c.given.contains(std::string{row.name}) == (row.default_text != nullptr));
        if (row.name != "conffile") CHECK(conf::same_value(c.settings, conf::Settings{}, row));
    }
    CHECK(c.databases.size() == 2);
    CHECK(c.fallback.has_value());
    CHECK(c.users.size() == 1);
    CHECK(c.peers.size() == 1);
}
