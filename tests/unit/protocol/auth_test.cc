#include "protocol/auth.h"

#include "tests/support/catch.h"

using protocol::AuthCode;
using protocol::DecodeFault;

namespace {

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

}  // namespace

TEST_CASE("auth: a server's request comes back with its data") {
    std::string ok;
    protocol::encode_authentication_ok(ok);
    CHECK(protocol::decode_authentication(body_of(ok)).value().code == AuthCode::kOk);
    std::string clear;
    protocol::encode_authentication_cleartext(clear);
    CHECK(protocol::decode_authentication(body_of(clear)).value().code == AuthCode::kCleartextPassword);
    std::string md5;
    protocol::encode_authentication_md5(md5, {1, 2, 3, 4});
    CHECK(protocol::decode_authentication(body_of(md5)).value().salt() == protocol::Md5Salt{1, 2, 3, 4});
    std::string next;
    protocol::encode_authentication_sasl_continue(next, "r=,s=,i=");
    CHECK(protocol::decode_authentication(body_of(next)).value().data == "r=,s=,i=");
    std::string last;
    protocol::encode_authentication_sasl_final(last, "v=");
    const auto final = protocol::decode_authentication(body_of(last)).value();
    CHECK(final.code == AuthCode::kSaslFinal);
    CHECK(final.data == "v=");
}

TEST_CASE("auth: SASL mechanisms keep their order") {
    std::string out;
    const std::string_view names[] = {protocol::kScramSha256Plus, protocol::kScramSha256};
    protocol::encode_authentication_sasl(out, names);
    const auto message = protocol::decode_authentication(body_of(out)).value();
    CHECK(message.code == AuthCode::kSasl);
    const auto mechanisms = protocol::decode_sasl_mechanisms(message.data).value();
    CHECK(mechanisms == std::vector<std::string_view>{protocol::kScramSha256Plus, protocol::kScramSha256});
}

TEST_CASE("auth: an unknown request and a salt of the wrong length are errors") {
    const auto fault = [](std::string_view body) {
        return protocol::decode_authentication(body).error().fault;
    };
    CHECK(fault(std::string_view{"\0\0\0\x63", 4}) == DecodeFault::kBadValue);
    CHECK(fault(std::string_view{"\xFF\xFF\xFF\xFF", 4}) == DecodeFault::kBadValue);
    CHECK(fault(std::string_view{"\0\0\0\5abc", 7}) == DecodeFault::kShort);
    CHECK(fault(std::string_view{"\0\0\0\5abcde", 9}) == DecodeFault::kTrailingBytes);
    CHECK(fault(std::string_view{"\0\0\0\0x", 5}) == DecodeFault::kTrailingBytes);
}

TEST_CASE("auth: passwords of every length up to 64 KiB pass") {
    for (const std::size_t size : {0U, 1U, 1024U, 65535U}) {
        std::string out;
        const std::string password(size, 'p');
        protocol::encode_password(out, password);
        CHECK(protocol::decode_password(body_of(out)).value() == password);
    }
}

TEST_CASE("auth: an initial SASL response may be absent, but not of negative length") {
    std::string out;
    protocol::encode_sasl_initial(out, "SCRAM-SHA-256", "n,,");
    const auto message = protocol::decode_sasl_initial(body_of(out)).value();
    CHECK(message.mechanism == "SCRAM-SHA-256");
    CHECK(message.data == "n,,");
    CHECK(protocol::decode_sasl_initial(std::string_view{"M\0\xFF\xFF\xFF\xFF", 6}).value().data.empty());
    CHECK(protocol::decode_sasl_initial(std::string_view{"M\0\0\0\0\0", 6}).value().data.empty());
    const auto fault = [](std::string_view body) {
        return protocol::decode_sasl_initial(body).error().fault;
    };
    CHECK(fault(std::string_view{"M\0\xFF\xFF\xFF\xFE", 6}) == DecodeFault::kBadLength);
    CHECK(fault(std::string_view{"M\0\x7F\xFF\xFF\xFFx", 7}) == DecodeFault::kShort);
}

TEST_CASE("auth: a SASL response is its data") {
    std::string out;
    protocol::encode_sasl_response(out, "c=biws");
    CHECK(out == std::string_view{"p\0\0\0\x0a"
                                  "c=biws",
                                  11});
}
