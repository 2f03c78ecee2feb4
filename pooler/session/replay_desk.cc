#include "pooler/session/replay_desk.h"

#include <algorithm>

#include "pooler/session/client_session.h"

namespace pooler {

std::unique_ptr<ClientReplay> ReplayDesk::take() {
    if (free_.empty()) return std::make_unique<ClientReplay>(*budget_);
    std::unique_ptr<ClientReplay> replay = std::move(free_.back());
    free_.pop_back();
    return replay;
}

void ReplayDesk::give_back(std::unique_ptr<ClientReplay> replay) {
    replay->machine.close();
    replay->timer.close();
    if (replay->started) {
        replay->names_then.reset();
        replay->started = false;
    }
    replay->parameters = replay->parameters_then = {};
    replay->variables_then.reset();
    if (free_.size() < kKeep) free_.push_back(std::move(replay));
}

bool ReplayDesk::enter_gate(ClientSession& session, const std::string& database) {
    std::deque<ClientSession*>& gate = gates_[database];
    gate.push_back(&session);
    return gate.front() == &session;
}

void ReplayDesk::leave_gate(ClientSession& session, const std::string& database) {
    const auto found = gates_.find(database);
    if (found == gates_.end()) return;
    std::deque<ClientSession*>& gate = found->second;
    const bool inside = !gate.empty() && gate.front() == &session;
    gate.erase(std::remove(gate.begin(), gate.end(), &session), gate.end());
    if (gate.empty())
        gates_.erase(found);
    else if (inside)
        gate.front()->on_replay_turn();
}

}  // namespace pooler
