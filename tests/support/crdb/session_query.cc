// Simple queries, the work on one statement with all that may disturb it, and COPY.
#include <utility>

#include "protocol/copy.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "tests/support/crdb/session.h"

namespace support::crdb {

void Session::on_query(std::string_view body) {
    if (skip_to_sync_) {
        // Its text is skipped, but the Sync that it implies is not.
        skip_to_sync_ = false;
        return ready();
    }
    const auto text = protocol::decode_query(body);
    auto statements = parse_sql(text.value_or(""));
    if (!statements) {
        executor_->fail(statements.error());
        encode(pending_, statements.error());
        return ready();
    }
    if (refuse_while_suspended("sql.ExecStmt")) {
        skip_to_sync_ = false;
        return ready();
    }
    if (statements->empty()) {
        protocol::encode_empty_query_response(pending_);
        return ready();
    }
    work_.emplace();
    work_->statements = std::move(*statements);
}

bool Session::advance() {
    auto& work = *work_;
    if (work.next == work.statements.size()) {
        const bool simple = work.simple;
        work_.reset();
        if (simple) ready();
        return true;
    }
    const auto statement = work.statements[work.next];
    start_statement(work, statement);
    auto result = step(work, statement);
    if (!result) return false;
    cancel_requested_ = false;
    const bool cut = work.order && work.order->fault.cut != Cut::kNone;
    if (cut) {
        pending_.clear();
        finished_ = work.order->fault.cut;
        return true;
    }
    if (work.order && work.order->fault.drains) {
        expel(*result);
        return true;
    }
    work.started = work.executed = false;
    work.order.reset();
    ++work.next;
    deliver(work, statement, std::move(*result));
    return true;
}

void Session::start_statement(Work& work, const Statement& statement) {
    if (work.started) return;
    work.started = true;
    work.started_at = node_.now();
    work.order = node_.script().strike(statement, executor_->committed());
    work.result = {};
    ++statements_;
    node_.on_statement(statement.text);
}

bool Session::held(const Work& work, bool applied) const {
    if (!work.order || work.order->fault.applied != applied) return false;
    const auto& fault = work.order->fault;
    return node_.now() < work.started_at + fault.delay || (fault.hold && !work.order->released);
}

std::optional<Result> Session::interrupted(Work& work, const Statement& statement) {
    const auto limit = milliseconds_of(executor_->variables().value("statement_timeout")).value_or(0);
    const bool late = limit > 0 && node_.now() >= work.started_at + std::chrono::milliseconds(limit);
    if (!cancel_requested_ && !late) return std::nullopt;
    auto result = Result::failed(cancel_requested_ ? errors::canceled() : errors::statement_timeout());
    result.columns = std::move(work.result.columns);
    if (!work.executed && statement.verb == Verb::kCommit) executor_->fail_commit(false);
    executor_->fail(*result.error);
    return result;
}

std::optional<Result> Session::step(Work& work, const Statement& statement) {
    const bool waits = held(work, false) || (work.executed && held(work, true)) || work.result.wait;
    if (waits || cancel_requested_) {
        if (auto result = interrupted(work, statement)) return result;
    }
    if (held(work, false)) return std::nullopt;
    const bool strikes = work.order && work.order->fault.strikes();
    if (strikes && !work.order->fault.applied) return struck(work, statement);
    if (!work.executed) {
        const auto portal = portals_.find(work.portal);
        const Row parameters = work.simple || portal == portals_.end() ? Row{} : portal->second.parameters;
        work.result = executor_->run(statement, parameters, !work.simple, work.started_at);
        if (work.result.wait) return std::nullopt;
        work.executed = true;
    }
    if (held(work, true)) return std::nullopt;
    if (strikes && !work.result.error) return struck(work, statement);
    return std::move(work.result);
}

Result Session::struck(Work& work, const Statement& statement) {
    const auto& fault = work.order->fault;
    if (!fault.applied && statement.verb == Verb::kCommit) executor_->fail_commit(false);
    if (!fault.applied && statement.verb == Verb::kRelease) executor_->fail_commit(true);
    if (!fault.error) return {};
    executor_->fail(*fault.error);
    auto result = Result::failed(*fault.error);
    result.columns = std::move(work.result.columns);
    return result;
}

void Session::deliver(Work& work, const Statement& statement, Result result) {
    if (result.notice) encode_notice(pending_, *result.notice);
    if (result.copy_columns) return begin_copy(statement, *result.copy_columns);
    if (work.simple && !result.columns.empty()) encode_row_description(pending_, result.columns);
    if (result.error) return deliver_error(work, result);
    if (!work.simple && !result.columns.empty()) return deliver_rows(work, std::move(result));
    for (const auto& row : result.rows) encode_data_row(pending_, row);
    for (const auto& [name, value] : result.statuses)
        protocol::encode_parameter_status(pending_, name, value);
    protocol::encode_command_complete(pending_, result.tag);
}

void Session::deliver_error(Work& work, const Result& result) {
    encode(pending_, *result.error);
    if (work.simple) {
        if (!result.goes_on) work.next = work.statements.size();
        return;
    }
    flush();
    skip_to_sync_ = true;
    work_.reset();
}

/// As drain_cancel(), for the statement under way alone.
void Session::expel(const Result& result) {
    if (result.error) {
        if (work_->simple && !result.columns.empty()) encode_row_description(pending_, result.columns);
        encode(pending_, *result.error);
    }
    work_.reset();
    flush();
    executor_->leave();
    drained_ = true;
    if (!result.error) refuse(errors::shutting_down());
}

void Session::begin_copy(const Statement& statement, std::size_t columns) {
    protocol::encode_copy_in_response(pending_, columns);
    flush();
    copy_ = statement;
    copy_data_.clear();
    work_.reset();
}

void Session::on_copy_message(protocol::FrontendType type, std::string_view body) {
    using protocol::FrontendType;
    if (type == FrontendType::kCopyData) {
        copy_data_ += body;
        return;
    }
    if (type == FrontendType::kTerminate) {
        finished_ = Cut::kFin;
        return;
    }
    if (type != FrontendType::kCopyDone && type != FrontendType::kCopyFail) return;
    auto result = Result::failed(errors::copy_canceled());
    if (type == FrontendType::kCopyDone)
        result = executor_->copy(*copy_, copy_data_);
    else
        executor_->fail(*result.error);
    copy_.reset();
    if (result.error)
        encode(pending_, *result.error);
    else
        protocol::encode_command_complete(pending_, result.tag);
    ready();
}

}  // namespace support::crdb
