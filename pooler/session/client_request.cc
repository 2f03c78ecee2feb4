// The walk over a logged-in client's requests: one handler per message, no logic in the switch. What may pass
// untouched stays in the read block; the rest of a message that is larger than the block streams through.
#include "pooler/session/client_session.h"
#include "pooler/session/wire_fault.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace pooler {

using protocol::FrontendType;

namespace {

/// A client that sends the beginning of a message and then nothing must not hold a server: messages that are
/// looked into anyway are complete first.
bool worth_a_server(protocol::FrameHeader header, std::string_view message, std::size_t read_bytes) {
    const bool query = header.type == static_cast<char>(FrontendType::kQuery);
    if (query && header.total_bytes() <= read_bytes) return message.size() >= header.total_bytes();
    const bool control = header.type == static_cast<char>(FrontendType::kParse) ||
                         header.type == static_cast<char>(FrontendType::kDescribe) ||
                         header.type == static_cast<char>(FrontendType::kClose);
    return !control || message.size() >= header.total_bytes();
}

}  // namespace

std::size_t ClientSession::consume_requests(std::string_view data) {
    std::size_t at = 0;
    io().to_server.clear();
    while (at < data.size() && hold_ == Hold::kNone && fault_ == nullptr) {
        if (body_left_ > 0) {
            const std::size_t part = std::min(body_left_, data.size() - at);
            if (body_forwarded_) io().to_server.forward(data.substr(at, part));
            if (replay_) note_replay_bytes(false, data.substr(at, part));
            if (route_) route_->taken += part;
            at += part;
            body_left_ -= part;
            continue;
        }
        if (data.size() - at < protocol::kHeaderBytes) break;
        const auto header = protocol::read_header(data.substr(at));
        const std::string_view message = data.substr(at, header.total_bytes());
        io().ahead = data.substr(at + message.size());
        const Step step = on_request(header, message);
        if (step.kind == Step::Kind::kMore || step.kind == Step::Kind::kHold ||
            step.kind == Step::Kind::kFault)
            break;
        const std::size_t done = apply(step, message, header.total_bytes());
        if (replay_) note_replay_bytes(true, data.substr(at, done));
        if (route_) route_->taken += done;
        at += done;
    }
    io().ahead = {};
    send_to_server();
    if (fault_ != nullptr) {
        const std::string text = std::move(*std::exchange(fault_, nullptr));
        if (text == "client close request")
            close_left(text);
        else
            fail(text);
    }
    return at;
}

/// Does what the handler decided with a message of which `message` is here; returns how much of it is done
/// with.
std::size_t ClientSession::apply(const Step& step, std::string_view message, std::size_t total_bytes) {
    if (step.kind == Step::Kind::kTaken) {
        body_left_ = step.forward_rest;
        body_forwarded_ = true;
        return step.bytes;
    }
    body_forwarded_ = step.kind == Step::Kind::kPass;
    body_left_ = total_bytes - message.size();
    if (body_forwarded_) io().to_server.forward(message);
    return message.size();
}

ClientSession::Step ClientSession::fault(std::string_view text) {
    fault_ = std::make_unique<std::string>(text);
    return {Step::Kind::kFault};
}

ClientSession::Step ClientSession::violation(std::string_view text) {
    ++pool_->stats.client_violations;
    return fault(text);
}

ClientSession::Step ClientSession::on_request(protocol::FrameHeader header, std::string_view message) {
    if (!header.valid() || header.total_bytes() > environment_->configuration().settings.max_packet_size)
        return violation(bad_header(message));
    if (header.type == static_cast<char>(FrontendType::kTerminate)) return fault("client close request");
    if (!protocol::known_frontend(header.type) || header.type == static_cast<char>(FrontendType::kPassword))
        return violation("unknown pkt");
    if (refusal_ == Refusal::kLost) return refuse_lost(header, message);
    if (refusal_ != Refusal::kNone) return refuse(header);
    if (server_ == nullptr) {
        if (block_.state() == LocalBlock::State::kFailed) return on_failed_block(header, message);
        if (const auto step = on_block_request(header, message)) return *step;
        const Step step = on_unlinked(header, message);
        if (step.kind != Step::Kind::kPass) return step;
    } else if (routed() && route_->state != RoutedUnit::State::kSending && waits_for_replica()) {
        hold_ = Hold::kForRoute;
        return {Step::Kind::kHold};
    }
    if (begin_undecided() || release_undecided()) return wait_for_outcome();
    if (block_.state() == LocalBlock::State::kDeferred)
        begin_on_server(header.type == static_cast<char>(FrontendType::kQuery) ||
                        header.type == static_cast<char>(FrontendType::kFunctionCall));
    if (pool_->replicas() != nullptr && source_ == pool_ && !server_->writing) note_write(header, message);
    if (replay_)
        if (const auto step = on_replay_request(header, message)) return *step;
    note_request();
    // After an error the server skips to the next Sync: what it would not read is not sent. CockroachDB skips
    // the text of a simple Query, but takes the Query for a Sync.
    if (server_->ledger().skipping() && header.type != static_cast<char>(FrontendType::kSync)) {
        if (server_->cockroach && header.type == static_cast<char>(FrontendType::kQuery)) return on_sync();
        return {Step::Kind::kDrop};
    }
    switch (static_cast<FrontendType>(header.type)) {
        case FrontendType::kQuery: return on_query(header, message);
        case FrontendType::kParse: return on_parse(header, message);
        case FrontendType::kBind: return on_bind(header, message);
        case FrontendType::kDescribe: return on_describe(header, message);
        case FrontendType::kClose: return on_close(header, message);
        case FrontendType::kExecute: return on_execute(header, message);
        case FrontendType::kSync: return on_sync();
        case FrontendType::kFlush: return on_flush();
        case FrontendType::kFunctionCall: return on_function_call();
        case FrontendType::kCopyData: return {};
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail: return on_copy_end();
        case FrontendType::kPassword:
        case FrontendType::kTerminate: break;
    }
    return violation("unknown pkt");
}

/// Without a server: what needs none is answered, the rest gets one or waits. kPass: a server is linked.
ClientSession::Step ClientSession::on_unlinked(protocol::FrameHeader header, std::string_view message) {
    switch (static_cast<FrontendType>(header.type)) {
        case FrontendType::kCopyData:  // late, after an error: a server would ignore them
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail:
        case FrontendType::kFlush: return {Step::Kind::kDrop};
        case FrontendType::kSync: {
            std::string reply;
            say_ready(reply);
            return {Step::Kind::kDrop};
        }
        case FrontendType::kBind:
        case FrontendType::kClose:
        case FrontendType::kDescribe:
        case FrontendType::kExecute:
        case FrontendType::kFunctionCall:
        case FrontendType::kParse:
        case FrontendType::kPassword:
        case FrontendType::kQuery:
        case FrontendType::kTerminate: break;
    }
    if (pool_->mode() != conf::PoolMode::kSession && !worth_a_server(header, message, kMaxReadBytes))
        return {Step::Kind::kMore};
    note_request();
    if (pool_->replicas() != nullptr && source_ == pool_ && !replaying()) choose_source(header, message);
    if (!take_server()) return {fault_ == nullptr ? Step::Kind::kHold : Step::Kind::kFault};
    return {};
}

void ClientSession::note_request() {
    if (replaying()) return;
    if (!query_running_) {
        query_running_ = true;
        query_start_ = last_request_;
        ++pool_->stats.queries;
    }
    if (!in_transaction_) {
        in_transaction_ = true;
        transaction_start_ = last_request_;
    }
}

/// True if a server is linked and the request may go. False: hold_ or fault_ says why not.
bool ClientSession::take_server() {
    if (environment_->process().refuse_waiters) {
        static_cast<void>(fault("server shutting down"));
        return false;
    }
    if (ServerConnection* server = source_->try_take(wanted())) {
        link(*server);
        return hold_ == Hold::kNone;
    }
    // Who has begun a transaction shall not notice what a replay would hide a moment later.
    const bool patient =
        !block_.none() && environment_->configuration().transaction_replay(pool_->database(), user());
    if (const auto error = source_->hopeless(patient)) {
        pool_->try_again();
        static_cast<void>(fault(error->message));
        return false;
    }
    if (const char* full = queue_full(); full != nullptr) {
        static_cast<void>(fault(full));
        return false;
    }
    hold_ = Hold::kForServer;
    source_->wait(*this);
    return false;
}

void ClientSession::link(ServerConnection& server) {
    server_ = &server;
    server.link(*this);
    ++source_->stats.assignments;
    batch_start_ = io().last_sequence + 1;
    ready_seen_ = false;
    handed_ = false;
    begin_first_ = begin_last_ = 0;
    if (socket_.backed_up()) server.socket().read_on(false);
    if (!tracking_) server.statements().forget_unnamed();  // what this client prepares there is not followed
    followed_ = pool_->mode() != conf::PoolMode::kSession;
    server.notifies = !followed_;
    if (replay_) {
        replay_->commit.forget();
        replay_->xid_at = 0;
    }
    if (replaying()) {
        server.whole_notices = true;
        replay_->machine.set_server(traits_of(server));
    } else
        open_replay();
    if (replay_) begin_savepoint();
    if (server.fits(wanted()))
        server.variables().mark_tracked(startup_bits_);
    else if (fit_server())
        hold_ = Hold::kForState;
}

/// False: no reply will come, the server skips or a COPY swallows the request.
bool ClientSession::record(Request request, Delivery delivery) {
    if (!server_->ledger().push({request, delivery, io().next_sequence()})) return false;
    ready_seen_ = false;
    if (replay_ && delivery != Delivery::kSwallow) note_replay_record(request);
    if (route_ && delivery != Delivery::kSwallow && (request == Request::kQuery || request == Request::kSync))
        route_->note_end_of_request();
    return true;
}

ClientSession::Step ClientSession::wait_for_outcome() {
    hold_ = Hold::kForOutcome;
    return {Step::Kind::kHold};
}

ClientSession::Step ClientSession::on_query(protocol::FrameHeader header, std::string_view message) {
    if (environment_->configuration().settings.disable_pqexec) return fault("PQexec disallowed");
    const auto effects = effects_of_query(header, message);
    if (!effects) return {Step::Kind::kMore};
    if (const auto step = on_deallocate(header, message)) return *step;
    const PinSet pins = refused(*effects);
    const bool runs = record(Request::kQuery);
    if (runs && pins == 0) note(*effects);
    if (pins != 0) {
        const std::string_view text = refuse_text(pins);
        io().to_server.own([text](std::string& out) { protocol::encode_query(out, text); });
    }
    batch_start_ = io().last_sequence + 1;
    if (tracking_ && runs) {
        if (names_) names_->drop_unnamed(io().last_sequence);
        if (portals_) portals_->end({});
        server_->statements().forget_unnamed();
        if (names_ && message.size() >= header.total_bytes())
            if (const auto text = protocol::decode_query(message.substr(protocol::kHeaderBytes)))
                note_deallocate_all(*text);
    }
    if (message.size() >= header.total_bytes()) hold_for_restore();
    return pins != 0 ? Step{Step::Kind::kDrop} : Step{};
}

ClientSession::Step ClientSession::on_sync() {
    static_cast<void>(record(Request::kSync));
    batch_start_ = io().last_sequence + 1;
    hold_for_restore();
    return {};
}

ClientSession::Step ClientSession::on_execute(protocol::FrameHeader header, std::string_view message) {
    if (!portals_ || portals_->all_quiet()) {
        static_cast<void>(record(Request::kExecute));
        return {};
    }
    if (message.size() < header.total_bytes()) return {Step::Kind::kMore};
    const auto execute = protocol::decode_execute(message.substr(protocol::kHeaderBytes));
    if (!execute) return violation("broken Execute packet");
    if (auto step = execute_deallocate(message.substr(0, header.total_bytes()), execute->portal))
        return *step;
    if (record(Request::kExecute)) note_execute(execute->portal);
    return {};
}

/// The function may be any.
ClientSession::Step ClientSession::on_function_call() {
    if (record(Request::kFunctionCall) && followed_) note_hidden_state();
    batch_start_ = io().last_sequence + 1;
    return {};
}

ClientSession::Step ClientSession::on_copy_end() {
    static_cast<void>(record(Request::kCopyEnd));
    return {};
}

/// The client waits for all replies so far: those at the head that we answer ourselves have no other trigger.
ClientSession::Step ClientSession::on_flush() {
    send_to_server();
    if (server_->ledger().head() != nullptr && server_->ledger().head()->delivery == Delivery::kAnswer)
        answer_alone();
    return {};
}

void ClientSession::send_to_server() {
    OutBatch& batch = io().to_server;
    if (server_ != nullptr && !batch.empty()) {
        handed_ = true;
        lost_links_ = 0;
        server_->send(batch);
        if (server_->socket().backed_up()) socket_.read_on(false);
    }
    batch.clear();
    if (server_ != nullptr && !server_->ledger().empty() && server_->ledger().only_answers()) answer_alone();
}

/// The server owes nothing before the next answer of ours.
bool ClientSession::answers_due() const {
    const Entry* head = server_->ledger().head();
    return head == nullptr || head->delivery == Delivery::kAnswer;
}

/// Answers what is due at the head of the ledger.
void ClientSession::answer_alone() {
    if (server_->mid_reply()) return;  // behind the rest of that message, at the end of a turn
    std::string replies;
    Entry entry;
    while (server_->ledger().take_answer(entry)) {
        encode_answer(replies, entry.request, server_->transaction_status());
        if (entry.request == Request::kQuery) on_ready(server_->transaction_status());
    }
    deliver(replies);
}

std::size_t ClientSession::consume_console(std::string_view data) {
    std::size_t at = 0;
    while (state_ == SessionState::kConsole && data.size() - at >= protocol::kHeaderBytes) {
        const auto header = protocol::read_header(data.substr(at));
        constexpr std::size_t kMaxCommandBytes = 1024 * 1024;
        if (!header.valid() || header.total_bytes() > kMaxCommandBytes) {
            fail(bad_header(data.substr(at)));
            return at;
        }
        if (data.size() - at < header.total_bytes()) break;
        if (header.type == static_cast<char>(FrontendType::kTerminate)) {
            close_left("client close request");
            return at;
        }
        if (header.type == static_cast<char>(FrontendType::kQuery) &&
            environment_->configuration().settings.disable_pqexec) {
            fail("PQexec disallowed");
            return at;
        }
        const bool go_on =
            console_->on_message(header.type, data.substr(at + protocol::kHeaderBytes, header.body_bytes()));
        at += header.total_bytes();
        if (!go_on) close("console closed");
    }
    return at;
}

// --- what waiting may cost

/// Every pool has a queue of its own, over all workers; clients of other pools do not fill it.
const char* ClientSession::queue_full() {
    const int limit = environment_->configuration().settings.max_waiting_clients;
    if (limit <= 0 || source_->shared().waiting.load(std::memory_order_relaxed) < limit) return nullptr;
    ++pool_->stats.refused_waits;
    return "too many clients wait for a server connection (max_waiting_clients)";
}

/// What it has sent stays in memory while it waits; nothing more is read. False: it is too much, the session
/// is closed.
bool ClientSession::count_waiting_bytes() {
    if (waiting_bytes_ > 0) return true;
    auto& all = environment_->process().waiting_bytes;
    const std::size_t limit = environment_->configuration().settings.max_waiting_bytes;
    waiting_bytes_ = inbox_.bytes();
    const std::size_t now = all.fetch_add(waiting_bytes_, std::memory_order_relaxed) + waiting_bytes_;
    if (limit == 0 || now <= limit) return true;
    ++pool_->stats.refused_bytes;
    fail("too many requests wait for a server connection (max_waiting_bytes)");
    return false;
}

void ClientSession::forget_waiting_bytes() {
    if (waiting_bytes_ == 0) return;
    environment_->process().waiting_bytes.fetch_sub(waiting_bytes_, std::memory_order_relaxed);
    waiting_bytes_ = 0;
}

}  // namespace pooler
