#include "protocol/error_notice.h"

#include <vector>

#include "protocol/sqlstate.h"
#include "tests/support/catch.h"

using protocol::DecodeFault;

namespace {

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

}  // namespace

TEST_CASE("error: what the pooler makes has exactly severity, code and message") {
    std::string out;
    protocol::encode_error(out, "FATAL", protocol::sqlstate::kProtocolViolation, "no such database: x");
    CHECK(out == std::string_view{"E\0\0\0\x28SFATAL\0C08P01\0Mno such database: x\0\0", 41});
    std::string notice;
    protocol::encode_notice(notice, "NOTICE", protocol::sqlstate::kSuccessfulCompletion, "hello");
    CHECK(notice == std::string_view{"N\0\0\0\x1bSNOTICE\0C00000\0Mhello\0\0", 28});
}

TEST_CASE("error: a detail is added only where there is one") {
    std::string out;
    protocol::encode_error(out, "ERROR", "40001", "m", "d");
    const auto fields = protocol::decode_error_fields(body_of(out)).value();
    CHECK(fields.severity == "ERROR");
    CHECK(fields.code == "40001");
    CHECK(fields.message == "m");
    CHECK(fields.detail == "d");
    CHECK(fields.hint.empty());
    CHECK(fields.severity_nonlocalized.empty());
}

TEST_CASE("error: a server may leave out any field, the SQLSTATE too") {
    CHECK(protocol::decode_error_fields(std::string_view{"\0", 1}).value().code.empty());
    const auto fields =
        protocol::decode_error_fields(std::string_view{"Mtext\0Zunknown kind\0\0", 21}).value();
    CHECK(fields.message == "text");
    CHECK(fields.code.empty());
    CHECK(protocol::decode_error_fields("").error().fault == DecodeFault::kNoTerminator);
    CHECK(protocol::decode_error_fields(std::string_view{"Mtext\0", 6}).error().fault ==
          DecodeFault::kNoTerminator);
    CHECK(protocol::decode_error_fields("Mtext").error().fault == DecodeFault::kNoTerminator);
    CHECK(protocol::decode_error_fields(std::string_view{"\0x", 2}).error().fault ==
          DecodeFault::kTrailingBytes);
}

TEST_CASE("error: fatal is read from the field that is not translated") {
    const auto fatal = [](std::string_view severity, std::string_view plain) {
        protocol::ErrorFields fields;
        fields.severity = severity;
        fields.severity_nonlocalized = plain;
        return fields.fatal();
    };
    CHECK(fatal("FATAL", ""));
    CHECK(fatal("PANIC", ""));
    CHECK(fatal("FATALE", "FATAL"));
    CHECK_FALSE(fatal("FATAL", "ERROR"));
    CHECK_FALSE(fatal("ERROR", ""));
    CHECK_FALSE(fatal("", ""));
}

TEST_CASE("error: the field reader gives every field in order, and the raw bytes add up") {
    std::string out;
    protocol::encode_error(out, "ERROR", "40001", "m", "d");
    protocol::ErrorFieldReader in{body_of(out)};
    std::string kinds;
    std::string raw;
    while (in.next()) {
        kinds.push_back(in.kind());
        raw.append(in.raw());
    }
    CHECK(kinds == "SCMD");
    CHECK(raw + '\0' == body_of(out));
    for (const std::string_view broken : {std::string_view{}, std::string_view{"M"}, std::string_view{"Mabc"},
                                          std::string_view{"\0M\0", 3}}) {
        CHECK_FALSE(protocol::ErrorFieldReader{broken}.next());
    }
}

TEST_CASE("sqlstate: every code has five characters, its class two") {
    namespace s = protocol::sqlstate;
    for (const auto code : {s::kSuccessfulCompletion, s::kConnectionFailure, s::kSerializationFailure,
                            s::kDeadlockDetected, s::kQueryCanceled, s::kAdminShutdown,
                            s::kCommittedWithSchemaChangeFailure, s::kFeatureNotSupported}) {
        CHECK(code.size() == 5);
    }
    CHECK(s::class_of("40P01") == "40");
    CHECK(s::class_of("4") == "4");
}
