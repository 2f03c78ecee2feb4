#include "pooler/server/session_effects.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "pooler/seeded_bug.h"
#include "pooler/server/safe_functions.h"
#include "pooler/sql/literal.h"

namespace pooler {

namespace {

using Kind = VariableEffect::Kind;

struct PinText {
    PinReason reason;
    std::string_view text;
};
constexpr std::array kPinTexts{
    PinText{PinReason::kTempObject, "temporary object"},
    PinText{PinReason::kHoldCursor, "cursor with hold"},
    PinText{PinReason::kSqlPrepare, "SQL PREPARE"},
    PinText{PinReason::kListen, "LISTEN"},
    PinText{PinReason::kAdvisoryLock, "advisory lock"},
    PinText{PinReason::kHiddenState, "hidden state"},
    PinText{PinReason::kUnknownState, "unknown variables"},
};

/// Statements that may take away what pins a session.
constexpr std::array kMayUnpin{
    StatementKind::kDdl,        StatementKind::kDeallocate,  StatementKind::kDeallocateAll,
    StatementKind::kDiscardAll, StatementKind::kDiscardTemp, StatementKind::kClose,
    StatementKind::kCloseAll,   StatementKind::kUnlisten,    StatementKind::kUnlistenAll,
    StatementKind::kUnknown,    StatementKind::kCall,        StatementKind::kDo,
};

/// Statements that leave nothing behind in the session, as long as their functions do not.
constexpr std::array kPlainKinds{
    StatementKind::kSelect,  StatementKind::kInsert,         StatementKind::kUpdate,
    StatementKind::kDelete,  StatementKind::kMerge,          StatementKind::kUpsert,
    StatementKind::kBegin,   StatementKind::kCommit,         StatementKind::kRollback,
    StatementKind::kShow,    StatementKind::kSetTransaction, StatementKind::kSetConstraints,
    StatementKind::kCopy,    StatementKind::kExplain,        StatementKind::kFetch,
    StatementKind::kDeclare, StatementKind::kLock,           StatementKind::kNotify,
};

template <std::size_t N>
bool is_one_of(const std::array<StatementKind, N>& kinds, StatementKind kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

/// One element of the right side of SET: as long as quotes allow.
std::string_view take_element(std::string_view& text) {
    std::size_t at = 0;
    for (char quote = '\0'; at < text.size(); ++at) {
        const char c = text[at];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ',') {
            break;
        }
    }
    std::string_view element = text.substr(0, at);
    text.remove_prefix(at);
    while (!element.empty() && is_blank(element.back())) element.remove_suffix(1);
    return element;
}

/// A number in the spelling that the server keeps; nullopt for those it would write in another way.
std::optional<std::string> number_value(std::string_view element) {
    std::string text;
    if (!element.empty() && (element.front() == '-' || element.front() == '+')) {
        if (element.front() == '-') text = "-";
        element.remove_prefix(1);
        skip_blanks(element);
    }
    if (element.empty() || element.front() < '0' || element.front() > '9') return std::nullopt;
    if (element.size() > 1 && element[0] == '0' && element[1] != '.') return std::nullopt;
    if (element.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
    return text.append(element);
}

std::optional<std::string> element_value(std::string_view element) {
    if (auto text = string_value(element)) return text;
    if (auto number = number_value(element)) return number;
    if (element.find('.') != std::string_view::npos && element.front() != '"') return std::nullopt;
    return identifier_value(element);
}

/// The right side of SET as string literals: the same to the server, whatever its settings.
std::optional<VariableValue> list_value(std::string_view text) {
    VariableValue value;
    while (true) {
        skip_blanks(text);
        // Between dollar quotes anything may stand: such a string is read only if it is the last one.
        const bool dollar = !text.empty() && text.front() == '$';
        const auto element =
            dollar ? string_value(std::exchange(text, {})) : element_value(take_element(text));
        if (!element) return std::nullopt;
        value.text += sql_literal(*element);
        if (text.empty()) return value;
        text.remove_prefix(1);  // the comma
        value.text += ", ";
    }
}

unsigned tracked_number(const EffectRules& rules, std::string_view name) {
    const auto index = rules.tracked->index_of(name);
    return index && *index < 64 ? static_cast<unsigned>(*index) + 1 : 0;
}

bool begins_with_set(std::string_view text) {
    return equal_ignoring_case(text.substr(0, 3), "set") || equal_ignoring_case(text.substr(0, 5), "reset");
}

/// Puts together what the statements of a script do to variables.
class Collector {
 public:
    Collector(std::string_view text, const EffectRules& rules) : text_{text}, rules_{&rules} {}

    void add(const SqlStatement& statement) {
        const std::size_t before = effects_.size();
        append(statement);
        if (effects_.size() == before) effects_.push_back({});
        for (std::size_t i = before; i < effects_.size(); ++i) {
            if (effects_[i].kind != Kind::kNone) any_ = true;
            if (i + 1 < effects_.size()) effects_[i].continues = true;
        }
    }
    [[nodiscard]] std::shared_ptr<const VariableEffects> take() {
        return any_ ? std::make_shared<const VariableEffects>(std::move(effects_)) : nullptr;
    }

 private:
    void append(const SqlStatement& statement) {
        const StatementKind kind = statement.kind;
        if (kind == StatementKind::kSet) return append_set(statement);
        if (kind == StatementKind::kReset) return append_reset(statement);
        if (kind == StatementKind::kSetSessionCharacteristics) return append_characteristics(statement);
        if (kind == StatementKind::kResetAll) return push(Kind::kResetAll);
        if (kind == StatementKind::kDiscardAll) return push(Kind::kDiscardAll);
        if (kind == StatementKind::kSavepoint) return append_savepoint(Kind::kSavepoint, statement);
        if (kind == StatementKind::kRelease) return append_savepoint(Kind::kRelease, statement);
        if (kind == StatementKind::kRollbackTo) return append_savepoint(Kind::kRollbackTo, statement);
        if (statement.set_config == SetConfig::kReadable) return append_set_config(statement);
        if (statement.kind == StatementKind::kUnknown && begins_with_set(statement.text.in(text_)))
            push(Kind::kUnknown);
    }

    void push(Kind kind, std::string name = {}, VariableValue value = {}) {
        VariableEffect effect{kind, std::move(name), std::move(value)};
        if (kind == Kind::kSet || kind == Kind::kReset) {
            if (is_transaction_variable(effect.name)) return;
            effect.tracked = tracked_number(*rules_, effect.name);
        }
        effects_.push_back(std::move(effect));
    }

    void append_set(const SqlStatement& statement) {
        const auto name = variable_name(statement, text_);
        if (!name) return push(Kind::kUnknown);
        if (statement.scope == SetScope::kLocal && !seeded_bug(SeededBug::kLocalStays)) {
            if (*name == kAuthorizationVariable) push(Kind::kLocalAuthorization);
            return;
        }
        switch (statement.set_value) {
            case SetValue::kDefault: return push(Kind::kReset, *name);
            case SetValue::kNone: return push(Kind::kSet, *name, {"'none'"});
            case SetValue::kFromCurrent: return push(Kind::kUnknown);
            case SetValue::kText: break;
        }
        if (tracked_number(*rules_, *name) != 0) return push(Kind::kSet, *name);
        auto value = list_value(statement.value.in(text_));
        if (!value && !is_transaction_variable(*name)) return push(Kind::kUnknown);
        push(Kind::kSet, *name, value ? std::move(*value) : VariableValue{});
    }

    void append_reset(const SqlStatement& statement) {
        const auto name = variable_name(statement, text_);
        if (!name) return push(Kind::kUnknown);
        push(Kind::kReset, *name);
    }

    void append_set_config(const SqlStatement& statement) {
        if (statement.scope == SetScope::kLocal) return;
        const auto name = variable_name(statement, text_);
        auto value = string_value(statement.value.in(text_));
        if (!name || !value) return push(Kind::kUnknown);
        push(Kind::kSet, *name, {std::move(*value), VariableValue::Form::kFlat});
    }

    void append_characteristics(const SqlStatement& statement) {
        const TransactionOptions& options = statement.transaction;
        if (options.unknown || options.as_of || options.snapshot) return push(Kind::kUnknown);
        const auto set = [this](const char* name, const char* literal) { push(Kind::kSet, name, {literal}); };
        switch (options.isolation) {
            case Isolation::kUnset: break;
            case Isolation::kReadUncommitted:
                set("default_transaction_isolation", "'read uncommitted'");
                break;
            case Isolation::kReadCommitted: set("default_transaction_isolation", "'read committed'"); break;
            case Isolation::kRepeatableRead: set("default_transaction_isolation", "'repeatable read'"); break;
            case Isolation::kSnapshot: set("default_transaction_isolation", "'snapshot'"); break;
            case Isolation::kSerializable: set("default_transaction_isolation", "'serializable'"); break;
        }
        if (options.access != AccessMode::kUnset)
            set("default_transaction_read_only", options.access == AccessMode::kReadOnly ? "'on'" : "'off'");
        if (options.deferrable != Deferrable::kUnset)
            set("default_transaction_deferrable",
                options.deferrable == Deferrable::kDeferrable ? "'on'" : "'off'");
        if (options.priority != Priority::kUnset)
            set("default_transaction_priority", options.priority == Priority::kLow      ? "'low'"
                                                : options.priority == Priority::kNormal ? "'normal'"
                                                                                        : "'high'");
    }

    void append_savepoint(Kind kind, const SqlStatement& statement) {
        // A name that cannot be read is still the same name where it is spelled the same.
        const auto name = identifier_value(statement.name.in(text_));
        push(kind, name ? *name : std::string{statement.name.in(text_)});
    }

    std::string_view text_;
    const EffectRules* rules_;
    VariableEffects effects_;
    bool any_ = false;
};

bool taints(const SqlStatement& statement, std::string_view text, const EffectRules& rules) {
    if (!hidden_state(statement)) return false;
    const bool only_function =
        statement.has(StatementFlag::kUnlistedFunction) && statement.set_config != SetConfig::kUnreadable &&
        statement.kind != StatementKind::kUnknown && statement.kind != StatementKind::kDo &&
        statement.kind != StatementKind::kExecute;
    if (!only_function || rules.safe_functions.empty()) return true;
    return !only_safe_calls(statement.text.in(text), rules.dialect, rules.safe_functions);
}

void add_pins(SessionEffects& effects, const SqlStatement& statement, const EffectRules& rules) {
    const bool postgres = rules.dialect == Dialect::kPostgres;
    if (statement.has(StatementFlag::kTempObject)) effects.pins |= bit(PinReason::kTempObject);
    if (statement.kind == StatementKind::kDeclareHold) effects.pins |= bit(PinReason::kHoldCursor);
    if (statement.kind == StatementKind::kPrepare) effects.pins |= bit(PinReason::kSqlPrepare);
    // CockroachDB knows neither; its advisory locks lock nothing.
    if (postgres && statement.kind == StatementKind::kListen) effects.pins |= bit(PinReason::kListen);
    if (postgres && statement.has(StatementFlag::kAdvisoryLock))
        effects.pins |= bit(PinReason::kAdvisoryLock);
    if (is_one_of(kMayUnpin, statement.kind)) effects.may_unpin = true;
    if (statement.has(StatementFlag::kAdvisoryUnlock) || statement.has(StatementFlag::kAdvisoryUnlockAll) ||
        statement.has(StatementFlag::kUnlistedFunction))
        effects.may_unpin = true;
}

}  // namespace

std::string describe(PinSet pins) {
    std::string text;
    for (const PinText& item : kPinTexts) {
        if ((pins & bit(item.reason)) == 0) continue;
        if (!text.empty()) text += ", ";
        text += item.text;
    }
    return text;
}

bool touches_session(const SqlScript& script) {
    if (!script.understood()) return true;
    for (std::size_t i = 0; i < script.size(); ++i) {
        const SqlStatement& statement = script[i];
        if (!is_one_of(kPlainKinds, statement.kind)) return true;
        constexpr auto kPlain = ~(static_cast<std::uint32_t>(StatementFlag::kReadOnly) |
                                  static_cast<std::uint32_t>(StatementFlag::kRowLocking) |
                                  static_cast<std::uint32_t>(StatementFlag::kAsOfSystemTime) |
                                  static_cast<std::uint32_t>(StatementFlag::kSequence) |
                                  static_cast<std::uint32_t>(StatementFlag::kHintPrimary) |
                                  static_cast<std::uint32_t>(StatementFlag::kHintReplica) |
                                  static_cast<std::uint32_t>(StatementFlag::kSessionBound));
        if ((statement.flags & kPlain) != 0 || statement.set_config != SetConfig::kNone) return true;
    }
    return false;
}

SessionEffects effects_of(const SqlScript& script, std::string_view text, const EffectRules& rules) {
    if (!script.understood()) return effects_of_unreadable();
    SessionEffects effects;
    Collector collector{text, rules};
    for (std::size_t i = 0; i < script.size(); ++i) {
        const SqlStatement& statement = script[i];
        collector.add(statement);
        add_pins(effects, statement, rules);
        if (taints(statement, text, rules)) effects.taints = true;
    }
    effects.variables = collector.take();
    if (effects.variables)
        for (const VariableEffect& effect : *effects.variables)
            if (effect.kind == Kind::kReset || effect.kind == Kind::kResetAll ||
                effect.kind == Kind::kDiscardAll)
                effects.restores = true;
    return effects;
}

SessionEffects effects_of_unreadable() {
    static const auto kOpaque =
        std::make_shared<const VariableEffects>(VariableEffects{VariableEffect{Kind::kOpaque, {}, {}}});
    SessionEffects effects;
    effects.variables = kOpaque;
    effects.taints = true;
    effects.may_unpin = true;
    return effects;
}

SessionEffects effects_of_anything() {
    static const auto kUnknown =
        std::make_shared<const VariableEffects>(VariableEffects{VariableEffect{Kind::kUnknown, {}, {}}});
    SessionEffects effects = effects_of_unreadable();
    effects.variables = kUnknown;
    return effects;
}

}  // namespace pooler
