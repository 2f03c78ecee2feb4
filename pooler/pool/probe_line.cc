#include "pooler/pool/probe_line.h"

#include <utility>

#include "pooler/pool/pool.h"
#include "pooler/pool/tls_contexts.h"

namespace pooler {

namespace {

constexpr std::chrono::seconds kRetry{1};
constexpr std::chrono::seconds kTooLong{5};

ProbeContext context_of(PoolEnvironment& environment) {
    return {environment.io(), environment.resolver(), environment.key_cache(), environment.tracked()};
}

}  // namespace

ProbeLine::ProbeLine(PoolEnvironment& environment, ProbeLineOwner& owner, Pool& pool)
    : environment_{&environment}, owner_{&owner}, pool_{&pool}, line_{context_of(environment), *this} {}

bool ProbeLine::ask(std::string_view question) {
    const auto now = IoContext::now();
    if (asking_) {
        if (now - asked_at_ > kTooLong) drop();
        return false;
    }
    if (state_ != State::kReady) {
        const bool pending = state_ == State::kOpening;
        if (pending && now - tried_at_ > kTooLong) drop();
        if (!pending && now - tried_at_ > kRetry) open();
        return false;
    }
    asking_ = true;
    asked_at_ = now;
    line_.ask(question);
    return true;
}

void ProbeLine::open() {
    const auto& database = pool_->database();
    const auto hosts = environment_->configuration().hosts(database);
    tried_at_ = IoContext::now();
    if (hosts.empty()) return;
    // As configured: what its certificate must name.
    const std::string& host = hosts[pool_->shared().next_host.load() % hosts.size()];
    state_ = State::kOpening;
    line_.open({.host = host,
                .port = static_cast<std::uint16_t>(database.port),
                .login = pool_->login_request(),
                .tls = environment_->tls().plan(database, pool_->shared().user, host),
                .id = environment_->next_id()});
}

void ProbeLine::on_line_failed(OwnLine& /*line*/, const std::string& /*sqlstate*/,
                               const std::string& reason) {
    complain("cannot be asked how far it is: " + reason);
    drop();
}

/// Once, until something else is wrong or an answer comes.
void ProbeLine::complain(std::string text) {
    if (text == complaint_) return;
    warn(text);
    complaint_ = std::move(text);
}

void ProbeLine::on_line_answer(OwnLine& /*line*/, bool ok, const OwnResult& result) {
    asking_ = false;
    if (ok)
        complaint_.clear();
    else
        complain("does not say how far it is: " + result.message);
    owner_->on_answer(*this, ok && !result.row.empty() ? result.row.front() : std::nullopt);
}

void ProbeLine::warn(std::string_view text) const {
    if (const ServerConnection* server = line_.connection())
        environment_->log_server(*server, pool_->shared(), text, true);
}

void ProbeLine::drop() {
    state_ = State::kClosed;
    line_.close();
    if (std::exchange(asking_, false)) owner_->on_answer(*this, std::nullopt);
}

}  // namespace pooler
