#include "pooler/metrics/snapshot_desk.h"

#include <atomic>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/eventually.h"

using namespace std::chrono_literals;
using pooler::Snapshot;
using pooler::SnapshotDesk;
using pooler::SnapshotRef;

TEST_CASE("snapshot desk: who comes while a request runs shares its answer") {
    SnapshotDesk desk{8};
    std::atomic<int> asked{0};
    desk.on_request([&] { ++asked; });
    std::atomic<int> begun{0};
    std::vector<SnapshotRef> got(4);
    std::vector<std::thread> threads;
    for (SnapshotRef& place : got)
        threads.emplace_back([&] {
            ++begun;
            place = desk.get(support::kDeadline);
        });
    REQUIRE(support::eventually([&] { return asked == 1 && begun == 4; }));
    // Who has not got to its wait yet asks anew, and is answered too.
    std::atomic<bool> done{false};
    std::thread main{[&] {
        while (!done) {
            desk.deliver(std::make_shared<Snapshot>());
            std::this_thread::yield();
        }
    }};
    for (std::thread& thread : threads) thread.join();
    done = true;
    main.join();
    for (const SnapshotRef& place : got) CHECK(place != nullptr);
    CHECK(asked <= 4);
}

TEST_CASE("snapshot desk: nothing in time, no place and the end are told apart from nobody") {
    SnapshotDesk desk{1};
    int asked = 0;
    desk.on_request([&] { ++asked; });
    CHECK(desk.get(1ms) == nullptr);
    CHECK(desk.get(1ms) == nullptr);  // the first request still runs: no second one
    CHECK(asked == 1);
    desk.deliver(std::make_shared<Snapshot>());
    CHECK(desk.get(1ms) == nullptr);  // what came too late for others is not new
    CHECK(asked == 2);

    SnapshotRef waited;
    std::atomic<int> asked_again{0};
    SnapshotDesk other{1};
    other.on_request([&] { ++asked_again; });
    std::thread first{[&] { waited = other.get(support::kDeadline); }};
    REQUIRE(support::eventually([&] { return asked_again == 1; }));
    CHECK(other.get(support::kDeadline) == nullptr);  // the only place is taken
    other.close();
    first.join();
    CHECK(waited == nullptr);
    CHECK(other.get(support::kDeadline) == nullptr);
}
