#include "pooler/console/dialogue.h"

#include <algorithm>
#include <utility>

#include "pooler/console/bind_formats.h"
#include "pooler/console/columns.h"
#include "pooler/console/help_text.h"
#include "pooler/console/show.h"
#include "protocol/byte_writer.h"
#include "protocol/error_notice.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace pooler {
namespace {

/// PostgreSQL docs, "PostgreSQL Error Codes".
constexpr std::string_view kDuplicateStatement = "42P05";
constexpr std::string_view kDuplicateCursor = "42P03";
constexpr std::string_view kUnknownStatement = "26000";
constexpr std::string_view kUnknownCursor = "34000";
constexpr std::string_view kWrongState = "55000";
constexpr std::string_view kLimitExceeded = "54000";

ConsoleError error(std::string message, std::string_view sqlstate) {
    return {std::move(message), std::string(sqlstate)};
}

ConsoleError unknown_name(char kind, const std::string& name) {
    if (kind == protocol::kPortalKind) return error("portal \"" + name + "\" does not exist", kUnknownCursor);
    return error("prepared statement \"" + name + "\" does not exist", kUnknownStatement);
}

void send_ready(std::string& out) { encode_ready_for_query(out, protocol::TransactionStatus::kIdle); }

void send_error(std::string& out, const ConsoleError& what) {
    protocol::encode_error(out, "ERROR", what.sqlstate, what.message);
}

void send_notice(std::string& out, std::string_view message, std::string_view detail = {}) {
    protocol::MessageWriter notice(out, protocol::BackendType::kNoticeResponse);
    notice.int8('S').cstring("NOTICE").int8('C').cstring("00000").int8('M').cstring(message);
    if (!detail.empty()) notice.int8('D').cstring(detail);
    notice.int8('\0');
}

/// As PgBouncer treats what it cannot use on its console.
DialogueStep bad_packet(std::string& out) {
    protocol::encode_error(out, "FATAL", kSqlstateProtocolViolation, "bad packet");
    return {std::nullopt, true};
}

void send_tag(const Command& command, std::string& out) {
    if (command.verb == Verb::kEmpty) {
        protocol::encode_empty_query_response(out);
    } else {
        protocol::encode_command_complete(out, command_tag(command));
    }
}

void send_row_description(const Command& command, std::span<const Format> formats, std::string& out) {
    const std::span<const Column> columns = columns_of(command);
    if (columns.empty()) {
        protocol::encode_no_data(out);
    } else {
        encode_row_description(out, columns, formats);
    }
}

/// Commands whose answer needs nothing from outside.
std::optional<CommandAnswer> answer_here(const Command& command, std::string& out) {
    const bool is_show = command.verb == Verb::kShow;
    if (is_show && command.show == Show::kVariable) return answer_rows(show_variable(command));
    if (is_show && command.show == Show::kHelp) {
        send_notice(out, "Console usage", kHelpDetail);
        return answer_done();
    }
    if (command.ignored) {
        CommandAnswer answer = answer_done();
        answer.notices.emplace_back("SET ignored");
        return answer;
    }
    if (command.verb == Verb::kEmpty) return answer_done();
    return std::nullopt;
}

}  // namespace

DialogueStep ConsoleDialogue::on_message(char tag, protocol::ByteView body, std::string& out) {
    using protocol::FrontendType;
    const auto type = static_cast<FrontendType>(tag);
    if (type == FrontendType::kTerminate) return {std::nullopt, true};
    if (busy() || body.size() > kMaxMessageBytes) return bad_packet(out);
    if (skip_to_sync_ && type != FrontendType::kSync) {
        return protocol::known_frontend(tag) ? DialogueStep{} : bad_packet(out);
    }
    switch (type) {
        case FrontendType::kQuery: return on_query(body, out);
        case FrontendType::kParse: return on_parse(body, out);
        case FrontendType::kBind: return on_bind(body, out);
        case FrontendType::kDescribe: return on_describe(body, out);
        case FrontendType::kExecute: return on_execute(body, out);
        case FrontendType::kClose: return on_close(body, out);
        case FrontendType::kSync: return on_sync(out);
        case FrontendType::kFlush: return {};
        case FrontendType::kTerminate:
        case FrontendType::kCopyData:
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail:
        case FrontendType::kFunctionCall:
        case FrontendType::kPassword: break;
    }
    return bad_packet(out);
}

DialogueStep ConsoleDialogue::on_query(protocol::ByteView body, std::string& out) {
    const auto text = protocol::decode_query(body);
    if (!text) return bad_packet(out);
    statements_.erase("");
    portals_.clear();
    ConsoleResult<Command> command = accept_command(role_, *text);
    if (!command) {
        send_error(out, command.error());
        send_ready(out);
        return {};
    }
    Running running;
    running.command = *std::move(command);
    return start(std::move(running), out);
}

DialogueStep ConsoleDialogue::on_parse(protocol::ByteView body, std::string& out) {
    const auto parse = protocol::decode_parse(body);
    if (!parse) return bad_packet(out);
    std::string name(parse->name);
    if (!name.empty() && statements_.count(name) != 0) {
        return fail(error("prepared statement \"" + name + "\" already exists", kDuplicateStatement), out);
    }
    if (full(name, statements_.size()))
        return fail(error("too many prepared statements", kLimitExceeded), out);
    // An empty text is an error in the simple protocol, as in PgBouncer; drivers prepare one to see if we are
    // alive.
    const bool empty = parse->query.find_first_not_of("; \t\r\n") == std::string_view::npos;
    ConsoleResult<Command> command = empty ? Command{} : accept_command(role_, parse->query);
    if (!command) return fail(command.error(), out);
    statements_.insert_or_assign(std::move(name), *std::move(command));
    protocol::encode_parse_complete(out);
    return {};
}

DialogueStep ConsoleDialogue::on_bind(protocol::ByteView body, std::string& out) {
    const auto bind = protocol::decode_bind(body);
    if (!bind) return bad_packet(out);
    std::string name(bind->portal);
    const auto statement = statements_.find(std::string(bind->statement));
    if (statement == statements_.end()) {
        return fail(unknown_name(protocol::kStatementKind, std::string(bind->statement)), out);
    }
    if (!name.empty() && portals_.count(name) != 0) {
        return fail(error("cursor \"" + name + "\" already exists", kDuplicateCursor), out);
    }
    if (full(name, portals_.size())) return fail(error("too many portals", kLimitExceeded), out);
    auto formats = read_bind_formats(bind->rest, columns_of(statement->second).size());
    if (!formats) return fail(formats.error(), out);
    Portal portal;
    portal.command = statement->second;
    portal.formats = *std::move(formats);
    portals_.insert_or_assign(std::move(name), std::move(portal));
    protocol::encode_bind_complete(out);
    return {};
}

DialogueStep ConsoleDialogue::on_describe(protocol::ByteView body, std::string& out) {
    const auto describe = protocol::decode_describe(body);
    if (!describe) return bad_packet(out);
    const std::string name(describe->name);
    if (describe->kind == protocol::kPortalKind) {
        const auto portal = portals_.find(name);
        if (portal == portals_.end()) return fail(unknown_name(describe->kind, name), out);
        send_row_description(portal->second.command, portal->second.formats, out);
        return {};
    }
    const auto statement = statements_.find(name);
    if (statement == statements_.end()) return fail(unknown_name(describe->kind, name), out);
    protocol::encode_parameter_description(out, {});
    send_row_description(statement->second, {}, out);
    return {};
}

DialogueStep ConsoleDialogue::on_execute(protocol::ByteView body, std::string& out) {
    const auto execute = protocol::decode_execute(body);
    if (!execute) return bad_packet(out);
    Running running;
    running.simple = false;
    running.portal = execute->portal;
    running.max_rows = static_cast<std::size_t>(std::max(execute->max_rows, 0));
    const auto found = portals_.find(running.portal);
    if (found == portals_.end()) return fail(unknown_name(protocol::kPortalKind, running.portal), out);
    Portal& portal = found->second;
    if (portal.state == PortalState::kNew) {
        running.command = portal.command;
        return start(std::move(running), out);
    }
    if (!portal.rows) return fail(error("portal \"" + running.portal + "\" cannot be run", kWrongState), out);
    send_rows(portal, running.max_rows, out);
    return {};
}

DialogueStep ConsoleDialogue::on_close(protocol::ByteView body, std::string& out) {
    const auto close = protocol::decode_close(body);
    if (!close) return bad_packet(out);
    const std::string name(close->name);
    if (close->kind == protocol::kPortalKind) {
        portals_.erase(name);
    } else {
        statements_.erase(name);
    }
    protocol::encode_close_complete(out);
    return {};
}

DialogueStep ConsoleDialogue::on_sync(std::string& out) {
    skip_to_sync_ = false;
    portals_.clear();  // they live to the end of the transaction, which on the console is here
    send_ready(out);
    return {};
}

DialogueStep ConsoleDialogue::start(Running running, std::string& out) {
    Command command = running.command;
    running_ = std::move(running);
    if (std::optional<CommandAnswer> known = answer_here(command, out)) {
        answer(*std::move(known), out);
        return {};
    }
    return {std::move(command), false};
}

DialogueStep ConsoleDialogue::fail(const ConsoleError& what, std::string& out) {
    send_error(out, what);
    skip_to_sync_ = true;
    return {};
}

void ConsoleDialogue::answer(CommandAnswer answer, std::string& out) {
    if (!running_) return;
    const Running running = *std::move(running_);
    running_.reset();
    for (const std::string& notice : answer.notices) send_notice(out, notice);
    if (running.simple) {
        finish_simple(running, answer, out);
    } else {
        finish_execute(running, std::move(answer), out);
    }
}

void ConsoleDialogue::finish_simple(const Running& running, const CommandAnswer& answer, std::string& out) {
    if (answer.error) {
        send_error(out, *answer.error);
    } else {
        if (answer.rows) {
            encode_row_description(out, answer.rows->columns(), {});
            for (const Row& row : answer.rows->rows()) encode_data_row(out, answer.rows->columns(), row, {});
        }
        send_tag(running.command, out);
    }
    send_ready(out);
}

void ConsoleDialogue::finish_execute(const Running& running, CommandAnswer answer, std::string& out) {
    if (answer.error) {
        (void)fail(*answer.error, out);
        return;
    }
    Portal& portal = portals_[running.portal];
    portal.rows = std::move(answer.rows);
    portal.state = PortalState::kOpen;
    send_rows(portal, running.max_rows, out);
}

void ConsoleDialogue::send_rows(Portal& portal, std::size_t max_rows, std::string& out) {
    if (portal.rows) {
        const std::vector<Row>& rows = portal.rows->rows();
        const std::size_t left = rows.size() - portal.next_row;
        const std::size_t count = max_rows == 0 ? left : std::min(left, max_rows);
        for (std::size_t i = 0; i < count; ++i) {
            encode_data_row(out, portal.rows->columns(), rows[portal.next_row++], portal.formats);
        }
        // As a server does: a limit that is just reached suspends, and the next Execute finds nothing more.
        if (max_rows != 0 && count == max_rows) {
            protocol::encode_portal_suspended(out);
            return;
        }
    }
    portal.state = PortalState::kOver;
    send_tag(portal.command, out);
}

bool ConsoleDialogue::full(const std::string& name, std::size_t names) const {
    return !name.empty() && names >= kMaxNames;
}

}  // namespace pooler
