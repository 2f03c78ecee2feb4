#include "bench/load/script.h"

#include <set>

#include "bench/wire.h"
#include "tests/support/catch.h"

namespace {

bench::Script tpcb(bench::LoadMode mode) {
    bench::LoadOptions options;
    options.mode = mode;
    options.tpcb = true;
    return bench::build_script(options);
}

std::string tags(std::string_view bytes) {
    std::string out;
    while (bytes.size() >= bench::kHeaderBytes) {
        out.push_back(bytes[0]);
        bytes.remove_prefix(bench::read_uint32(bytes.data() + 1) + 1);
    }
    return out;
}

std::string text_of_query(std::string_view message) {
    return std::string{bench::BodyReader{message.substr(bench::kHeaderBytes)}.cstring()};
}

}  // namespace

TEST_CASE("script: TPC-B by simple queries has seven steps with values that differ between transactions") {
    const auto script = tpcb(bench::LoadMode::kSimple);
    std::set<std::string> updates;
    for (const auto& steps : script.transactions) {
        REQUIRE(steps.size() == 7);
        const auto update = text_of_query(steps[1]);
        REQUIRE(update.find('$') == std::string::npos);
        updates.insert(update);
    }
    CHECK(updates.size() > script.transactions.size() * 9 / 10);
    const auto& first = script.transactions.front();
    CHECK(text_of_query(first[0]) == "BEGIN;");
    CHECK(text_of_query(first[6]) == "END;");
    CHECK(text_of_query(first[5]).find("VALUES (") != std::string::npos);
}

TEST_CASE("script: TPC-B of the extended protocol sends values in Bind, prepared it parses once") {
    const auto extended = tpcb(bench::LoadMode::kExtended);
    CHECK(extended.prepare.empty());
    for (const auto& step : extended.transactions.front()) CHECK(tags(step) == "PBDES");
    const auto prepared = tpcb(bench::LoadMode::kPrepared);
    CHECK(tags(prepared.prepare) == "PPPPPPPS");
    for (const auto& step : prepared.transactions.front()) CHECK(tags(step) == "BDES");
    const auto& bind = prepared.transactions.front()[1];
    bench::BodyReader in{std::string_view{bind}.substr(bench::kHeaderBytes)};
    CHECK(in.cstring().empty());
    CHECK(in.cstring() == "bench_2");
    CHECK(in.int16() == 0);
    CHECK(in.int16() == 2);
}
