#include "pooler/server/state_step.h"

#include <algorithm>

namespace pooler {

namespace {

/// Takes away whatever a session may have left without our knowledge, prepared statements excepted. The time
/// limit goes first, since it holds for the rest.
constexpr std::string_view kResetPostgres =
    "RESET statement_timeout;RESET SESSION AUTHORIZATION;RESET ROLE;RESET ALL;CLOSE ALL;UNLISTEN *;"
    "SELECT pg_catalog.pg_advisory_unlock_all();DISCARD TEMP";
constexpr std::string_view kResetCockroach = "RESET ROLE;RESET ALL";

bool is_ascii(const Variables& variables) {
    const auto ascii = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    return std::all_of(variables.list().begin(), variables.list().end(), [&](const Variable& variable) {
        return ascii(variable.name) && ascii(variable.value.text);
    });
}

bool needs_cleaning(const Variables& current, const Variables& wanted) {
    StateChange change;
    append_cleaning(change, current, wanted);
    return !change.empty();
}

}  // namespace

StateStep next_state_step(ServerConnection& server, const WantedState& wanted, const TrackedNames& tracked,
                          std::string_view connect_query, StateChange& change) {
    const Variables& current = server.variables().state().variables;
    // RESET alone would take away what connect_query had set.
    const bool loses_connect_query = !connect_query.empty() && needs_cleaning(current, *wanted.variables);
    if (server.tainted_by_other(wanted.session) || loses_connect_query) {
        change.sql = server.cockroach ? kResetCockroach : kResetPostgres;
        if (!connect_query.empty()) change.sql.append(";").append(connect_query);
        return StateStep::kReset;
    }
    const std::string reported = server.parameters().changes_to(*wanted.parameters, tracked, change.tracked);
    // A text is read in the encoding that holds when it arrives: the encoding must not change inside it.
    const bool alone = change.tracked > 0 && !is_ascii(*wanted.variables);
    if (!alone) append_cleaning(change, current, *wanted.variables);
    change.sql += reported;
    if (!alone) append_setting(change, current, *wanted.variables);
    if (change.empty()) return StateStep::kNone;
    return alone ? StateStep::kReported : StateStep::kChange;
}

void finish_state_step(ServerConnection& server, StateStep step) {
    if (step != StateStep::kReset) return;
    server.variables().on_reset();
    server.forget_taint();
}

}  // namespace pooler
