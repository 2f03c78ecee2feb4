// Every anomaly is found under its name, and serializable histories are not accused.
#include "tests/support/history/history.h"

#include <algorithm>
#include <random>

#include "tests/support/catch.h"

using namespace support::history;
using Kind = Fault::Kind;

namespace {

std::vector<Fault> check(const std::string& text, const Final& final) {
    const auto transactions = parse(text);
    REQUIRE(transactions);
    auto faults = faults_of(*transactions, final);
    for (const auto& fault : faults) UNSCOPED_INFO(fault.text);
    return faults;
}

/// Exactly one fault, of this kind, whose text begins so.
bool finds(Kind kind, const std::string& text, const Final& final, const std::string& begins = "") {
    const auto faults = check(text, final);
    return faults.size() == 1 && faults[0].kind == kind && faults[0].text.rfind(begins, 0) == 0;
}

bool committed(const std::vector<Transaction>& transactions, int key, int value) {
    return std::any_of(transactions.begin(), transactions.end(), [&](const Transaction& one) {
        return one.outcome == Outcome::kCommitted &&
               std::any_of(one.operations.begin(), one.operations.end(), [&](const Operation& operation) {
                   return operation.append && operation.key == key && operation.value == value;
               });
    });
}

/// Runs random transactions one after another: whatever comes of it is serializable.
struct Serial {
    std::mt19937 random;
    Final lists{{0, {}}, {1, {}}, {2, {}}};
    int next = 0;

    Transaction step(int number) {
        Transaction made{"t" + std::to_string(number), Outcome::kCommitted, {}};
        const bool aborts = random() % 5 == 0;
        auto state = lists;
        for (int i = 0; i < 4; ++i) {
            const int key = static_cast<int>(random() % 3);
            Operation operation{random() % 2 == 0, key, 0, {}};
            if (operation.append) {
                operation.value = next++;
                state[key].push_back(operation.value);
            } else {
                operation.list = state[key];
            }
            made.operations.push_back(operation);
        }
        if (aborts) made.outcome = random() % 2 == 0 ? Outcome::kAborted : Outcome::kUnknown;
        if (made.outcome != Outcome::kAborted) lists = state;
        return made;
    }
};

}  // namespace

TEST_CASE("history: serial histories are right, in whatever order they are told") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    for (unsigned round = 0; round < 50; ++round) {
        Serial serial{std::mt19937(seed + round), {{0, {}}, {1, {}}, {2, {}}}, 0};
        std::vector<Transaction> transactions;
        for (int i = 0; i < 40; ++i) transactions.push_back(serial.step(i));
        std::shuffle(transactions.begin(), transactions.end(), serial.random);
        CHECK(faults_of(transactions, serial.lists).empty());
    }
}

TEST_CASE("history: an append taken out of a serial history, or repeated in it, is found") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    Serial serial{std::mt19937(seed), {{0, {}}, {1, {}}, {2, {}}}, 0};
    std::vector<Transaction> transactions;
    for (int i = 0; i < 60; ++i) transactions.push_back(serial.step(i));
    auto twice = serial.lists;
    twice[1].push_back(twice[1].front());
    CHECK_FALSE(faults_of(transactions, twice).empty());
    // Of a committed one: an append of unknown outcome that nobody read may well be missing.
    auto lost = serial.lists;
    const auto known = std::find_if(lost[1].begin(), lost[1].end(),
                                    [&](int value) { return committed(transactions, 1, value); });
    REQUIRE(known != lost[1].end());
    lost[1].erase(known);
    CHECK_FALSE(faults_of(transactions, lost).empty());
}

TEST_CASE("history: what each list may not hold is found") {
    CHECK(check("ok a:1:1\nok a:1:2 r:1:1,2\n", {{1, {1, 2}}}).empty());
    CHECK(finds(Kind::kTwice, "ok a:1:1", {{1, {1, 1}}}));
    CHECK(finds(Kind::kUnknownValue, "ok a:1:1", {{1, {1, 9}}}));
    CHECK(finds(Kind::kAborted, "failed a:1:1", {{1, {1}}}));
    CHECK(finds(Kind::kLost, "ok a:1:1\nok a:1:2", {{1, {1}}}));
    CHECK(finds(Kind::kInput, "ok a:1:1\nunknown a:1:1", {{1, {1}}}));
    CHECK(check("unknown a:1:1\nunknown a:1:2", {{1, {2}}}).empty());
}

TEST_CASE("history: reads that contradict their own transaction, each other, or its end are found") {
    CHECK(finds(Kind::kOwnWrites, "ok a:1:1 r:1:", {{1, {1}}}));
    CHECK(finds(Kind::kOrder, "ok a:1:1\nok a:1:2\nok r:1:2", {{1, {1, 2}}}));
    CHECK(finds(Kind::kIntermediate, "ok a:1:1 a:1:2\nok r:1:1", {{1, {1, 2}}}));
    CHECK(check("ok a:1:1 a:1:2\nok r:1:1,2\nok r:1:", {{1, {1, 2}}}).empty());
}

TEST_CASE("history: cycles are found by their kind") {
    CHECK(finds(Kind::kCycle, "ok a:1:1 a:2:1\nok a:1:2 a:2:2", {{1, {1, 2}}, {2, {2, 1}}}, "G0"));
    CHECK(finds(Kind::kCycle, "ok a:1:1 r:2:1\nok a:2:1 r:1:1", {{1, {1}}, {2, {1}}}, "G1c"));
    // A lost update: both read the empty list and append.
    CHECK(finds(Kind::kCycle, "ok r:1: a:1:1\nok r:1: a:1:2", {{1, {1, 2}}}, "G-single"));
    // Write skew.
    CHECK(finds(Kind::kCycle, "ok r:1: a:2:1\nok r:2: a:1:1", {{1, {1}}, {2, {1}}}, "G2"));
    // The same reads by one that failed prove nothing.
    CHECK(check("ok r:1: a:2:1\nfailed r:2: a:1:1", {{2, {1}}}).empty());
    // One behind the other is no cycle.
    CHECK(check("ok r:1: a:2:1\nok r:2:1 a:1:1", {{1, {1}}, {2, {1}}}).empty());
}

TEST_CASE("history: a long chain of dependencies is no cycle, its closed ring is one") {
    std::string text;
    Final final;
    constexpr int kLength = 20'000;
    for (int i = 0; i < kLength; ++i) {
        text += "ok a:" + std::to_string(i) + ":1";
        if (i > 0) text += " r:" + std::to_string(i - 1) + ":1";
        text += "\n";
        final[i] = {1};
    }
    CHECK(check(text, final).empty());
    text += "ok r:" + std::to_string(kLength - 1) + ":1 a:" + std::to_string(kLength) + ":1\n";
    text.replace(0, text.find('\n'), "ok a:0:1 r:" + std::to_string(kLength) + ":1");
    final[kLength] = {1};
    CHECK(finds(Kind::kCycle, text, final, "G1c"));
}

TEST_CASE("history: broken lines are named, others passed over") {
    CHECK(parse("mode blind\nok\nnoise\n")->size() == 1);
    CHECK(parse("failed a:1:2 !40001")->front().operations.size() == 1);
    for (const char* broken : {"ok a:1", "ok a:x:1", "ok r:1:1,x", "ok b:1:1", "ok r:1:1,2x", "ok a"}) {
        CAPTURE(broken);
        CHECK(parse(std::string("ok\n") + broken).error().rfind("line 2", 0) == 0);
    }
}
