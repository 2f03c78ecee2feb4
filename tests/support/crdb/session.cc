// The message loop of a session, its reader, and how it ends while the node drains.
#include "tests/support/crdb/session.h"

#include <algorithm>
#include <utility>

#include "protocol/session_status.h"

namespace support::crdb {
Session::Session(NodeHost& node, Door door, std::string id, std::string key)
    : node_(node), door_(door), id_(std::move(id)), key_(std::move(key)) {
    next_look_ = node_.now() + node_.options().look_every;
}

void Session::receive(std::string_view bytes) {
    if (finished_ != Cut::kNone) return;
    if (drained_) return refuse(errors::shutting_down());
    in_ += bytes;
    process();
    look(node_.now());
}

void Session::process() {
    processing_ = true;
    while (finished_ == Cut::kNone && !drained_ && step_ != Step::kDead) {
        if (work_) {
            if (!advance()) break;
        } else if (step_ == Step::kStartup) {
            if (!take_startup()) break;
        } else if (!take_message()) {
            break;
        }
        if (pending_.size() > node_.options().results_buffer_bytes) flush();
    }
    processing_ = false;
    settle();
}

bool Session::take_message() {
    if (in_.size() < protocol::kHeaderBytes) return false;
    const auto header = protocol::read_header(in_);
    if (!header.valid()) {
        finished_ = Cut::kFin;
        return false;
    }
    if (in_.size() < header.total_bytes()) return false;
    const std::string body = in_.substr(protocol::kHeaderBytes, header.body_bytes());
    in_.erase(0, header.total_bytes());
    const auto type = static_cast<protocol::FrontendType>(header.type);
    if (step_ == Step::kPassword)
        on_password(body);
    else if (step_ == Step::kScramFirst)
        on_scram_first(body);
    else if (step_ == Step::kScramFinal)
        on_scram_final(body);
    else if (copy_)
        on_copy_message(type, body);
    else
        on_message(type, body);
    return true;
}

void Session::on_message(protocol::FrontendType type, std::string_view body) {
    using protocol::FrontendType;
    if (type == FrontendType::kTerminate) {
        finished_ = Cut::kFin;
        return;
    }
    if (type == FrontendType::kQuery) return on_query(body);
    if (type == FrontendType::kSync) return on_sync();
    if (skip_to_sync_) return;
    if (type == FrontendType::kParse) return on_parse(body);
    if (type == FrontendType::kBind) return on_bind(body);
    if (type == FrontendType::kDescribe) return on_describe(body);
    if (type == FrontendType::kExecute) return on_execute(body);
    if (type == FrontendType::kClose) return on_close(body);
    if (type == FrontendType::kFlush) return flush();
    // What is left belongs to a COPY that has failed; the node drops it.
}

void Session::flush() {
    out_ += std::exchange(pending_, {});
    if (executor_) executor_->delivered();
}

void Session::ready() {
    protocol::encode_ready_for_query(pending_, static_cast<protocol::TransactionStatus>(executor_->status()));
    flush();
}

void Session::tick() {
    const auto now = node_.now();
    while (finished_ == Cut::kNone) {
        process();
        const auto deadline = deadline_met_ ? std::nullopt : node_.drain_deadline();
        const auto next = deadline ? std::min(next_look_, *deadline) : next_look_;
        if (next > now) break;
        if (deadline && *deadline <= next_look_)
            drain_cancel();
        else
            look(next_look_);
    }
}

void Session::look(Clock::time_point at) {
    next_look_ = at + node_.options().look_every;
    if (finished_ != Cut::kNone || step_ != Step::kReady) return;
    if (drained_) return refuse(errors::shutting_down());
    const auto from = node_.drains_from();
    if (from && at >= *from) drain_requested_ = true;
    settle();
}

void Session::settle() {
    const bool busy = work_ || copy_ || step_ != Step::kReady || executor_->in_transaction();
    if (drain_requested_ && !busy) drained_ = true;
}

void Session::drain_cancel() {
    deadline_met_ = true;
    if (step_ != Step::kReady) return;
    if (work_) {
        cancel_requested_ = true;
        static_cast<void>(advance());
        work_.reset();
        flush();
    }
    executor_->leave();
    drained_ = true;
}

void Session::cancel() {
    if (!work_) return;
    cancel_requested_ = true;
    if (!processing_) process();  // else it cancels itself and notices when it goes on
}

void Session::end(Cut how) {
    finished_ = how;
    if (how == Cut::kReset) out_.clear();
}

void Session::abandon() {
    if (executor_) executor_->leave();
    work_.reset();
}

void Session::refuse(const Error& error) {
    encode(pending_, error);
    out_ += std::exchange(pending_, {});
    finished_ = Cut::kFin;
}

std::string Session::application_name() const {
    return executor_ ? executor_->variables().value("application_name") : std::string();
}

std::string Session::running_text() const {
    if (!work_ || work_->next >= work_->statements.size()) return {};
    return work_->statements[work_->next].text;
}

std::string Session::running_id() const {
    const auto number = std::to_string(statements_);
    const auto half = id_.size() / 2;
    return id_.substr(0, half - number.size()) + number + id_.substr(half);
}

}  // namespace support::crdb
