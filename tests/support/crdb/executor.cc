// Which statement does what, and the transaction states.
#include "tests/support/crdb/executor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <utility>

namespace support::crdb {
namespace {

constexpr std::string_view kRestart = "cockroach_restart";

bool defines(Verb verb) {
    return verb == Verb::kCreateTable || verb == Verb::kDropTable || verb == Verb::kAddColumn ||
           verb == Verb::kCreateIndex;
}

Result tagged(std::string tag) {
    Result result;
    result.tag = std::move(tag);
    return result;
}

bool ends_transaction(Verb verb) { return verb == Verb::kCommit || verb == Verb::kRollback; }

}  // namespace

std::string wall_clock() {
    constexpr long kMicrosecond = 1'000'000;
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const auto total = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count();
    const auto seconds = static_cast<std::time_t>(total / kMicrosecond);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    auto fraction = std::to_string(kMicrosecond + total % kMicrosecond);
    fraction.front() = '.';
    while (fraction.back() == '0' || fraction.back() == '.') {
        fraction.pop_back();
        if (fraction.empty()) break;
    }
    return std::string(text.data(), length) + fraction + "+00:00";
}

bool Executor::is_restart(const std::string& name) const {
    return name.compare(0, kRestart.size(), kRestart) == 0 ||
           variables_.value("force_savepoint_restart") == "on";
}

char Executor::status() const {
    if (state_ == State::kIdle) return 'I';
    return state_ == State::kFailed ? 'E' : 'T';
}

void Executor::leave() {
    if (txn_) host_.store().rollback(*txn_);
    txn_.reset();
    savepoints_.clear();
    state_ = State::kIdle;
    ran_in_transaction_ = delivered_ = must_restart_ = false;
}

void Executor::fail(const Error& error) {
    if (state_ == State::kIdle || state_ == State::kFailed) return;
    state_ = State::kFailed;
    if (error.code == "40001") must_restart_ = true;
}

void Executor::fail_commit(bool release) {
    if (!release) return leave();
    fail({"40001", {}});
}

void Executor::delivered() {
    if (ran_in_transaction_) delivered_ = true;
}

std::optional<Error> Executor::refused(const Statement& statement) const {
    const auto verb = statement.verb;
    if (verb == Verb::kShowTransactionStatus) return std::nullopt;
    if (state_ == State::kCommitWait && !ends_transaction(verb)) return errors::transaction_committed();
    if (state_ != State::kFailed || ends_transaction(verb) || verb == Verb::kRollbackTo) return std::nullopt;
    if (verb == Verb::kSavepoint && is_restart(statement.name)) return std::nullopt;
    return errors::transaction_aborted();
}

Result Executor::run(const Statement& statement, const Row& parameters, bool extended,
                     Clock::time_point started) {
    if (auto error = refused(statement)) return Result::failed(std::move(*error));
    auto result = dispatch({statement, parameters, extended, started});
    if (result.error && !result.goes_on && state_ == State::kOpen) fail(*result.error);
    return result;
}

Result Executor::dispatch(const Running& running) {
    const auto& statement = running.statement;
    switch (statement.verb) {
        case Verb::kBegin: return begin(statement);
        case Verb::kCommit: return commit();
        case Verb::kRollback: return rollback();
        case Verb::kSavepoint: return savepoint(statement);
        case Verb::kRelease: return release(statement);
        case Verb::kRollbackTo: return rollback_to(statement);
        case Verb::kSetTransaction: return set_transaction(statement);
        case Verb::kSet:
            return statement.to_default ? reset(statement.name) : set(statement.name, statement.value);
        case Verb::kReset: return reset(statement.name);
        case Verb::kShow:
        case Verb::kShowTransactionStatus: return show(running);
        case Verb::kDiscardAll: return discard_all();
        case Verb::kPrepare: return prepare(statement);
        case Verb::kExecute: return execute(running);
        case Verb::kDeallocate: return deallocate(statement);
        case Verb::kCancelQueries:
        case Verb::kCancelQuery:
        case Verb::kCancelSessions: return cancel(running);
        case Verb::kSelect:
        case Verb::kInsert:
        case Verb::kUpdate:
        case Verb::kDelete:
        case Verb::kCopyIn:
        case Verb::kCreateTable:
        case Verb::kDropTable:
        case Verb::kAddColumn:
        case Verb::kCreateIndex: break;
    }
    auto planned = plan(statement, running.extended);
    if (!planned) return Result::failed(std::move(planned.error()));
    const bool commits = defines(statement.verb) && state_ == State::kOpen && has_commit_before_ddl();
    if (commits) {
        if (auto failed = commit_before_ddl()) return *failed;
    }
    ran_in_transaction_ = in_transaction();
    auto result = in_transaction_of(running, std::move(planned->columns));
    if (commits) result.notice = errors::committed_before_ddl();
    return result;
}

Result Executor::begin(const Statement& statement) {
    if (state_ != State::kIdle) return Result::failed(errors::already_in_transaction());
    txn_ = host_.store().begin();
    txn_->read_only = statement.read_only.value_or(variables_.value("default_transaction_read_only") == "on");
    txn_->high_priority = statement.high_priority;
    state_ = State::kOpen;
    facts_.now = wall_clock();
    auto result = tagged("BEGIN");
    if (statement.follower_read) {
        result.notice =
            Error{"00000",
                  "follower reads disabled: use of follower reads requires an enterprise license. see "
                  "https://cockroachlabs.com/pricing?cluster=" +
                      facts_.cluster_id + " for details on how to enable enterprise features"};
        result.notice->file = "builtins.go";
        result.notice->line = "7390";
        result.notice->routine = "recentTimestamp";
    }
    return result;
}

Result Executor::set_transaction(const Statement& statement) {
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    if (statement.read_only) txn_->read_only = *statement.read_only;
    if (statement.high_priority) txn_->high_priority = true;
    return tagged("SET TRANSACTION");
}

Result Executor::end_with(const char* tag) {
    leave();
    return tagged(tag);
}

Result Executor::commit() {
    if (state_ == State::kIdle && has_commit_before_ddl()) {
        // Builds that have the variable answer as PostgreSQL does.
        auto result = tagged("COMMIT");
        result.notice = errors::no_transaction_warning();
        return result;
    }
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    if (state_ == State::kFailed) return end_with("ROLLBACK");
    if (state_ == State::kCommitWait) return end_with("COMMIT");
    const auto obstacle = host_.store().commit(*txn_);
    if (!obstacle) {
        txn_.reset();
        return end_with("COMMIT");
    }
    if (obstacle->error) txn_.reset();  // committed all the same
    leave();
    return blocked(*obstacle);
}

bool Executor::has_commit_before_ddl() const { return variables_.value("autocommit_before_ddl") == "on"; }

std::optional<Result> Executor::commit_before_ddl() {
    auto result = commit();
    if (result.error || result.wait) return result;
    return std::nullopt;
}

Result Executor::rollback() {
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    return end_with(state_ == State::kCommitWait ? "COMMIT" : "ROLLBACK");
}

const Executor::Savepoint* Executor::restart_savepoint() const {
    return !savepoints_.empty() && savepoints_.front().restart ? &savepoints_.front() : nullptr;
}

Result Executor::savepoint(const Statement& statement) {
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    const bool restart = is_restart(statement.name);
    if (state_ == State::kFailed) return rollback_to(statement);
    if (restart && restart_savepoint() != nullptr) {
        if (txn_->idle()) return tagged("SAVEPOINT");
        return Result::failed(errors::savepoint_nested());
    }
    if (restart && !txn_->idle()) return Result::failed(errors::savepoint_not_first());
    savepoints_.push_back({statement.name, restart, txn_->writes});
    return tagged("SAVEPOINT");
}

Result Executor::release(const Statement& statement) {
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    const auto* restart = restart_savepoint();
    if (restart != nullptr && restart->name == statement.name) return release_restart();
    const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                    [&](const auto& item) { return item.name == statement.name; });
    if (found == savepoints_.rend()) return Result::failed(errors::no_such_savepoint(statement.name));
    savepoints_.erase(std::prev(found.base()), savepoints_.end());
    return tagged("RELEASE");
}

Result Executor::release_restart() {
    const auto obstacle = host_.store().commit(*txn_);
    if (obstacle && obstacle->retry) return blocked(*obstacle);
    txn_.reset();
    state_ = State::kCommitWait;
    if (!obstacle) return tagged("COMMIT");
    auto result = blocked(*obstacle);
    result.goes_on = true;
    return result;
}

Result Executor::rollback_to(const Statement& statement) {
    if (state_ == State::kIdle) return Result::failed(errors::no_transaction());
    const auto found = std::find_if(savepoints_.begin(), savepoints_.end(),
                                    [&](const auto& item) { return item.name == statement.name; });
    if (found == savepoints_.end()) return Result::failed(errors::no_such_savepoint(statement.name));
    if (!found->restart && must_restart_) {
        Error error{"40001", "restart transaction: cannot rollback to savepoint after a transaction restart"};
        return Result::failed(std::move(error));
    }
    savepoints_.erase(std::next(found), savepoints_.end());
    state_ = State::kOpen;
    if (found->restart) {
        host_.store().restart(*txn_);
        must_restart_ = ran_in_transaction_ = delivered_ = false;
    } else {
        txn_->writes = found->writes;
    }
    return tagged("ROLLBACK");
}

}  // namespace support::crdb
