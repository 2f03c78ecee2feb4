#include "tests/support/session/sim_server.h"

#include <array>
#include <optional>
#include <sstream>

#include "protocol/copy.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"

namespace support {

using protocol::FrontendType;
using protocol::TransactionStatus;

namespace {

std::vector<std::string> words_of(const std::string& statement) {
    std::istringstream in{statement};
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    return words;
}

std::vector<std::string> statements_of(std::string_view text) {
    std::vector<std::string> statements;
    while (!text.empty()) {
        const std::size_t end = text.find(';');
        const std::string one{text.substr(0, end)};
        if (one.find_first_not_of(" \t\n\v\f\r") != std::string::npos) statements.push_back(one);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return statements;
}

/// `x.a` also as `"x"."a"`.
std::string plain_name(std::string name) {
    std::erase(name, '"');
    return name;
}

/// What is allowed in a failed transaction.
bool leaves_block(const std::vector<std::string>& words) {
    return !words.empty() && (words[0] == "COMMIT" || words[0] == "ROLLBACK");
}

bool returns_rows(const std::vector<std::string>& words) {
    return !words.empty() && (words[0] == "SELECT" || words[0] == "SHOW");
}

std::string unquoted(std::string value) {
    if (value.size() >= 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
    return value;
}

void describe_row(std::string& out) {
    const std::array<protocol::Column, 1> columns{{{"c", protocol::kOidText, -1}}};
    protocol::encode_row_description(out, columns);
}

}  // namespace

void SimServer::on_message(std::string_view message, std::string& replies) {
    const auto type = static_cast<FrontendType>(message.front());
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    if (copying_) return read_copy(type, replies);
    if (batch_failed_) {
        const bool ends = type == FrontendType::kSync || (cockroach_ && type == FrontendType::kQuery);
        if (ends) sync(replies);
        return;
    }
    switch (type) {
        case FrontendType::kQuery: return query(body, replies);
        case FrontendType::kSync: return sync(replies);
        case FrontendType::kFunctionCall: error(replies, "42883", "no such function"); return sync(replies);
        case FrontendType::kParse:
        case FrontendType::kBind:
        case FrontendType::kDescribe:
        case FrontendType::kClose:
        case FrontendType::kExecute: return on_extended(type, body, replies);
        case FrontendType::kCopyData:
        case FrontendType::kCopyDone:
        case FrontendType::kCopyFail:
        case FrontendType::kFlush:
        case FrontendType::kPassword:
        case FrontendType::kTerminate: return;
    }
}

void SimServer::on_extended(FrontendType type, std::string_view body, std::string& out) {
    if (type == FrontendType::kParse) return parse(body, out);
    if (type == FrontendType::kBind) return bind(body, out);
    if (type == FrontendType::kDescribe) return describe(body, out);
    if (type == FrontendType::kClose) return close(body, out);
    execute(body, out);
}

void SimServer::error(std::string& out, std::string_view code, std::string_view text) {
    protocol::encode_error(out, "ERROR", code, text);
    batch_failed_ = true;
    fail();
}

void SimServer::fail() {
    if (block_) failed_ = true;
}

/// The end of a batch, or of a Query: outside a block everything since the last one is a transaction.
void SimServer::sync(std::string& out) {
    if (!block_) {
        variables_.end_transaction(!batch_failed_);
        portals_.clear();
    }
    batch_failed_ = false;
    const auto status = !block_   ? TransactionStatus::kIdle
                        : failed_ ? TransactionStatus::kFailed
                                  : TransactionStatus::kInTransaction;
    protocol::encode_ready_for_query(out, status);
}

// --- the messages of a batch

void SimServer::parse(std::string_view body, std::string& out) {
    const auto parse = protocol::decode_parse(body);
    if (!parse) return error(out, "08P01", "broken Parse");
    const std::string name{parse->name};
    if (name.empty()) statements_.erase(name);
    const auto parts = statements_of(parse->query);
    if (parts.size() > 1) return error(out, "42601", "several statements");
    const Words words = parts.empty() ? Words{} : words_of(parts.front());
    if (!words.empty() && words[0] == "SELEC") return error(out, "42601", "syntax error");
    if (failed_ && !words.empty() && !leaves_block(words)) return error(out, "25P02", "failed transaction");
    if (statements_.count(name) > 0) return error(out, "42P05", "it exists: " + name);
    statements_[name] = {parts.empty() ? std::string{} : parts.front()};
    protocol::encode_parse_complete(out);
}

void SimServer::bind(std::string_view body, std::string& out) {
    const auto bind = protocol::decode_bind(body);
    if (!bind) return error(out, "08P01", "broken Bind");
    const auto statement = statements_.find(std::string{bind->statement});
    if (statement == statements_.end()) return error(out, "26000", "no such statement");
    const Words words = words_of(statement->second.text);
    if (failed_ && !words.empty() && !leaves_block(words)) return error(out, "25P02", "failed transaction");
    const std::string portal{bind->portal};
    if (!portal.empty() && portals_.count(portal) > 0) return error(out, "42P03", "portal exists");
    portals_[portal] = statement->second;
    protocol::encode_bind_complete(out);
}

void SimServer::describe(std::string_view body, std::string& out) {
    const auto describe = protocol::decode_describe(body);
    if (!describe) return error(out, "08P01", "broken Describe");
    const bool portal = describe->kind == protocol::kPortalKind;
    const auto& where = portal ? portals_ : statements_;
    const auto found = where.find(std::string{describe->name});
    if (found == where.end()) return error(out, portal ? "34000" : "26000", "nothing to describe");
    const bool rows = returns_rows(words_of(found->second.text));
    if (failed_ && rows) return error(out, "25P02", "failed transaction");
    if (!portal) protocol::encode_parameter_description(out, {});
    if (rows)
        describe_row(out);
    else
        protocol::encode_no_data(out);
}

void SimServer::close(std::string_view body, std::string& out) {
    const auto close = protocol::decode_close(body);
    if (!close) return error(out, "08P01", "broken Close");
    (close->kind == protocol::kPortalKind ? portals_ : statements_).erase(std::string{close->name});
    protocol::encode_close_complete(out);
}

void SimServer::execute(std::string_view body, std::string& out) {
    const auto execute = protocol::decode_execute(body);
    if (!execute) return error(out, "08P01", "broken Execute");
    const auto portal = portals_.find(std::string{execute->portal});
    if (portal == portals_.end()) return error(out, "34000", "no such portal");
    const std::string text = portal->second.text;
    if (text.empty()) return protocol::encode_empty_query_response(out);
    if (portal->second.done) return error(out, "55000", "portal cannot be run");
    portal->second.done = !returns_rows(words_of(text));
    if (run(text, true, out) && copying_) copy_in_batch_ = true;
}

void SimServer::query(std::string_view body, std::string& out) {
    statements_.erase(std::string{});
    portals_.erase(std::string{});
    const auto text = protocol::decode_query(body);
    const auto statements = text ? statements_of(*text) : std::vector<std::string>{};
    if (statements.empty()) protocol::encode_empty_query_response(out);
    for (const std::string& statement : statements)
        if (words_of(statement)[0] == "SELEC") {
            error(out, "42601", "syntax error");
            return sync(out);
        }
    for (const std::string& statement : statements) {
        if (!run(statement, false, out)) break;
        if (!copying_) continue;
        copy_in_batch_ = false;
        return;  // a COPY is the last statement of its text
    }
    sync(out);
}

void SimServer::read_copy(FrontendType type, std::string& out) {
    if (type == FrontendType::kCopyData) {
        ++copied_;
        return;
    }
    if (type == FrontendType::kSync || type == FrontendType::kFlush) return;
    copying_ = false;
    if (type == FrontendType::kCopyDone)
        protocol::encode_command_complete(out, "COPY " + std::to_string(copied_));
    else
        error(out, "57014", "COPY failed");
    if (!copy_in_batch_) sync(out);
}

// --- statements

bool SimServer::run(const std::string& statement, bool rows_described, std::string& out) {
    const Words words = words_of(statement);
    if (failed_ && !leaves_block(words)) {
        error(out, "25P02", "failed transaction");
        return false;
    }
    bool known = false;
    bool well = run_block(words, out, known);
    if (!known) well = run_set(words, out, known);
    if (!known) well = run_statements(words, out, known);
    if (!known) well = run_rows(words, rows_described, out, known);
    if (known) return well;
    error(out, "42601", "syntax error");
    return false;
}

void SimServer::end_block(bool commits) {
    variables_.end_transaction(commits);
    portals_.clear();
    block_ = failed_ = false;
}

bool SimServer::run_block(const Words& words, std::string& out, bool& known) {
    known = true;
    const bool to = words.size() > 2 && words[0] == "ROLLBACK" && words[1] == "TO";
    const bool savepoint = words[0] == "SAVEPOINT" || words[0] == "RELEASE" || to;
    if (savepoint && (words.size() < 2 || !block_)) {
        error(out, "25P01", "only in a block");
        return false;
    }
    if (words[0] == "BEGIN") {
        block_ = true;
        protocol::encode_command_complete(out, "BEGIN");
    } else if (words[0] == "COMMIT" || (words[0] == "ROLLBACK" && !to)) {
        const bool commits = words[0] == "COMMIT" && !failed_;
        end_block(commits);
        protocol::encode_command_complete(out, commits ? "COMMIT" : "ROLLBACK");
    } else if (words[0] == "SAVEPOINT") {
        variables_.savepoint(words[1]);
        protocol::encode_command_complete(out, "SAVEPOINT");
    } else if (words[0] == "RELEASE") {
        if (!variables_.release(words[1])) return error(out, "3B001", "no such savepoint"), false;
        protocol::encode_command_complete(out, "RELEASE");
    } else if (to) {
        if (!variables_.rollback_to(words[2])) return error(out, "3B001", "no such savepoint"), false;
        failed_ = false;
        protocol::encode_command_complete(out, "ROLLBACK");
    } else {
        known = false;
    }
    return true;
}

bool SimServer::run_set(const Words& words, std::string& out, bool& known) {
    known = true;
    if (words[0] == "SET" && words.size() == 4) {
        variables_.set(words[1], unquoted(words[3]));
    } else if (words[0] == "SET" && words.size() == 5 && words[1] == "LOCAL") {
        variables_.set_local(words[2], unquoted(words[4]));
    } else if (words[0] == "SET" && words.size() == 2) {  // as a pooler writes it: SET name='value'
        const std::size_t equals = words[1].find('=');
        if (equals == std::string::npos) return error(out, "42601", "syntax error"), false;
        variables_.set(plain_name(words[1].substr(0, equals)), unquoted(words[1].substr(equals + 1)));
    } else if (words[0] == "RESET" && words.size() == 2) {
        if (words[1] == "ALL")
            variables_.reset_all();
        else
            variables_.reset(plain_name(words[1]));
        protocol::encode_command_complete(out, "RESET");
        return true;
    } else {
        known = false;
        return true;
    }
    protocol::encode_command_complete(out, "SET");
    return true;
}

bool SimServer::run_statements(const Words& words, std::string& out, bool& known) {
    known = words[0] == "DEALLOCATE" || words[0] == "DISCARD";
    if (!known) return true;
    const bool all = words.size() == 2 && words[1] == "ALL";
    if (words[0] == "DISCARD") {
        if (block_) return error(out, "25001", "not in a block"), false;
        variables_.reset_all();
        portals_.clear();
    }
    if (!all && (words.size() != 2 || statements_.erase(words[1]) == 0))
        return error(out, "26000", "no such statement"), false;
    if (all) std::erase_if(statements_, [](const auto& item) { return !item.first.empty(); });
    protocol::encode_command_complete(out, words[0] + (all ? " ALL" : ""));
    return true;
}

bool SimServer::run_rows(const Words& words, bool rows_described, std::string& out, bool& known) {
    known = words[0] == "SELECT" || words[0] == "SHOW" || words[0] == "COPY" || words[0] == "INSERT";
    if (words[0] == "COPY") {
        copying_ = true;
        copied_ = 0;
        protocol::encode_copy_in_response(out, 1);
        return true;
    }
    if (words[0] == "INSERT") protocol::encode_command_complete(out, "INSERT 0 1");
    if (!returns_rows(words)) return true;
    if (words.size() < 2 || words[1] == "1/0") return error(out, "22012", "division by zero"), false;
    // hidden() sets a variable, and nothing in the text says so: SELECT hidden ( name , 'value' )
    if (words[1] == "hidden(" && words.size() == 6) variables_.set(unquoted(words[2]), unquoted(words[4]));
    if (!rows_described) describe_row(out);
    const std::string value = words[0] == "SHOW" ? variables_.get(words[1]) : words[1];
    const std::array<std::optional<std::string_view>, 1> row{value};
    protocol::encode_data_row(out, row);
    protocol::encode_command_complete(out, words[0] == "SHOW" ? "SHOW" : "SELECT 1");
    return true;
}

}  // namespace support
