#include "bench/load/worker.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace bench {

namespace {

constexpr std::size_t kReadBlockBytes = 262144;
constexpr std::size_t kEventsAtOnce = 256;
constexpr std::chrono::milliseconds kWaitAtMost{100};  ///< between looks at the deadlines
constexpr std::uint64_t kStdinTag = ~std::uint64_t{0};

}  // namespace

void LoadResult::merge(const LoadResult& other) {
    transactions += other.transactions;
    errors += other.errors;
    if (first_error.empty()) first_error = other.first_error;
    logins += other.logins;
    resumed += other.resumed;
    bytes_in += other.bytes_in;
    latencies.merge(other.latencies);
    began = std::min(began, other.began);
    ended = std::max(ended, other.ended);
}

double LoadResult::seconds() const {
    return ended > began ? std::chrono::duration<double>(ended - began).count() : 0;
}

Worker::Worker(const LoadOptions& options, const Script& script, WorkerShare share, Poller poller,
               Start& start, SSL_CTX* tls)
    : options_(options),
      share_(share),
      poller_(std::move(poller)),
      start_(start),
      read_block_(kReadBlockBytes),
      give_up_at_(LoadClock::now() + options.give_up_after) {
    for (unsigned i = 0; i < share.clients; ++i)
        clients_.emplace_back(script, poller_, i, LoadTls{tls, options.resume});
}

void Worker::run() {
    if (options_.mode != LoadMode::kConnect) log_in();
    start_.arrive_and_wait();  // all are logged in
    start_.arrive_and_wait();  // main has said so
    result_.began = LoadClock::now();
    if (options_.duration) stop_at_ = result_.began + *options_.duration;
    options_.mode == LoadMode::kIdle ? hold() : drive();
    for (auto& client : clients_) {
        result_.bytes_in += client.bytes_in();
        result_.resumed += client.resumed();
        client.disconnect();
    }
}

void Worker::log_in() {
    std::array<epoll_event, kEventsAtOnce> room{};
    while (next_login_ < clients_.size() || logins_open_ > 0) {
        while (next_login_ < clients_.size() && logins_open_ < share_.logins_at_once) start_login();
        if (gave_up()) break;
        for (const auto& event : poller_.wait(room, kWaitAtMost)) {
            auto& client = clients_[event.data.u64];
            on_login_outcome(client.on_event(event.events, read_block_), client);
        }
    }
}

void Worker::start_login() {
    auto& client = clients_[next_login_++];
    ++logins_open_;
    on_login_outcome(client.connect(options_.target), client);
}

void Worker::on_login_outcome(Outcome outcome, const Client& client) {
    if (outcome == Outcome::kNothing) return;
    --logins_open_;
    if (outcome == Outcome::kLoggedIn) {
        ++result_.logins;
    } else {
        note_error(client);
    }
}

void Worker::drive() {
    std::array<epoll_event, kEventsAtOnce> room{};
    for (auto& client : clients_) {
        if (options_.mode == LoadMode::kConnect || client.logged_in()) start_transaction(client);
    }
    while (busy_ > 0 && !gave_up()) {
        for (const auto& event : poller_.wait(room, kWaitAtMost)) {
            auto& client = clients_[event.data.u64];
            on_run_outcome(client.on_event(event.events, read_block_), client);
        }
    }
    result_.ended = LoadClock::now();
    if (busy_ > 0) {
        result_.errors += busy_;
        if (result_.first_error.empty()) result_.first_error = "no answer before the run was given up";
    }
}

// Waits for the end of stdin or the time; a connection that closes meanwhile is an error.
void Worker::hold() {
    std::array<epoll_event, kEventsAtOnce> room{};
    const bool until_stdin_closes = !options_.duration;
    if (until_stdin_closes && !poller_.add(STDIN_FILENO, EPOLLIN, kStdinTag)) stop_at_ = result_.began;
    bool closed = false;
    while (!closed && LoadClock::now() < stop_at_) {
        for (const auto& event : poller_.wait(room, kWaitAtMost)) {
            if (event.data.u64 == kStdinTag) {
                closed = true;
                continue;
            }
            auto& client = clients_[event.data.u64];
            if (client.on_event(event.events, read_block_) != Outcome::kNothing) note_error(client);
        }
    }
    result_.ended = LoadClock::now();
}

bool Worker::may_start() const {
    return (share_.transactions == 0 || started_ < share_.transactions) && LoadClock::now() < stop_at_;
}

void Worker::start_transaction(Client& client) {
    if (!may_start()) return;
    ++started_;
    ++busy_;
    if (options_.mode == LoadMode::kConnect) {
        on_run_outcome(client.connect(options_.target), client);
    } else {
        client.begin(LoadClock::now());
    }
}

void Worker::on_run_outcome(Outcome outcome, Client& client) {
    switch (outcome) {
        case Outcome::kNothing: return;
        case Outcome::kLoggedIn:  // in connect mode only
            ++result_.logins;
            client.begin(client.began());
            return;
        case Outcome::kDone:
        case Outcome::kErred: return finish_transaction(outcome, client);
        case Outcome::kLost:
            --busy_;
            note_error(client);  // the client does not come back, so a refusing server ends the run
            return;
    }
}

void Worker::finish_transaction(Outcome outcome, Client& client) {
    if (options_.mode == LoadMode::kConnect) client.disconnect();
    --busy_;
    if (outcome == Outcome::kDone) {
        ++result_.transactions;
        result_.latencies.record(LoadClock::now() - client.began());
    } else {
        note_error(client);
    }
    start_transaction(client);
}

void Worker::note_error(const Client& client) {
    ++result_.errors;
    if (result_.first_error.empty()) result_.first_error = client.error();
}

}  // namespace bench
