// Servers that change their worker, many times: nobody is forgotten, nobody is overtaken for long, and all
// counts add up; also with TLS servers. With WEIR_HANDOVERS=1000000 in the environment it goes on for longer.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <future>
#include <iostream>
#include <random>

#include "bench/wire.h"
#include "tests/integration/scale/worker_scene.h"
#include "tests/support/catch.h"
#include "tests/support/certificates.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"

using namespace scale;
using std::chrono::milliseconds;
using support::Clock;
using support::eventually;

namespace {

constexpr std::uint64_t kDefaultHandovers = 100'000;

/// Without a janitor, a lost wake-up leaves its client waiting for ever; anything less than this is a busy
/// machine.
constexpr milliseconds kBound{20'000};
/// First come, first served holds within this, but for the pauses of a busy machine: one time in so many.
constexpr milliseconds kMargin{500};
constexpr std::uint64_t kOvertakenForgiven = 10;
constexpr std::uint64_t kOneOvertakenIn = 100;
/// So many others may be answered first; a client that is starved sees all of them pass.
constexpr std::uint64_t kMostPassed = 5000;

struct Load {
    unsigned workers;
    int pool_size;
    unsigned clients;
    unsigned outstanding;  ///< clients that have a query under way, at any time
    double share;          ///< of the handovers that are wanted; 0: a fixed number of queries
};

class Client {
 public:
    explicit Client(bench::Fd socket) : socket_{std::move(socket)} {
        std::string packet;
        bench::MessageWriter{packet, 0}
            .int32(bench::kProtocolVersion3)
            .cstring("user")
            .cstring("bench")
            .cstring("database")
            .cstring("bench")
            .byte('\0');
        send(packet);
    }

    void query() {
        std::string packet;
        bench::MessageWriter{packet, 'Q'}.cstring("select 1");
        since = Clock::now();
        send(packet);
    }

    /// Reads what is there; true once the answer, up to its ReadyForQuery, is complete.
    [[nodiscard]] bool receive() {
        char block[4096];
        const auto count = ::recv(socket_.get(), block, sizeof block, 0);
        if (count <= 0) FAIL("the pooler closed a connection after: " << unread_);
        unread_.append(block, static_cast<std::size_t>(count));
        bool ready = false;
        while (unread_.size() >= bench::kHeaderBytes) {
            const std::size_t whole = 1 + bench::read_uint32(unread_.data() + 1);
            if (unread_.size() < whole) break;
            if (unread_[0] == 'E') FAIL("an error: " << unread_);
            ready = ready || unread_[0] == 'Z';
            unread_.erase(0, whole);
        }
        return ready;
    }

    [[nodiscard]] int descriptor() const { return socket_.get(); }

    Clock::time_point since;
    bool busy = false;
    std::uint64_t answers_before = 0;  ///< to anybody, when this query was sent
    std::uint64_t served = 0;

 private:
    void send(const std::string& packet) const {
        REQUIRE(::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(packet.size()));
    }

    bench::Fd socket_;
    std::string unread_;
};

/// What the clients saw.
struct Seen {
    std::uint64_t replies = 0;
    std::uint64_t most_passed = 0;  ///< answers to others while one waited
    std::uint64_t overtaken = 0;    ///< times somebody was answered who had come kMargin later than another
    Clock::duration longest{0};
};

/// Keeps `outstanding` clients busy; who is next is chosen at random.
class Crowd {
 public:
    Crowd(Workers& workers, const Load& load, unsigned seed) : random_{seed} {
        for (unsigned i = 0; i < load.clients; ++i) clients_.emplace_back(workers.connect(i % load.workers));
        for (Client& client : clients_) {
            polled_.push_back({client.descriptor(), POLLIN, 0});
            while (!client.receive()) {
            }
        }
        while (busy_ < load.outstanding) start_one();
    }

    /// One more answer, or several that came at the same time.
    void step(Seen& seen) {
        if (::poll(polled_.data(), polled_.size(), static_cast<int>(kBound.count())) <= 0)
            FAIL("no answer for " << kBound.count() << " ms, " << busy_ << " clients wait");
        const auto now = Clock::now();
        std::vector<Client*> answered;
        for (std::size_t i = 0; i < polled_.size(); ++i)
            if (polled_[i].revents != 0 && clients_[i].receive()) answered.push_back(&clients_[i]);
        for (Client* client : answered) client->busy = false;
        count(answered, now, seen);
        answers_ += answered.size();
        for (Client* client : answered) {
            ++client->served;
            --busy_;
        }
        for (std::size_t i = 0; i < answered.size(); ++i) start_one();
    }

    /// Waits for what is under way.
    void finish(Seen& seen) {
        closing_ = true;
        while (busy_ > 0) step(seen);
    }

    [[nodiscard]] std::uint64_t served() const {
        std::uint64_t sum = 0;
        for (const Client& client : clients_) sum += client.served;
        return sum;
    }

 private:
    void start_one() {
        if (closing_) return;
        std::uniform_int_distribution<std::size_t> any{0, clients_.size() - 1};
        std::size_t next = any(random_);
        while (clients_[next].busy) next = (next + 1) % clients_.size();
        clients_[next].busy = true;
        clients_[next].answers_before = answers_;
        ++busy_;
        clients_[next].query();
    }

    /// What was answered at one time counts once: a pause of the machine makes all of them late.
    void count(const std::vector<Client*>& answered, Clock::time_point now, Seen& seen) const {
        bool overtook = false;
        for (const Client* client : answered) {
            const auto took = now - client->since;
            seen.longest = std::max(seen.longest, took);
            seen.most_passed = std::max(seen.most_passed, answers_ - client->answers_before);
            for (const Client& other : clients_)
                overtook = overtook || (other.busy && client->since - other.since > kMargin);
        }
        seen.replies += answered.size();
        if (overtook) ++seen.overtaken;
    }

    std::deque<Client> clients_;
    std::vector<pollfd> polled_;
    std::mt19937 random_;
    unsigned busy_ = 0;
    std::uint64_t answers_ = 0;
    bool closing_ = false;
};

std::uint64_t wanted_handovers() {
    const char* text = std::getenv("WEIR_HANDOVERS");
    return text == nullptr ? kDefaultHandovers : std::strtoull(text, nullptr, 10);
}

/// Nobody is left: what the workers and the shared counters say must agree.
void check_counts(Workers& workers, const Load& load, std::uint64_t served) {
    CHECK(eventually([&] { return workers.clients() == 0; }));
    const Handovers end = workers.handovers();
    const pooler::SharedPool& pool = workers.pool();
    CHECK(end.assignments == served);
    CHECK(end.servers == static_cast<std::uint64_t>(pool.servers.used()));
    CHECK(pool.servers.used() <= load.pool_size);
    CHECK(end.waiting == 0);
    CHECK(pool.waiting == 0);
    std::uint64_t idle = 0;
    for (const pooler::WorkerSlot& slot : pool.slots) {
        CHECK(slot.waiters == 0);
        CHECK(slot.incoming == 0);
        CHECK(slot.oldest_wait == 0);
        CHECK((slot.idle_since == 0) == (slot.idle == 0));
        idle += static_cast<std::uint64_t>(slot.idle);
    }
    CHECK(idle == end.servers);
}

void check_seen(const Seen& seen, const Handovers& end) {
    CHECK(seen.longest < kBound);
    CHECK(end.longest_missed_wait < kBound);
    CHECK(seen.most_passed < kMostPassed);
    CHECK(seen.overtaken <= kOvertakenForgiven + seen.replies / kOneOvertakenIn);
}

struct Target {
    std::uint16_t port = 0;
    std::string authority{};  ///< PEM file; empty: no TLS
};

/// Returns how many handovers there were.
std::uint64_t run(const Load& load, const Target& target, unsigned seed) {
    constexpr std::uint64_t kQueries = 20'000;
    constexpr std::uint64_t kLookEvery = 500;
    INFO("workers " << load.workers << ", pool_size " << load.pool_size << ", clients " << load.clients
                    << ", outstanding " << load.outstanding << ", seed " << seed);
    Workers workers{load.workers, load.pool_size, target.port, target.authority};
    const auto wanted = static_cast<std::uint64_t>(load.share * static_cast<double>(wanted_handovers()));
    Seen seen;
    std::uint64_t served = 0;
    const auto start = Clock::now();
    {
        Crowd crowd{workers, load, seed};
        const auto done = [&] {
            return wanted == 0 ? seen.replies >= kQueries : workers.handovers().count >= wanted;
        };
        while (!done())
            for (std::uint64_t i = 0; i < kLookEvery; ++i) crowd.step(seen);
        crowd.finish(seen);
        served = crowd.served();
    }
    check_counts(workers, load, served);
    const Handovers end = workers.handovers();
    check_seen(seen, end);
    const auto ms = [](auto duration) { return std::chrono::duration_cast<milliseconds>(duration).count(); };
    std::cout << load.workers << " workers, " << load.pool_size << " servers, " << load.outstanding << " of "
              << load.clients << " clients: " << seen.replies << " queries, " << end.count
              << " handovers, longest " << ms(seen.longest) << " ms, longest missed "
              << ms(end.longest_missed_wait) << " ms, " << seen.most_passed << " passed one, "
              << seen.overtaken << " overtaken, " << ms(Clock::now() - start) << " ms\n";
    return end.count;
}

}  // namespace

TEST_CASE("handover: servers follow the clients from worker to worker and nobody waits for long") {
    const unsigned seed = std::random_device{}();
    const NullServerThread server;
    const Load loads[] = {
        {2, 1, 2, 1, 0.15},  // each query on the worker that has no server
        {3, 1, 9, 1, 0.1},   //
        {3, 1, 9, 2, 0.15},  // always one that waits
        {3, 2, 12, 3, 0.3},  //
        {3, 3, 12, 4, 0.2},  //
        {2, 2, 4, 2, 0.1},   // never one that must wait
        {2, 1, 40, 40, 0},   // long queues
        {3, 3, 60, 60, 0},   //
        {3, 2, 60, 30, 0},   //
    };
    std::uint64_t handovers = 0;
    for (const Load& load : loads) handovers += run(load, {server.port()}, seed);
    CHECK(handovers >= wanted_handovers());
}

TEST_CASE(
    "handover: a client that waits beside an idle server of a worker that is stuck is counted so long") {
    constexpr milliseconds kStuck{50};
    const NullServerThread server;
    Workers workers{2, 1, server.port()};
    Client first{workers.connect(0)};
    const auto answered = [](Client& client) {
        pollfd entry{client.descriptor(), POLLIN, 0};
        while (!client.receive()) REQUIRE(::poll(&entry, 1, static_cast<int>(kBound.count())) == 1);
    };
    answered(first);  // its login
    first.query();
    answered(first);
    Client second{workers.connect(1)};
    answered(second);
    CHECK(workers.handovers().longest_missed_wait.count() == 0);

    std::promise<void> release;
    workers.run_on(0, [stuck = release.get_future().share()] { stuck.wait(); });
    second.query();
    const bool waits = eventually([&] { return workers.pool().waiting == 1; });
    const auto since = Clock::now();
    while (waits && Clock::now() - since < kStuck) std::this_thread::yield();
    const auto stuck = std::chrono::duration_cast<pooler::Microseconds>(Clock::now() - since);
    release.set_value();
    REQUIRE(waits);
    answered(second);
    CHECK(workers.handovers().count == 1);
    CHECK(workers.handovers().longest_missed_wait >= stuck);
}

TEST_CASE("handover: servers with TLS move from worker to worker as others do") {
    const unsigned seed = std::random_device{}();
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    const support::TempDir folder;
    const auto shown = support::self_signed({.common_name = "server", .dns = {}, .addresses = {"127.0.0.1"}});
    const auto certificate = folder.write("server.crt", shown.certificate);
    auto tls = bench::server_tls(certificate, folder.write("server.key", shown.key));
    REQUIRE(tls);
    const NullServerThread server{std::move(*tls)};
    const Load loads[] = {
        {2, 1, 2, 1, 0.03},  // each query on the worker that has no server
        {3, 2, 12, 3, 0.03},
        {3, 3, 60, 60, 0},
    };
    std::uint64_t handovers = 0;
    for (const Load& load : loads) handovers += run(load, {server.port(), certificate}, seed);
    CHECK(handovers >= wanted_handovers() * 6 / 100);
}
