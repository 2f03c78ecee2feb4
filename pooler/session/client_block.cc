// Transaction blocks that no server has (transaction pooling, deferred_begin): BEGIN is answered at once and
// sent with the first real statement, in front of it and in the same unit, so that the statement does not run
// if BEGIN fails. An empty transaction never takes a server. A block whose BEGIN could not be sent, or
// failed, is a failed one to its client, and what a server says in a failed block is said here.
//
// Source: PostgreSQL docs, "Message Flow" (Extended Query) and "BEGIN", "COMMIT", "ROLLBACK".
#include <algorithm>

#include "pooler/seeded_bug.h"
#include "pooler/session/client_session.h"
#include "protocol/error_notice.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::FrontendType;
using protocol::TransactionStatus;
using Verb = BlockRequest::Verb;

namespace {

constexpr std::string_view kAborted =
    "current transaction is aborted, commands ignored until end of transaction block";

FrontendType type_of(std::string_view message) { return static_cast<FrontendType>(message.front()); }

std::string_view body_of(std::string_view message) { return message.substr(protocol::kHeaderBytes); }

/// Takes the first message off if it is whole.
std::string_view take_message(std::string_view& bytes) {
    if (bytes.size() < protocol::kHeaderBytes) return {};
    const auto header = protocol::read_header(bytes);
    if (!header.valid() || bytes.size() < header.total_bytes()) return {};
    const std::string_view message = bytes.substr(0, header.total_bytes());
    bytes.remove_prefix(message.size());
    return message;
}

bool takes_no_parameters(const protocol::Bind& bind) { return protocol::bind_parameters(bind).empty(); }

}  // namespace

Dialect ClientSession::dialect() const { return cockroach_ ? Dialect::kCockroach : Dialect::kPostgres; }

/// BEGIN and the end of an empty block, as the only statement of a Query or of a batch that has come whole.
/// nullopt: a matter for a server.
std::optional<ClientSession::Step> ClientSession::on_block_request(protocol::FrameHeader header,
                                                                   std::string_view message) {
    const auto& settings = environment_->configuration().settings;
    const bool begins = settings.deferred_begin && pool_->mode() == conf::PoolMode::kTransaction;
    if ((block_.none() && !begins) || header.total_bytes() > kMaxBlockText + protocol::kHeaderBytes)
        return std::nullopt;
    if (header.type == static_cast<char>(FrontendType::kQuery)) {
        if (settings.disable_pqexec) return std::nullopt;
        if (message.size() < header.total_bytes()) return Step{Step::Kind::kMore};
        const auto text = protocol::decode_query(body_of(message));
        if (!text || !answer_block(*text, {}, false)) return std::nullopt;
        if (names_) names_->drop_unnamed(io().next_sequence());
        return Step{Step::Kind::kTaken, message.size(), 0};
    }
    const bool batch = header.type == static_cast<char>(FrontendType::kParse) ||
                       header.type == static_cast<char>(FrontendType::kBind);
    return batch && tracking_ ? on_block_batch(message) : std::nullopt;
}

/// [Parse,] Bind, [Describe of the portal,] Execute, Sync, with the unnamed portal.
std::optional<ClientSession::Step> ClientSession::on_block_batch(std::string_view first) {
    std::string_view bytes{first.data(), first.size() + io().ahead.size()};
    const std::size_t before = bytes.size();
    std::string_view message = take_message(bytes);
    std::string replies;
    std::optional<std::string_view> parsed;
    if (!message.empty() && type_of(message) == FrontendType::kParse) {
        const auto parse = protocol::decode_parse(body_of(message));
        if (!parse || !parse->name.empty() || !may_concern_block(parse->query)) return std::nullopt;
        parsed = parse->query;
        protocol::encode_parse_complete(replies);
        message = take_message(bytes);
    }
    if (message.empty() || type_of(message) != FrontendType::kBind) return std::nullopt;
    const auto bind = protocol::decode_bind(body_of(message));
    if (!bind || (parsed && !bind->statement.empty()) || !bind->portal.empty()) return std::nullopt;
    const StatementRef known = parsed || !names_ ? nullptr : names_->statement(bind->statement);
    if (!parsed && (!known || !may_concern_block(known->query))) return std::nullopt;
    if (!takes_no_parameters(*bind)) return std::nullopt;
    protocol::encode_bind_complete(replies);
    message = take_message(bytes);
    if (!message.empty() && type_of(message) == FrontendType::kDescribe) {
        const auto describe = protocol::decode_describe(body_of(message));
        if (!describe || describe->kind != protocol::kPortalKind || describe->name != bind->portal)
            return std::nullopt;
        protocol::encode_no_data(replies);
        message = take_message(bytes);
    }
    if (message.empty() || type_of(message) != FrontendType::kExecute) return std::nullopt;
    const auto execute = protocol::decode_execute(body_of(message));
    const std::string_view sync = take_message(bytes);
    if (!execute || execute->portal != bind->portal || sync.empty() || type_of(sync) != FrontendType::kSync)
        return std::nullopt;
    const std::string text{parsed ? *parsed : std::string_view{known->query}};
    if (!answer_block(text, replies, true)) return std::nullopt;
    if (parsed)
        names().set({}, environment_->statements().intern(text, protocol::kNoTypes), io().next_sequence());
    return Step{Step::Kind::kTaken, before - bytes.size(), 0};
}

/// Answers a text that begins a block, or ends one that is empty. False: it does something else.
bool ClientSession::answer_block(std::string_view text, std::string_view replies, bool in_batch) {
    const BlockRequest request = read_block_request(text, dialect());
    const bool begins = request.verb == Verb::kBegin && block_.none();
    const bool ends = request.verb == Verb::kEnd && !block_.none() && !(cockroach_ && request.chain);
    if (!begins && !ends) return false;
    note_request();
    if (begins)
        block_.begin(seeded_bug(SeededBug::kBeginOptionsLost) ? "BEGIN" : request.text, in_batch);
    else if (request.chain)
        block_.chain();
    else
        block_.end();
    std::string reply{replies};
    protocol::encode_command_complete(reply, request.tag);
    say_ready(reply);
    return true;
}

/// The end of a Query or batch that needed no server.
void ClientSession::say_ready(std::string& replies) {
    protocol::encode_ready_for_query(replies, block_.status());
    static_cast<void>(socket_.send(replies));
    request_over();
}

/// BEGIN goes to the server, right in front of the client's message and in its unit.
void ClientSession::begin_on_server(bool query) {
    const auto statement = environment_->statements().intern(block_.text(), protocol::kNoTypes);
    begin_first_ = io().last_sequence + 1;
    begin_with_query_ = query;
    if (tracking_) {
        static_cast<void>(prepare_on_server(statement));  // nothing is open on a server just linked
    } else if (record(Request::kParse, Delivery::kSwallow)) {
        io().to_server.own([&statement](std::string& out) {
            protocol::encode_parse(out, {}, statement->query, statement->types);
        });
    }
    const std::string_view name = tracking_ ? std::string_view{statement->server_name} : std::string_view{};
    static_cast<void>(record(Request::kBind, Delivery::kSwallow));
    static_cast<void>(record(Request::kExecute, Delivery::kSwallow));
    begin_last_ = io().last_sequence;
    io().to_server.own([name](std::string& out) {
        protocol::encode_bind(out, {}, name, {});
        protocol::encode_execute(out, {});
    });
    if (!block_.keeps_portal()) {
        static_cast<void>(record(Request::kClose, Delivery::kSwallow));
        io().to_server.own([](std::string& out) { protocol::encode_close(out, protocol::kPortalKind, {}); });
    }
    ++pool_->stats.deferred_begins;
    block_.send();
}

/// What comes behind the first unit of a block must not run unless BEGIN went well.
bool ClientSession::begin_undecided() const {
    const bool open = begin_failed_ || begin_last_ > server_->ledger().settled();
    return open && batch_start_ > begin_last_;
}

/// BEGIN is among the requests that failed: the client, who was promised a block, is shown a failed one.
void ClientSession::note_failed_begin(const FailedRange& range) {
    if (begin_last_ == 0 || range.first < begin_first_ || range.first > begin_last_) return;
    begin_failed_ = true;
    server_->show_next(TransactionStatus::kFailed);
}

/// After an error in front of a Query PostgreSQL skips the Query too, and waits for a Sync.
void ClientSession::end_failed_begin() {
    if (!begin_failed_ || !begin_with_query_ || !server_->ledger().skipping()) return;
    static_cast<void>(record(Request::kSync));
    io().to_server.clear();
    io().to_server.own([](std::string& out) { protocol::encode_sync(out); });
    send_to_server();
}

// --- a failed block

ClientSession::Step ClientSession::on_failed_block(protocol::FrameHeader header, std::string_view message) {
    const bool whole = message.size() >= header.total_bytes();
    const bool is_short = header.total_bytes() <= kMaxBlockText + protocol::kHeaderBytes;
    if (!whole && is_short) return {Step::Kind::kMore};
    note_request();
    const std::string_view body = whole ? body_of(message) : std::string_view{};
    switch (static_cast<FrontendType>(header.type)) {
        case FrontendType::kQuery: return query_failed_block(header, message, body);
        case FrontendType::kParse: return parse_failed_block(header, body);
        case FrontendType::kBind: return bind_failed_block(header, body);
        case FrontendType::kDescribe: return describe_failed_block(header, body);
        case FrontendType::kExecute: return execute_failed_block(header);
        case FrontendType::kClose: return close_failed_block(body);
        case FrontendType::kFunctionCall: return fail_request(header, "25P02", kAborted);
        case FrontendType::kSync: {
            std::string reply;
            say_ready(reply);
            return {Step::Kind::kDrop};
        }
        case FrontendType::kCopyData:
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail:
        case FrontendType::kFlush:
        case FrontendType::kPassword:
        case FrontendType::kTerminate: break;
    }
    return {Step::Kind::kDrop};
}

ClientSession::Step ClientSession::query_failed_block(protocol::FrameHeader header, std::string_view message,
                                                      std::string_view body) {
    const auto text = protocol::decode_query(body);
    const BlockRequest request = text ? read_block_request(*text, dialect()) : BlockRequest{};
    if (names_) names_->drop_unnamed(io().next_sequence());
    if (request.verb == Verb::kEndFirst) return leave_failed_block(request, header, message);
    if (request.verb == Verb::kOther || request.verb == Verb::kBegin)
        return fail_request(header, "25P02", kAborted);
    std::string reply;
    if (request.verb == Verb::kEmpty)
        protocol::encode_empty_query_response(reply);
    else
        end_failed_block(request, reply);
    say_ready(reply);
    return {Step::Kind::kDrop};
}

/// The end of the block is answered here. What stands behind it is a server's, which never had the block and
/// gets blanks instead of its end, so that the places in its errors stay true.
ClientSession::Step ClientSession::leave_failed_block(const BlockRequest& request,
                                                      protocol::FrameHeader header,
                                                      std::string_view message) {
    std::string reply;
    end_failed_block(request, reply);
    static_cast<void>(socket_.send(reply));
    // They are in this worker's read block, and read again only as part of this message.
    std::fill_n(const_cast<char*>(request.text.data()), request.text.size(), ' ');
    return on_request(header, message);
}

/// Whatever was asked for, a failed block is rolled back.
void ClientSession::end_failed_block(const BlockRequest& request, std::string& reply) {
    protocol::encode_command_complete(reply, "ROLLBACK");
    if (request.chain)
        block_.chain();
    else
        block_.end();
}

ClientSession::Step ClientSession::parse_failed_block(protocol::FrameHeader header, std::string_view body) {
    const auto parse = protocol::decode_parse(body);
    if (!parse || read_block_request(parse->query, dialect()).verb != Verb::kEnd)
        return fail_request(header, "25P02", kAborted);
    const auto statement = environment_->statements().intern(parse->query, parse->types);
    names().set(parse->name, statement, io().next_sequence());
    std::string reply;
    protocol::encode_parse_complete(reply);
    static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

ClientSession::Step ClientSession::bind_failed_block(protocol::FrameHeader header, std::string_view body) {
    const auto bind = protocol::decode_bind(body);
    const StatementRef statement = bind && names_ ? names_->statement(bind->statement) : nullptr;
    if (bind && !statement) {
        const std::string named =
            "prepared statement \"" + std::string{bind->statement} + "\" does not exist";
        return fail_request(header, protocol::sqlstate::kInvalidSqlStatementName,
                            bind->statement.empty() ? "unnamed prepared statement does not exist" : named);
    }
    if (!bind || read_block_request(statement->query, dialect()).verb != Verb::kEnd)
        return fail_request(header, "25P02", kAborted);
    block_end_ = statement;
    std::string reply;
    protocol::encode_bind_complete(reply);
    static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

ClientSession::Step ClientSession::describe_failed_block(protocol::FrameHeader header,
                                                         std::string_view body) {
    const auto describe = protocol::decode_describe(body);
    if (!describe || !block_end_) return fail_request(header, "25P02", kAborted);
    std::string reply;
    if (describe->kind == protocol::kStatementKind) protocol::encode_parameter_description(reply, {});
    protocol::encode_no_data(reply);
    static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

ClientSession::Step ClientSession::execute_failed_block(protocol::FrameHeader header) {
    const StatementRef statement = std::exchange(block_end_, nullptr);
    if (!statement) return fail_request(header, "25P02", kAborted);
    std::string reply;
    end_failed_block(read_block_request(statement->query, dialect()), reply);
    static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

ClientSession::Step ClientSession::close_failed_block(std::string_view body) {
    const auto closing = protocol::decode_close(body);
    if (closing && closing->kind == protocol::kStatementKind && names_)
        names_->remove(closing->name, io().next_sequence());
    std::string reply;
    protocol::encode_close_complete(reply);
    static_cast<void>(socket_.send(reply));
    return {Step::Kind::kDrop};
}

}  // namespace pooler
