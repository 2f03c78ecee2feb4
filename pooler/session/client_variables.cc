// What a session has in its server besides the data: variables, and whatever only that one connection has. A
// server is given the client's variables before the client's first request, and nothing if it has them. What
// a request may change is noted when it is sent; what the server has confirmed stands in its VariableTracker.
// Not in session pooling, but for start-up values.
#include <algorithm>

#include "pooler/seeded_bug.h"
#include "pooler/session/client_session.h"
#include "pooler/session/deallocate.h"
#include "pooler/sql/literal.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "protocol/simple_query.h"
#include "protocol/sqlstate.h"

namespace pooler {

using protocol::TransactionStatus;

namespace {

/// As many rows as the PinSet of what this connection has, 0 to 31: the count stands in the tag.
constexpr std::string_view kPinCheck =
    "SELECT FROM pg_catalog.generate_series(1,"
    "CASE WHEN EXISTS(SELECT FROM pg_catalog.pg_type WHERE typnamespace=pg_catalog.pg_my_temp_schema())"
    " OR EXISTS(SELECT FROM pg_catalog.pg_class WHERE relnamespace=pg_catalog.pg_my_temp_schema())"
    " OR EXISTS(SELECT FROM pg_catalog.pg_proc WHERE pronamespace=pg_catalog.pg_my_temp_schema())"
    " THEN 1 ELSE 0 END"
    "+CASE WHEN EXISTS(SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) THEN 2 ELSE 0 END"
    "+CASE WHEN EXISTS(SELECT FROM pg_catalog.pg_prepared_statements WHERE from_sql) THEN 4 ELSE 0 END"
    "+CASE WHEN EXISTS(SELECT FROM pg_catalog.pg_listening_channels()) THEN 8 ELSE 0 END"
    "+CASE WHEN EXISTS(SELECT FROM pg_catalog.pg_locks WHERE locktype='advisory'"
    " AND pid=pg_catalog.pg_backend_pid()) THEN 16 ELSE 0 END)";

constexpr PinSet kCheckable = 31;

/// Runs nowhere: a statement that was refused is sent as this, so that the transaction fails as it should.
constexpr std::string_view kRefusedText = "SELECT \"weir: refused\".\"session state\"()";

}  // namespace

// --- the server is given the client's state

WantedState ClientSession::wanted() const { return {&parameters_, &wanted_variables(), id_}; }

/// What the client asked for at its start is what RESET goes back to.
void ClientSession::keep_startup_values() {
    startup_parameters_ = parameters_;
    startup_parameters_.share(environment_->parameter_cache());
    startup_variables_.share(environment_->variable_cache());
    variables_ = startup_variables_;
    for (std::size_t i = 0; i < std::min<std::size_t>(environment_->tracked().size(), 64); ++i)
        if (startup_parameters_.get(i) != nullptr) startup_bits_ |= std::uint64_t{1} << i;
}

/// True if a statement of ours is on its way that makes the server fit; on_prepared_for() follows.
bool ClientSession::fit_server() {
    if (seeded_bug(SeededBug::kStateNotSet)) return false;
    StateChange change;
    const auto& query = pool_->database().connect_query;
    const StateStep step = next_state_step(*server_, wanted(), environment_->tracked(),
                                           query ? std::string_view{*query} : std::string_view{}, change);
    if (step == StateStep::kNone) {
        adopt_state();
        return false;
    }
    ++(step == StateStep::kReset ? pool_->stats.state_resets : pool_->stats.state_changes);
    state_step_ = step;
    run_own(change);
    return true;
}

void ClientSession::run_own(const StateChange& change) {
    ++pool_->stats.prefix_waits;
    own_cleaning_ = change.cleaning;
    own_tracked_ = change.tracked;
    server_->run_own_query(change.sql);
}

/// The server has what the client wants.
void ClientSession::adopt_state() {
    parameters_.take_spelling(server_->parameters());
    if (server_->parameters().same_as(parameters_)) server_->adopt_parameters(parameters_);
    VariableTracker& there = server_->variables();
    there.adopt({wanted_variables(), there.state().tracked | startup_bits_},
                server_->transaction_status() != TransactionStatus::kIdle);
}

void ClientSession::on_prepared_for(const OwnResult& result) {
    if (replay_ && replay_->going_back) return on_back_at_savepoint(result);
    if (replay_ && replay_->commit.asking()) return on_xid(result);
    const StateStep step = std::exchange(state_step_, StateStep::kNone);
    if (step == StateStep::kNone) return on_pins_checked(result);
    if (!result.sqlstate.empty()) return on_state_refused(step, result);
    finish_state_step(*server_, step);
    // The server may spell a value in its own way; asked for in the client's it would be sent again and
    // again.
    if (step == StateStep::kReported) parameters_.take_spelling(server_->parameters());
    if (step == StateStep::kChange)
        adopt_state();
    else if (fit_server())
        return;
    resume();
}

/// If the check failed the session stays pinned.
void ClientSession::on_pins_checked(const OwnResult& result) {
    pin_check_due_ = false;
    if (result.sqlstate.empty())
        pins_ = static_cast<PinSet>((pins_ & ~kCheckable) | (result.rows & kCheckable));
    server_->notifies = (pins_ & bit(PinReason::kListen)) != 0;
    resume();
}

void ClientSession::on_state_refused(StateStep step, const OwnResult& failed) {
    const OwnResult result = failed;  // the server goes
    ServerConnection& server = *std::exchange(server_, nullptr);
    server.unlink();
    const bool linking = hold_ == Hold::kForState;
    if (linking && routed()) {  // the primary may take them
        source_->retire(server, "its session state cannot be set");
        return repeat_on_primary();
    }
    // What another client left cannot be taken away: that is not this one's fault.
    if (linking && (step == StateStep::kReset || result.completed < own_cleaning_)) {
        pool_->retire(server, "its session state cannot be reset");
        hold_ = Hold::kForServer;
        return pool_->wait(*this);
    }
    pool_->retire(server, "invalid server parameter");
    if (result.completed < own_cleaning_ + own_tracked_) return fail("invalid server parameter");
    fail(result.sqlstate, result.message);
}

// --- what requests do

void ClientSession::note_encoding() {
    const auto index = environment_->tracked().index_of("client_encoding");
    const std::string* name = index ? parameters_.get(*index) : nullptr;
    odd_encoding_ = name != nullptr && !is_ascii_safe_encoding(*name);
}

/// Valid until the next call.
const SqlScript& ClientSession::classified(std::string_view text) {
    return environment_->statement_classes().classify(text, dialect());
}

SessionEffects ClientSession::effects_of_text(std::string_view text) {
    if (odd_encoding_) return effects_of_unreadable();
    const SqlScript& script = classified(text);
    if (!touches_session(script)) return {};
    return effects_of(
        script, text,
        {&environment_->tracked(), dialect(), environment_->configuration().settings.session_safe_functions});
}

/// nullopt: the message must be complete first.
std::optional<SessionEffects> ClientSession::effects_of_query(protocol::FrameHeader header,
                                                              std::string_view message) {
    if (!followed_ || server_->ledger().in_copy()) return SessionEffects{};
    if (header.total_bytes() > kMaxReadBytes) return effects_of_unreadable();
    if (message.size() < header.total_bytes()) return std::nullopt;
    const auto text = protocol::decode_query(message.substr(protocol::kHeaderBytes));
    return text ? effects_of_text(*text) : effects_of_unreadable();
}

/// A request with these effects is on its way.
void ClientSession::note(const SessionEffects& effects) {
    if (effects.variables) server_->variables().record(io().last_sequence, effects.variables);
    if (effects.taints) note_hidden_state();
    if (effects.pins != 0) {
        pins_ |= effects.pins;
        pin_check_due_ = true;
        if ((effects.pins & bit(PinReason::kListen)) != 0) server_->notifies = true;
    }
    if (effects.may_unpin && pins_ != 0) pin_check_due_ = true;
    const auto& connect_query = pool_->database().connect_query;
    if (effects.restores && connect_query && !connect_query->empty()) server_->taint(kTaintedForAll);
    if (effects.restores && (startup_bits_ != 0 || !startup_variables_.empty())) restore_due_ = true;
}

void ClientSession::note_hidden_state() {
    if (seeded_bug(SeededBug::kTaintForgotten)) return;
    server_->taint(id_);
    if (environment_->configuration().settings.hidden_state == conf::HiddenState::kPin)
        pins_ |= bit(PinReason::kHiddenState);
}

/// Behind the last request of a batch: nothing may pass the client's start-up values on their way back.
void ClientSession::hold_for_restore() {
    if (restore_due_ && hold_ == Hold::kNone) hold_ = Hold::kForRestore;
}

// --- portals

void ClientSession::note_portal(std::string_view portal, std::string_view statement) {
    if (!followed_) return;
    const auto known = names().find(statement, server_->ledger().settled(), batch_start_);
    if (known.statement && known.statement->quiet && (!portals_ || portals_->all_quiet())) return;
    if (!portals_) portals_ = std::make_unique<PortalStatements>();
    portals_->bind(portal, known.statement, io().last_sequence);
}

/// The portal is executed by the request last recorded.
void ClientSession::note_execute(std::string_view portal) {
    const auto executed = portals_->executed(portal, server_->ledger().settled(), batch_start_);
    if (!executed.known) return note(effects_of_anything());
    if (!executed.statement) return;
    const std::string& text = executed.statement->query;
    if (executed.deallocates) {
        if (const auto name = deallocated_name(classified(text), text))
            names().remove(*name, io().last_sequence);
        server_->statements().remove(executed.deallocates, io().last_sequence);
        portals_->end(portal);
    } else {
        note_deallocate_all(text);
    }
    note(effects_of_text(text));
}

// --- pin = refuse

/// What a statement with these effects is refused for; 0: it may run.
PinSet ClientSession::refused(const SessionEffects& effects) const {
    const auto& settings = environment_->configuration().settings;
    if (settings.pin != conf::PinAction::kRefuse && !routed()) return 0;
    if (server_->transaction_status() == TransactionStatus::kFailed) return 0;  // the server refuses it
    const bool hidden = effects.taints && settings.hidden_state == conf::HiddenState::kPin;
    return static_cast<PinSet>(effects.pins | (hidden ? bit(PinReason::kHiddenState) : 0));
}

/// The text to send instead of one that is refused, as the request last recorded; its error becomes ours.
std::string_view ClientSession::refuse_text(PinSet pins) {
    ++pool_->stats.refused_pins;
    ErrorRewrite note{io().last_sequence, {}, {}, {}};
    protocol::encode_error(
        note.packet, "ERROR", protocol::sqlstate::kFeatureNotSupported,
        "not allowed in transaction pooling, it needs a server connection of its own: " + describe(pins) +
            (routed() ? " (a read-only transaction on a replica)" : " (pin = refuse)"));
    notes().rewrite(std::move(note));
    return kRefusedText;
}

// --- the server has done all

/// The client's start-up values return to what it has reset.
void ClientSession::restore() {
    if (server_->transaction_status() == TransactionStatus::kFailed) return resume();  // not before it ends
    restore_due_ = false;
    if (seeded_bug(SeededBug::kStartupValueLost)) return resume();
    const auto& state = server_->variables().state();
    for (std::size_t i = 0; i < std::min<std::size_t>(environment_->tracked().size(), 64); ++i) {
        const bool lost = ((startup_bits_ & ~state.tracked) >> i & 1U) != 0;
        if (lost) parameters_.set(i, *startup_parameters_.get(i), environment_->tracked().size());
    }
    // Also if something else is set that nobody knows: it is left alone.
    keep_variables(state.variables);
    variables_.fill_from(startup_variables_);
    if (routed()) keep_routed_variables();
    const auto before = pool_->stats.state_changes;
    hold_ = Hold::kForOwn;
    if (!fit_server()) return resume();
    pool_->stats.restores += pool_->stats.state_changes - before;
    pool_->stats.state_changes = before;
}

/// At a transaction's end, in transaction pooling: the server goes back, unless this client needs this one.
void ClientSession::part_with_server() {
    if (routed()) return part_with_replica();
    if (!followed_) {  // the pool mode has changed since the server was taken
        server_->discard_needed = true;
        return release_server(true);
    }
    if (restore_due_) return restore();
    VariableTracker& there = server_->variables();
    if (there.known())
        pins_ &= static_cast<PinSet>(~bit(PinReason::kUnknownState));
    else
        pins_ |= bit(PinReason::kUnknownState);
    if (server_->tainted_for() != id_) pins_ &= static_cast<PinSet>(~bit(PinReason::kHiddenState));
    if (there.known() && !(there.state().variables == variables_)) {
        there.share(environment_->variable_cache());
        variables_ = there.state().variables;
    }
    if (pin_check_due_ && !server_->cockroach) {
        ++pool_->stats.pin_checks;
        hold_ = Hold::kForOwn;
        StateChange change;
        change.sql = kPinCheck;
        return run_own(change);
    }
    pin_check_due_ = false;
    if (pins_ == 0) return release_server(false);
    if (announced_pins_ != pins_) announce_pins();
    open_replay();
}

void ClientSession::announce_pins() {
    ++pool_->stats.pins;
    server_->pins = announced_pins_ = pins_;
    environment_->log_session(*this, "keeps its server connection: " + describe(pins_),
                              environment_->configuration().settings.pin == conf::PinAction::kWarn);
}

/// The server leaves this session: what must be known about its state when it meets the next one.
void ClientSession::mark_leftovers(ServerConnection& server, bool session_over) {
    if (hold_ == Hold::kForState || hold_ == Hold::kForOwn) server.taint(kTaintedForAll);
    if (session_over && followed_ && (pins_ != 0 || pin_check_due_ || !server.variables().known()))
        server.discard_needed = true;
    server.notifies = false;
    state_step_ = StateStep::kNone;
    server.pins = pins_ = announced_pins_ = 0;
    pin_check_due_ = restore_due_ = false;
    if (portals_) portals_->clear();
}

}  // namespace pooler
