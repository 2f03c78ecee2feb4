#include "pooler/health/event_log.h"

#include "tests/support/catch.h"

using pooler::EventLog;

TEST_CASE("event log: keeps the last ones in order, and their numbers show what was dropped") {
    EventLog log;
    CHECK(log.events().empty());
    for (std::size_t i = 0; i < EventLog::kLength + 10; ++i) log.add("drain", "app", std::to_string(i));
    REQUIRE(log.events().size() == EventLog::kLength);
    CHECK(log.events().front().number == 11);
    CHECK(log.events().front().text == "10");
    CHECK(log.events().back().number == EventLog::kLength + 10);
}
