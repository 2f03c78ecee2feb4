#include "conf/load.h"

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace {

const support::TempDir& dir() {
    static const support::TempDir made;
    return made;
}

conf::Result<conf::Configuration> load_text(std::string_view text,
                                            const conf::Environment& environment = {}) {
    return conf::load(dir().write("weir.ini", text), environment);
}

/// The error without the folder's name, or "" if the text loads.
std::string error_of(std::string_view text, const conf::Environment& environment = {}) {
    const auto loaded = load_text(text, environment);
    if (loaded) return "";
    std::string error = loaded.error().text;
    const std::string folder = dir().path("");
    for (auto at = error.find(folder); at != std::string::npos; at = error.find(folder))
        error.erase(at, folder.size());
    return error;
}

}  // namespace

TEST_CASE("load: settings, databases, users and peers come from one file") {
    const auto loaded = load_text(
        "[databases]\n"
        "app = host=192.0.2.1,192.0.2.2 port=26257 dbname=prod pool_size=7 pool_mode=transaction\n"
        "* = host=db.example.com\n"
        "[pgbouncer]\n"
        "listen_port = 0x1a0b\n"
        "query_timeout = 1.5\n"
        "pool_mode = Statement\n"
        "[users]\n"
        "alice = pool_mode=session query_timeout=3\n"
        "[peers]\n"
        "1 = host=192.0.2.9\n");
    REQUIRE(loaded);
    CHECK(loaded->settings.listen_port == 6667);
    CHECK(loaded->settings.query_timeout == std::chrono::milliseconds{1500});
    const auto app = loaded->find_database("app");
    REQUIRE(app);
    CHECK(app->hosts == std::vector<std::string>{"192.0.2.1", "192.0.2.2"});
    CHECK(app->dbname == "prod");
    CHECK(loaded->pool_mode(*app, "bob") == conf::PoolMode::kTransaction);
    CHECK(loaded->pool_mode(*app, "alice") == conf::PoolMode::kSession);
    CHECK(loaded->query_timeout("alice") == std::chrono::seconds{3});
    const auto other = loaded->find_database("other");
    REQUIRE(other);
    CHECK(other->dbname == "other");
    CHECK(loaded->pool_mode(*other, "bob") == conf::PoolMode::kStatement);
    CHECK(loaded->peers.at(1).port == 6432);
}

TEST_CASE("load: an error names file, line and key, and the key that was probably meant") {
    CHECK(error_of("[pgbouncer]\npool_mod = session\n") ==
          "weir.ini:2: unknown setting 'pool_mod' (did you mean 'pool_mode'?)");
    CHECK(error_of("[databases]\n") == "weir.ini: section [pgbouncer] is missing");
}
