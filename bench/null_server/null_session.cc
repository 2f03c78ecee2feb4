#include "bench/null_server/null_session.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace bench {

namespace {

constexpr std::uint32_t kMaxMessageBytes = 64U << 20U;
constexpr std::uint32_t kInt4Oid = 23;
constexpr std::uint32_t kTextOid = 25;

/// What a PostgreSQL 15 server reports at login.
constexpr std::array kReported{
    std::pair{"application_name", ""},
    std::pair{"client_encoding", "UTF8"},
    std::pair{"DateStyle", "ISO, MDY"},
    std::pair{"default_transaction_read_only", "off"},
    std::pair{"in_hot_standby", "off"},
    std::pair{"integer_datetimes", "on"},
    std::pair{"IntervalStyle", "postgres"},
    std::pair{"is_superuser", "off"},
    std::pair{"server_encoding", "UTF8"},
    std::pair{"server_version", "15.0"},
    std::pair{"session_authorization", "null"},
    std::pair{"standard_conforming_strings", "on"},
    std::pair{"TimeZone", "UTC"},
};

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

/// The reported variable of that name (in any case), as the server spells it.
const std::pair<const char*, const char*>* find_reported(std::string_view name) {
    const auto found = std::find_if(kReported.begin(), kReported.end(),
                                    [&](const auto& one) { return same_name(one.first, name); });
    return found == kReported.end() ? nullptr : found;
}

void row_description(std::string& out, std::string_view column, std::uint32_t type, bool binary) {
    MessageWriter message{out, 'T'};
    message.int16(1).cstring(column).int32(0).int16(0).int32(type);
    message.int16(type == kInt4Oid ? 4 : 0xffff).int32(0xffffffff).int16(binary ? 1 : 0);
}

void data_row(std::string& out, std::string_view value) {
    MessageWriter message{out, 'D'};
    message.int16(1).int32(static_cast<std::uint32_t>(value.size())).bytes(value);
}

void describe_rows(std::string& out, const Statement& statement, bool binary) {
    const bool number = statement.kind == StatementKind::kSelect;
    const std::string_view column =
        statement.kind == StatementKind::kShow ? std::string_view{statement.name} : "value";
    row_description(out, column, number ? kInt4Oid : kTextOid, binary);
}

void command_complete(std::string& out, std::string_view tag) { MessageWriter{out, 'C'}.cstring(tag); }

void parameter_status(std::string& out, std::string_view name, std::string_view value) {
    MessageWriter{out, 'S'}.cstring(name).cstring(value);
}

}  // namespace

std::size_t NullSession::feed(std::string_view bytes, std::string& out) {
    std::size_t used = 0;
    while (!finished_ && large_megabytes_ == 0) {
        const auto rest = bytes.substr(used);
        if (!logged_in_) {
            const auto taken = feed_startup(rest, out);
            if (taken == 0) break;
            used += taken;
            continue;
        }
        if (rest.size() < kHeaderBytes) break;
        const auto length = read_uint32(rest.data() + 1);
        if (length < 4 || length > kMaxMessageBytes) {
            break_off("impossible message length", out);
            break;
        }
        if (rest.size() - 1 < length) break;
        used += std::size_t{length} + 1;
        on_message(rest[0], rest.substr(kHeaderBytes, length - 4), out);
    }
    return used;
}

std::size_t NullSession::feed_startup(std::string_view bytes, std::string& out) {
    if (bytes.size() < 8) return 0;
    const auto length = read_uint32(bytes.data());
    if (length < 8 || length > 10000) {
        finished_ = true;
        return 0;
    }
    if (bytes.size() < length) return 0;
    BodyReader in{bytes.substr(4, length - 4)};
    const auto code = in.int32();
    if (code == kSslRequest || code == kGssencRequest) {
        out.push_back('N');
    } else if (code == kCancelRequest) {
        finished_ = true;
    } else if (code >> 16U == 3) {
        log_in(in, out);
    } else {
        break_off("unsupported protocol version", out);
    }
    return length;
}

void NullSession::log_in(BodyReader& parameters, std::string& out) {
    for (auto name = parameters.cstring(); !name.empty(); name = parameters.cstring()) {
        startup_.insert_or_assign(std::string{name}, std::string{parameters.cstring()});
    }
    if (!parameters.ok()) return break_off("malformed startup packet", out);
    startup_.insert_or_assign("session_authorization", startup_["user"]);
    logged_in_ = true;
    MessageWriter{out, 'R'}.int32(0);
    for (const auto& [name, value] : kReported) parameter_status(out, name, value_of(name));
    MessageWriter{out, 'K'}.int32(id_).int32(id_ * 2654435761U);
    ready(out);
}

void NullSession::on_message(char tag, std::string_view body, std::string& out) {
    if (tag == 'X') {
        finished_ = true;
        return;
    }
    if (skip_to_sync_ && tag != 'S') return;
    switch (tag) {
        case 'Q': return on_query(body, out);
        case 'P': return on_parse(body, out);
        case 'B': return on_bind(body, out);
        case 'D': return on_describe(body, out);
        case 'E': return on_execute(body, out);
        case 'C': return on_close(body, out);
        case 'H': return;  // all replies leave at the end of the block anyway
        case 'S': skip_to_sync_ = false; return ready(out);
        default: return break_off("message type not supported by the null server", out);
    }
}

void NullSession::on_query(std::string_view body, std::string& out) {
    const auto text = BodyReader{body}.cstring();
    const auto texts = split_statements(text);
    rest_of_query_.clear();
    std::for_each(texts.rbegin(), texts.rend(),
                  [&](auto one) { rest_of_query_.push_back(read_statement(one)); });
    if (rest_of_query_.empty()) MessageWriter{out, 'I'};
    in_query_ = true;
    continue_query(out);
}

void NullSession::continue_query(std::string& out) {
    while (!rest_of_query_.empty()) {
        const auto statement = std::move(rest_of_query_.back());
        rest_of_query_.pop_back();
        if (!allowed(statement, out)) {
            rest_of_query_.clear();
            break;
        }
        if (statement.has_rows()) describe_rows(out, statement, false);
        run(statement, false, out);
        if (large_megabytes_ > 0) return;
    }
    in_query_ = false;
    ready(out);
}

void NullSession::on_parse(std::string_view body, std::string& out) {
    BodyReader in{body};
    const auto name = in.cstring();
    auto statement = std::make_shared<Statement>(read_statement(in.cstring()));
    if (!name.empty() && statements_.contains(name)) {
        skip_to_sync_ = true;
        return error("42P05", "prepared statement already exists", out);
    }
    statement->parameters = std::max(statement->parameters, in.int16());
    statements_.insert_or_assign(std::string{name}, std::move(statement));
    MessageWriter{out, '1'};
}

void NullSession::on_bind(std::string_view body, std::string& out) {
    BodyReader in{body};
    const auto portal = in.cstring();
    const auto found = statements_.find(in.cstring());
    if (found == statements_.end()) {
        skip_to_sync_ = true;
        return error("26000", "prepared statement does not exist", out);
    }
    for (auto formats = in.int16(); formats > 0 && in.ok(); --formats) in.int16();
    for (auto values = in.int16(); values > 0 && in.ok(); --values) {
        const auto size = in.int32();
        if (size != 0xffffffff) in.bytes(size);
    }
    bool binary = false;
    for (auto formats = in.int16(); formats > 0 && in.ok(); --formats) binary = in.int16() == 1;
    if (!in.ok()) return break_off("malformed Bind", out);
    portals_.insert_or_assign(std::string{portal}, Portal{found->second, binary});
    MessageWriter{out, '2'};
}

void NullSession::on_describe(std::string_view body, std::string& out) {
    BodyReader in{body};
    const bool of_statement = in.byte() == 'S';
    const auto name = in.cstring();
    const auto statement = of_statement ? statements_.find(name) : statements_.end();
    const auto portal = of_statement ? portals_.end() : portals_.find(name);
    if (statement == statements_.end() && portal == portals_.end()) {
        skip_to_sync_ = true;
        return error(of_statement ? "26000" : "34000", "nothing of that name to describe", out);
    }
    const auto& what = of_statement ? *statement->second : *portal->second.statement;
    if (of_statement) {
        MessageWriter message{out, 't'};
        message.int16(what.parameters);
        for (int i = 0; i < what.parameters; ++i) message.int32(kInt4Oid);
    }
    if (what.has_rows()) {
        describe_rows(out, what, !of_statement && portal->second.binary);
    } else {
        MessageWriter{out, 'n'};
    }
}

void NullSession::on_execute(std::string_view body, std::string& out) {
    const auto portal = portals_.find(BodyReader{body}.cstring());
    if (portal == portals_.end()) {
        skip_to_sync_ = true;
        return error("34000", "portal does not exist", out);
    }
    const auto statement = portal->second.statement;  // kept: COMMIT clears the portals
    if (!allowed(*statement, out)) {
        skip_to_sync_ = true;
        return;
    }
    if (statement->kind == StatementKind::kEmpty) {
        MessageWriter{out, 'I'};
        return;
    }
    run(*statement, portal->second.binary, out);
}

void NullSession::on_close(std::string_view body, std::string& out) {
    BodyReader in{body};
    const bool of_statement = in.byte() == 'S';
    const auto name = std::string{in.cstring()};
    if (of_statement) {
        statements_.erase(name);
    } else {
        portals_.erase(name);
    }
    MessageWriter{out, '3'};
}

bool NullSession::allowed(const Statement& statement, std::string& out) {
    const bool ends = statement.kind == StatementKind::kCommit || statement.kind == StatementKind::kRollback;
    const bool undoes = statement.kind == StatementKind::kOther && statement.tag == "ROLLBACK";
    if (status_ != 'E' || ends || undoes) return true;
    error("25P02", "current transaction is aborted", out);
    return false;
}

void NullSession::run(const Statement& statement, bool binary, std::string& out) {
    using enum StatementKind;
    ++queries_;
    auto tag = std::string_view{statement.tag};
    switch (statement.kind) {
        case kSelect: data_row(out, binary ? std::string_view{"\0\0\0\1", 4} : "1"); break;
        case kLarge: large_megabytes_ = std::max(statement.megabytes, 1U); return;
        case kShow: data_row(out, value_of(statement.name)); break;
        case kBegin: status_ = 'T'; break;
        case kCommit:
            if (status_ == 'E') tag = "ROLLBACK";
            status_ = 'I';
            break;
        case kRollback: status_ = 'I'; break;
        case kSet: set_variable(statement.name, statement.value); break;
        case kReset: reset_variables(statement.name); break;
        case kDeallocate: drop_statement(statement.name); break;
        case kDiscard:
            reset_variables({});
            statements_.clear();
            break;
        case kEmpty: break;
        case kOther:
            if (tag == "ROLLBACK" && status_ == 'E') status_ = 'T';
            break;
    }
    if (status_ == 'I') portals_.clear();
    command_complete(out, tag);
}

void NullSession::end_large_result(std::uint64_t rows, std::string& out) {
    large_megabytes_ = 0;
    command_complete(out, "SELECT " + std::to_string(rows));
    if (in_query_) continue_query(out);
}

void NullSession::set_variable(const std::string& name, const std::string& value) {
    const auto* reported = find_reported(name);
    const auto key = reported != nullptr ? std::string{reported->first} : name;
    const bool same = value_of(key) == value;
    variables_.insert_or_assign(key, value);
    if (reported != nullptr && !same) parameter_status(status_reports_, key, value);
}

void NullSession::reset_variables(std::string_view name) {
    for (auto at = variables_.begin(); at != variables_.end();) {
        const bool meant = name.empty() || same_name(at->first, name);
        const auto key = at->first;
        at = meant ? variables_.erase(at) : std::next(at);
        if (meant && find_reported(key) != nullptr) parameter_status(status_reports_, key, value_of(key));
    }
}

void NullSession::drop_statement(const std::string& name) {
    if (name.empty()) return statements_.clear();
    statements_.erase(name);
}

std::string_view NullSession::value_of(std::string_view name) const {
    const auto is_it = [&](const auto& one) { return same_name(one.first, name); };
    const auto set = std::find_if(variables_.begin(), variables_.end(), is_it);
    if (set != variables_.end()) return set->second;
    const auto given = std::find_if(startup_.begin(), startup_.end(), is_it);
    if (given != startup_.end()) return given->second;
    const auto* reported = find_reported(name);
    return reported != nullptr ? std::string_view{reported->second} : std::string_view{};
}

void NullSession::ready(std::string& out) {
    if (!status_reports_.empty()) out.append(std::exchange(status_reports_, {}));
    MessageWriter{out, 'Z'}.byte(status_);
}

void NullSession::error(std::string_view sqlstate, std::string_view text, std::string& out) {
    if (status_ == 'T') status_ = 'E';
    MessageWriter message{out, 'E'};
    message.byte('S').cstring("ERROR").byte('V').cstring("ERROR");
    message.byte('C').cstring(sqlstate).byte('M').cstring(text).byte('\0');
}

void NullSession::break_off(std::string_view text, std::string& out) {
    finished_ = true;
    MessageWriter message{out, 'E'};
    message.byte('S').cstring("FATAL").byte('V').cstring("FATAL");
    message.byte('C').cstring("08P01").byte('M').cstring(text).byte('\0');
}

}  // namespace bench
