// The session's side of a random history: what the replayer decides is carried out.
#include "tests/unit/pooler/replay/model/world.h"

#include "pooler/seeded_bug.h"
#include "protocol/frame.h"
#include "protocol/result.h"

namespace replay_model {

using pooler::Replayer;
using pooler::Ruling;
using pooler::StatementFacts;
using State = Replayer::State;
using protocol::FrontendType;

namespace {

std::string sql_of(std::string_view message) {
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    const std::size_t from = message.front() == 'B' ? 1 : 0;
    return std::string{body.substr(from, body.find('\0', from) - from)};
}

std::optional<pooler::StatementFacts> facts_of_message(std::string_view message) {
    if (message.front() != 'Q' && message.front() != 'B') return std::nullopt;
    const std::string sql = sql_of(message);
    return pooler::facts_of(pooler::classify(sql), sql, pooler::Dialect::kPostgres);
}

std::string ready(char status) { return frame('Z', std::string_view{&status, 1}); }

std::string done(std::string_view text) {
    std::string out;
    protocol::encode_command_complete(out, text);
    return out;
}

}  // namespace

void World::step() {
    if (!fault_.empty()) return;
    if (chance(40)) database_.write(static_cast<std::size_t>(pick(static_cast<int>(kKeys))), pick(100));
    switch (machine_.state()) {
        case State::kFailed:
            if (!machine_.awaits_ready()) return restart();
            break;
        case State::kRestarting:
            if (std::exchange(back_, false))
                server_->back();
            else
                begin_server();
            released_ = false;
            open_ = machine_.begins();
            machine_.begin_feeding();
            return feed();
        case State::kGivenUp: return give_up();
        case State::kFeeding:
            if (chance(200)) {
                machine_.cancel();
                if (machine_.state() == State::kGivenUp) return give_up();
            }
            feed();
            break;
        case State::kOff:
        case State::kRecording: break;
    }
    if (!fault_.empty() || machine_.state() == State::kGivenUp) return;
    if (server_ && chance(70)) return lose();
    const int what = pick(3);
    if (what == 0) client_sends();
    if (what == 1 && server_ && server_->has_input()) server_->work();
    if (what == 2 && server_) from_server();
}

// --- requests

void World::open_window() {
    machine_.open({1U << 20U, 6, std::chrono::hours{1}}, {}, deferred_);
    savepoint_ = deferred_ && chance(2);
    plain_ = released_ = back_ = false;
    open_ = deferred_;
    begin_server();
    deferred_ = false;
}

void World::begin_server() {
    server_ = std::make_unique<Connection>(database_, random_);
    if (machine_.begins()) server_->begin_hidden();
}

/// As the session decides it: nothing in front of the COMMIT is in doubt, and it will be executed.
bool World::releases(std::string_view message, const std::optional<pooler::StatementFacts>& facts,
                     std::string_view ahead) {
    if (!savepoint_ || released_ || !facts || !facts->commits || !facts->ends) return false;
    const auto* unit = machine_.window().oldest();
    const bool alone = unit == nullptr || (!unit->closed() && unit->statements == 0);
    const std::string executed = frame('E', std::string(5, '\0')) + frame('S');
    const bool whole = message.front() == 'Q' || ahead.substr(0, executed.size()) == executed;
    const bool anywhere = pooler::seeded_bug(pooler::SeededBug::kReleaseNotHeld);
    const bool certain = (alone || anywhere) && open_ && whole && machine_.begins();
    if (!certain && message.front() == 'B') plain_ = true;
    return certain && !plain_;
}

void World::record(std::string_view message, std::optional<pooler::StatementFacts> facts, bool release) {
    if (release) {
        released_ = true;
        server_->release();
        machine_.on_release();
    }
    machine_.on_message();
    if (facts) machine_.on_statement(*facts);
    if (message.front() == 'Q' || message.front() == 'S')
        machine_.end_unit(++sequence_, message.front() == 'Q');
    machine_.on_bytes(message);
    server_->send(message);
}

void World::request(std::string_view message) {
    if (!fault_.empty()) return;
    if (lost_pending_) {
        lost_pending_ = false;
        failed_block_ = true;
        client_gets(error_frame("40001"));
        if (message.front() == 'Q') return client_gets(ready('E'));
        skipping_ = true;
        return;
    }
    if (rest_of_batch_ != RestOfBatch::kNone) return request_rest_of_batch(message);
    if (failed_block_ || skipping_) return request_failed_block(message);
    if (server_ == nullptr) {
        const std::string sql = sql_of(message);
        if (now_doing_.answered_begin && message.front() != 'S' && message.front() != 'E' && sql == "BEGIN") {
            deferred_ = true;
            if (message.front() == 'Q')
                client_gets(done("BEGIN") + ready('T'));
            else
                rest_of_batch_ = RestOfBatch::kBegin;
            return;
        }
        open_window();
    }
    const auto facts = facts_of_message(message);
    record(message, facts, releases(message, facts, ahead_));
}

/// A batch that is answered without a server.
void World::request_rest_of_batch(std::string_view message) {
    if (message.front() != 'S') return;
    const bool begin = rest_of_batch_ == RestOfBatch::kBegin;
    rest_of_batch_ = RestOfBatch::kNone;
    client_gets(begin ? frame('2') + done("BEGIN") + ready('T') : ready('I'));
}

/// A failed transaction that no server has, or the rest of a failed batch.
void World::request_failed_block(std::string_view message) {
    if (skipping_) {
        if (message.front() != 'S') return;
        skipping_ = false;
        return client_gets(ready(failed_block_ ? 'E' : 'I'));
    }
    const auto command = Command::parse(sql_of(message));
    const bool ends = command.kind == Command::Kind::kCommit || command.kind == Command::Kind::kRollback;
    if (message.front() == 'Q') {
        if (ends) failed_block_ = false;
        return client_gets(ends ? done("ROLLBACK") + ready('I') : error_frame("25P02") + ready('E'));
    }
    if (message.front() == 'S') return client_gets(ready(failed_block_ ? 'E' : 'I'));
    if (message.front() == 'B' && ends) {
        failed_block_ = false;
        rest_of_batch_ = RestOfBatch::kEnd;
        return client_gets(frame('2') + done("ROLLBACK"));
    }
    if (message.front() == 'E') return;
    skipping_ = true;
    client_gets(error_frame("25P02"));
}

// --- answers

void World::from_server() {
    if (server_->output.empty() || (chance(2) && plain_end_from_server())) return;
    std::string& first = server_->output.front();
    std::size_t size = first.size();
    const bool may_split = part_left_ > 0 || first.front() == 'D';
    if (may_split && size > protocol::kHeaderBytes + 1 && part_left_ == 0 && chance(2))
        size = protocol::kHeaderBytes + random_() % (size - protocol::kHeaderBytes);
    const bool begins = part_left_ == 0;
    std::string bytes = first.substr(0, size);
    part_left_ = first.size() - size;
    first.erase(0, size);
    if (first.empty()) server_->output.pop_front();
    if (begins && bytes.front() == 'Z') {
        open_ = bytes.back() == 'T';
        // A RELEASE has failed: who asked for COMMIT has no transaction any more.
        if (released_ && bytes.back() != 'I') bytes.back() = 'I';
    }
    const auto passed = machine_.on_server(bytes);
    client_gets(std::string_view{bytes}.substr(passed.from, passed.to - passed.from));
    after_replies();
}

/// One read brings all that is still to come, with no error in it and no transaction behind it.
bool World::plain_end_from_server() {
    const auto& output = server_->output;
    if (server_->has_input() || output.back() != ready('I')) return false;
    for (std::size_t i = part_left_ > 0 ? 1 : 0; i < output.size(); ++i)
        if (output[i].front() == 'E') return false;
    if (!machine_.on_plain_end()) return false;
    for (const std::string& message : output) client_gets(message);
    server_->output.clear();
    part_left_ = 0;
    open_ = false;
    ++plain_ends_;
    after_replies();
    return true;
}

void World::after_replies() {
    if (machine_.state() == State::kFeeding) return feed();
    if (machine_.state() != State::kRecording || machine_.window().outstanding() > 0) return;
    // Idle: the server goes back.
    if (!machine_.window().is_transaction() && machine_.window().empty()) {
        server_.reset();
        machine_.close();
        part_left_ = 0;
    }
}

void World::restart() {
    ++replays_;
    machine_.leave_server(now_);
    back_ = savepoint_ && machine_.attempts() == 1 && machine_.state() == State::kRestarting &&
            !server_->has_input() && server_->output.empty() && server_->failed();
    while (server_->has_input()) server_->work();  // it reads all that it was sent
    if (!back_) server_.reset();
    part_left_ = 0;
    if (machine_.state() == State::kGivenUp) give_up();
}

void World::feed() {
    while (!machine_.rest().empty()) {
        const std::string_view rest = machine_.rest();
        const auto header = protocol::read_header(rest);
        const std::string message{rest.substr(0, header.total_bytes())};
        const auto facts = facts_of_message(message);
        const auto type = static_cast<FrontendType>(message.front());
        const StatementFacts* known = facts ? &*facts : nullptr;
        if (machine_.gate(type, known) != Replayer::Gate::kGo) break;
        const bool release = releases(message, facts, rest.substr(message.size()));
        if (release && machine_.gate(type, known, true) != Replayer::Gate::kGo) break;
        record(message, facts, release);
    }
    if (machine_.finish()) {
        ++succeeded_;
        return after_replies();
    }
    if (!server_->has_input() && server_->output.empty()) {
        machine_.on_quiet();
        if (machine_.state() == State::kGivenUp) give_up();
    }
}

void World::give_up() {
    const auto outcome = machine_.outcome();
    const bool cancelled = machine_.given_up() == pooler::GiveUp::kCancelled;
    const bool rolled_back = machine_.given_up() == pooler::GiveUp::kNone;
    std::string later{outcome.unstarted};
    server_.reset();
    part_left_ = 0;
    const std::string error = cancelled               ? error_frame("57014")
                              : outcome.error.empty() ? error_frame("40001")
                                                      : std::string{outcome.error};
    const bool inside_message = !client_buffer_.empty();
    machine_.close();
    if (inside_message || !outcome.complete) return client_closed(false);
    failed_block_ = !outcome.ends;
    if (outcome.due) {
        skipping_ = !outcome.closed;
        client_gets(error + (outcome.closed ? ready(outcome.ends ? 'I' : 'E') : ""));
    } else if (!rolled_back) {
        failed_block_ = false;
        lost_pending_ = true;
    }
    while (!later.empty()) {
        const auto header = protocol::read_header(later);
        const std::string message = later.substr(0, header.total_bytes());
        later.erase(0, message.size());
        request(message);
    }
}

/// The connection is cut; how much of what it was sent the server still reads is chance.
void World::lose() {
    while (server_->has_input() && !chance(4)) server_->work();
    server_.reset();
    part_left_ = 0;
    on_loss_ruling(machine_.on_lost(now_));
}

void World::on_loss_ruling(Ruling ruling) {
    switch (ruling) {
        case Ruling::kPass: machine_.close(); break;
        case Ruling::kReplay:
            ++replays_;
            if (machine_.state() == State::kGivenUp) give_up();
            break;
        case Ruling::kLost:
        case Ruling::kRollback: give_up(); break;
        case Ruling::kAmbiguous:
            machine_.close();
            failed_block_ = skipping_ = lost_pending_ = deferred_ = false;
            client_closed(true);
            break;
    }
}

}  // namespace replay_model
