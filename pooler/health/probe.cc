#include "pooler/health/probe.h"

#include <utility>

namespace pooler {

Probe::Probe(ProbeContext context, ProbeOwner& owner, ProbeRequest request)
    : owner_{&owner}, request_{std::move(request)}, line_{context, *this} {
    timer_.open<&Probe::on_timer>(context.io.loop, this);
}

void Probe::start() {
    result_.begun = IoContext::now();
    timer_.start(request_.timeout);
    line_.open({.host = request_.host,
                .port = request_.port,
                .login = std::move(request_.login),
                .tls = std::move(request_.tls)});
}

void Probe::on_line_open(OwnLine& line) {
    result_.cockroach = line.cockroach();
    ask_next();
}

void Probe::ask_next() {
    if (result_.cockroach && !node_asked_) {
        node_asked_ = true;
        return line_.ask("SHOW node_id");
    }
    if (asked_ == request_.queries.size()) return finish();
    asked_at_ = IoContext::now();
    line_.ask(request_.queries[asked_++]);
}

void Probe::on_line_answer(OwnLine& /*line*/, bool ok, const OwnResult& result) {
    if (asked_ == 0) {  // versions without the variable are no failure
        if (ok && !result.row.empty() && result.row.front()) result_.node = *result.row.front();
        return ask_next();
    }
    if (!ok) return fail(result.sqlstate, result.message);
    result_.latency = std::chrono::duration_cast<Microseconds>(IoContext::now() - asked_at_);
    result_.rows.push_back(result.row);
    ask_next();
}

void Probe::on_line_failed(OwnLine& /*line*/, const std::string& sqlstate, const std::string& reason) {
    fail(sqlstate, reason);
}

/// Runs out, or the result is ready to be told.
void Probe::on_timer() {
    if (!done_) fail("", "no answer in time", true);
    // Whoever hears it may destroy this.
    owner_->on_probe_done(*this, std::move(result_));
}

void Probe::fail(std::string sqlstate, std::string message, bool timeout) {
    if (done_) return;
    result_.failure = ProbeFailure{line_.stage(), std::move(sqlstate), std::move(message), timeout};
    finish();
}

/// Told from the timer: never from inside start(), nor while the connection is at work.
void Probe::finish() {
    if (std::exchange(done_, true)) return;
    result_.address = line_.address();
    line_.close();
    timer_.start(std::chrono::milliseconds{0});
}

}  // namespace pooler
