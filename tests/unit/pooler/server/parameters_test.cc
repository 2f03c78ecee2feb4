#include "pooler/server/parameters.h"

#include "tests/support/catch.h"

using pooler::ParameterSet;
using pooler::TrackedNames;

namespace {

const TrackedNames& names() {
    static const TrackedNames kNames{{"IntervalStyle", "search_path", "datestyle"}};
    return kNames;
}

ParameterSet with(std::string_view name, std::string_view value) {
    ParameterSet set;
    set.set(*names().index_of(name), value, names().size());
    return set;
}

std::string changes(const ParameterSet& server, const ParameterSet& wanted) {
    unsigned statements = 0;
    const std::string text = server.changes_to(wanted, names(), statements);
    CHECK((statements == 0) == text.empty());
    return text;
}

}  // namespace

TEST_CASE("parameters: names match in any letter case and are tracked once") {
    CHECK(names().size() == 7);
    CHECK(names().index_of("timezone") == names().index_of("TimeZone"));
    CHECK_FALSE(names().index_of("statement_timeout"));
}

TEST_CASE("parameters: only known values that differ are set on a server") {
    const ParameterSet server = with("TimeZone", "UTC");
    CHECK(server.fits(ParameterSet{}));
    CHECK(server.fits(with("DateStyle", "ISO")));
    CHECK(server.fits(with("TimeZone", "UTC")));
    CHECK_FALSE(server.fits(with("TimeZone", "GMT")));
    CHECK(changes(server, with("TimeZone", "GMT")) == "SET TimeZone='GMT';");
    CHECK(changes(server, with("TimeZone", "UTC")).empty());
}

TEST_CASE("parameters: half a DateStyle is set on top of the server's default") {
    const ParameterSet server = with("DateStyle", "SQL, DMY");
    CHECK(changes(server, with("DateStyle", "ISO")) == "RESET DateStyle;SET DateStyle='ISO';");
    CHECK(changes(server, with("DateStyle", "ISO, MDY")) == "SET DateStyle='ISO, MDY';");
    unsigned statements = 0;
    CHECK_FALSE(server.changes_to(with("DateStyle", "DMY"), names(), statements).empty());
    CHECK(statements == 2);
}

TEST_CASE("parameters: a value cannot leave its literal") {
    CHECK(pooler::sql_literal("it's") == "'it''s'");
    CHECK(pooler::sql_literal("a\\'; drop") == "E'a\\\\''; drop'");
    const ParameterSet server = with("search_path", "public");
    CHECK(changes(server, with("search_path", "a; drop table t")) ==
          "SELECT pg_catalog.set_config('search_path','a; drop table t',false);");
}

TEST_CASE("parameters: unset values are filled, set ones are kept") {
    ParameterSet client = with("TimeZone", "GMT");
    ParameterSet welcome = with("TimeZone", "UTC");
    welcome.set(*names().index_of("DateStyle"), "ISO", names().size());
    client.fill_from(welcome);
    CHECK(*client.get(*names().index_of("TimeZone")) == "GMT");
    CHECK(*client.get(*names().index_of("DateStyle")) == "ISO");
}

TEST_CASE("parameters: changing one set leaves those that share its values alone") {
    ParameterSet one = with("TimeZone", "UTC");
    ParameterSet other;
    other.adopt(one);
    other.set(*names().index_of("TimeZone"), "GMT", names().size());
    CHECK(*one.get(*names().index_of("TimeZone")) == "UTC");
}
