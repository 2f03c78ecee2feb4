// The shapes of prepared statements: no client gets a row of another shape than it was told. Which shape that
// was is kept for each of its names. A server that parsed the statement at another time may have another one;
// it is asked once, before the first Bind there, and then remembered.
//
// Also the texts of errors: what the server knows under a name of ours is shown under the client's.
#include <algorithm>

#include "pooler/session/client_session.h"
#include "protocol/byte_writer.h"
#include "protocol/error_notice.h"
#include "protocol/sqlstate.h"

namespace pooler {

namespace {

/// A name that nobody has prepared, so that its Bind fails and the rest of the batch with it.
constexpr std::string_view kNoStatement = "weir: none";

StatementRef slot_of(std::string_view name, const StatementRef& statement) {
    return name.empty() ? nullptr : statement;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// An ErrorResponse with the same fields in other words.
void encode_reworded(std::string& out, std::string_view body, std::string_view from, std::string_view to) {
    protocol::MessageWriter packet(out, protocol::BackendType::kErrorResponse);
    protocol::ErrorFieldReader reader(body);
    while (reader.next()) {
        std::string field{reader.value()};
        replace_all(field, from, to);
        packet.int8(reader.kind()).cstring(field);
    }
    packet.int8('\0');
}

}  // namespace

DescribeNotes& ClientSession::notes() {
    if (!notes_) notes_ = std::make_unique<DescribeNotes>();
    return *notes_;
}

/// Whether rows of the statement would be what the client was told. nullopt: they would.
std::optional<ClientSession::Step> ClientSession::check_shape(std::string_view name,
                                                              const PreparedNames::Found& known) {
    if (!known.told) return std::nullopt;
    const StatementRef slot = slot_of(name, known.statement);
    const ShapeRef shape = server_->statements().shape(slot);
    if (shape && (shape == known.told || shape->fits(*known.told))) {
        if (shape != known.told) names().tell(name, known.sequence, shape);
        return std::nullopt;
    }
    if (notes().described_since(name, batch_start_) || describes_ahead()) return std::nullopt;
    if (shape) return refuse_shape();
    if (!record(Request::kDescribeStatement, Delivery::kSwallow)) return std::nullopt;
    ++pool_->stats.shape_checks;
    notes().asked = io().last_sequence;
    notes().describing({io().last_sequence, std::string{name}, known.sequence, slot,
                        server_->statements().parsed_by(slot), false, true});
    io().to_server.own([&](std::string& out) {
        protocol::encode_describe(out, protocol::kStatementKind,
                                  slot ? std::string_view{slot->server_name} : std::string_view{});
        protocol::encode_flush(out);
    });
    hold_ = Hold::kForShape;
    return Step{Step::Kind::kHold};
}

/// The client is told what PostgreSQL says of a statement whose rows have changed; nothing of the batch runs,
/// and a transaction fails.
ClientSession::Step ClientSession::refuse_shape() {
    if (record(Request::kBind)) {
        ErrorRewrite note{io().last_sequence, {}, {}, {}};
        protocol::encode_error(note.packet, "ERROR", protocol::sqlstate::kFeatureNotSupported,
                               "cached plan must not change result type");
        notes().rewrite(std::move(note));
        io().to_server.own([](std::string& out) { protocol::encode_bind(out, {}, kNoStatement, {}); });
    }
    return {Step::Kind::kDrop};
}

/// Whether the rest of the batch, as far as it has come, holds a Describe: then the client learns the shape.
bool ClientSession::describes_ahead() const {
    for (std::string_view rest = environment_->io().ahead; rest.size() >= protocol::kHeaderBytes;) {
        const auto header = protocol::read_header(rest);
        const auto type = static_cast<protocol::FrontendType>(header.type);
        if (type == protocol::FrontendType::kDescribe) return true;
        if (type == protocol::FrontendType::kSync || type == protocol::FrontendType::kQuery) return false;
        if (!header.valid() || rest.size() < header.total_bytes()) return false;
        rest.remove_prefix(header.total_bytes());
    }
    return false;
}

/// The client's own Describe of this name is about to be sent, as the request last recorded. `bound_at`: the
/// Bind of the portal that is described; 0: the statement itself is.
void ClientSession::note_describe(std::string_view name, std::uint64_t bound_at) {
    const bool portal = bound_at != 0;
    const auto known = names().find(name, server_->ledger().settled(), batch_start_);
    if (known.presence != PreparedNames::Presence::kPresent) return;
    if (portal && known.sequence > bound_at) return;  // the name means another statement since
    const StatementRef slot = slot_of(name, known.statement);
    notes().describing({io().last_sequence, std::string{name}, known.sequence, slot,
                        server_->statements().parsed_by(slot), portal, false});
}

void ClientSession::on_described(std::uint64_t sequence, std::optional<std::string_view> parameters,
                                 std::optional<std::string_view> columns) {
    const auto note = notes_ ? notes_->answered(sequence) : std::nullopt;
    if (!note) return;
    ServerStatements& there = server_->statements();
    const ShapeRef told = names().told(note->name, note->named_by);
    ShapeRef shape = there.shape(note->statement);
    if (note->portal && shape) {  // a portal's rows are its statement's
        names().tell(note->name, note->named_by, std::move(shape));
        return;
    }
    if (told && told->is(parameters, columns) && told->knows_parameters() == parameters.has_value())
        shape = told;
    else
        shape = std::make_shared<const Shape>(parameters, columns);
    if (!note->portal) there.set_shape(note->statement, note->parsed_by, shape);
    if (!note->own) names().tell(note->name, note->named_by, std::move(shape));
}

/// "cached plan must not change result type": false if it is not known which statement that is about.
bool ClientSession::on_stale_plan(std::uint64_t sequence) {
    const StatementRef statement = notes_ ? notes_->only_used(sequence) : nullptr;
    if (statement) mark_stale(*statement);
    return statement != nullptr;
}

/// The request last recorded names a statement that the client has not prepared; the server's error shall
/// name it as the client does.
void ClientSession::note_unknown(std::string_view name, std::string_view server_name) {
    const auto quoted = [](std::string_view text) { return '"' + std::string{text} + '"'; };
    notes().rewrite({io().last_sequence, quoted(server_name), quoted(name), {}});
}

bool ClientSession::reword_error(std::uint64_t sequence, std::string_view message, std::string_view body,
                                 std::string& out) {
    constexpr std::string_view kOurs = "\"weir_";
    if (!notes_) return false;
    if (const ErrorRewrite* note = notes_->rewrite_of(sequence)) {
        if (note->packet.empty())
            encode_reworded(out, body, note->from, note->to);
        else
            out += note->packet;
        return true;
    }
    const std::size_t begin = message.find(kOurs);
    if (begin == std::string_view::npos || !names_) return false;
    const std::size_t end = message.find('"', begin + 1);
    if (end == std::string_view::npos) return false;
    const std::string_view ours = message.substr(begin + 1, end - begin - 1);
    const auto bound = notes_->bound_by(sequence);
    const auto name = bound ? bound : names_->name_of(ours);
    if (!name) return false;
    encode_reworded(out, body, ours, *name);
    return true;
}

}  // namespace pooler
