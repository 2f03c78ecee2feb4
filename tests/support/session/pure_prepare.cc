#include <utility>

#include "pooler/seeded_bug.h"
#include "pooler/session/deallocate.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "protocol/sqlstate.h"
#include "tests/support/session/pure_session.h"

namespace support {

using pooler::Delivery;
using pooler::PreparedNames;
using pooler::Request;
using pooler::SeededBug;
using pooler::ServerStatements;
using pooler::Shape;
using pooler::ShapeRef;
using pooler::StatementRef;
using protocol::TransactionStatus;

namespace {

constexpr std::string_view kNoStatement = "weir: none";

StatementRef slot_of(std::string_view name, const StatementRef& statement) {
    return name.empty() ? nullptr : statement;
}

}  // namespace

void PureSession::make_room_for(const StatementRef& statement) {
    while (const StatementRef old = server_->statements.surplus(worker_->max_prepared_statements, statement))
        close_on_server(old);
}

void PureSession::close_on_server(const StatementRef& statement) {
    if (pooler::seeded_bug(SeededBug::kEvictedNotClosed)) return server_->statements.remove(statement, 0);
    if (!record(Request::kClose, Delivery::kSwallow)) return;
    server_->statements.remove(statement, worker_->last_sequence);
    protocol::encode_close(server_->to_server, protocol::kStatementKind, statement->server_name);
}

bool PureSession::prepare_on_server(const StatementRef& statement) {
    using Presence = ServerStatements::Presence;
    const auto presence = server_->statements.find(statement, server_->ledger.settled(), batch_start_);
    if (presence == Presence::kUnsettled) return false;
    if (presence == Presence::kPresent) return true;
    if (presence == Presence::kStale) close_on_server(statement);
    make_room_for(statement);
    if (!record(Request::kParse, Delivery::kSwallow)) return true;
    server_->statements.add(statement, worker_->last_sequence);
    protocol::encode_parse(server_->to_server, statement->server_name, statement->query, statement->types);
    return true;
}

void PureSession::prepare_unnamed(const StatementRef& statement) {
    ServerStatements& there = server_->statements;
    const std::uint64_t changed_by = there.parsed_by(nullptr);
    const bool sure = changed_by <= server_->ledger.settled() || changed_by >= batch_start_;
    if (!statement) {
        if ((sure && !there.may_have_unnamed()) || !record(Request::kClose, Delivery::kSwallow)) return;
        there.clear_unnamed(worker_->last_sequence);
        return protocol::encode_close(server_->to_server, protocol::kStatementKind, {});
    }
    if (there.may_have_unnamed() && pooler::seeded_bug(SeededBug::kUnnamedTrusted)) return;
    if ((sure && same_statement(there.unnamed(), statement)) || !record(Request::kParse, Delivery::kSwallow))
        return;
    there.set_unnamed(statement, worker_->last_sequence);
    protocol::encode_parse(server_->to_server, {}, statement->query, statement->types);
}

// --- Parse

PureSession::Step PureSession::on_parse(std::string_view body) {
    if (server_->ledger.in_copy()) {
        static_cast<void>(record(Request::kParse));
        return Step::kPass;
    }
    const auto parse = protocol::decode_parse(body);
    if (!parse) return Step::kDrop;
    if (!parse->name.empty()) return parse_named(*parse);
    if (record(Request::kParse)) {
        const auto statement = worker_->statements.intern(parse->query, parse->types);
        names.set({}, statement, worker_->last_sequence);
        server_->statements.set_unnamed(statement, worker_->last_sequence);
    }
    return Step::kPass;
}

PureSession::Step PureSession::parse_named(const protocol::Parse& parse) {
    const auto known = names.find(parse.name, server_->ledger.settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    const auto statement = worker_->statements.intern(parse.query, parse.types);
    if (known.presence == PreparedNames::Presence::kPresent) return parse_again(known.statement, statement);
    const auto presence = server_->statements.find(statement, server_->ledger.settled(), batch_start_);
    if (presence == ServerStatements::Presence::kUnsettled) return wait_for_outcome();
    const pooler::Entry* head = server_->ledger.head();
    const bool certain = server_->status() != TransactionStatus::kFailed &&
                         (head == nullptr || head->sequence >= batch_start_);
    if (presence == ServerStatements::Presence::kPresent && certain) {
        if (record(Request::kParse, Delivery::kAnswer))
            names.set(parse.name, statement, worker_->last_sequence);
        return Step::kTaken;
    }
    if (presence != ServerStatements::Presence::kAbsent) close_on_server(statement);
    make_room_for(statement);
    if (!record(Request::kParse)) return Step::kTaken;
    server_->statements.add(statement, worker_->last_sequence);
    names.set(parse.name, statement, worker_->last_sequence);
    protocol::encode_parse(server_->to_server, statement->server_name, parse.query, parse.types);
    return Step::kTaken;
}

/// The name is in use: the server refuses the new text under the old one's name.
PureSession::Step PureSession::parse_again(const StatementRef& old, const StatementRef& wanted) {
    if (!prepare_on_server(old)) return wait_for_outcome();
    if (record(Request::kParse))
        protocol::encode_parse(server_->to_server, old->server_name, wanted->query, wanted->types);
    return Step::kTaken;
}

// --- Bind, Describe, Close, Execute

/// nullopt: an earlier batch must end first.
std::optional<std::string> PureSession::server_name_for(std::string_view name, PreparedNames::Found& known) {
    known = names.find(name, server_->ledger.settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) return std::nullopt;
    if (known.statement) notes_.use(known.statement, batch_start_);
    if (name.empty()) {
        prepare_unnamed(known.statement);
        return std::string{};
    }
    if (known.presence == PreparedNames::Presence::kAbsent) return pooler::absent_name(name);
    if (!prepare_on_server(known.statement)) return std::nullopt;
    return known.statement->server_name;
}

PureSession::Step PureSession::on_bind(std::string_view body) {
    if (server_->ledger.in_copy()) {
        static_cast<void>(record(Request::kBind));
        return Step::kPass;
    }
    const auto bind = protocol::decode_bind(body);
    if (!bind) return Step::kDrop;
    PreparedNames::Found known;
    const auto server_name = server_name_for(bind->statement, known);
    if (!server_name) return wait_for_outcome();
    if (known.statement && !known.statement->quiet)
        if (const auto step = bind_deallocate(*bind, known.statement)) return *step;
    if (const auto step = check_shape(bind->statement, known)) return *step;
    if (record(Request::kBind)) {
        note_portal(bind->portal, bind->statement);
        notes_.bind(bind->portal, bind->statement, worker_->last_sequence);
    }
    protocol::encode_bind_header(server_->to_server, bind->rest.size(), bind->portal, *server_name);
    server_->to_server += bind->rest;
    return Step::kTaken;
}

std::optional<PureSession::Step> PureSession::bind_deallocate(const protocol::Bind& bind,
                                                              const StatementRef& statement) {
    const auto name = pooler::deallocated_name(worker_->classes.classify(statement->query, worker_->dialect),
                                               statement->query);
    if (!name) return std::nullopt;
    const auto target = names.find(*name, server_->ledger.settled(), batch_start_);
    if (target.presence == PreparedNames::Presence::kAbsent) return std::nullopt;
    if (target.presence == PreparedNames::Presence::kUnsettled || !prepare_deallocate(target.statement))
        return wait_for_outcome();
    if (record(Request::kBind)) {
        note_portal(bind.portal, bind.statement);
        portals_.deallocates(bind.portal, target.statement);
        notes_.bind(bind.portal, {}, worker_->last_sequence);
    }
    protocol::encode_bind_header(server_->to_server, bind.rest.size(), bind.portal, {});
    server_->to_server += bind.rest;
    return Step::kTaken;
}

bool PureSession::prepare_deallocate(const StatementRef& target) {
    if (!prepare_on_server(target)) return false;
    prepare_unnamed(worker_->statements.intern("DEALLOCATE " + target->server_name, protocol::kNoTypes));
    return true;
}

std::optional<PureSession::Step> PureSession::execute_deallocate(std::string_view portal) {
    const auto executed = portals_.executed(portal, server_->ledger.settled(), batch_start_);
    if (!executed.statement || executed.over || server_->status() == TransactionStatus::kFailed)
        return std::nullopt;
    const std::string& text = executed.statement->query;
    const auto name = pooler::deallocated_name(worker_->classes.classify(text, worker_->dialect), text);
    if (!name) return std::nullopt;
    const auto target = names.find(*name, server_->ledger.settled(), batch_start_);
    if (target.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    const bool there = target.presence == PreparedNames::Presence::kPresent;
    if (there == (executed.deallocates != nullptr)) return std::nullopt;
    if (const pooler::Entry* head = server_->ledger.head(); head != nullptr && head->sequence < batch_start_)
        return wait_for_outcome();
    if (executed.sequence < batch_start_ && server_->status() == TransactionStatus::kIdle)
        return std::nullopt;
    if (there) return rebind_deallocate(portal, executed.statement, target.statement);
    static_cast<void>(record(Request::kDescribeStatement));
    protocol::encode_describe(server_->to_server, protocol::kStatementKind, pooler::absent_name(*name));
    return Step::kTaken;
}

std::optional<PureSession::Step> PureSession::rebind_deallocate(std::string_view portal,
                                                                const StatementRef& statement,
                                                                const StatementRef& target) {
    if (!prepare_deallocate(target)) return wait_for_outcome();
    if (!record(Request::kClose, Delivery::kSwallow) || !record(Request::kBind, Delivery::kSwallow))
        return std::nullopt;
    portals_.bind(portal, statement, worker_->last_sequence);
    portals_.deallocates(portal, target);
    protocol::encode_close(server_->to_server, protocol::kPortalKind, portal);
    constexpr std::string_view kNothingToBind{"\0\0\0\0\0\0", 6};
    protocol::encode_bind_header(server_->to_server, kNothingToBind.size(), portal, {});
    server_->to_server += kNothingToBind;
    return std::nullopt;
}

PureSession::Step PureSession::on_describe(std::string_view body) {
    const auto describe = protocol::decode_describe(body);
    if (!describe) return Step::kDrop;
    const bool portal = describe->kind == protocol::kPortalKind;
    if (portal || server_->ledger.in_copy()) {
        const bool runs = record(portal ? Request::kDescribePortal : Request::kDescribeStatement);
        const auto* bound = portal && runs ? notes_.bound_to(describe->name, batch_start_) : nullptr;
        if (bound != nullptr && !bound->name.empty()) note_describe(bound->name, bound->sequence);
        return Step::kPass;
    }
    PreparedNames::Found known;
    const auto server_name = server_name_for(describe->name, known);
    if (!server_name) return wait_for_outcome();
    if (record(Request::kDescribeStatement)) note_describe(describe->name, 0);
    protocol::encode_describe(server_->to_server, protocol::kStatementKind, *server_name);
    return Step::kTaken;
}

PureSession::Step PureSession::on_close(std::string_view body) {
    const auto closing = protocol::decode_close(body);
    if (!closing) return Step::kDrop;
    if (closing->kind == protocol::kPortalKind || server_->ledger.in_copy()) {
        if (record(Request::kClose)) portals_.end(closing->name);
        return Step::kPass;
    }
    if (names.find(closing->name, server_->ledger.settled(), batch_start_).presence ==
        PreparedNames::Presence::kUnsettled)
        return wait_for_outcome();
    const bool unnamed = closing->name.empty();
    const bool runs = record(Request::kClose, unnamed ? Delivery::kForward : Delivery::kAnswer);
    if (runs && !pooler::seeded_bug(SeededBug::kCloseForgotten))
        names.remove(closing->name, worker_->last_sequence);
    if (!unnamed) return Step::kTaken;
    if (runs) server_->statements.clear_unnamed(worker_->last_sequence);
    return Step::kPass;
}

std::optional<PureSession::Step> PureSession::on_deallocate(std::string_view text) {
    const auto name = pooler::deallocated_name(worker_->classes.classify(text, worker_->dialect), text);
    if (!name) return std::nullopt;
    if (const pooler::Entry* head = server_->ledger.head(); head != nullptr && head->sequence < batch_start_)
        return wait_for_outcome();
    if (server_->status() == TransactionStatus::kFailed) return std::nullopt;
    const auto known = names.find(*name, server_->ledger.settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    if (known.presence == PreparedNames::Presence::kAbsent) return std::nullopt;
    const bool in_block = server_->status() == TransactionStatus::kInTransaction ||
                          (worker_->cockroach() && server_->ledger.batch_open());
    if (in_block && record(Request::kClose, Delivery::kSwallow))
        protocol::encode_close(server_->to_server, protocol::kPortalKind, {});
    if (record(in_block ? Request::kExecute : Request::kQuery, Delivery::kAnswer)) {
        names.remove(*name, worker_->last_sequence);
        names.drop_unnamed(worker_->last_sequence);
    }
    if (in_block && record(Request::kSync)) protocol::encode_sync(server_->to_server);
    batch_start_ = worker_->last_sequence + 1;
    return Step::kTaken;
}

PureSession::Step PureSession::on_execute(std::string_view body) {
    if (portals_.all_quiet()) {
        static_cast<void>(record(Request::kExecute));
        return Step::kPass;
    }
    const auto execute = protocol::decode_execute(body);
    if (!execute) return Step::kDrop;
    if (const auto step = execute_deallocate(execute->portal)) return *step;
    if (record(Request::kExecute)) note_execute(execute->portal);
    return Step::kPass;
}

void PureSession::note_portal(std::string_view portal, std::string_view statement) {
    const auto known = names.find(statement, server_->ledger.settled(), batch_start_);
    if (known.statement && known.statement->quiet && portals_.all_quiet()) return;
    portals_.bind(portal, known.statement, worker_->last_sequence);
}

void PureSession::note_execute(std::string_view portal) {
    const auto executed = portals_.executed(portal, server_->ledger.settled(), batch_start_);
    if (!executed.known) return note(pooler::effects_of_anything());
    if (!executed.statement) return;
    const std::string& text = executed.statement->query;
    if (executed.deallocates) {
        if (const auto name =
                pooler::deallocated_name(worker_->classes.classify(text, worker_->dialect), text))
            names.remove(*name, worker_->last_sequence);
        server_->statements.remove(executed.deallocates, worker_->last_sequence);
        portals_.end(portal);
    } else {
        note_deallocate_all(text);
    }
    note(effects_of_text(text));
}

// --- shapes

std::optional<PureSession::Step> PureSession::check_shape(std::string_view name,
                                                          const PreparedNames::Found& known) {
    if (!known.told) return std::nullopt;
    const StatementRef slot = slot_of(name, known.statement);
    const ShapeRef shape = server_->statements.shape(slot);
    if (shape && (shape == known.told || shape->fits(*known.told))) {
        if (shape != known.told) names.tell(name, known.sequence, shape);
        return std::nullopt;
    }
    if (notes_.described_since(name, batch_start_)) return std::nullopt;
    if (shape) return refuse_shape();
    if (!record(Request::kDescribeStatement, Delivery::kSwallow)) return std::nullopt;
    notes_.asked = worker_->last_sequence;
    notes_.describing({worker_->last_sequence, std::string{name}, known.sequence, slot,
                       server_->statements.parsed_by(slot), false, true});
    protocol::encode_describe(server_->to_server, protocol::kStatementKind,
                              slot ? std::string_view{slot->server_name} : std::string_view{});
    protocol::encode_flush(server_->to_server);
    hold_ = Hold::kForShape;
    return Step::kHold;
}

PureSession::Step PureSession::refuse_shape() {
    if (!record(Request::kBind)) return Step::kDrop;
    pooler::ErrorRewrite note{worker_->last_sequence, {}, {}, {}};
    protocol::encode_error(note.packet, "ERROR", protocol::sqlstate::kFeatureNotSupported,
                           "cached plan must not change result type");
    notes_.rewrite(std::move(note));
    protocol::encode_bind(server_->to_server, {}, kNoStatement, {});
    return Step::kDrop;
}

void PureSession::note_describe(std::string_view name, std::uint64_t bound_at) {
    const bool portal = bound_at != 0;
    const auto known = names.find(name, server_->ledger.settled(), batch_start_);
    if (known.presence != PreparedNames::Presence::kPresent || (portal && known.sequence > bound_at)) return;
    const StatementRef slot = slot_of(name, known.statement);
    notes_.describing({worker_->last_sequence, std::string{name}, known.sequence, slot,
                       server_->statements.parsed_by(slot), portal, false});
}

void PureSession::on_described(std::uint64_t sequence, std::optional<std::string_view> parameters,
                               std::optional<std::string_view> columns) {
    const auto note = notes_.answered(sequence);
    if (!note) return;
    const ShapeRef told = names.told(note->name, note->named_by);
    ShapeRef shape = server_->statements.shape(note->statement);
    if (note->portal && shape) return names.tell(note->name, note->named_by, std::move(shape));
    const bool same =
        told && told->is(parameters, columns) && told->knows_parameters() == parameters.has_value();
    shape = same ? told : std::make_shared<const Shape>(parameters, columns);
    if (!note->portal) server_->statements.set_shape(note->statement, note->parsed_by, shape);
    if (!note->own) names.tell(note->name, note->named_by, std::move(shape));
}

/// Only what stands in for an error of the server; the names inside its texts are not a matter here.
bool PureSession::rewords(std::uint64_t sequence, std::string_view /*body*/) {
    const pooler::ErrorRewrite* note = notes_.rewrite_of(sequence);
    if (note == nullptr || note->packet.empty()) return false;
    to_client += note->packet;
    return true;
}

}  // namespace support
