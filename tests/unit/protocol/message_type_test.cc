#include "protocol/message_type.h"

#include <string>

#include "tests/support/catch.h"

using protocol::BackendType;
using protocol::FrontendType;

TEST_CASE("message type: exactly the tags of the protocol are known") {
    const std::string frontend = "BCDEFHPQSXcdfp";
    const std::string backend = "123ACDEGHIKNRSTVWZcdnstv";
    for (int i = 0; i < 256; ++i) {
        const char tag = static_cast<char>(i);
        CAPTURE(i);
        CHECK(protocol::known_frontend(tag) == (frontend.find(tag) != std::string::npos));
        CHECK(protocol::known_backend(tag) == (backend.find(tag) != std::string::npos));
    }
}

TEST_CASE("message type: names are those of the documentation") {
    CHECK(protocol::name_of(FrontendType::kPassword) == "PasswordMessage");
    CHECK(protocol::name_of(FrontendType::kSync) == "Sync");
    CHECK(protocol::name_of(BackendType::kParameterStatus) == "ParameterStatus");
    CHECK(protocol::name_of(static_cast<BackendType>('!')) == "unknown");
}
