// A whole configuration file, from its lines to settings, databases, users and peers.
#include <cstdint>
#include <string>

#include "conf/entry_keys.h"
#include "conf/load.h"
#include "conf/setting_table.h"
#include "fuzz/check.h"

namespace {

/// How many files one input may include: an input that includes itself would otherwise run for hours.
constexpr int kMaxFiles = 20;

/// Every path holds the input itself, up to the limit.
conf::FileReader reader_of(const std::string& text) {
    return [text, files = 0](const std::string& path) mutable -> conf::Result<std::string> {
        if (++files > kMaxFiles) return tl::make_unexpected(conf::Error{"cannot read " + path});
        return text;
    };
}

/// What SHOW CONFIG prints can be SET again and is the same then.
void check_settings(const conf::Settings& settings) {
    conf::Settings again;
    for (const conf::SettingRow& row : conf::setting_rows()) {
        const auto shown = conf::show_value(settings, row);
        if (!shown || row.secret) continue;
        fuzz::require(conf::set_value(again, row, *shown).has_value(), "a shown value is valid");
        fuzz::require(conf::same_value(again, settings, row), "a shown value is the same value");
    }
}

void check_database(const conf::Configuration& configuration, const conf::Database& database) {
    fuzz::require(!database.dbname.empty(), "a database found by name has a name on the server");
    fuzz::require(database.port > 0 && database.port < 65536, "a port is a port");
    fuzz::require(configuration.pool_size(database, "user") >= 0, "a size is not negative");
    const int least = configuration.min_pool_size(database, "user");
    fuzz::require(least >= 0 && least <= configuration.pool_size(database, "user"), "least and most agree");
    fuzz::require(!conf::needs_reconnect(database, database), "no change, no reconnect");
}

void check(const conf::Configuration& configuration) {
    check_settings(configuration.settings);
    for (const auto& [name, stored] : configuration.databases) {
        fuzz::require(!conf::is_console_database(name), "the console's names are not taken");
        check_database(configuration, configuration.find_database(name).value());
    }
    if (const auto made = configuration.find_database("some other name"))
        check_database(configuration, *made);
    for (const auto& [id, peer] : configuration.peers) fuzz::require(!peer.host.empty(), "a peer has a host");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text{reinterpret_cast<const char*>(data), size};
    const conf::Environment environment{{"NAME", "it's a value"}, {"EMPTY", ""}};
    const auto loaded = conf::load("fuzz.ini", environment, reader_of(text), conf::Settings{});
    if (loaded)
        check(*loaded);
    else
        fuzz::require(!loaded.error().text.empty(), "an error says what is wrong");
    return 0;
}
