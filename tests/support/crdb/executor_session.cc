// Variables, prepared statements and CANCEL.
#include <algorithm>
#include <utility>

#include "tests/support/crdb/executor.h"
#include "tests/support/crdb/token.h"

namespace support::crdb {

void Executor::report(Result& result, const std::string& name) const {
    if (const auto reported = Variables::reported_name(name))
        result.statuses.emplace_back(*reported, variables_.value(name));
}

Result Executor::set(const std::string& name, const std::string& value) {
    if (auto error = variables_.set(name, value)) return Result::failed(std::move(*error));
    Result result;
    report(result, name);
    result.tag = "SET";
    return result;
}

Result Executor::reset(const std::string& name) {
    if (auto error = variables_.reset(name)) return Result::failed(std::move(*error));
    Result result;
    report(result, name);
    result.tag = "SET";
    return result;
}

tl::expected<std::string, Error> Executor::shown(const std::string& name) const {
    if (name == "transaction_status") {
        if (state_ == State::kIdle) return "NoTxn";
        if (state_ == State::kOpen) return "Open";
        return state_ == State::kFailed ? "Aborted" : "CommitWait";
    }
    if (name == "transaction_read_only") {
        const bool only = txn_ ? txn_->read_only : variables_.value("default_transaction_read_only") == "on";
        return only ? "on" : "off";
    }
    return variables_.show(name);
}

Result Executor::show(const Running& running) {
    const auto& statement = running.statement;
    auto planned = plan(statement, running.extended);
    if (!planned) return Result::failed(std::move(planned.error()));
    const bool status = statement.verb == Verb::kShowTransactionStatus;
    auto value = shown(status ? "transaction_status" : statement.name);
    if (!value) return Result::failed(std::move(value.error()));
    Result result;
    result.columns = std::move(planned->columns);
    result.rows = {{std::move(*value)}};
    result.tag = statement.tag + " 1";
    return result;
}

Result Executor::discard_all() {
    if (in_transaction()) return Result::failed(errors::discard_in_transaction());
    variables_.reset_all();
    prepared_.clear();
    Result result;
    report(result, "application_name");
    report(result, "timezone");
    result.tag = "DISCARD";
    return result;
}

Result Executor::prepare(const Statement& statement) {
    if (prepared_.count(statement.name) != 0)
        return Result::failed(errors::statement_exists_sql(statement.name));
    auto parsed = parse_sql(statement.body);
    if (!parsed) return Result::failed(std::move(parsed.error()));
    if (parsed->size() != 1) return Result::failed(errors::syntax(statement.text, 0, "prepare"));
    auto planned = plan(parsed->front(), true);
    if (!planned) return Result::failed(std::move(planned.error()));
    prepared_[statement.name] = {std::move(parsed->front()), std::move(*planned)};
    Result result;
    result.tag = "PREPARE";
    return result;
}

Result Executor::execute(const Running& running) {
    const auto found = prepared_.find(running.statement.name);
    if (found == prepared_.end())
        return Result::failed(errors::no_statement_executed(running.statement.name));
    Row parameters;
    for (const auto& argument : running.statement.arguments) {
        auto value = evaluate(argument, {&facts_, nullptr, nullptr, &running.parameters});
        if (!value) return Result::failed(std::move(value.error()));
        parameters.push_back(std::move(*value));
    }
    return dispatch({*found->second.statement, parameters, running.extended, running.started});
}

Result Executor::deallocate(const Statement& statement) {
    if (statement.name.empty()) {
        prepared_.clear();
    } else if (prepared_.erase(statement.name) == 0) {
        return Result::failed(errors::no_statement_deallocated(statement.name));
    }
    Result result;
    result.tag = statement.tag;
    return result;
}

Result Executor::cancel(const Running& running) {
    const auto& statement = running.statement;
    std::vector<std::string> ids;
    if (statement.verb == Verb::kCancelQuery) {
        if (statement.name.size() % 2 != 0) return Result::failed(errors::bad_query_id(statement.name));
        ids.push_back(statement.name);
        if (host_.cancel_queries(ids) == 0) return Result::failed(errors::no_such_query(statement.name));
    } else {
        auto found = select_without_table(running);
        if (found.error) return found;
        for (auto& row : found.rows) ids.push_back(row.front().value_or(""));
        ids.resize(statement.verb == Verb::kCancelQueries ? host_.cancel_queries(ids)
                                                          : host_.cancel_sessions(ids));
    }
    Result result;
    result.tag = statement.tag + ' ' + std::to_string(ids.size());
    return result;
}

}  // namespace support::crdb
