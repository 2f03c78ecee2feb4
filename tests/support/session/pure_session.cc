#include "tests/support/session/pure_session.h"

#include <utility>

#include "pooler/seeded_bug.h"
#include "pooler/session/deallocate.h"
#include "protocol/frame.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace support {

using pooler::Delivery;
using pooler::Request;
using pooler::SeededBug;
using pooler::SessionEffects;
using pooler::Variables;
using protocol::FrontendType;
using protocol::TransactionStatus;

namespace {

constexpr std::string_view kReset = "RESET ROLE;RESET ALL";

std::string_view body_of(std::string_view message) { return message.substr(protocol::kHeaderBytes); }

}  // namespace

PureSession::PureSession(PureWorker& worker, std::uint64_t id, Variables startup, TakeServer take)
    : worker_{&worker}, id_{id}, take_{std::move(take)}, variables_{startup}, startup_{std::move(startup)} {}

// --- the walk

bool PureSession::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (bytes.size() < protocol::kHeaderBytes) return false;
        const auto header = protocol::read_header(bytes);
        if (!header.valid() || header.total_bytes() > bytes.size() ||
            !protocol::known_frontend(header.type) ||
            header.type == static_cast<char>(FrontendType::kPassword) ||
            header.type == static_cast<char>(FrontendType::kTerminate))
            return false;
        inbox_ += bytes.substr(0, header.total_bytes());
        bytes.remove_prefix(header.total_bytes());
    }
    walk();
    return true;
}

void PureSession::walk() {
    if (std::exchange(walking_, true)) return;
    while (!inbox_.empty() && hold_ == Hold::kNone) {
        const std::string message = inbox_.substr(0, protocol::read_header(inbox_).total_bytes());
        const Step step = on_request(message);
        if (step == Step::kHold) break;
        if (step == Step::kPass) server_->to_server += message;
        inbox_.erase(0, message.size());
    }
    walking_ = false;
    if (server_ != nullptr && !server_->ledger.empty() && server_->ledger.only_answers())
        server_->on_turn_end();
}

void PureSession::go_on() {
    hold_ = Hold::kNone;
    walk();
}

void PureSession::try_again() {
    if (hold_ == Hold::kForServer) go_on();
}

bool PureSession::leave() {
    PureServer* server = std::exchange(server_, nullptr);
    inbox_.clear();
    if (server == nullptr) return true;
    if (hold_ == Hold::kForOwn || !server->variables.known()) server->tainted_for = ~std::uint64_t{0};
    return server->give_back();
}

PureSession::Step PureSession::on_request(std::string_view message) {
    const auto type = static_cast<FrontendType>(message.front());
    if (server_ == nullptr) {
        const Step step = on_unlinked(message);
        if (step != Step::kPass) return step;
    }
    if (server_->ledger.skipping() && type != FrontendType::kSync)
        return worker_->cockroach() && type == FrontendType::kQuery ? on_sync() : Step::kDrop;
    switch (type) {
        case FrontendType::kQuery: {
            const auto text = protocol::decode_query(body_of(message));
            return on_query(text ? *text : std::string_view{});
        }
        case FrontendType::kParse: return on_parse(body_of(message));
        case FrontendType::kBind: return on_bind(body_of(message));
        case FrontendType::kDescribe: return on_describe(body_of(message));
        case FrontendType::kClose: return on_close(body_of(message));
        case FrontendType::kExecute: return on_execute(body_of(message));
        case FrontendType::kSync: return on_sync();
        case FrontendType::kFunctionCall:
            if (record(Request::kFunctionCall)) taint();
            batch_start_ = worker_->last_sequence + 1;
            return Step::kPass;
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail: static_cast<void>(record(Request::kCopyEnd)); return Step::kPass;
        case FrontendType::kCopyData:
        case FrontendType::kFlush:
        case FrontendType::kPassword:
        case FrontendType::kTerminate: break;
    }
    return Step::kPass;
}

PureSession::Step PureSession::on_unlinked(std::string_view message) {
    const auto type = static_cast<FrontendType>(message.front());
    if (type == FrontendType::kSync) {
        protocol::encode_ready_for_query(to_client, TransactionStatus::kIdle);
        return Step::kDrop;
    }
    if (type == FrontendType::kCopyData || type == FrontendType::kCopyDone ||
        type == FrontendType::kCopyFail || type == FrontendType::kFlush)
        return Step::kDrop;
    PureServer* server = take_(variables_);
    if (server == nullptr) {
        hold_ = Hold::kForServer;
        return Step::kHold;
    }
    link(*server);
    return hold_ == Hold::kNone ? Step::kPass : Step::kHold;
}

void PureSession::link(PureServer& server) {
    server_ = &server;
    server.link(*this);
    batch_start_ = worker_->last_sequence + 1;
    ready_seen_ = false;
    if (fit_server()) hold_ = Hold::kForOwn;
}

/// True if a statement of ours is on its way that gives the server this client's variables.
bool PureSession::fit_server() {
    if (pooler::seeded_bug(SeededBug::kStateNotSet)) return false;
    const bool tainted = server_->tainted_for != 0 && server_->tainted_for != id_;
    pooler::StateChange change;
    if (tainted) {
        change.sql = kReset;
    } else {
        const Variables& current = server_->variables.state().variables;
        append_cleaning(change, current, variables_);
        append_setting(change, current, variables_);
    }
    if (change.empty()) {
        server_->variables.adopt({variables_, 0}, server_->status() != TransactionStatus::kIdle);
        return false;
    }
    ++state_changes;
    server_->run_own(change.sql);
    return true;
}

void PureSession::on_prepared(bool well) {
    const bool was_tainted = server_->tainted_for != 0 && server_->tainted_for != id_;
    if (!well && was_tainted) server_->variables.mark_unknown();
    if (was_tainted) {
        server_->variables.on_reset();
        server_->tainted_for = 0;
        if (fit_server()) return;
    } else {
        server_->variables.adopt({variables_, 0}, server_->status() != TransactionStatus::kIdle);
    }
    go_on();
}

// --- what the server says

void PureSession::on_own_answer(Request request) {
    encode_own_answer(to_client, request, server_->status());
    if (request == Request::kQuery) on_ready();
}

void PureSession::on_failed(const pooler::FailedRange& range) {
    names.on_failed(range);
    portals_.on_failed(range.last);
}

void PureSession::on_turn_end() {
    const pooler::Ledger& ledger = server_->ledger;
    names.on_settled(ledger.settled());
    notes_.on_settled(ledger.settled());
    if (hold_ == Hold::kForOutcome) return go_on();
    if (hold_ == Hold::kForShape && notes_.asked <= ledger.settled()) return go_on();
    if (hold_ == Hold::kForRestore && (ledger.in_copy() || ledger.skipping())) return go_on();
    if (!ready_seen_ || !ledger.empty()) return;
    if (hold_ == Hold::kForRestore) return restore();
    if (hold_ == Hold::kNone && server_->reusable()) part();
}

void PureSession::restore() {
    if (server_->status() == TransactionStatus::kFailed) return go_on();
    restore_due_ = false;
    if (pooler::seeded_bug(SeededBug::kStartupValueLost)) return go_on();
    variables_ = server_->variables.state().variables;
    variables_.fill_from(startup_);
    hold_ = Hold::kForOwn;
    if (!fit_server()) go_on();
}

/// At a transaction's end the server goes back, unless nobody knows what is set there.
void PureSession::part() {
    if (restore_due_) return restore();
    if (!server_->variables.known()) return walk();
    server_->variables.share(worker_->variables);
    variables_ = server_->variables.state().variables;
    portals_.clear();
    static_cast<void>(std::exchange(server_, nullptr)->give_back());
    walk();
}

// --- requests that are no matter of prepared statements

bool PureSession::record(Request request, Delivery delivery) {
    if (!server_->ledger.push({request, delivery, worker_->next_sequence()})) return false;
    ready_seen_ = false;
    return true;
}

PureSession::Step PureSession::wait_for_outcome() {
    hold_ = Hold::kForOutcome;
    return Step::kHold;
}

void PureSession::hold_for_restore() {
    if (restore_due_ && hold_ == Hold::kNone) hold_ = Hold::kForRestore;
}

PureSession::Step PureSession::on_query(std::string_view text) {
    const bool copying = server_->ledger.in_copy();
    const SessionEffects effects = copying ? SessionEffects{} : effects_of_text(text);
    if (!copying)
        if (const auto step = on_deallocate(text)) return *step;
    if (record(Request::kQuery)) {
        note(effects);
        names.drop_unnamed(worker_->last_sequence);
        portals_.end({});
        server_->statements.forget_unnamed();
        note_deallocate_all(text);
    }
    batch_start_ = worker_->last_sequence + 1;
    hold_for_restore();
    return Step::kPass;
}

PureSession::Step PureSession::on_sync() {
    static_cast<void>(record(Request::kSync));
    batch_start_ = worker_->last_sequence + 1;
    hold_for_restore();
    return Step::kPass;
}

SessionEffects PureSession::effects_of_text(std::string_view text) {
    const pooler::SqlScript& script = worker_->classes.classify(text, worker_->dialect);
    if (!touches_session(script)) return {};
    return effects_of(script, text, {&worker_->tracked, worker_->dialect, {}});
}

/// The request last recorded may set something unseen.
void PureSession::taint() {
    server_->tainted_for = id_;
    server_->tainted_at = worker_->last_sequence;
}

void PureSession::note(const SessionEffects& effects) {
    if (effects.variables) server_->variables.record(worker_->last_sequence, effects.variables);
    if (effects.taints && !pooler::seeded_bug(SeededBug::kTaintForgotten)) taint();
    if (effects.restores && !startup_.empty()) restore_due_ = true;
}

void PureSession::note_deallocate_all(std::string_view text) {
    if (!pooler::drops_all_statements(worker_->classes.classify(text, worker_->dialect)) ||
        pooler::seeded_bug(SeededBug::kDeallocateAllMissed))
        return;
    names.expect_deallocate_all(worker_->last_sequence);
    server_->statements.doubt_all();
}

}  // namespace support
