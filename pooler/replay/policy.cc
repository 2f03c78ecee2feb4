#include "pooler/replay/policy.h"

#include "pooler/seeded_bug.h"
#include "protocol/sqlstate.h"

namespace pooler {

namespace {

/// A statement that commits by itself is compared with what was shown only after it has run: so nothing of it
/// may have been shown. In the extended protocol what comes before Execute can be compared before it runs.
bool may_repeat_alone(const TransactionWindow& window, Shown shown) {
    const TransactionWindow::Unit* unit = window.oldest();
    if (!window.is_single() || (unit->statements > 0 && !unit->repeatable)) return false;
    return shown == Shown::kNothing || (shown == Shown::kHeaders && (!unit->query || !unit->writes));
}

}  // namespace

std::string_view name_of(Trigger trigger) {
    switch (trigger) {
        case Trigger::kNone: return "none";
        case Trigger::kSerialization: return "serialization failure";
        case Trigger::kDeadlock: return "deadlock";
        case Trigger::kRecovery: return "read-only server";
        case Trigger::kLost: return "lost connection";
    }
    return "none";
}

Trigger trigger_of(std::string_view sqlstate) {
    if (sqlstate == protocol::sqlstate::kSerializationFailure) return Trigger::kSerialization;
    if (sqlstate == protocol::sqlstate::kDeadlockDetected) return Trigger::kDeadlock;
    if (sqlstate == protocol::sqlstate::kReadOnlySqlTransaction) return Trigger::kRecovery;
    if (seeded_bug(SeededBug::kAmbiguousReplayed) &&
        sqlstate == protocol::sqlstate::kStatementCompletionUnknown)
        return Trigger::kSerialization;
    return Trigger::kNone;
}

bool commit_error_proves(const TransactionWindow& window, const ServerTraits& server) {
    if (server.commit_error_certain) return true;
    if (!server.certain_if_serializable) return false;
    return window.isolation() == IsolationSaid::kNothing ? server.serializable
                                                         : window.isolation() == IsolationSaid::kSerializable;
}

Ruling rule_on_error(Trigger trigger, const TransactionWindow& window, Shown shown,
                     const ServerTraits& server) {
    const TransactionWindow::Unit* unit = window.oldest();
    if (unit == nullptr || window.unfit() != Unfit::kNone) return Ruling::kPass;
    // By the client's own will it is read-only everywhere.
    if (trigger == Trigger::kRecovery && (!server.in_recovery || window.says_read_only()))
        return Ruling::kPass;
    if (window.is_transaction()) {
        // If BEGIN itself was refused, what was sent behind it runs by itself.
        if (!window.confirmed() && window.outstanding() > 1) return Ruling::kPass;
        if (unit->commits && !commit_error_proves(window, server)) return Ruling::kPass;
        return Ruling::kReplay;
    }
    if (trigger != Trigger::kDeadlock && may_repeat_alone(window, shown)) return Ruling::kReplay;
    return Ruling::kPass;
}

/// A draining CockroachDB node answers what it does not run any more with 57P01, and only that.
Ruling rule_on_refusal(const TransactionWindow& window, Shown shown, const ServerTraits& server) {
    const bool alone = server.cockroach && !window.is_transaction() && window.unfit() == Unfit::kNone &&
                       window.outstanding() == 1 && may_repeat_alone(window, shown);
    return alone ? Ruling::kReplay : rule_on_loss(window, shown);
}

Ruling rule_on_loss(const TransactionWindow& window, Shown shown) {
    if (window.empty() && !window.is_transaction()) return Ruling::kPass;
    const bool may_have_committed =
        window.may_have_committed() &&
        !(seeded_bug(SeededBug::kReplayAfterCommitSent) && window.is_transaction()) &&
        !(seeded_bug(SeededBug::kAutocommitTwice) && !window.is_transaction());
    if (may_have_committed) return Ruling::kAmbiguous;
    const TransactionWindow::Unit* unit = window.oldest();
    if (window.is_transaction() && unit != nullptr && unit->query && unit->rolls_back &&
        unit->statements == 1 && shown == Shown::kNothing && window.unfit() != Unfit::kChain)
        return Ruling::kRollback;
    if (window.unfit() != Unfit::kNone) return Ruling::kLost;
    if (window.is_transaction()) return Ruling::kReplay;
    return may_repeat_alone(window, shown) ? Ruling::kReplay : Ruling::kLost;
}

}  // namespace pooler
