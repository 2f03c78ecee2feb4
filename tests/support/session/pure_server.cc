#include "tests/support/session/pure_server.h"

#include <optional>
#include <utility>

#include "pooler/seeded_bug.h"
#include "protocol/copy.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "tests/support/session/pure_session.h"

namespace support {

using pooler::Delivery;
using pooler::Request;
using pooler::SeededBug;
using pooler::Verdict;
using protocol::BackendType;
using protocol::TransactionStatus;

void encode_own_answer(std::string& out, Request request, TransactionStatus status) {
    if (request == Request::kParse) protocol::encode_parse_complete(out);
    if (request == Request::kClose) protocol::encode_close_complete(out);
    if (request != Request::kQuery && request != Request::kExecute) return;
    protocol::encode_command_complete(out, "DEALLOCATE");
    if (request == Request::kQuery) protocol::encode_ready_for_query(out, status);
}

PureServer::PureServer(PureWorker& worker) : worker_{&worker} {
    ledger.query_ends_skip(worker.cockroach());
    variables.begin(!worker.cockroach());
}

void PureServer::link(PureSession& session) {
    session_ = &session;
    ledger.begin(worker_->last_sequence);
    variables.forget_requests();
}

bool PureServer::give_back() {
    session_ = nullptr;
    if (!reusable()) start_cleaning();
    return !lost_;
}

bool PureServer::reusable() const {
    return status_ == TransactionStatus::kIdle && ledger.empty() && !ledger.batch_open() &&
           !ledger.skipping() && !ledger.in_copy() && !own_running_ && !lost_;
}

void PureServer::run_own(std::string_view sql) {
    own_running_ = true;
    own_failed_ = false;
    statements.forget_unnamed();
    static_cast<void>(ledger.push({Request::kQuery, Delivery::kSwallow, worker_->next_sequence()}));
    protocol::encode_query(to_server, sql);
}

/// The session has left in the middle: what it began is undone.
void PureServer::start_cleaning() {
    cleaning_ = true;
    rollback_sent_ = false;
    if (ledger.in_copy()) {
        protocol::encode_copy_fail(to_server, "the client is gone");
        static_cast<void>(ledger.push({Request::kCopyEnd, Delivery::kSwallow, worker_->next_sequence()}));
    } else if (ledger.batch_open() && !ledger.skipping() &&
               !pooler::seeded_bug(SeededBug::kAbandonedCommitted)) {
        protocol::encode_bind(to_server, {}, "no such statement: the client is gone", {});
        static_cast<void>(ledger.push({Request::kBind, Delivery::kSwallow, worker_->next_sequence()}));
    }
    protocol::encode_sync(to_server);
    static_cast<void>(ledger.push({Request::kSync, Delivery::kSwallow, worker_->next_sequence()}));
}

void PureServer::go_on_cleaning() {
    if (!cleaning_ || !ledger.empty() || own_running_) return;
    if (status_ == TransactionStatus::kIdle) {
        cleaning_ = false;
        // Perhaps known when the session left, but not after what was then still on its way.
        if (!variables.known()) tainted_for = ~std::uint64_t{0};
        return;
    }
    if (std::exchange(rollback_sent_, true)) {
        lost_ = true;
        return;
    }
    run_own("ROLLBACK");
}

void PureServer::emit_answers() {
    pooler::Entry entry;
    while (ledger.take_answer(entry))
        if (session_ != nullptr) session_->on_own_answer(entry.request);
}

bool PureServer::on_message(std::string_view message) {
    const auto type = static_cast<BackendType>(message.front());
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    emit_answers();
    const Verdict verdict = ledger.on_reply(type);
    if (lost_ || verdict.action == Verdict::Action::kViolation) lost_ = true;
    if (lost_) return false;
    if (verdict.completes) statements.on_settled(ledger.settled());
    bool forward = verdict.action == Verdict::Action::kForward;
    if (type == BackendType::kErrorResponse) {
        on_error(body, verdict, forward);
    } else if (type == BackendType::kCommandComplete) {
        on_tag(body, verdict);
    } else if (type == BackendType::kReadyForQuery) {
        on_ready(body, verdict);
    } else if (type == BackendType::kPortalSuspended) {
        variables.on_suspended(verdict.sequence);
    } else if (type == BackendType::kCopyInResponse) {
        if (cleaning_ && ledger.in_copy()) start_cleaning();
    } else {
        on_description(type, body, verdict);
    }
    if (forward && !lost_ && session_ != nullptr) session_->on_reply(message);
    return !lost_;
}

void PureServer::on_error(std::string_view body, const Verdict& verdict, bool& forward) {
    if (verdict.unasked) {  // its last words, or nonsense: it is of no use in either case
        lost_ = true;
        return;
    }
    variables.on_error();
    if (verdict.action == Verdict::Action::kSwallow) own_failed_ = true;
    if (forward && session_ != nullptr && session_->rewords(verdict.sequence, body)) forward = false;
    if (verdict.failed.empty()) return;
    statements.on_failed(verdict.failed);
    if (session_ != nullptr) session_->on_failed(verdict.failed);
}

void PureServer::on_tag(std::string_view body, const Verdict& verdict) {
    const auto tag = protocol::decode_command_complete(body);
    if (!tag) {
        lost_ = true;
        return;
    }
    variables.on_command_complete(verdict.sequence, *tag);
    if (*tag != "DEALLOCATE ALL" && *tag != "DISCARD ALL") return;
    if (*tag == "DISCARD ALL" && verdict.sequence > tainted_at) tainted_for = 0;
    statements.on_deallocate_all(verdict.sequence);
    if (session_ != nullptr) session_->names.on_deallocate_all(verdict.sequence);
}

void PureServer::on_ready(std::string_view body, const Verdict& verdict) {
    const auto status = protocol::decode_ready_for_query(body);
    if (!status) {
        lost_ = true;
        return;
    }
    status_ = *status;
    variables.on_ready(verdict.sequence, status_);
    if (verdict.action == Verdict::Action::kSwallow) {
        if (verdict.request == Request::kQuery && std::exchange(own_running_, false)) own_done_ = true;
    } else if (session_ != nullptr) {
        session_->on_ready();
    }
}

void PureServer::on_description(BackendType type, std::string_view body, const Verdict& verdict) {
    if (type == BackendType::kParameterDescription) {
        described_parameters_ = body;
        parameters_described_ = true;
        return;
    }
    if (type != BackendType::kRowDescription && type != BackendType::kNoData) return;
    const bool parameters = std::exchange(parameters_described_, false);
    if (!verdict.completes || session_ == nullptr) return;
    session_->on_described(verdict.sequence,
                           parameters ? std::optional{std::string_view{described_parameters_}} : std::nullopt,
                           type == BackendType::kRowDescription ? std::optional{body} : std::nullopt);
}

void PureServer::on_turn_end() {
    if (lost_) return;
    emit_answers();
    if (std::exchange(own_done_, false) && session_ != nullptr) return session_->on_prepared(!own_failed_);
    if (session_ != nullptr) return session_->on_turn_end();
    go_on_cleaning();
}

}  // namespace support
