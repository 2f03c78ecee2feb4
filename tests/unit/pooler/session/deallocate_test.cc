#include "pooler/session/deallocate.h"

#include "tests/support/catch.h"

namespace {

std::optional<std::string> deallocated_name(std::string_view text) {
    return pooler::deallocated_name(pooler::classify(text), text);
}

}  // namespace

TEST_CASE("deallocate: the name is read as the server reads it") {
    CHECK(deallocated_name("DEALLOCATE a") == "a");
    CHECK(deallocated_name(" deallocate\tPREPARE Abc ; ") == "abc");
    CHECK(deallocated_name("DEALLOCATE \"A\"\"b\"") == "A\"b");
    CHECK(deallocated_name("deallocate prepare \"x\"") == "x");
    CHECK(deallocated_name("DEALLOCATE \"all\"") == "all");
    CHECK(deallocated_name("DEALLOCATE prepare") == "prepare");
    CHECK(deallocated_name("/* app:x */ DEALLOCATE a /* route:y */ -- end") == "a");
}

TEST_CASE("deallocate: anything else is left to the server") {
    for (const char* text : {"", "DEALLOCATE", "DEALLOCATE ALL", "deallocate prepare all", "DEALLOCATE a b",
                             "DEALLOCATE a; SELECT 1", "DEALLOCATEx a", "SELECT 1", "DEALLOCATE \"a"})
        CHECK_FALSE(deallocated_name(text));
}

TEST_CASE("deallocate: texts that drop every statement are told from those that drop one") {
    for (const char* text :
         {"DEALLOCATE ALL", " discard all;", "deallocate prepare all", "Discard\nALL", "/* x */ DISCARD ALL"})
        CHECK(pooler::drops_all_statements(pooler::classify(text)));
    for (const char* text : {"DEALLOCATE a", "DISCARD PLANS", "DELETE FROM all_of_it", "", "d", "deallocate",
                             "DEALLOCATE alle", "SELECT 'discard all'"})
        CHECK_FALSE(pooler::drops_all_statements(pooler::classify(text)));
}
