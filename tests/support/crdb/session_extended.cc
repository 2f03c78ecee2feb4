// The extended query protocol of a session.
#include <algorithm>
#include <utility>

#include "protocol/byte_reader.h"
#include "protocol/extended_query.h"
#include "protocol/result.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "tests/support/crdb/session.h"

namespace support::crdb {
namespace {

std::vector<std::uint32_t> type_list(std::string_view raw) {
    protocol::ByteReader reader(raw);
    std::vector<std::uint32_t> types(static_cast<std::uint16_t>(reader.int16()));
    for (auto& type : types) type = reader.uint32();
    return types;
}

bool only_text(protocol::ByteReader& reader) {
    bool text = true;
    for (int left = reader.int16(); left > 0; --left) text = reader.int16() == 0 && text;
    return text;
}

/// Parameters and results in text form: the fake knows no other.
bool text_forms(const protocol::Bind& bind) {
    protocol::ByteReader reader(bind.rest);
    if (!only_text(reader)) return false;
    for (int left = reader.int16(); left > 0; --left) {
        const auto bytes = reader.int32();
        if (bytes > 0) static_cast<void>(reader.bytes(static_cast<std::size_t>(bytes)));
    }
    return only_text(reader);
}

void describe_columns(std::string& out, const Columns& columns) {
    if (columns.empty())
        protocol::encode_no_data(out);
    else
        encode_row_description(out, columns);
}

}  // namespace

void Session::extended_error(const Error& error) {
    executor_->fail(error);
    encode(pending_, error);
    flush();
    skip_to_sync_ = true;
}

bool Session::portal_suspended() const {
    return std::any_of(portals_.begin(), portals_.end(), [](const auto& item) { return item.second.rest; });
}

bool Session::refuse_while_suspended(std::string_view operation) {
    if (!portal_suspended()) return false;
    portals_.clear();
    extended_error(errors::portal_open(operation));
    return true;
}

void Session::on_parse(std::string_view body) {
    const auto parse = protocol::decode_parse(body);
    if (!parse) return extended_error({"08P01", "malformed Parse"});
    if (refuse_while_suspended("sql.PrepareStmt")) return;
    const std::string name(parse->name);
    auto& prepared = executor_->prepared();
    if (!name.empty() && prepared.count(name) != 0) return extended_error(errors::statement_exists(name));
    auto statements = parse_sql(parse->query);
    if (!statements) return extended_error(statements.error());
    if (statements->size() > 1)
        return extended_error({"42601", "prepared statement had " + std::to_string(statements->size()) +
                                            " statements, expected 1"});
    Prepared made;
    if (!statements->empty()) {
        auto planned = executor_->plan(statements->front(), true);
        if (!planned) return extended_error(planned.error());
        made = {std::move(statements->front()), std::move(*planned)};
    }
    const auto given = type_list(parse->types);
    for (std::size_t i = 0; i < given.size() && i < made.plan.parameters.size(); ++i) {
        if (given[i] != 0) made.plan.parameters[i] = given[i];
    }
    prepared[name] = std::move(made);
    protocol::encode_parse_complete(pending_);
}

void Session::on_bind(std::string_view body) {
    const auto bind = protocol::decode_bind(body);
    if (!bind) return extended_error({"08P01", "malformed Bind"});
    const auto found = executor_->prepared().find(std::string(bind->statement));
    if (found == executor_->prepared().end())
        return extended_error(errors::no_statement_bound(bind->statement));
    if (!text_forms(*bind)) return extended_error({"0A000", "this fake node knows the text format only"});
    Portal portal;
    portal.source = found->second;
    for (const auto& value : protocol::bind_parameters(*bind)) {
        const auto number = portal.parameters.size();
        const auto& types = portal.source.plan.parameters;
        const bool number_wanted = number < types.size() && types[number] == kOidInt8;
        if (value && number_wanted && !integer(std::string(*value)))
            return extended_error(errors::bad_argument(number + 1, *value));
        portal.parameters.push_back(value ? Value{*value} : Value{});
    }
    portals_[std::string(bind->portal)] = std::move(portal);
    protocol::encode_bind_complete(pending_);
}

void Session::on_describe(std::string_view body) {
    const auto describe = protocol::decode_describe(body);
    if (!describe) return extended_error({"08P01", "malformed Describe"});
    const std::string name(describe->name);
    if (describe->kind == protocol::kPortalKind) {
        const auto portal = portals_.find(name);
        if (portal == portals_.end()) return extended_error(errors::no_portal_described(name));
        return describe_columns(pending_, portal->second.source.plan.columns);
    }
    const auto found = executor_->prepared().find(name);
    if (found == executor_->prepared().end()) return extended_error(errors::no_statement_described(name));
    protocol::encode_parameter_description(pending_, found->second.plan.parameters);
    describe_columns(pending_, found->second.plan.columns);
}

void Session::on_execute(std::string_view body) {
    const auto execute = protocol::decode_execute(body);
    if (!execute) return extended_error({"08P01", "malformed Execute"});
    const std::string name(execute->portal);
    const auto found = portals_.find(name);
    if (found == portals_.end()) return extended_error(errors::no_portal(name));
    auto& portal = found->second;
    if (portal.rest) return fetch(portal, name, execute->max_rows, "SELECT");
    if (!portal.source.statement) return protocol::encode_empty_query_response(pending_);
    const auto now = executor_->plan(*portal.source.statement, true);
    if (now && executor_->status() != 'E' && !(now->columns == portal.source.plan.columns))
        return extended_error(errors::plan_changed());
    work_.emplace();
    work_->statements = {*portal.source.statement};
    work_->simple = false;
    work_->portal = name;
    work_->max_rows = execute->max_rows;
}

void Session::deliver_rows(Work& work, Result result) {
    const auto portal = portals_.find(work.portal);
    if (portal != portals_.end() && work.max_rows > 0) {
        portal->second.rest = std::move(result.rows);
        return fetch(portal->second, work.portal, work.max_rows, "SELECT");
    }
    for (const auto& row : result.rows) encode_data_row(pending_, row);
    for (const auto& [name, value] : result.statuses)
        protocol::encode_parameter_status(pending_, name, value);
    protocol::encode_command_complete(pending_, result.tag);
}

void Session::fetch(Portal& portal, const std::string& name, std::int32_t max_rows, const std::string& tag) {
    auto& rest = *portal.rest;
    const auto limit = max_rows > 0 ? static_cast<std::size_t>(max_rows) : rest.size() + 1;
    const auto count = std::min(limit, rest.size());
    for (std::size_t i = 0; i < count; ++i) encode_data_row(pending_, rest[i]);
    if (count < limit) {
        portal.rest.reset();
        return protocol::encode_command_complete(pending_, tag + ' ' + std::to_string(count));
    }
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
    protocol::encode_portal_suspended(pending_);
    // Outside a transaction the portal does not outlive its Execute.
    if (!executor_->in_transaction()) portals_.erase(name);
}

void Session::on_close(std::string_view body) {
    const auto close = protocol::decode_close(body);
    if (!close) return extended_error({"08P01", "malformed Close"});
    if (close->kind == protocol::kPortalKind)
        portals_.erase(std::string(close->name));
    else
        executor_->prepared().erase(std::string(close->name));
    protocol::encode_close_complete(pending_);
}

void Session::on_sync() {
    skip_to_sync_ = false;
    if (!executor_->in_transaction()) portals_.clear();
    ready();
}

}  // namespace support::crdb
