#include "tests/integration/replay/dialogue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "tests/support/catch.h"

namespace replay {
namespace {

using support::wire::Message;

constexpr std::string_view kAnyRun = "r*******";

/// Messages that may come at any time.
bool unrelated(char type) { return type == 'S' || type == 'N' || type == 'A'; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

}  // namespace

Player::Player(const Script& script, support::WireClient& client, Surroundings surroundings,
               const Observation* reference)
    : script_(script), client_(client), surroundings_(std::move(surroundings)), reference_(reference) {}

Observation Player::play() {
    for (std::size_t i = 0; i < script_.steps().size(); ++i) {
        if (!run_step(i)) break;
    }
    if (!seen_.closed && deviates()) recover();
    return std::move(seen_);
}

bool Player::run_step(std::size_t index) {
    const auto& step = script_.steps()[index];
    if (!seen_.struck_before_step && surroundings_.struck()) seen_.struck_before_step = index;
    seen_.steps_begun = index + 1;
    switch (step.kind) {
        case Step::Kind::kAwaitRunning: return await_running(), true;
        case Step::Kind::kCancel: return cancel(), true;
        case Step::Kind::kSend: break;
    }
    client_.send(step.bytes);
    cancel_until_answered(index);
    if (step.until == 0) return true;
    return read_answer(index) && !deviates();
}

bool Player::read_answer(std::size_t index) {
    const auto& step = script_.steps()[index];
    char until = step.until;
    int left = step.count;
    while (auto message = client_.read()) {
        const char type = message->type;
        if (unrelated(type)) continue;
        keep(index, std::move(*message));
        if (type == until && --left == 0) return true;
        if (type != 'E' || until == 'Z') continue;
        // What was awaited will not come: only the end of the unit.
        if (step.bytes[0] != 'Q') client_.send(support::wire::sync_message());
        until = 'Z', left = 1;
    }
    seen_.closed = true;
    seen_.partial = client_.unread();
    return false;
}

void Player::keep(std::size_t index, Message message) {
    if (message.type == 'D') {
        const auto row = support::wire::rows({message})[0];
        if (row.size() == 3 && row[0] == script_.run()) {
            seen_.told.emplace(std::stoi(row[1]), row[2]);
            message.body = "told " + row[1];
        }
    }
    replace_all(message.body, script_.run(), kAnyRun);
    seen_.messages.push_back(std::move(message));
    seen_.step_of.push_back(index);
}

bool Player::deviates() const {
    return reference_ != nullptr && common_prefix(seen_, *reference_) != seen_.messages.size();
}

/// What every driver does when a statement fails: it ends the transaction, if there is one.
void Player::recover() {
    const char status = support::wire::transaction_status(seen_.messages);
    if (status == 'I' || seen_.messages.back().type != 'Z') return;
    client_.send(support::wire::query("ROLLBACK"));
    const auto answer = client_.read_answer();
    seen_.recovered = support::wire::transaction_status(answer);
}

void Player::await_running() {
    constexpr std::chrono::milliseconds kLook{2};
    const auto end = support::Clock::now() + support::kDeadline;
    while (!surroundings_.running(script_.run()) && client_.silent(kLook)) {
        if (support::Clock::now() > end) FAIL("the statement to be cancelled never ran");
    }
}

/// A cancel may reach a server that has lost its client, and is lost with it: it is sent again as long as
/// what it is meant for runs.
void Player::cancel_until_answered(std::size_t index) {
    constexpr std::chrono::milliseconds kPatience{200};
    if (index == 0 || script_.steps()[index - 1].kind != Step::Kind::kCancel) return;
    while (client_.silent(kPatience))
        if (surroundings_.running(script_.run())) cancel();
}

void Player::cancel() {
    support::WireClient sender(surroundings_.cancel_port);
    sender.send(support::wire::cancel_request(client_.backend_key()));
    static_cast<void>(sender.read_byte());
}

std::size_t common_prefix(const Observation& a, const Observation& b) {
    const auto same = [](const Message& x, const Message& y) { return x.type == y.type && x.body == y.body; };
    const auto& longer = a.messages.size() < b.messages.size() ? b.messages : a.messages;
    const auto& shorter = a.messages.size() < b.messages.size() ? a.messages : b.messages;
    const auto end = std::mismatch(shorter.begin(), shorter.end(), longer.begin(), same).first;
    return static_cast<std::size_t>(end - shorter.begin());
}

}  // namespace replay
