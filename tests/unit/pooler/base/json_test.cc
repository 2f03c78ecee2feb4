#include "pooler/base/json.h"

#include "tests/support/catch.h"

using pooler::Json;

TEST_CASE("json: members keep their order, texts are escaped, broken UTF-8 is replaced") {
    Json inner = Json::array();
    inner.push("a\"b").push(std::uint64_t{7});
    Json json = Json::object();
    json.set("z", "text").set("a", true).set("number", -1).set("large", ~std::uint64_t{0});
    json.set_null("none").set("list", std::move(inner)).set("odd", std::string_view{"\xff\n"});
    CHECK(json.text() ==
          "{\"z\":\"text\",\"a\":true,\"number\":-1,\"large\":18446744073709551615,"
          "\"none\":null,\"list\":[\"a\\\"b\",7],\"odd\":\"\xef\xbf\xbd\\n\"}");
}
