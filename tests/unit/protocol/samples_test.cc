#include "tests/unit/protocol/samples.h"

#include "protocol/frame.h"
#include "tests/support/catch.h"

TEST_CASE("messages: every sample decodes, and its header counts its bytes") {
    for (const auto& sample : samples::all()) {
        CAPTURE(sample.name);
        CHECK(sample.decode(sample.body()) == std::nullopt);
        if (sample.header_bytes == 0) {
            CHECK(protocol::read_uint32(sample.message.data()) == sample.message.size());
        } else {
            CHECK(protocol::read_header(sample.message).total_bytes() == sample.message.size());
        }
    }
}

TEST_CASE("messages: every truncation of every message is an error") {
    for (const auto& sample : samples::all()) {
        for (std::size_t n = 0; n < sample.body().size(); ++n) {
            CAPTURE(sample.name, n);
            // Its own heap block, so that a sanitizer sees the first byte read beyond it.
            const std::string cut{sample.body().substr(0, n)};
            const auto error = sample.decode(std::string_view{cut.data(), n});
            REQUIRE(error);
            CHECK(error->offset <= n);
        }
    }
}

TEST_CASE("messages: bytes after the last field are an error") {
    for (const auto& sample : samples::all()) {
        CAPTURE(sample.name);
        if (sample.name == "BackendKeyData") continue;  // a longer key is a key of protocol 3.2
        std::string longer{sample.body()};
        longer.push_back('\0');
        CHECK(sample.decode(longer));
        longer.back() = 'x';
        CHECK(sample.decode(longer));
    }
}

TEST_CASE("messages: any byte replaced by any other neither crashes nor reads outside") {
    for (const auto& sample : samples::all()) {
        for (std::size_t i = 0; i < sample.body().size(); ++i) {
            std::string spoiled{sample.body()};
            for (int value = 0; value < 256; ++value) {
                spoiled[i] = static_cast<char>(value);
                const auto error = sample.decode(spoiled);
                if (error && error->offset > spoiled.size()) {
                    CAPTURE(sample.name, i, value);
                    FAIL_CHECK("the error points outside of the message");
                }
            }
        }
    }
}
