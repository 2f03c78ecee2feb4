// The client's side of a random history: what it plans and sends, and what it makes of the answers.
#include "protocol/frame.h"
#include "tests/unit/pooler/replay/model/world.h"

namespace replay_model {

using Kind = Command::Kind;
using End = Transaction::End;

std::string World::make_unit(const std::vector<Command>& commands, bool simple) const {
    std::string out;
    for (const Command& command : commands) {
        const std::string sql = command.sql();
        if (simple) {
            out += frame('Q', sql + '\0');
            continue;
        }
        out += frame('B', std::string{'\0'} + sql + std::string(7, '\0'));
        out += frame('E', std::string(5, '\0'));
    }
    if (!simple) out += frame('S');
    return out;
}

void World::plan() {
    now_doing_ = {};
    Transaction& t = now_doing_;
    t.id = ++next_id_;
    t.block = !chance(4);
    t.answered_begin = t.block && chance(2);
    t.pipelined = chance(3);
    std::vector<Command> commands;
    if (t.block) commands.push_back({Kind::kBegin});
    const int count = t.block ? 1 + pick(4) : 1;
    const int insert_at = t.block ? pick(count) : 0;
    for (int i = 0; i < count; ++i) {
        if (i == insert_at) commands.push_back({Kind::kInsert, 0, t.id});
        if (!t.block) break;
        constexpr Kind kKinds[] = {Kind::kRead, Kind::kAdd, Kind::kAdd, Kind::kAddReturning};
        commands.push_back(
            {chance(60) ? Kind::kFail : kKinds[pick(4)], pick(static_cast<int>(kKeys)), 1 + pick(9)});
    }
    if (t.block) commands.push_back({chance(8) ? Kind::kRollback : Kind::kCommit});
    if (t.block && t.pipelined && chance(2)) {
        t.behind = ++next_id_;
        commands.push_back({Kind::kInsert, 0, t.behind});
    }
    for (std::size_t i = 0; i < commands.size();) {
        const bool simple = chance(2);
        const bool alone = simple || (i == 0 && t.answered_begin);
        const std::size_t most = alone ? 1 : std::min<std::size_t>(commands.size() - i, 1 + random_() % 3);
        const auto from = commands.begin() + static_cast<std::ptrdiff_t>(i);
        t.units.push_back(make_unit({from, from + static_cast<std::ptrdiff_t>(most)}, simple));
        i += most;
    }
}

void World::client_sends() {
    Transaction& t = now_doing_;
    if (t.id == 0) plan();
    if (t.sent == t.units.size() || machine_.busy() || !fault_.empty()) return;
    if (!t.pipelined && t.sent > t.answered) return;
    if (released_ && server_ && machine_.window().outstanding() > 0)
        return;  // the pooler waits for the outcome
    if (t.pipelined && t.sent == 1 && t.answered_begin && t.answered == 0) return;
    std::string unit = t.units[t.sent++];
    while (!unit.empty()) {  // message by message: the replayer may become busy in between
        const auto header = protocol::read_header(unit);
        const std::string message = unit.substr(0, header.total_bytes());
        unit.erase(0, message.size());
        ahead_ = unit;
        request(message);
    }
}

void World::client_gets(std::string_view bytes) {
    client_buffer_ += bytes;
    while (client_buffer_.size() >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(client_buffer_);
        if (client_buffer_.size() < header.total_bytes()) return;
        const std::string message = client_buffer_.substr(0, header.total_bytes());
        client_buffer_.erase(0, message.size());
        client_message(message);
    }
}

void World::client_message(const std::string& message) {
    Transaction& t = now_doing_;
    t.seen += message;
    if (message.front() == 'E') {
        t.error = true;
        if (message.find("42601") != std::string::npos) t.begin_refused = true;
        if (message.find("40003") != std::string::npos) t.end = End::kAmbiguous;
    }
    if (message.front() == 'C' && message.find("COMMIT") != std::string::npos) t.end = End::kAcknowledged;
    if (message.front() == 'C' && message.find("ROLLBACK") != std::string::npos) t.end = End::kFailed;
    if (message.front() != 'Z') return;
    ++t.answered;
    if (t.answered > t.sent) fault_ = "more answers than requests";
    if (t.error && t.end == End::kUnknown && message.back() == 'I') t.end = End::kFailed;
    // A client that sees an error in a transaction rolls back.
    if (t.error && !t.pipelined && message.back() == 'E') {
        t.units.resize(t.sent);
        t.units.push_back(make_unit({{Kind::kRollback}}, true));
    } else if (t.error && !t.pipelined) {
        t.units.resize(t.sent);
    }
    if (t.answered == t.units.size() && t.sent == t.units.size()) end_transaction();
}

void World::end_transaction() {
    Transaction& t = now_doing_;
    if (t.end == End::kUnknown) t.end = t.error ? End::kFailed : End::kAcknowledged;
    done_.push_back(t);
    now_doing_ = {};
}

void World::client_closed(bool ambiguous) {
    Transaction& t = now_doing_;
    if (t.end != End::kAmbiguous && t.end != End::kAcknowledged)
        t.end = ambiguous ? End::kAmbiguous : t.end == End::kUnknown ? End::kFailed : t.end;
    t.seen.clear();
    done_.push_back(t);
    now_doing_ = {};
    client_buffer_.clear();
    rest_of_batch_ = RestOfBatch::kNone;
}

/// Every acknowledged transaction is there exactly once, with the answers that the client has.
void World::check(const Transaction& t) {
    const auto found = database_.committed.find(t.id);
    const int times = found == database_.committed.end() ? 0 : found->second;
    if (t.behind != 0 && database_.committed[t.behind] > 1) fault_ = "committed twice behind its transaction";
    const std::string name = "transaction " + std::to_string(t.id) + ": ";
    if (times > 1) fault_ = name + "committed " + std::to_string(times) + " times";
    if (t.end == End::kAcknowledged && times != 1 && !t.begin_refused)
        fault_ = name + "acknowledged, but not there";
    if (t.end == End::kFailed && times != 0 && !t.begin_refused)
        fault_ = name + "reported as failed, but committed";
    if (t.end == End::kAcknowledged && !t.error && !t.seen.empty() &&
        t.seen.find(database_.transcripts[t.id]) == std::string::npos)
        fault_ = name + "committed with other answers than the client has";
}

void World::check_all() {
    for (const Transaction& t : done_)
        if (fault_.empty()) check(t);
    done_.clear();
}

}  // namespace replay_model
