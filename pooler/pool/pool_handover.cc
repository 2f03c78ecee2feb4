// One pool over all workers: idle servers go to the worker whose client waits longest. Each side publishes
// its state, fences, and then looks at the others', so that of a waiter and a server that appear at once at
// least one sees the other.
#include <algorithm>
#include <chrono>

#include "pooler/pool/opening.h"
#include "pooler/pool/pool.h"

namespace pooler {

namespace {

/// A remote waiter must be older than ours by this much to be served first: queues are FIFO across workers
/// within it.
constexpr std::int64_t kFairnessMarginNs = 2'000'000;

std::int64_t nanoseconds(Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

void Pool::publish() {
    if (shared_->slots.size() < 2) return;
    WorkerSlot& mine = shared_->slots[environment_->io().worker];
    const int waiters = static_cast<int>(waiters_.size());
    const int before = mine.waiters.load(std::memory_order_relaxed);
    if (waiters != before) shared_->waiting.fetch_add(waiters - before, std::memory_order_relaxed);
    mine.idle.store(static_cast<int>(idle_.size() + used_.size()), std::memory_order_relaxed);
    mine.waiters.store(waiters, std::memory_order_relaxed);
    mine.oldest_wait.store(waiters_.empty() ? 0 : nanoseconds(waiters_.front().waiting_since),
                           std::memory_order_relaxed);
    auto& longest_idle = used_.empty() ? idle_ : used_;
    mine.idle_since.store(longest_idle.empty() ? 0 : nanoseconds(longest_idle.front().last_used),
                          std::memory_order_relaxed);
}

/// Before a new connection is opened, workers with idle servers are asked for one. Who has refused is asked
/// again only for a new waiter: it looks at our queue itself when its own is served.
void Pool::want_elsewhere() {
    if (shared_->slots.size() < 2) return;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const unsigned self = environment_->io().worker;
    for (unsigned worker = 0; worker < shared_->slots.size(); ++worker) {
        if (worker == self || refused_[worker] || wants_in_flight_ >= static_cast<int>(waiters_.size()))
            continue;
        if (shared_->slots[worker].idle.load(std::memory_order_relaxed) == 0) continue;
        ++wants_in_flight_;
        environment_->post(worker, shared_, {.kind = PoolMessage::Kind::kWant, .from = self});
    }
}

/// A free server goes to a worker whose client waits longer than any here, or waits while nobody does here.
void Pool::offer_elsewhere() {
    if (shared_->slots.size() < 2 || idle_servers() == 0 || paused()) return;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    while (ServerConnection* server = spare()) {
        unsigned chosen = environment_->io().worker;
        std::int64_t oldest =
            waiters_.empty() ? INT64_MAX : nanoseconds(waiters_.front().waiting_since) - kFairnessMarginNs;
        for (unsigned worker = 0; worker < shared_->slots.size(); ++worker) {
            if (worker == environment_->io().worker) continue;
            const WorkerSlot& slot = shared_->slots[worker];
            const std::int64_t since = slot.oldest_wait.load(std::memory_order_relaxed);
            const bool hungry =
                slot.waiters.load(std::memory_order_relaxed) > slot.incoming.load(std::memory_order_relaxed);
            if (since == 0 || !hungry || since >= oldest) continue;
            oldest = since;
            chosen = worker;
        }
        if (chosen == environment_->io().worker) return;
        hand_over(*server, chosen, false);
    }
}

/// A free server that may move: nothing half read on it. nullptr if there is none.
ServerConnection* Pool::spare() {
    ServerConnection* found = nullptr;
    const auto look = [&found](ServerConnection& server) {
        if (server.reusable()) found = &server;
    };
    idle_.for_each(look);
    if (found == nullptr) used_.for_each(look);
    return found;
}

void Pool::hand_over(ServerConnection& server, unsigned worker, bool asked) {
    shared_->slots[worker].incoming.fetch_add(1, std::memory_order_relaxed);
    PoolMessage message{
        .kind = PoolMessage::Kind::kServer, .from = environment_->io().worker, .asked = asked};
    message.descriptor = server.leave_worker();
    message.server = release_ownership(server);
    publish();
    environment_->post(worker, shared_, std::move(message));
}

void Pool::adopt(PoolMessage message) {
    shared_->slots[environment_->io().worker].incoming.fetch_sub(1, std::memory_order_relaxed);
    ServerConnection& server = *message.server;
    all_.push_back(std::move(message.server));
    server.join_worker(environment_->io(), *this, message.descriptor);
    server.from_elsewhere = true;
    ++stats.arrivals;
    if (message.asked && wants_in_flight_ > 0) --wants_in_flight_;
    if (server.state() != ServerState::kUsed || paused()) return make_idle(server);
    used_.push_back(server);
    schedule_serve();
}

/// A waiter of ours could have had a server that another worker kept since `idle_since`.
void Pool::note_missed_wait(const Waiter& waiter, Clock::time_point idle_since) {
    const auto missed = IoContext::now() - std::max(waiter.waiting_since, idle_since);
    stats.longest_missed_wait =
        std::max(stats.longest_missed_wait, std::chrono::duration_cast<Microseconds>(missed));
}

/// What note_missed_wait() hears when a server arrives, for waiters to whom none comes.
void Pool::watch_for_missed_waits() {
    if (waiters_.empty() || waiters_.front().welcome_only || paused()) return;
    for (unsigned worker = 0; worker < shared_->slots.size(); ++worker) {
        const std::int64_t since = shared_->slots[worker].idle_since.load(std::memory_order_relaxed);
        if (worker == environment_->io().worker || since == 0) continue;
        note_missed_wait(waiters_.front(), Clock::time_point{std::chrono::nanoseconds{since}});
    }
}

void Pool::on_message(PoolMessage message) {
    const unsigned self = environment_->io().worker;
    switch (message.kind) {
        case PoolMessage::Kind::kWant:
            if (ServerConnection* server = idle_servers() > waiters_.size() ? spare() : nullptr)
                hand_over(*server, message.from, true);
            else
                environment_->post(message.from, shared_, {.kind = PoolMessage::Kind::kNone, .from = self});
            return;
        case PoolMessage::Kind::kNone:
            if (wants_in_flight_ > 0) --wants_in_flight_;
            refused_[message.from] = true;
            return schedule_serve();
        case PoolMessage::Kind::kServer: return adopt(std::move(message));
        case PoolMessage::Kind::kLook:
            if (!waiters_.empty()) schedule_serve();
            return;
        case PoolMessage::Kind::kRefused:
            if (shared_->failing) refuse_waiters();
            return;
        case PoolMessage::Kind::kEvict:
            if (environment_->evict_idle(*shared_, message.asked))
                environment_->post(message.from, shared_, {.kind = PoolMessage::Kind::kLook, .from = self});
            return;
    }
}

void Pool::wake_elsewhere() { post_to_waiting(PoolMessage::Kind::kLook); }

void Pool::post_to_waiting(PoolMessage::Kind kind) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const unsigned self = environment_->io().worker;
    for (unsigned worker = 0; worker < shared_->slots.size(); ++worker)
        if (worker != self && shared_->slots[worker].waiters.load(std::memory_order_relaxed) > 0)
            environment_->post(worker, shared_, {.kind = kind, .from = self});
}

}  // namespace pooler
