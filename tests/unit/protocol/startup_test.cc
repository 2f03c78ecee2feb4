#include "protocol/startup.h"

#include "tests/support/catch.h"

using protocol::DecodeFault;

namespace {

std::string packet(std::uint32_t code, std::string_view rest) {
    std::string out;
    const auto length = static_cast<unsigned>(8 + rest.size());
    for (const unsigned value : {length, static_cast<unsigned>(code)}) {
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            out.push_back(static_cast<char>(value >> shift & 0xFFU));
    }
    return out.append(rest);
}

DecodeFault fault_of(std::string_view bytes) {
    const auto decoded = protocol::decode_startup_packet(bytes);
    REQUIRE_FALSE(decoded);
    return decoded.error().fault;
}

}  // namespace

TEST_CASE("startup: a start-up message comes back as it was sent") {
    std::string out;
    const protocol::ParameterView parameters[] = {
        {"user", "app"}, {"database", ""}, {"user", "last one counts"}};
    protocol::encode_startup(out, protocol::kProtocol32, parameters);
    const auto decoded = protocol::decode_startup_packet(out);
    REQUIRE(decoded);
    const auto& message = std::get<protocol::StartupMessage>(*decoded);
    CHECK(message.version == protocol::kProtocol32);
    REQUIRE(message.parameters.size() == 3);
    CHECK(message.parameters[0] == protocol::ParameterView{"user", "app"});
    CHECK(*message.find("user") == "last one counts");
    CHECK(message.find("database")->empty());
    CHECK(message.find("User") == nullptr);
}

TEST_CASE("startup: the requests are told apart") {
    std::string ssl;
    protocol::encode_ssl_request(ssl);
    CHECK(std::holds_alternative<protocol::SslRequest>(protocol::decode_startup_packet(ssl).value()));
    std::string gss;
    protocol::encode_gssenc_request(gss);
    CHECK(std::holds_alternative<protocol::GssEncRequest>(protocol::decode_startup_packet(gss).value()));
    CHECK(fault_of(packet(protocol::kSslRequestCode, "x")) == DecodeFault::kBadLength);
    CHECK(fault_of(packet(protocol::kGssEncRequestCode, "x")) == DecodeFault::kBadLength);
}

TEST_CASE("startup: a cancel key has 8 to 260 bytes") {
    for (const std::size_t size : {8U, 9U, 260U}) {
        std::string out;
        protocol::encode_cancel_request(out, std::string(size, 'k'));
        const auto decoded = protocol::decode_startup_packet(out);
        REQUIRE(decoded);
        CHECK(std::get<protocol::CancelRequest>(*decoded).key == std::string(size, 'k'));
    }
    for (const std::size_t size : {0U, 4U, 7U, 261U}) {
        CHECK(fault_of(packet(protocol::kCancelRequestCode, std::string(size, 'k'))) ==
              DecodeFault::kBadLength);
    }
}

TEST_CASE("startup: minor versions of 3 pass, other majors do not") {
    const std::string_view none{"\0", 1};
    for (const std::uint32_t version : {196608U, 196609U, 196610U, 206607U}) {
        CHECK(protocol::decode_startup_packet(packet(version, none)));
    }
    CHECK(fault_of(packet(0x00020000, none)) == DecodeFault::kProtocolTwo);
    CHECK(fault_of(packet(0x00010000, none)) == DecodeFault::kUnsupportedVersion);
    CHECK(fault_of(packet(0x00040000, none)) == DecodeFault::kUnsupportedVersion);
    CHECK(fault_of(packet(80877105, none)) == DecodeFault::kUnsupportedVersion);
}

TEST_CASE("startup: the layout of the parameters is checked to the last byte") {
    using std::string_view;
    const auto fault = [](string_view rest) { return fault_of(packet(protocol::kProtocol30, rest)); };
    CHECK(fault("") == DecodeFault::kNoTerminator);
    CHECK(fault("user") == DecodeFault::kNoTerminator);
    CHECK(fault(string_view{"user\0", 5}) == DecodeFault::kNoTerminator);
    CHECK(fault(string_view{"user\0app\0", 9}) == DecodeFault::kNoTerminator);
    CHECK(fault(string_view{"user\0app\0\0x", 11}) == DecodeFault::kTrailingBytes);
    CHECK(fault(string_view{"\0\0", 2}) == DecodeFault::kTrailingBytes);
}

TEST_CASE("startup: the length is checked before the packet is there") {
    const auto length = [](std::string_view bytes) { return protocol::startup_packet_bytes(bytes); };
    CHECK(length(std::string_view{"\0\0\0\x08", 4}).value() == 8);
    CHECK(length(std::string_view{"\0\0\xFF\xFF", 4}).value() == 65535);
    CHECK(length(std::string_view{"\0\1\0\0", 4}).error().fault == DecodeFault::kBadLength);
    CHECK(length(std::string_view{"\xFF\xFF\xFF\xFF", 4}).error().fault == DecodeFault::kBadLength);
    CHECK(length(std::string_view{"\0\0\0\7", 4}).error().fault == DecodeFault::kBadLength);
    CHECK(length(std::string_view{"\0\0\0", 3}).error().fault == DecodeFault::kShort);
    CHECK(fault_of(std::string_view{"\0\0\0\x09\0\3\0\0", 8}) == DecodeFault::kBadLength);
}

TEST_CASE("startup: the largest packet is accepted") {
    std::string rest{"user\0", 5};
    rest.append(65535 - 8 - rest.size() - 2, 'a').append(2, '\0');
    CHECK(protocol::decode_startup_packet(packet(protocol::kProtocol30, rest)));
    CHECK(fault_of(packet(protocol::kProtocol30, rest + 'x')) == DecodeFault::kBadLength);
}

TEST_CASE("startup: a negotiation names what was not recognised") {
    std::string out;
    const std::string_view names[] = {"_pq_.a", "_pq_.b"};
    protocol::encode_negotiate_protocol_version(out, protocol::kProtocol30, names);
    const auto decoded = protocol::decode_negotiate_protocol_version(std::string_view{out}.substr(5));
    REQUIRE(decoded);
    CHECK(decoded->newest_version == protocol::kProtocol30);
    CHECK(decoded->unrecognised == std::vector<std::string_view>{"_pq_.a", "_pq_.b"});
    const std::string_view hostile{"\0\3\0\0\xFF\xFF\xFF\xFF\0\0", 10};
    CHECK(protocol::decode_negotiate_protocol_version(hostile).error().fault == DecodeFault::kBadLength);
}

TEST_CASE("startup: an answer to an SSLRequest is one byte alone, or an error") {
    using protocol::SslAnswer;
    CHECK(protocol::decode_ssl_answer("S") == SslAnswer::kTls);
    CHECK(protocol::decode_ssl_answer("N") == SslAnswer::kNoTls);
    CHECK(protocol::decode_ssl_answer("E") == SslAnswer::kError);
    CHECK(protocol::decode_ssl_answer(std::string_view{"E\0\0\0\x10SFATAL", 11}) == SslAnswer::kError);
    for (const char* glued : {"SS", "SR", "NS", "NR", "\x16\x03", "RE"})
        CHECK(protocol::decode_ssl_answer(glued) == SslAnswer::kGlued);
    for (int byte = 0; byte < 256; ++byte) {
        const char alone = static_cast<char>(byte);
        if (std::string_view{"SNE"}.find(alone) != std::string_view::npos) continue;
        CHECK(protocol::decode_ssl_answer({&alone, 1}) == SslAnswer::kInvalid);
    }
}
