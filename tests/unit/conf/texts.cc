// See texts.h.
#include "tests/unit/conf/texts.h"

#include "tests/support/catch.h"

conf::Configuration texts::loaded(std::string_view ini, Files files, const conf::Environment& environment) {
    auto result = load(ini, std::move(files), environment);
    INFO((result ? std::string{} : result.error().text));
    REQUIRE(result.has_value());
    return *std::move(result);
}
