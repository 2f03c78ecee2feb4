#include "pooler/session/secret_query.h"

#include <array>

#include "pooler/server/session_effects.h"
#include "pooler/session/session_environment.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/result.h"

namespace pooler {

using protocol::BackendType;

namespace {

/// A row with a name and a secret is small; whoever sends more is not an auth_query.
constexpr std::size_t kMaxReplyBytes = 256 * 1024;
/// The server that runs it is given up after this; the client's own deadline is client_login_timeout.
constexpr std::chrono::seconds kMaxRunning{15};

using Reply = tl::expected<std::optional<UserSecret>, std::string>;

Reply read_row(std::string_view body) {
    const auto row = protocol::decode_data_row(body);
    if (!row) return tl::make_unexpected("broken row");
    if (row->size() != 2)
        return tl::make_unexpected("it must return two columns, not " + std::to_string(row->size()));
    const auto& name = (*row)[0];
    if (!name || name->empty()) return tl::make_unexpected("it returned no user name");
    return UserSecret{std::string{*name}, std::string{(*row)[1].value_or("")}};
}

Reply server_error(std::string_view body) {
    const auto fields = protocol::decode_error_fields(body);
    return tl::make_unexpected(fields ? std::string{fields->message} : "broken error message");
}

}  // namespace

Reply read_secret_reply(std::string_view replies) {
    std::optional<UserSecret> answer;
    while (replies.size() >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(replies);
        if (!header.valid() || header.total_bytes() > replies.size()) break;
        const std::string_view body = replies.substr(protocol::kHeaderBytes, header.body_bytes());
        if (header.type == static_cast<char>(BackendType::kErrorResponse)) return server_error(body);
        if (header.type == static_cast<char>(BackendType::kDataRow)) {
            if (answer) return tl::make_unexpected("it returned more than one row");
            auto row = read_row(body);
            if (!row) return row;
            answer = *std::move(row);
        }
        if (header.type == static_cast<char>(BackendType::kReadyForQuery)) return answer;
        replies.remove_prefix(header.total_bytes());
    }
    return tl::make_unexpected("the answer is cut off");
}

SecretQuery::SecretQuery(SessionEnvironment& environment, SecretQueryOwner& owner, SecretKey key)
    : environment_{&environment}, owner_{&owner}, key_{std::move(key)}, started_{IoContext::now()} {}

SecretQuery::~SecretQuery() {
    if (pool_ == nullptr) return;
    if (server_ != nullptr) {
        ServerConnection& server = *std::exchange(server_, nullptr);
        server.unlink();
        pool_->retire(server, "auth_query is given up");
    }
    --pool_->clients;
}

void SecretQuery::start(Pool& pool) {
    pool_ = &pool;
    ++pool.clients;
    if (ServerConnection* server = pool.try_take(wanted())) return link(*server);
    pool.wait(*this);
}

void SecretQuery::on_server(ServerConnection& server) { link(server); }

/// The server may still have the values that a client of this role left; the query runs with the server's
/// own.
void SecretQuery::link(ServerConnection& server) {
    server_ = &server;
    server.link(*this);
    started_ = IoContext::now();
    server.statements().forget_unnamed();
    // Not before there is a server: until then nobody has said what the values are that it starts with.
    if (const auto welcome = pool_->welcome()) parameters_.fill_from(welcome->tracked);
    fit_server();
}

void SecretQuery::fit_server() {
    StateChange change;
    const auto& query = pool_->database().connect_query;
    state_step_ = next_state_step(*server_, wanted(), environment_->tracked(),
                                  query ? std::string_view{*query} : std::string_view{}, change);
    if (state_step_ == StateStep::kNone) return send();
    server_->run_own_query(change.sql);
}

void SecretQuery::on_prepared_for(const OwnResult& result) {
    if (result.sqlstate.empty()) {
        finish_state_step(*server_, state_step_);
        if (state_step_ != StateStep::kChange) return fit_server();
        VariableTracker& there = server_->variables();
        there.adopt({variables_, there.state().tracked}, false);
        return send();
    }
    const std::string error = result.message;
    ServerConnection& server = *std::exchange(server_, nullptr);
    server.unlink();
    if (state_step_ == StateStep::kReset) {  // what another client left there is no fault of this query
        pool_->retire(server, "its session state cannot be reset");
        return pool_->wait(*this);
    }
    pool_->retire(server, "invalid server parameter");
    finish({}, error);
}

void SecretQuery::send() {
    // Whoever wrote a function of his own for this may have it do anything.
    if (touches_session(classify(key_.query))) server_->taint(kTaintedForAll);
    std::string message;
    protocol::encode_parse(message, {}, key_.query, protocol::kNoTypes);
    const std::array<std::optional<std::string_view>, 1> parameters{key_.user};
    protocol::encode_bind(message, {}, {}, parameters);
    protocol::encode_execute(message, {});
    protocol::encode_sync(message);
    auto& io = environment_->io();
    for (const Request request : {Request::kParse, Request::kBind, Request::kExecute, Request::kSync})
        static_cast<void>(server_->ledger().push({request, Delivery::kForward, io.next_sequence()}));
    ready_ = false;
    static_cast<void>(server_->socket().send(message));  // a failure shows as a read error
}

void SecretQuery::on_replies(OutBatch& batch, std::size_t /*bytes_read*/) {
    for (const iovec& piece : batch.vectors())
        replies_.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    if (replies_.size() <= kMaxReplyBytes) return;
    pool_->retire(*server_, "auth_query returned too much");  // on_server_lost() follows
}

void SecretQuery::on_turn_end() {
    if (!ready_ || !server_->ledger().empty()) return;
    ServerConnection& server = *std::exchange(server_, nullptr);
    server.unlink();
    pool_->give_back(server, true, false);
    auto answer = read_secret_reply(replies_);
    if (answer)
        finish(*std::move(answer), {});
    else
        finish({}, answer.error());
}

void SecretQuery::on_wait_failed(const PoolError& error) { finish({}, error.message); }

void SecretQuery::on_wait_check(Clock::time_point now) {
    const auto patience = environment_->configuration().settings.query_wait_timeout;
    std::string reason;
    if (patience.count() > 0 && now - started_ >= patience) reason = "query_wait_timeout";
    if (const auto error = pool_->hopeless()) reason = error->message;
    if (!owner_->wanted(*this) || pool_->shared().removed) reason = "given up";
    if (reason.empty()) return;
    pool_->stop_waiting(*this);
    finish({}, std::move(reason));
}

void SecretQuery::check_deadlines(Clock::time_point now) {
    if (now - started_ >= kMaxRunning) pool_->retire(*server_, "auth_query takes too long");
}

void SecretQuery::on_server_lost(std::string_view reason) {
    server_ = nullptr;
    finish({}, std::string{reason});
}

void SecretQuery::finish(std::optional<UserSecret> answer, std::string failure) {
    --std::exchange(pool_, nullptr)->clients;
    owner_->on_query_done(*this, std::move(answer), std::move(failure));
}

}  // namespace pooler
