#include "protocol/session_status.h"

#include "tests/support/catch.h"

using protocol::DecodeFault;
using protocol::TransactionStatus;

namespace {

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

}  // namespace

TEST_CASE("session status: a parameter comes back, also with an empty value") {
    std::string out;
    protocol::encode_parameter_status(out, "application_name", "");
    const auto message = protocol::decode_parameter_status(body_of(out)).value();
    CHECK(message.name == "application_name");
    CHECK(message.value.empty());
}

TEST_CASE("session status: only I, T and E are transaction states") {
    for (int i = 0; i < 256; ++i) {
        const char byte = static_cast<char>(i);
        CAPTURE(i);
        const auto status = protocol::decode_ready_for_query({&byte, 1});
        const bool known = byte == 'I' || byte == 'T' || byte == 'E';
        REQUIRE(status.has_value() == known);
        if (!known) {
            CHECK(status.error().fault == DecodeFault::kBadValue);
            continue;
        }
        std::string out;
        protocol::encode_ready_for_query(out, *status);
        CHECK(out == std::string{"Z\0\0\0\5", 5} + byte);
    }
    CHECK(protocol::decode_ready_for_query("").error().fault == DecodeFault::kShort);
    CHECK(protocol::decode_ready_for_query("II").error().fault == DecodeFault::kTrailingBytes);
}

TEST_CASE("session status: a backend key has 8 to 260 bytes") {
    for (const std::size_t size : {8U, 36U, 260U}) {
        std::string out;
        protocol::encode_backend_key_data(out, std::string(size, 'k'));
        CHECK(protocol::decode_backend_key_data(body_of(out)).value().size() == size);
    }
    for (const std::size_t size : {0U, 4U, 7U, 261U}) {
        CHECK(protocol::decode_backend_key_data(std::string(size, 'k')).error().fault ==
              DecodeFault::kBadLength);
    }
}

TEST_CASE("session status: a notification comes apart") {
    const auto message = protocol::decode_notification(std::string_view{"\0\0\1\2jobs\0hello\0", 15}).value();
    CHECK(message.process_id == 258);
    CHECK(message.channel == "jobs");
    CHECK(message.payload == "hello");
}
