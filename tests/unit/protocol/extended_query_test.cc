#include "protocol/extended_query.h"

#include "tests/support/catch.h"

using protocol::DecodeFault;
using Value = std::optional<std::string_view>;

namespace {

std::string_view body_of(const std::string& message) { return std::string_view{message}.substr(5); }

std::string sample_bind(std::string_view portal, std::string_view statement) {
    std::string out;
    const Value values[] = {"1", std::nullopt, "", "a longer value"};
    protocol::encode_bind(out, portal, statement, values);
    return out;
}

}  // namespace

TEST_CASE("extended query: Parse comes back with its raw types") {
    std::string out;
    const std::string_view types{"\0\1\0\0\0\x17", 6};
    protocol::encode_parse(out, "s1", "SELECT $1", types);
    const auto message = protocol::decode_parse(body_of(out)).value();
    CHECK(message.name == "s1");
    CHECK(message.query == "SELECT $1");
    CHECK(message.types == types);
    std::string untyped;
    protocol::encode_parse(untyped, "", "", protocol::kNoTypes);
    CHECK(protocol::decode_parse(body_of(untyped)).value().types == protocol::kNoTypes);
}

TEST_CASE("extended query: a count of types must fit the message") {
    const auto fault = [](std::string_view body) { return protocol::decode_parse(body).error().fault; };
    CHECK(fault(std::string_view{"\0\0\0\1\0\0\0", 7}) == DecodeFault::kShort);
    CHECK(fault(std::string_view{"\0\0\xFF\xFF", 4}) == DecodeFault::kShort);
    CHECK(fault(std::string_view{"\0\0\0\0\0", 5}) == DecodeFault::kTrailingBytes);
}

TEST_CASE("extended query: a statement may have 65535 parameters") {
    std::string types{"\xFF\xFF", 2};
    types.append(65535U * 4U, '\0');
    std::string out;
    protocol::encode_parse(out, "", "q", types);
    CHECK(protocol::decode_parse(body_of(out)).value().types.size() == types.size());
    const std::vector<Value> values(65535);
    std::string bind;
    protocol::encode_bind(bind, "", "", values);
    CHECK(protocol::bind_parameters(protocol::decode_bind(body_of(bind)).value()).size() == 65535);
}

TEST_CASE("extended query: Bind comes back with its names and parameters") {
    const std::string out = sample_bind("p", "s1");
    const auto bind = protocol::decode_bind(body_of(out)).value();
    CHECK(bind.portal == "p");
    CHECK(bind.statement == "s1");
    CHECK(protocol::bind_parameters(bind) == std::vector<Value>{"1", std::nullopt, "", "a longer value"});
}

TEST_CASE("extended query: a Bind with a negative length or a count too large is refused") {
    const auto fault = [](std::string_view body) { return protocol::decode_bind(body).error().fault; };
    CHECK(fault(std::string_view{"\0\0\0\0\0\1\xFF\xFF\xFF\xFE\0\0", 12}) == DecodeFault::kBadLength);
    CHECK(fault(std::string_view{"\0\0\0\0\0\1\x7F\xFF\xFF\xFF\0\0", 12}) == DecodeFault::kShort);
    CHECK(fault(std::string_view{"\0\0\xFF\xFF\0\0\0\0", 8}) == DecodeFault::kShort);
}

TEST_CASE("extended query: the names of a Bind are read as soon as both are there, at every split") {
    for (const auto& [portal, statement] :
         {std::pair{"", ""}, {"p", ""}, {"", "s"}, {"portal", "statement"}}) {
        const std::string out = sample_bind(portal, statement);
        const std::string_view body = body_of(out);
        const std::size_t names_bytes =
            std::string_view{portal}.size() + std::string_view{statement}.size() + 2;
        for (std::size_t n = 0; n <= body.size(); ++n) {
            CAPTURE(portal, statement, n);
            const std::string prefix{body.substr(0, n)};
            const auto peeked = protocol::peek_bind_names(prefix, body.size());
            REQUIRE(peeked);
            REQUIRE(peeked->has_value() == (n >= names_bytes));
            if (!*peeked) continue;
            CHECK((*peeked)->portal == portal);
            CHECK((*peeked)->statement == statement);
            CHECK((*peeked)->bytes == names_bytes);
        }
    }
}

TEST_CASE("extended query: a Bind that cannot be whole is refused as soon as that is certain") {
    const auto peek = [](std::string_view prefix, std::size_t size) {
        return protocol::peek_bind_names(prefix, size);
    };
    CHECK(peek("", 0).error().fault == DecodeFault::kNoTerminator);
    CHECK(peek("abc", 3).error().fault == DecodeFault::kNoTerminator);
    CHECK(peek(std::string_view{"abc\0d", 5}, 5).error().fault == DecodeFault::kNoTerminator);
    CHECK(peek(std::string_view{"\0\0", 2}, 7).error().fault == DecodeFault::kShort);
    CHECK(peek(std::string_view{"\0\0", 2}, 8).value().has_value());
    CHECK_FALSE(peek("abc", 4).value().has_value());
    // What follows in the buffer is another message's and does not count.
    CHECK(peek(std::string_view{"abc\0\0", 5}, 3).error().fault == DecodeFault::kNoTerminator);
}

TEST_CASE("extended query: a header with other names and the old rest make a whole Bind") {
    const std::string old = sample_bind("p", "client name");
    const auto names = protocol::peek_bind_names(body_of(old), body_of(old).size()).value().value();
    const std::string_view rest = body_of(old).substr(names.bytes);
    std::string renamed;
    protocol::encode_bind_header(renamed, rest.size(), names.portal, "server name");
    renamed.append(rest);
    CHECK(renamed == sample_bind("p", "server name"));
}

TEST_CASE("extended query: Describe, Close and Execute come back") {
    std::string describe;
    protocol::encode_describe(describe, protocol::kPortalKind, "p");
    CHECK(protocol::decode_describe(body_of(describe)).value().kind == 'P');
    CHECK(protocol::decode_describe(body_of(describe)).value().name == "p");
    std::string close;
    protocol::encode_close(close, protocol::kStatementKind, "");
    CHECK(protocol::decode_close(body_of(close)).value().kind == 'S');
    std::string execute;
    protocol::encode_execute(execute, "p", 100);
    CHECK(protocol::decode_execute(body_of(execute)).value().portal == "p");
    CHECK(protocol::decode_execute(body_of(execute)).value().max_rows == 100);
    CHECK(protocol::decode_describe(std::string_view{"X\0", 2}).error().fault == DecodeFault::kBadValue);
    CHECK(protocol::decode_close(std::string_view{"s\0", 2}).error().fault == DecodeFault::kBadValue);
}

TEST_CASE("extended query: messages without a body are five bytes") {
    const std::pair<void (*)(std::string&), char> cases[] = {
        {protocol::encode_sync, 'S'},          {protocol::encode_flush, 'H'},
        {protocol::encode_terminate, 'X'},     {protocol::encode_parse_complete, '1'},
        {protocol::encode_bind_complete, '2'}, {protocol::encode_close_complete, '3'},
        {protocol::encode_no_data, 'n'},       {protocol::encode_portal_suspended, 's'},
    };
    for (const auto& [encode, tag] : cases) {
        std::string out;
        encode(out);
        CHECK(out == std::string(1, tag) + std::string{"\0\0\0\4", 4});
    }
}

TEST_CASE("extended query: a parameter description is what a Parse would carry") {
    std::string out;
    const std::uint32_t oids[] = {23, 4294967295U};
    protocol::encode_parameter_description(out, oids);
    CHECK(protocol::decode_parameter_description(body_of(out)).value() ==
          std::string_view{"\0\2\0\0\0\x17\xFF\xFF\xFF\xFF", 10});
}
