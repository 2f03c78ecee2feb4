#include "tests/unit/pooler/replay/model/database.h"

#include <cstdio>

#include "protocol/error_notice.h"
#include "protocol/frame.h"
#include "protocol/result.h"

namespace replay_model {

std::string frame(char type, std::string_view body) {
    std::string out(1, type);
    const auto length = static_cast<std::uint32_t>(body.size() + 4);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(length >> shift & 0xFFU);
    return out += body;
}

std::string error_frame(std::string_view code) {
    std::string out;
    protocol::encode_error(out, "ERROR", code, "the model says so");
    return out;
}

namespace {

std::string tag(std::string_view text) {
    std::string out;
    protocol::encode_command_complete(out, text);
    return out;
}

}  // namespace

std::string Command::sql() const {
    const std::string at = std::to_string(key);
    switch (kind) {
        case Kind::kBegin: return "BEGIN";
        case Kind::kCommit: return "COMMIT";
        case Kind::kRollback: return "ROLLBACK";
        case Kind::kRead: return "SELECT v FROM t WHERE k = " + at;
        case Kind::kAdd: return "UPDATE t SET v = v + " + std::to_string(number) + " WHERE k = " + at;
        case Kind::kAddReturning:
            return "UPDATE t SET v = v + " + std::to_string(number) + " WHERE k = " + at + " RETURNING v";
        case Kind::kInsert: return "INSERT INTO l VALUES (" + std::to_string(number) + ")";
        case Kind::kFail: return "SELECT v FROM nowhere";
        case Kind::kOther: break;
    }
    return "SELECT 1";
}

Command Command::parse(std::string_view sql) {
    const std::string text{sql};
    Command c;
    int consumed = 0;
    if (text == "BEGIN") return {Kind::kBegin};
    if (text == "COMMIT") return {Kind::kCommit};
    if (text == "ROLLBACK") return {Kind::kRollback};
    if (text == "SELECT v FROM nowhere") return {Kind::kFail};
    if (std::sscanf(text.c_str(), "SELECT v FROM t WHERE k = %d", &c.key) == 1) return {Kind::kRead, c.key};
    if (std::sscanf(text.c_str(), "INSERT INTO l VALUES (%d)", &c.number) == 1)
        return {Kind::kInsert, 0, c.number};
    if (std::sscanf(text.c_str(), "UPDATE t SET v = v + %d WHERE k = %d%n", &c.number, &c.key, &consumed) ==
        2)
        return {static_cast<std::size_t>(consumed) < text.size() ? Kind::kAddReturning : Kind::kAdd, c.key,
                c.number};
    return c;
}

void Connection::send(std::string_view messages) {
    while (!messages.empty()) {
        const auto header = protocol::read_header(messages);
        input_.emplace_back(messages.substr(0, header.total_bytes()));
        messages.remove_prefix(header.total_bytes());
    }
}

void Connection::answer(std::string message) {
    if (hidden_) return;
    transcript_ += message;
    for (const int id : just_committed_) database_->transcripts[id] += message;
    output.push_back(std::move(message));
}

void Connection::work() {
    const std::string message = std::move(input_.front());
    input_.pop_front();
    const std::string_view body = std::string_view{message}.substr(protocol::kHeaderBytes);
    const std::string text{body.substr(0, body.find('\0'))};
    if (message.front() == 'R') return run_release();
    if (message.front() == 'Q') {
        if (!skipping_) run(Command::parse(text));
        return sync();
    }
    if (message.front() == 'S') return sync();
    if (skipping_ || message.front() == 'H') return;
    if (message.front() == 'B') {
        bound_ = std::string{body.substr(1, body.find('\0', 1) - 1)};
        return answer(frame('2'));
    }
    run(Command::parse(bound_));
}

/// Everything up to here is one implicit transaction if no other is open.
void Connection::sync() {
    if (implicit_ && status_ == Status::kOpen) {
        if (conflicts_at_commit()) {
            if (!skipping_) refuse("40001");
        } else {
            commit();
        }
    }
    if (implicit_) status_ = Status::kIdle;
    implicit_ = skipping_ = false;
    const char status = status_ == Status::kIdle ? 'I' : status_ == Status::kFailed ? 'E' : 'T';
    answer(frame('Z', std::string_view{&status, 1}));
    if (status_ == Status::kIdle) {
        just_committed_.clear();
        transcript_.clear();
    }
    hidden_ = false;
}

void Connection::start() {
    status_ = Status::kOpen;
    snapshot_ = database_->rows;
    since_ = database_->clock;
    read_.clear();
    written_.clear();
    ids_.clear();
}

void Connection::refuse(std::string_view code) {
    status_ = Status::kFailed;
    skipping_ = true;
    answer(error_frame(code));
}

bool Connection::conflicts_at_commit() const {
    for (const std::size_t key : read_)
        if (database_->rows.at(key).version > since_) return true;
    for (const auto& [key, value] : written_)
        if (database_->rows.at(key).version > since_) return true;
    return false;
}

void Connection::commit() {
    for (const auto& [key, value] : written_) database_->write(key, value);
    for (const int id : ids_) {
        ++database_->committed[id];
        database_->transcripts[id] = transcript_;
    }
    just_committed_ = ids_;
}

void Connection::run(const Command& command) {
    using Kind = Command::Kind;
    if (command.kind == Kind::kCommit || command.kind == Kind::kRollback) return finish(command);
    if (status_ == Status::kFailed) return refuse("25P02");
    if (command.kind == Kind::kBegin) {
        if (!hidden_ && chance(10)) {
            skipping_ = true;
            return answer(error_frame("42601"));
        }
        start();
        return answer(tag("BEGIN"));
    }
    if (status_ == Status::kIdle) {
        start();
        implicit_ = true;
    }
    run_in_transaction(command);
}

void Connection::run_in_transaction(const Command& command) {
    using Kind = Command::Kind;
    const auto key = static_cast<std::size_t>(command.key);
    if (command.kind == Kind::kFail) return refuse("42P01");
    if (chance(50)) return refuse(chance(3) ? "40P01" : "40001");
    const auto own = written_.find(key);
    const int value = own != written_.end() ? own->second : snapshot_.at(key).value;
    const std::string number = std::to_string(value + command.number);
    if (command.kind == Kind::kRead) {
        read_.insert(key);
        answer(frame('D', number));
        return answer(tag("SELECT 1"));
    }
    if (command.kind == Kind::kInsert) {
        ids_.insert(command.number);
        return answer(tag("INSERT 0 1"));
    }
    if (database_->rows.at(key).version > since_) return refuse("40001");
    written_[key] = value + command.number;
    if (command.kind == Kind::kAddReturning) answer(frame('D', number));
    answer(tag("UPDATE 1"));
}

void Connection::run_release() {
    if (skipping_) return;
    if (conflicts_at_commit() || chance(20)) return refuse("40001");
    commit();
    status_ = Status::kReleased;
    if (chance(60)) refuse("40003");
}

void Connection::back() {
    start();
    transcript_.clear();
}

void Connection::finish(const Command& command) {
    if (status_ == Status::kReleased) {
        status_ = Status::kIdle;
        return answer(tag("COMMIT"));
    }
    const bool commits = command.kind == Command::Kind::kCommit && status_ == Status::kOpen;
    const bool conflict = commits && (conflicts_at_commit() || chance(50));
    if (commits && !conflict) {
        commit();
        if (chance(60)) {  // it went through, but the server cannot tell
            status_ = Status::kIdle;
            implicit_ = false;
            skipping_ = true;
            return answer(error_frame("40003"));
        }
    }
    status_ = Status::kIdle;
    implicit_ = false;
    if (conflict) {
        skipping_ = true;
        return answer(error_frame("40001"));
    }
    answer(tag(commits ? "COMMIT" : "ROLLBACK"));
}

}  // namespace replay_model
