#include "pooler/console/startup_parameters.h"

#include <string>
#include <vector>

#include "protocol/frame.h"
#include "protocol/session_status.h"
#include "tests/support/catch.h"

TEST_CASE("console greeting: PgBouncer's parameters in order, the key, ready") {
    const std::string key = "\x01\x02\x03\x04\x05\x06\x07\x08";
    std::string out;
    pooler::encode_console_greeting(out, key);
    std::vector<std::string> seen;
    for (std::string_view rest = out; !rest.empty();) {
        const protocol::FrameHeader header = protocol::read_header(rest);
        const std::string_view body = rest.substr(protocol::kHeaderBytes, header.body_bytes());
        std::string text(1, header.type);
        if (header.type == 'S') {
            const auto parameter = protocol::decode_parameter_status(body);
            REQUIRE(parameter);
            text += " " + std::string(parameter->name) + "=" + std::string(parameter->value);
        } else {
            text += " " + std::string(body);
        }
        seen.push_back(text);
        rest.remove_prefix(header.total_bytes());
    }
    CHECK(seen == std::vector<std::string>{"S server_version=1.25.2/bouncer", "S client_encoding=UTF8",
                                           "S server_encoding=UTF8", "S DateStyle=ISO", "S TimeZone=GMT",
                                           "S standard_conforming_strings=on", "S is_superuser=on",
                                           "K " + key, "Z I"});
}
