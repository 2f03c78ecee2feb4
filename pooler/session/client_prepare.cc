// Prepared statements of a client over changing servers. A client's name stands for (text, types); on every
// server the statement has a name of ours. What a server lacks is prepared in front of the request that needs
// it, in the same batch, so that a failure keeps the request from running. A name that does not exist is
// passed on as it is: the server has no such name either, and its own error has the right effect on the
// transaction.
#include "pooler/seeded_bug.h"
#include "pooler/session/client_session.h"
#include "pooler/session/deallocate.h"
#include "protocol/message_type.h"

namespace pooler {

namespace {

/// Two names longer than this are an attack: no server takes them.
constexpr std::size_t kMaxBindNames = 64 * 1024;

bool complete(protocol::FrameHeader header, std::string_view message) {
    return message.size() >= header.total_bytes();
}

}  // namespace

/// Prepared statements are followed, and the server will take the message for what it is: during a COPY any
/// of them only breaks the COPY.
bool ClientSession::follows() const { return tracking_ && !server_->ledger().in_copy(); }

PreparedNames& ClientSession::names() {
    if (!names_) {
        names_ = std::make_unique<PreparedNames>();
        if (replay_) names_->mark();
    }
    return *names_;
}

void ClientSession::make_room_for(const StatementRef& statement) {
    const auto limit =
        static_cast<std::size_t>(environment_->configuration().settings.max_prepared_statements);
    while (const StatementRef old = server_->statements().surplus(limit, statement)) close_on_server(old);
}

void ClientSession::close_on_server(const StatementRef& statement) {
    if (seeded_bug(SeededBug::kEvictedNotClosed)) return server_->statements().remove(statement, 0);
    if (!record(Request::kClose, Delivery::kSwallow)) return;
    server_->statements().remove(statement, io().last_sequence);
    io().to_server.own([&statement](std::string& out) {
        protocol::encode_close(out, protocol::kStatementKind, statement->server_name);
    });
}

/// Makes sure that the server has the statement when it reads what comes next. False: an earlier batch must
/// end first.
bool ClientSession::prepare_on_server(const StatementRef& statement) {
    using Presence = ServerStatements::Presence;
    const auto presence = server_->statements().find(statement, server_->ledger().settled(), batch_start_);
    if (presence == Presence::kUnsettled) return false;
    if (presence == Presence::kPresent) return true;
    if (presence == Presence::kStale) close_on_server(statement);
    make_room_for(statement);
    if (!record(Request::kParse, Delivery::kSwallow)) return true;
    ++pool_->stats.server_parses;
    server_->statements().add(statement, io().last_sequence);
    io().to_server.own([&statement](std::string& out) {
        protocol::encode_parse(out, statement->server_name, statement->query, statement->types);
    });
    return true;
}

ClientSession::Step ClientSession::on_parse(protocol::FrameHeader header, std::string_view message) {
    if (!follows() && (!followed_ || server_->ledger().in_copy())) {
        static_cast<void>(record(Request::kParse));
        return {};
    }
    if (!complete(header, message)) return {Step::Kind::kMore};
    const auto parse = protocol::decode_parse(message.substr(protocol::kHeaderBytes));
    if (!parse) return violation("broken Parse packet");
    if (const PinSet pins = refused_text(parse->query)) return refuse_parse(*parse, pins, message.size());
    if (!tracking_) return parse_untracked(*parse);
    if (!parse->name.empty()) return parse_named(*parse, message.size());
    if (record(Request::kParse)) {
        const auto statement = environment_->statements().intern(parse->query, parse->types);
        names().set({}, statement, io().last_sequence);
        server_->statements().set_unnamed(statement, io().last_sequence);
    }
    return {};
}

/// Why the text is not to run; 0: it may.
PinSet ClientSession::refused_text(std::string_view text) {
    const bool refuses = environment_->configuration().settings.pin == conf::PinAction::kRefuse || routed();
    return refuses ? refused(effects_of_text(text)) : PinSet{0};
}

/// Fails like a Parse of the client's: nothing behind it runs up to the Sync.
ClientSession::Step ClientSession::refuse_parse(const protocol::Parse& parse, PinSet pins,
                                                std::size_t total_bytes) {
    const Step taken{Step::Kind::kTaken, total_bytes, 0};
    if (!record(Request::kParse)) return taken;
    if (parse.name.empty() && tracking_) {
        names().remove({}, io().last_sequence);
        server_->statements().forget_unnamed();
    }
    const std::string_view text = refuse_text(pins);
    io().to_server.own([text](std::string& out) { protocol::encode_parse(out, {}, text, {"\0\0", 2}); });
    return taken;
}

/// max_prepared_statements = 0: names pass through as they are, only what they stand for is kept in mind.
ClientSession::Step ClientSession::parse_untracked(const protocol::Parse& parse) {
    if (record(Request::kParse))
        names().set(parse.name, environment_->statements().intern(parse.query, parse.types),
                    io().last_sequence);
    return {};
}

/// No transaction has failed, nor can one have without our knowing it yet.
bool ClientSession::status_certain() const {
    const Entry* head = server_->ledger().head();
    return server_->transaction_status() != protocol::TransactionStatus::kFailed &&
           (head == nullptr || head->sequence >= batch_start_);
}

/// The request last recorded runs this text; if it drops every prepared statement, what comes behind it must
/// neither count on one nor take it for gone.
void ClientSession::note_deallocate_all(std::string_view text) {
    if (!names_ || !drops_all_statements(classified(text))) return;
    if (seeded_bug(SeededBug::kDeallocateAllMissed)) return;
    names_->expect_deallocate_all(io().last_sequence);
    server_->statements().doubt_all();
}

ClientSession::Step ClientSession::parse_named(const protocol::Parse& parse, std::size_t total_bytes) {
    const auto known = names().find(parse.name, server_->ledger().settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    const auto statement = environment_->statements().intern(parse.query, parse.types);
    if (known.presence == PreparedNames::Presence::kPresent)
        return parse_again(parse.name, known.statement, statement, total_bytes);

    const auto presence = server_->statements().find(statement, server_->ledger().settled(), batch_start_);
    if (presence == ServerStatements::Presence::kUnsettled) return wait_for_outcome();
    ++pool_->stats.client_parses;
    const Step taken{Step::Kind::kTaken, total_bytes, 0};
    // In a failed transaction the server has to say whether it takes the statement.
    if (presence == ServerStatements::Presence::kPresent && status_certain()) {
        if (record(Request::kParse, Delivery::kAnswer))
            names().set(parse.name, statement, io().last_sequence);
        return taken;
    }
    if (presence != ServerStatements::Presence::kAbsent) close_on_server(statement);
    make_room_for(statement);
    if (!record(Request::kParse)) return taken;
    ++pool_->stats.server_parses;
    server_->statements().add(statement, io().last_sequence);
    names().set(parse.name, statement, io().last_sequence);
    io().to_server.own([&](std::string& out) {
        protocol::encode_parse(out, statement->server_name, parse.query, parse.types);
    });
    return taken;
}

/// The name is in use: the server, which has the old statement under its name, refuses the new one with
/// 42P05.
ClientSession::Step ClientSession::parse_again(std::string_view name, const StatementRef& old,
                                               const StatementRef& wanted, std::size_t total_bytes) {
    if (!prepare_on_server(old)) return wait_for_outcome();
    if (record(Request::kParse)) {
        notes().rewrite({io().last_sequence, old->server_name, std::string{name}, {}});
        io().to_server.own([&](std::string& out) {
            protocol::encode_parse(out, old->server_name, wanted->query, wanted->types);
        });
    }
    return {Step::Kind::kTaken, total_bytes, 0};
}

std::optional<std::string_view> ClientSession::server_name_for(std::string_view name, NameLookup& lookup) {
    auto& [known, unknown, instead] = lookup;
    known = names().find(name, server_->ledger().settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) {
        instead = wait_for_outcome();
        return std::nullopt;
    }
    if (known.statement) notes().use(known.statement, batch_start_);
    if (name.empty()) {
        prepare_unnamed(known.statement);
        return std::string_view{};
    }
    if (known.presence == PreparedNames::Presence::kAbsent) return unknown = absent_name(name);
    if (!prepare_on_server(known.statement)) {
        instead = wait_for_outcome();
        return std::nullopt;
    }
    return known.statement->server_name;
}

/// The unnamed statement of the server is to be the client's; without one, the server must have none either.
void ClientSession::prepare_unnamed(const StatementRef& statement) {
    ServerStatements& there = server_->statements();
    // A Parse or Close of an earlier batch may turn out to have been skipped.
    const std::uint64_t changed_by = there.parsed_by(nullptr);
    const bool sure = changed_by <= server_->ledger().settled() || changed_by >= batch_start_;
    if (!statement) {
        if ((sure && !there.may_have_unnamed()) || !record(Request::kClose, Delivery::kSwallow)) return;
        there.clear_unnamed(io().last_sequence);
        io().to_server.own(
            [](std::string& out) { protocol::encode_close(out, protocol::kStatementKind, {}); });
        return;
    }
    if (there.may_have_unnamed() && seeded_bug(SeededBug::kUnnamedTrusted)) return;
    if ((sure && same_statement(there.unnamed(), statement)) || !record(Request::kParse, Delivery::kSwallow))
        return;
    there.set_unnamed(statement, io().last_sequence);
    io().to_server.own([&statement](std::string& out) {
        protocol::encode_parse(out, {}, statement->query, statement->types);
    });
}

ClientSession::Step ClientSession::on_bind(protocol::FrameHeader header, std::string_view message) {
    if (!follows() && (!followed_ || server_->ledger().in_copy())) {
        static_cast<void>(record(Request::kBind));
        return {};
    }
    const auto names = protocol::peek_bind_names(message.substr(protocol::kHeaderBytes), header.body_bytes());
    if (!names) return violation("broken Bind packet");
    if (!*names && message.size() > kMaxBindNames) return violation("broken Bind packet");
    if (!*names) return {Step::Kind::kMore};
    const protocol::BindNames& bind = **names;
    if (!tracking_) {
        if (record(Request::kBind)) note_portal(bind.portal, bind.statement);
        return {};
    }
    NameLookup lookup;
    const auto server_name = server_name_for(bind.statement, lookup);
    if (!server_name) return lookup.instead;
    const PreparedNames::Found& known = lookup.known;
    if (known.statement && !known.statement->quiet)
        if (const auto step = bind_deallocate(header, bind, known.statement)) return *step;
    if (const auto step = check_shape(bind.statement, known)) return *step;
    ++pool_->stats.binds;
    if (record(Request::kBind)) {
        note_portal(bind.portal, bind.statement);
        notes().bind(bind.portal, bind.statement, io().last_sequence);
    }
    if (*server_name == bind.statement) return {};
    if (!known.statement) note_unknown(bind.statement, *server_name);
    const std::size_t rest = header.body_bytes() - bind.bytes;
    io().to_server.own(
        [&](std::string& out) { protocol::encode_bind_header(out, rest, bind.portal, *server_name); });
    return {Step::Kind::kTaken, protocol::kHeaderBytes + bind.bytes, rest};
}

ClientSession::Step ClientSession::on_describe(protocol::FrameHeader header, std::string_view message) {
    if (!complete(header, message)) return {Step::Kind::kMore};
    const auto describe = protocol::decode_describe(message.substr(protocol::kHeaderBytes));
    if (!describe) return violation("broken Describe packet");
    const bool portal = describe->kind == protocol::kPortalKind;
    if (portal || !follows()) {
        const bool runs = record(portal ? Request::kDescribePortal : Request::kDescribeStatement);
        const auto* bound =
            portal && runs && notes_ ? notes_->bound_to(describe->name, batch_start_) : nullptr;
        if (bound != nullptr && !bound->name.empty()) note_describe(bound->name, bound->sequence);
        return {};
    }
    NameLookup lookup;
    const auto server_name = server_name_for(describe->name, lookup);
    if (!server_name) return lookup.instead;
    if (record(Request::kDescribeStatement)) note_describe(describe->name, 0);
    if (*server_name == describe->name) return {};
    if (!lookup.known.statement) note_unknown(describe->name, *server_name);
    io().to_server.own(
        [&](std::string& out) { protocol::encode_describe(out, protocol::kStatementKind, *server_name); });
    return {Step::Kind::kTaken, message.size(), 0};
}

ClientSession::Step ClientSession::on_close(protocol::FrameHeader header, std::string_view message) {
    if (!complete(header, message)) return {Step::Kind::kMore};
    const auto closing = protocol::decode_close(message.substr(protocol::kHeaderBytes));
    if (!closing) return violation("broken Close packet");
    if (closing->kind == protocol::kPortalKind || !follows()) {
        if (record(Request::kClose) && portals_) portals_->end(closing->name);
        return {};
    }
    if (names().find(closing->name, server_->ledger().settled(), batch_start_).presence ==
        PreparedNames::Presence::kUnsettled)
        return wait_for_outcome();
    // The statement stays prepared on the server, others may use it; only the client's name goes.
    const bool unnamed = closing->name.empty();
    const bool runs = record(Request::kClose, unnamed ? Delivery::kForward : Delivery::kAnswer);
    if (runs && !seeded_bug(SeededBug::kCloseForgotten)) names().remove(closing->name, io().last_sequence);
    if (!unnamed) return {Step::Kind::kTaken, message.size(), 0};
    if (runs) server_->statements().clear_unnamed(io().last_sequence);
    return {};
}

}  // namespace pooler
