// A server's replies: the walk over a block, what each message means to the ledger, to the session's state
// and to the user, and what the client gets of it.
#include <charconv>
#include <utility>

#include "pooler/server/server_connection.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::BackendType;
using protocol::TransactionStatus;

namespace {

/// Bodies that must be complete before they are judged. All are small; what is larger than this is a
/// violation.
constexpr std::size_t kMaxControlBytes = 16 * 1024 * 1024;

/// A client that left in the middle may leave this much behind; a server with more to say is closed instead.
constexpr std::size_t kMaxCleaningBytes = 64 * 1024 * 1024;

bool is_control(BackendType type) {
    switch (type) {
        case BackendType::kAuthentication:
        case BackendType::kBackendKeyData:
        case BackendType::kCommandComplete:
        case BackendType::kErrorResponse:
        case BackendType::kNegotiateProtocolVersion:
        case BackendType::kParameterDescription:
        case BackendType::kParameterStatus:
        case BackendType::kReadyForQuery:
        case BackendType::kRowDescription: return true;
        case BackendType::kBindComplete:
        case BackendType::kCloseComplete:
        case BackendType::kCopyBothResponse:
        case BackendType::kCopyData:
        case BackendType::kCopyDone:
        case BackendType::kCopyInResponse:
        case BackendType::kCopyOutResponse:
        case BackendType::kDataRow:
        case BackendType::kEmptyQueryResponse:
        case BackendType::kFunctionCallResponse:
        case BackendType::kNoData:
        case BackendType::kNoticeResponse:
        case BackendType::kNotificationResponse:
        case BackendType::kParseComplete:
        case BackendType::kPortalSuspended: break;
    }
    return false;
}

/// CockroachDB ends connections with errors of severity ERROR.
bool ends_connection(const protocol::ErrorFields& fields) {
    return fields.fatal() || fields.code == protocol::sqlstate::kAdminShutdown ||
           fields.code == protocol::sqlstate::kCrashShutdown;
}

bool is_notice(BackendType type) {
    return type == BackendType::kNoticeResponse || type == BackendType::kNotificationResponse;
}

/// The count at the end of a tag such as "SELECT 5"; 0 if there is none.
std::uint64_t rows_in(std::string_view tag) {
    std::uint64_t rows = 0;
    const std::string_view digits = tag.substr(tag.find_last_of(' ') + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), rows);
    return rows;
}

/// A statement of ours that the server does not have any more: this session of the server is of no use to
/// anybody who comes later.
bool lost_statement(const protocol::ErrorFields& fields) {
    return fields.code == protocol::sqlstate::kInvalidSqlStatementName &&
           fields.message.find("\"weir_") != std::string_view::npos;
}

/// The statement would have rows of another shape than when it was parsed.
bool stale_plan(const protocol::ErrorFields& fields) {
    return fields.code == protocol::sqlstate::kFeatureNotSupported &&
           fields.message.find("cached plan") != std::string_view::npos;
}

}  // namespace

void encode_answer(std::string& out, Request request, TransactionStatus status) {
    if (request == Request::kParse) protocol::encode_parse_complete(out);
    if (request == Request::kClose) protocol::encode_close_complete(out);
    if (request != Request::kQuery && request != Request::kExecute) return;
    protocol::encode_command_complete(out, "DEALLOCATE");
    if (request == Request::kQuery) protocol::encode_ready_for_query(out, status);
}

void ServerConnection::on_readable() {
    if (tls_request_) return on_tls_step(tls_request_->on_readable());
    std::string_view data;
    const auto result = inbox_.fill(socket_, *io_, data);
    if (result.status == Socket::ReadStatus::kBlocked) return;
    if (result.status == Socket::ReadStatus::kClosed) {
        if (state_ == ServerState::kLogin)
            return fail_login({"", "server closed the connection during login"});
        return lose("server conn crashed?");
    }
    last_reply = IoContext::now();
    if (state_ == ServerState::kCleaning && (cleaning_bytes_ += result.bytes) > kMaxCleaningBytes)
        return lose("client disconnect while server was not ready");
    io_->to_client.clear();
    const std::size_t walked = walk(data);
    if (state_ == ServerState::kClosed) return;
    inbox_.keep(data.substr(walked), *io_);
    end_of_turn(result.bytes);
}

/// Passes over the messages in `data`; returns how much of it is done with.
std::size_t ServerConnection::walk(std::string_view data) {
    std::size_t at = 0;
    while (at < data.size() && state_ != ServerState::kClosed) {
        if (body_left_ > 0) {
            const std::size_t part = std::min(body_left_, data.size() - at);
            if (body_forwarded_) io_->to_client.forward(data.substr(at, part));
            at += part;
            body_left_ -= part;
            continue;
        }
        if (data.size() - at < protocol::kHeaderBytes) break;
        const auto header = protocol::read_header(data.substr(at));
        if (!header.valid() || !protocol::known_backend(header.type)) {
            violation("bad packet header");
            break;
        }
        const std::size_t part = std::min(header.total_bytes(), data.size() - at);
        const auto type = static_cast<BackendType>(header.type);
        const bool whole = is_control(type) || (whole_notices && is_notice(type)) ||
                           (keep_row_ && type == BackendType::kDataRow);
        if (part < header.total_bytes() && whole) {
            if (header.total_bytes() > kMaxControlBytes) violation("control message too large");
            break;
        }
        if (type == BackendType::kErrorResponse && cockroach && user_ != nullptr) {
            const LastWords last = last_words(data.substr(at), header.total_bytes());
            if (last == LastWords::kPerhaps) break;
            if (last == LastWords::kYes) {
                at += part;
                continue;
            }
        }
        const bool forwarded =
            on_message(header, data.substr(at + protocol::kHeaderBytes, part - protocol::kHeaderBytes));
        body_forwarded_ = forwarded && user_ != nullptr;
        if (body_forwarded_) io_->to_client.forward(data.substr(at, part));
        at += part;
        body_left_ = header.total_bytes() - part;
    }
    return at;
}

/// `data` begins with a whole ErrorResponse. At its deadline a draining CockroachDB node interrupts what
/// runs with 57014 and says 57P01 up to a second later, with no ReadyForQuery between them.
ServerConnection::LastWords ServerConnection::last_words(std::string_view data, std::size_t bytes) const {
    const auto fields = protocol::decode_error_fields(data.substr(0, bytes).substr(protocol::kHeaderBytes));
    if (!fields || fields->code != protocol::sqlstate::kQueryCanceled || !ledger_.owes_ready() ||
        !user_->hides_loss())
        return LastWords::kNo;
    const std::string_view next = data.substr(bytes);
    if (next.size() < protocol::kHeaderBytes) return LastWords::kPerhaps;
    const auto header = protocol::read_header(next);
    if (header.type != static_cast<char>(BackendType::kErrorResponse)) return LastWords::kNo;
    return next.size() < header.total_bytes() ? LastWords::kPerhaps : LastWords::kYes;
}

/// True if the client gets the message. A violation closes the connection.
bool ServerConnection::on_message(protocol::FrameHeader header, std::string_view body) {
    if (state_ == ServerState::kLogin) return on_login_message(header, body);
    return on_reply(static_cast<BackendType>(header.type), body);
}

bool ServerConnection::on_reply(BackendType type, std::string_view body) {
    if (ledger_.answer_due()) emit_answers();
    const Verdict verdict = ledger_.on_reply(type);
    if (verdict.action == Verdict::Action::kViolation)
        return violation(std::string{"unexpected reply "} + std::string{protocol::name_of(type)});
    if (verdict.completes) statements_.on_settled(ledger_.settled());
    const bool forward = verdict.action == Verdict::Action::kForward;
    switch (type) {
        case BackendType::kParameterStatus: on_parameter_status(body, verdict); break;
        case BackendType::kErrorResponse: return on_error_response(body, verdict) && forward;
        case BackendType::kReadyForQuery: return on_ready_for_query(body, verdict) && forward;
        case BackendType::kCommandComplete: on_command_complete(body, verdict); break;
        case BackendType::kParameterDescription:
        case BackendType::kRowDescription:
        case BackendType::kNoData: on_description(type, body, verdict); break;
        case BackendType::kCopyInResponse:
            if (state_ == ServerState::kCleaning && ledger_.in_copy()) end_copy_of_nobody();
            break;
        case BackendType::kDataRow:
            if (keep_row_ && !forward) keep_row(body);
            break;
        case BackendType::kPortalSuspended: variables_.on_suspended(verdict.sequence); break;
        case BackendType::kNotificationResponse: return notifies;  // whatever runs meanwhile
        case BackendType::kAuthentication:
        case BackendType::kBackendKeyData:
        case BackendType::kBindComplete:
        case BackendType::kCloseComplete:
        case BackendType::kCopyBothResponse:
        case BackendType::kCopyData:
        case BackendType::kCopyDone:
        case BackendType::kCopyOutResponse:
        case BackendType::kEmptyQueryResponse:
        case BackendType::kFunctionCallResponse:
        case BackendType::kNegotiateProtocolVersion:
        case BackendType::kNoticeResponse:
        case BackendType::kParseComplete: break;
    }
    return forward;
}

/// A COPY began whose client is gone. With a cancel under way nobody knows whether the server reads the Sync
/// behind it as part of the COPY: it would answer once more than is known.
void ServerConnection::end_copy_of_nobody() {
    if (cancel_expected_) return lose("a COPY was cancelled as it began");
    static_cast<void>(start_cleaning(false));
}

void ServerConnection::keep_row(std::string_view body) {
    keep_row_ = false;
    const auto row = protocol::decode_data_row(body);
    if (!row) return;  // asked for by us: whoever wants it sees that there is none
    for (const auto& value : *row)
        own_result_.row.push_back(value ? std::optional{std::string{*value}} : std::nullopt);
}

void ServerConnection::emit_answers() {
    if (mid_reply()) return;
    Entry entry;
    while (ledger_.take_answer(entry)) {
        if (user_ == nullptr) continue;
        io_->to_client.own([&](std::string& out) { encode_answer(out, entry.request, shown_status()); });
        if (entry.request == Request::kQuery) user_->on_ready(status_);
    }
}

void ServerConnection::on_parameter_status(std::string_view body, const Verdict& verdict) {
    const auto status = protocol::decode_parameter_status(body);
    if (!status) {
        violation("broken ParameterStatus");
        return;
    }
    const auto index = tracked_->index_of(status->name);
    if (!index) return;
    parameters_.set(*index, status->value, tracked_->size());
    if (user_ != nullptr)
        user_->on_parameter(*index, status->value, verdict.action == Verdict::Action::kSwallow);
}

bool ServerConnection::on_error_response(std::string_view body, const Verdict& verdict) {
    const auto fields = protocol::decode_error_fields(body);
    if (!fields) return violation("broken ErrorResponse");
    const bool last_words = ends_connection(*fields);
    if (last_words) fatal_ = fields->message;
    if (fields->code == protocol::sqlstate::kAdminShutdown) shutting_down = true;
    if (verdict.unasked && !last_words) return violation("unexpected reply ErrorResponse");
    if (verdict.unasked && user_ == nullptr) {  // about to close: not for the next client any more
        lose(fields->message);
        return false;
    }
    if (verdict.unasked && status_ == TransactionStatus::kIdle && user_->through_with_server()) {
        close_needed = true;  // behind the last answer: the client has lost nothing
        return false;
    }
    if (fields->code == protocol::sqlstate::kQueryCanceled) cancel_hit_ = true;
    judge_session(*fields, verdict.sequence);
    const bool swallowed = verdict.action == Verdict::Action::kSwallow;
    variables_.on_error();
    if (swallowed) {
        own_result_.sqlstate = fields->code;
        own_result_.message = fields->message;
    }
    std::string instead;
    const bool taken = !swallowed && user_ != nullptr && user_->takes_error(*fields);
    const bool reworded = !taken && !swallowed && user_ != nullptr && !fields->fatal() &&
                          user_->reword_error(verdict.sequence, fields->message, body, instead);
    if (reworded) io_->to_client.own([&instead](std::string& out) { out += instead; });
    if (!verdict.failed.empty()) {
        statements_.on_failed(verdict.failed);
        if (user_ != nullptr) user_->on_requests_failed(verdict.failed);
    }
    return !reworded && !taken;
}

/// What the error says about the use of this connection to others.
void ServerConnection::judge_session(const protocol::ErrorFields& fields, std::uint64_t sequence) {
    if (lost_statement(fields)) close_needed = true;
    if (stale_plan(fields) && (user_ == nullptr || !user_->on_stale_plan(sequence))) close_needed = true;
}

void ServerConnection::on_description(BackendType type, std::string_view body, const Verdict& verdict) {
    if (type == BackendType::kParameterDescription) {
        described_parameters_ = body;
        return;
    }
    if (!verdict.completes || user_ == nullptr) return;
    const bool rows = type == BackendType::kRowDescription;
    const auto parameters = std::exchange(described_parameters_, std::nullopt);
    user_->on_described(verdict.sequence, parameters, rows ? std::optional{body} : std::nullopt);
}

TransactionStatus ServerConnection::shown_status() {
    return std::exchange(shown_next_, std::nullopt).value_or(status_);
}

/// True if the client gets it as it is.
bool ServerConnection::on_ready_for_query(std::string_view body, const Verdict& verdict) {
    const auto status = protocol::decode_ready_for_query(body);
    if (!status) return violation("broken ReadyForQuery");
    status_ = *status;
    variables_.on_ready(verdict.sequence, status_);
    const bool own = verdict.action == Verdict::Action::kSwallow;
    if (own && own_running_ && verdict.request == Request::kQuery) {
        own_running_ = false;
        own_done_ = true;
    } else if (!own && user_ != nullptr) {
        const auto shown = std::exchange(shown_next_, std::nullopt);
        if (shown)
            io_->to_client.own([&](std::string& out) { protocol::encode_ready_for_query(out, *shown); });
        user_->on_ready(shown == TransactionStatus::kIdle ? *shown : status_);
        return !shown;
    }
    return true;
}

void ServerConnection::on_command_complete(std::string_view body, const Verdict& verdict) {
    const auto tag = protocol::decode_command_complete(body);
    if (!tag) {
        violation("broken CommandComplete");
        return;
    }
    variables_.on_command_complete(verdict.sequence, *tag);
    if (verdict.action == Verdict::Action::kSwallow) {
        ++own_result_.completed;
        own_result_.rows = rows_in(*tag);
    }
    if (*tag != "DEALLOCATE ALL" && *tag != "DISCARD ALL") return;
    if (*tag == "DISCARD ALL" && verdict.sequence > tainted_at_) tainted_for_ = 0;
    statements_.on_deallocate_all(verdict.sequence);
    if (user_ != nullptr) user_->on_deallocate_all(verdict.sequence);
}

void ServerConnection::end_of_turn(std::size_t bytes_read) {
    emit_answers();  // those whose turn has come behind the last reply
    if (user_ != nullptr) user_->on_replies(io_->to_client, bytes_read);
    if (state_ == ServerState::kClosed) return;  // the client is gone and could not be cleaned up after
    if (own_done_) {
        own_done_ = false;
        if (login_) return host_->on_login_done(*this);
        if (user_ != nullptr) return user_->on_prepared_for(own_result_);
        if (state_ != ServerState::kCleaning)
            return host_->on_own_query_done(*this, own_result_.sqlstate.empty());
    }
    if (user_ != nullptr) return user_->on_turn_end();
    go_on_cleaning();
}

bool ServerConnection::violation(std::string_view what) {
    violated = true;
    io_->to_client.clear();
    if (state_ == ServerState::kLogin)
        fail_login({"", std::string{what}});
    else
        lose(std::string{"server protocol violation: "} + std::string{what});
    return false;
}

}  // namespace pooler
