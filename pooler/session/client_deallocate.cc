// DEALLOCATE in SQL of statements that were prepared in the protocol. On servers they have other names, and
// other clients use them too: the client's text never runs there as it is.
#include "pooler/session/client_session.h"
#include "pooler/session/deallocate.h"
#include "protocol/extended_query.h"
#include "protocol/message_type.h"
#include "protocol/simple_query.h"

namespace pooler {

namespace {

/// What stands behind the names of a Bind without parameters: no formats, no values, no result formats.
constexpr std::string_view kNothingToBind{"\0\0\0\0\0\0", 6};

}  // namespace

/// As a Query: nothing is sent, or as little as keeps the order. nullopt if the query is anything else.
std::optional<ClientSession::Step> ClientSession::on_deallocate(protocol::FrameHeader header,
                                                                std::string_view message) {
    constexpr std::size_t kMaxBytes = 8192;  // with comments
    if (!names_ || header.total_bytes() > kMaxBytes || !follows()) return std::nullopt;
    if (message.size() < header.total_bytes()) return Step{Step::Kind::kMore};
    const auto text = protocol::decode_query(message.substr(protocol::kHeaderBytes));
    const auto name = text ? deallocated_name(classified(*text), *text) : std::nullopt;
    if (!name) return std::nullopt;
    if (const Entry* head = server_->ledger().head(); head != nullptr && head->sequence < batch_start_)
        return wait_for_outcome();
    if (server_->transaction_status() == protocol::TransactionStatus::kFailed) return std::nullopt;
    const auto known = names().find(*name, server_->ledger().settled(), batch_start_);
    if (known.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    if (known.presence == PreparedNames::Presence::kAbsent) return std::nullopt;
    // In a block it has a unit on the server: a deferred BEGIN in front of it may fail, and the unnamed
    // portal ends, as with any Query. So it has behind a batch without a Sync on CockroachDB, whose skipping
    // after an error it ends.
    const bool in_block = begin_last_ > server_->ledger().settled() ||
                          (server_->cockroach && server_->ledger().batch_open()) ||
                          server_->transaction_status() == protocol::TransactionStatus::kInTransaction;
    if (in_block && record(Request::kClose, Delivery::kSwallow))
        io().to_server.own([](std::string& out) { protocol::encode_close(out, protocol::kPortalKind, {}); });
    if (record(in_block ? Request::kExecute : Request::kQuery, Delivery::kAnswer)) {
        names().remove(*name, io().last_sequence);
        names().drop_unnamed(io().last_sequence);
    }
    if (in_block && record(Request::kSync))
        io().to_server.own([](std::string& out) { protocol::encode_sync(out); });
    batch_start_ = io().last_sequence + 1;
    return Step{Step::Kind::kTaken, message.size(), 0};
}

/// As a portal, as psycopg sends it in a pipeline: instead of the client's text one is bound that names the
/// statement as the server knows it. It goes from there, and from the client's names, with the portal's
/// Execute. nullopt: the statement is something else.
std::optional<ClientSession::Step> ClientSession::bind_deallocate(protocol::FrameHeader header,
                                                                  const protocol::BindNames& bind,
                                                                  const StatementRef& statement) {
    if (!followed_) return std::nullopt;
    const auto name = deallocated_name(classified(statement->query), statement->query);
    if (!name) return std::nullopt;
    const auto target = names().find(*name, server_->ledger().settled(), batch_start_);
    if (target.presence == PreparedNames::Presence::kAbsent) return std::nullopt;
    if (target.presence == PreparedNames::Presence::kUnsettled || !prepare_deallocate(target.statement))
        return wait_for_outcome();
    ++pool_->stats.binds;
    if (record(Request::kBind)) {
        note_portal(bind.portal, bind.statement);
        portals_->deallocates(bind.portal, target.statement);
        notes().bind(bind.portal, {}, io().last_sequence);
        if (!bind.statement.empty())  // a Bind that is refused names the client's statement
            notes().rewrite({io().last_sequence,
                             "statement \"\"",
                             "statement \"" + std::string{bind.statement} + '"',
                             {}});
    }
    const std::size_t rest = header.body_bytes() - bind.bytes;
    io().to_server.own([&](std::string& out) { protocol::encode_bind_header(out, rest, bind.portal, {}); });
    return Step{Step::Kind::kTaken, protocol::kHeaderBytes + bind.bytes, rest};
}

/// The unnamed statement of the server drops this one. False: an earlier batch must end first.
bool ClientSession::prepare_deallocate(const StatementRef& target) {
    if (!prepare_on_server(target)) return false;
    prepare_unnamed(
        environment_->statements().intern("DEALLOCATE " + target->server_name, protocol::kNoTypes));
    return true;
}

/// Between its Bind and its Execute the name may have gone, or come. nullopt: the portal runs as it is now.
std::optional<ClientSession::Step> ClientSession::execute_deallocate(std::string_view message,
                                                                     std::string_view portal) {
    const auto executed = portals_->executed(portal, server_->ledger().settled(), batch_start_);
    if (!executed.statement || executed.over ||
        server_->transaction_status() == protocol::TransactionStatus::kFailed)
        return std::nullopt;
    const std::string& text = executed.statement->query;
    const auto name = deallocated_name(classified(text), text);
    if (!name) return std::nullopt;
    const auto target = names().find(*name, server_->ledger().settled(), batch_start_);
    if (target.presence == PreparedNames::Presence::kUnsettled) return wait_for_outcome();
    const bool there = target.presence == PreparedNames::Presence::kPresent;
    if (there == (executed.deallocates != nullptr)) return std::nullopt;
    // A portal of an earlier batch has ended with its transaction.
    if (const Entry* head = server_->ledger().head(); head != nullptr && head->sequence < batch_start_)
        return wait_for_outcome();
    if (executed.sequence < batch_start_ &&
        server_->transaction_status() == protocol::TransactionStatus::kIdle)
        return std::nullopt;
    if (there) return rebind_deallocate(portal, executed.statement, target.statement);
    // The server still has it, others use it: a question for a statement that is not there fails as the
    // DEALLOCATE would.
    const std::string absent = absent_name(*name);
    if (record(Request::kDescribeStatement)) note_unknown(*name, absent);
    io().to_server.own(
        [&](std::string& out) { protocol::encode_describe(out, protocol::kStatementKind, absent); });
    return Step{Step::Kind::kTaken, message.size(), 0};
}

/// There was no such name when the portal was bound: it is bound anew, as it would be now.
std::optional<ClientSession::Step> ClientSession::rebind_deallocate(std::string_view portal,
                                                                    const StatementRef& statement,
                                                                    const StatementRef& target) {
    if (!prepare_deallocate(target)) return wait_for_outcome();
    if (!record(Request::kClose, Delivery::kSwallow) || !record(Request::kBind, Delivery::kSwallow))
        return std::nullopt;
    portals_->bind(portal, statement, io().last_sequence);
    portals_->deallocates(portal, target);
    io().to_server.own([&](std::string& out) {
        protocol::encode_close(out, protocol::kPortalKind, portal);
        protocol::encode_bind_header(out, kNothingToBind.size(), portal, {});
        out += kNothingToBind;
    });
    return std::nullopt;
}

}  // namespace pooler
