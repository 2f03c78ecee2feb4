#include "pooler/sql/scan.h"

#include <algorithm>
#include <string_view>

#include "pooler/sql/keyword_set.h"

namespace pooler {

namespace {

// Words that end a FROM list at their level.
bool ends_from(Keyword word) {
    static constexpr KeywordSet kWords{
        Keyword::kWhere,  Keyword::kGroup,  Keyword::kHaving, Keyword::kOrder,     Keyword::kLimit,
        Keyword::kOffset, Keyword::kFetch,  Keyword::kWindow, Keyword::kUnion,     Keyword::kIntersect,
        Keyword::kExcept, Keyword::kFor,    Keyword::kOn,     Keyword::kReturning, Keyword::kSet,
        Keyword::kUsing,  Keyword::kSelect, Keyword::kValues, Keyword::kWhen};
    return kWords.holds(word);
}

bool is_join_type(Keyword word) {
    static constexpr KeywordSet kWords{Keyword::kInner,   Keyword::kLeft,  Keyword::kRight,
                                       Keyword::kFull,    Keyword::kOuter, Keyword::kCross,
                                       Keyword::kNatural, Keyword::kHash,  Keyword::kMerge};
    return kWords.holds(word);
}

bool is_ddl(Keyword word) {
    return word == Keyword::kCreate || word == Keyword::kAlter || word == Keyword::kDrop ||
           word == Keyword::kComment || word == Keyword::kGrant || word == Keyword::kRevoke;
}

// Words in front of the name of something that is defined or referred to, not called.
bool introduces_definition(Keyword word) {
    static constexpr KeywordSet kWords{Keyword::kTable,     Keyword::kExists,    Keyword::kOn,
                                       Keyword::kOnly,      Keyword::kFunction,  Keyword::kProcedure,
                                       Keyword::kAggregate, Keyword::kUsing,     Keyword::kIndex,
                                       Keyword::kView,      Keyword::kReferences};
    return kWords.holds(word);
}

// Words in front of the columns or values of a constraint, an index or a partition.
bool introduces_columns(Keyword word) {
    static constexpr KeywordSet kWords{Keyword::kKey,     Keyword::kUnique, Keyword::kInclude,
                                       Keyword::kStoring, Keyword::kHash,   Keyword::kList,
                                       Keyword::kRange,   Keyword::kIndex,  Keyword::kBy};
    return kWords.holds(word);
}

}  // namespace

bool Scan::Seen::is_plain_name() const { return kind == TokenKind::kQuotedName || is(Keyword::kNoKeyword); }

bool Scan::Seen::is_value() const {
    switch (kind) {
        case TokenKind::kQuotedName:
        case TokenKind::kString:
        case TokenKind::kNumber:
        case TokenKind::kParameter:
        case TokenKind::kCloseBracket: return true;
        case TokenKind::kClose: return closed != LevelKind::kDistinctOn && closed != LevelKind::kOperator;
        case TokenKind::kWord:
            return word == Keyword::kNoKeyword || word == Keyword::kEnd || word == Keyword::kTrue ||
                   word == Keyword::kFalse;
        case TokenKind::kOperator:
        case TokenKind::kComma:
        case TokenKind::kSemicolon:
        case TokenKind::kDot:
        case TokenKind::kOpen:
        case TokenKind::kOpenBracket:
        case TokenKind::kCast:
        case TokenKind::kColon:
        case TokenKind::kColonEquals:
        case TokenKind::kOther: return false;
    }
    return false;
}

bool Scan::Seen::is_operand() const {
    static constexpr KeywordSet kWords{Keyword::kKey,     Keyword::kType,     Keyword::kRole,
                                       Keyword::kText,    Keyword::kLevel,    Keyword::kFormat,
                                       Keyword::kPlan,    Keyword::kTypes,    Keyword::kSchema,
                                       Keyword::kSession, Keyword::kDatabase, Keyword::kJson};
    if (is_value()) return true;
    return kind == TokenKind::kWord && kWords.holds(word);
}

Scan::Levels& Scan::Levels::operator=(const Levels& other) {
    if (this == &other) return *this;
    depth_ = other.depth_;
    std::copy_n(other.entries_.begin(), depth_ + 1, entries_.begin());
    return *this;
}

void Scan::Levels::push(LevelKind kind) {
    entries_[++depth_] = {};
    top().kind = kind;
}

void Scan::clear() { *this = Scan{dialect_, uses_}; }

void Scan::on_token(const Token& token) {
    if (!any_) first_word_ = token.word;
    any_ = true;
    Seen seen{token.kind, token.word};
    const bool dotted = parts_ > 0 && last_.is(TokenKind::kDot);
    watch_set_config(token);
    if (type_in_catalog_ && last_.type && !token.is(TokenKind::kDot)) impure();  // a type of that name
    switch (token.kind) {
        case TokenKind::kWord:
        case TokenKind::kQuotedName:
            seen.type = on_type_name(token);
            if (!seen.type) on_name(token, dotted);
            break;
        case TokenKind::kString:
        case TokenKind::kParameter: on_constant(); break;
        case TokenKind::kOperator: on_operator(token); break;
        case TokenKind::kOpen: on_open(); break;
        case TokenKind::kClose: seen.closed = on_close(); break;
        case TokenKind::kOpenBracket: on_open_bracket(); break;
        case TokenKind::kCloseBracket: on_close_bracket(); break;
        case TokenKind::kDot:
            if (last_.type && !type_in_catalog_) impure();  // the type of a schema
            break;
        case TokenKind::kComma:
            level().in_from = level().from_clause;
            if (depth() == 0) conversion_ = Conversion::kNone;
            break;
        case TokenKind::kNumber:
        case TokenKind::kSemicolon:
        case TokenKind::kCast:
        case TokenKind::kColon:
        case TokenKind::kColonEquals:
        case TokenKind::kOther: break;
    }
    remember(token, seen, dotted);
}

void Scan::remember(const Token& token, const Seen& seen, bool dotted) {
    if (token.is_name()) {
        if (!dotted) {
            before_ = last_;
            parts_ = 0;
            in_catalog_ = token.spelled == "pg_catalog";
            name_span_.begin = token.begin;
        }
        name_span_.end = token.end;
        if (parts_ < 4) ++parts_;
        std::copy(token.spelled.begin(), token.spelled.end(), name_.begin());
        name_bytes_ = static_cast<std::uint8_t>(token.spelled.size());
    } else if (!token.is(TokenKind::kDot)) {
        parts_ = 0;
    }
    last_ = seen;
}

// Whether the name that comes now is that of a type: behind a cast, in CAST(x AS ...), in a list of columns
// with their types.
bool Scan::expects_type() const {
    if (last_.is(TokenKind::kCast)) return true;
    if (last_.is(TokenKind::kDot)) return type_in_catalog_;
    if (level().kind == LevelKind::kCall) return last_.is(Keyword::kAs);
    if (level().kind != LevelKind::kAlias || parts_ != 1) return false;
    return before_.is(TokenKind::kOpen) || before_.is(TokenKind::kComma);
}

bool Scan::on_type_name(const Token& token) {
    if (!expects_type()) return type_in_catalog_ = false;
    type_in_catalog_ = !type_in_catalog_ && token.spelled == "pg_catalog";
    if (!type_in_catalog_ && !is_builtin_type(token.spelled, dialect_)) impure();
    return true;
}

void Scan::on_name(const Token& token, bool dotted) {
    if (level().kind == LevelKind::kOperator && token.spelled != "pg_catalog") impure();
    if (token.spelled == "pg_temp") add(StatementFlag::kTempObject);
    if (token.is(TokenKind::kWord) && !dotted) on_clause(token.word);
    if (token.spelled.size() > 3) on_relation(token.spelled);
}

// Whatever shows the session or the server itself; writing to pg_settings sets a variable.
void Scan::on_relation(std::string_view name) {
    if (name.front() != 'p' && name.front() != 'c') return;
    if (name == "pg_settings" && !pure_) on_settings_write();
    const bool bound = name == "pg_settings" || name == "pg_prepared_statements" || name == "pg_cursors" ||
                       name == "pg_locks" || name == "crdb_internal" || name.substr(0, 8) == "pg_stat_";
    if (bound) add(StatementFlag::kSessionBound);
}

void Scan::on_settings_write() {
    add(StatementFlag::kUnlistedFunction);
    if (uses_ != nullptr) uses_->on_settings_write();
}

void Scan::on_clause(Keyword word) {
    if (word == Keyword::kNoKeyword) return;
    if (ends_from(word)) level().in_from = level().from_clause = false;
    if (word == Keyword::kFrom && !last_.is(Keyword::kDistinct) && level().kind != LevelKind::kCall)
        level().in_from = level().from_clause = true;
    if (word == Keyword::kOn || word == Keyword::kUsing) level().in_from = false;
    if (word == Keyword::kBy) level().group_by = last_.is(Keyword::kGroup);
    if (word == Keyword::kJoin) level().in_from = level().from_clause;
    if (word == Keyword::kWith) level().in_ctes = level().kind != LevelKind::kCall;
    if (word == Keyword::kOrdinality || word == Keyword::kTies || word == Keyword::kTime)
        level().in_ctes = false;
    if (word == Keyword::kInto) impure();
    if (word == Keyword::kShare && (last_.is(Keyword::kFor) || last_.is(Keyword::kKey))) on_lock();
    if ((word == Keyword::kTemp || word == Keyword::kTemporary) && last_.is(Keyword::kInto))
        add(StatementFlag::kTempObject);
    if (word == Keyword::kSystem && last_.is(Keyword::kOf)) add(StatementFlag::kAsOfSystemTime);
    // A body of SQL with semicolons of its own.
    if (word == Keyword::kAtomic && last_.is(Keyword::kBegin)) balanced_ = false;
    on_conversion(word);
    on_verb(word);
}

// ALTER ... TYPE t USING f(c): there USING begins an expression, not the method of an index.
void Scan::on_conversion(Keyword word) {
    if (first_word_ != Keyword::kAlter) return;
    if (word == Keyword::kType && conversion_ == Conversion::kNone) conversion_ = Conversion::kType;
    if (word == Keyword::kUsing && conversion_ == Conversion::kType) conversion_ = Conversion::kExpression;
}

// Up to the query of CREATE TABLE ... AS and the like, which calls what it names.
bool Scan::defines() const {
    return is_ddl(first_word_) && !query_ && conversion_ != Conversion::kExpression;
}

void Scan::on_lock() {
    impure();
    add(StatementFlag::kRowLocking);
}

void Scan::on_verb(Keyword word) {
    const bool reads = word == Keyword::kSelect || word == Keyword::kValues || word == Keyword::kTable;
    const bool writes = word == Keyword::kInsert || word == Keyword::kUpdate || word == Keyword::kDelete ||
                        word == Keyword::kMerge || word == Keyword::kUpsert;
    if (!reads && !writes) return;
    const bool locks = word == Keyword::kUpdate && (last_.is(Keyword::kFor) || last_.is(Keyword::kKey));
    if (locks) return on_lock();
    if (writes) impure();
    // The others are those of constraints, partitions and triggers: ON DELETE, FOR VALUES, BEFORE INSERT.
    const bool values = word == Keyword::kValues && !last_.is(Keyword::kFor) && !last_.is_plain_name();
    const bool inner = last_.is(TokenKind::kOpen) || last_.is(TokenKind::kClose);
    if (word == Keyword::kSelect || values || inner) query_ = true;
    level().in_ctes = false;
    if (depth() == 0 && main_verb_ == Keyword::kNoKeyword) main_verb_ = word;
}

// A constant right behind a name is one of that type, unless the name is a word of the grammar here. (A
// parameter cannot follow a name; it is treated alike.)
void Scan::on_constant() {
    const bool behind_call = last_.is(TokenKind::kClose) && last_.closed == LevelKind::kCall;
    if (behind_call || last_.is(TokenKind::kDot))
        return impure();  // name(1) 'x'; s.N'x', which is s.nchar 'x'
    if (parts_ == 0 || !last_.kind_is_name() || takes_operand()) return;
    const bool known = parts_ == 1 || (parts_ == 2 && in_catalog_);
    if (!known || !is_builtin_type({name_.data(), name_bytes_}, dialect_)) impure();
}

bool Scan::takes_operand() const {
    if (parts_ != 1 || !last_.is(TokenKind::kWord)) return false;
    const Keyword word = last_.word;
    if (never_a_function(word)) return true;
    if (word == Keyword::kLike || word == Keyword::kIlike || word == Keyword::kEscape ||
        word == Keyword::kSimilar || word == Keyword::kUescape)
        return before_.is_operand();
    if (word == Keyword::kFirst || word == Keyword::kNext) return before_.is(Keyword::kFetch);
    return word == Keyword::kBy || word == Keyword::kZone || word == Keyword::kVarying ? is_construct()
                                                                                       : false;
}

void Scan::on_operator(const Token& token) {
    if (!is_builtin_operator(token.spelled, dialect_)) impure();
}

void Scan::on_open() {
    if (parts_ == 0 || !last_.kind_is_name()) return push(LevelKind::kPlain);
    if (last_.type) return push(LevelKind::kPlain);
    if (is_construct()) return push(level_behind_word());
    if (is_column_list()) return push(LevelKind::kAlias);
    push(LevelKind::kCall);
    on_call();
}

// Whether the word in front of the parenthesis belongs to the grammar here. An unreserved word may as well be
// the name of a function: it counts only where a call cannot stand.
bool Scan::is_construct() const {
    if (parts_ != 1 || !last_.is(TokenKind::kWord) || last_.word == Keyword::kNoKeyword) return false;
    if (never_a_function(last_.word)) return true;
    if (defines() && introduces_columns(last_.word)) return true;
    const Keyword word = last_.word;
    if (word == Keyword::kFilter || word == Keyword::kOver)
        return before_.is(TokenKind::kClose) && before_.is_value();
    if (word == Keyword::kLike || word == Keyword::kIlike || word == Keyword::kOverlaps ||
        word == Keyword::kEscape || word == Keyword::kOperator)
        return before_.is_operand();
    if (word == Keyword::kBy)
        return before_.is(Keyword::kGroup) || before_.is(Keyword::kOrder) || before_.is(Keyword::kPartition);
    if (word == Keyword::kCube || word == Keyword::kRollup)
        return before_.is(Keyword::kBy) && level().group_by;
    if (word == Keyword::kSets) return before_.is(Keyword::kGrouping);
    if (word == Keyword::kMaterialized)
        return level().in_ctes && (before_.is(Keyword::kAs) || before_.is(Keyword::kNot));
    if (word == Keyword::kZone) return before_.is(Keyword::kTime);
    if (word == Keyword::kRepeatable) return before_.is(TokenKind::kClose);
    if (word == Keyword::kFirst || word == Keyword::kNext) return before_.is(Keyword::kFetch);
    if (word == Keyword::kJoin) return before_.is_value() || is_join_type(before_.word);
    if (word == Keyword::kBernoulli || word == Keyword::kSystem) return before_.is(Keyword::kTablesample);
    if (word == Keyword::kSet) return before_.is_value() || before_.is(Keyword::kUpdate);
    if (word == Keyword::kConflict) return before_.is(Keyword::kOn);
    if (word == Keyword::kVarying) return before_.type || never_a_function(before_.word);
    if (word == Keyword::kInsert) return first_word_ == Keyword::kMerge && depth() == 0;
    return first_word_ == Keyword::kExplain && depth() == 0 &&
           (word == Keyword::kExplain || word == Keyword::kAnalyze) && main_verb_ == Keyword::kNoKeyword;
}

// Whether the name in front of the parenthesis is that of a table or an alias, and columns follow.
bool Scan::is_column_list() const {
    if (before_.is(Keyword::kInto)) return true;
    if (defines() && (before_.is_plain_name() || introduces_definition(before_.word))) return true;
    if (parts_ <= 2 && before_.is(first_word_) &&
        (first_word_ == Keyword::kCopy || first_word_ == Keyword::kPrepare ||
         first_word_ == Keyword::kExecute))
        return true;
    if (parts_ != 1) return false;
    if (before_.is(Keyword::kAs)) return level().kind != LevelKind::kCall;
    if (before_.is(Keyword::kOrdinality)) return true;
    if (level().in_ctes)
        return before_.is(Keyword::kWith) || before_.is(Keyword::kRecursive) || before_.is(TokenKind::kComma);
    return level().in_from && last_.is_plain_name() &&
           (before_.is_plain_name() || before_.is(TokenKind::kClose));
}

// What the parenthesis behind a word of the grammar holds. In those of EXTRACT and the like FROM begins no
// list.
Scan::LevelKind Scan::level_behind_word() const {
    static constexpr KeywordSet kCalls{Keyword::kCast,    Keyword::kExtract, Keyword::kSubstring,
                                       Keyword::kTrim,    Keyword::kTreat,   Keyword::kOverlay,
                                       Keyword::kPosition};
    if (last_.is(Keyword::kOn) && before_.is(Keyword::kDistinct)) return LevelKind::kDistinctOn;
    if (last_.is(Keyword::kOperator)) return LevelKind::kOperator;
    if (last_.is(Keyword::kAs) && !level().in_ctes) return LevelKind::kAlias;  // f() AS (a int)
    const bool call = kCalls.holds(last_.word);
    return call ? LevelKind::kCall : LevelKind::kPlain;
}

void Scan::on_call() {
    const bool known = parts_ == 1 || (parts_ == 2 && in_catalog_);
    const std::string_view name{name_.data(), name_bytes_};
    // PostgreSQL's grammar has these words to itself.
    const bool xml = parts_ == 1 && last_.is(TokenKind::kWord) && dialect_ == Dialect::kPostgres &&
                     (name == "xmlelement" || name == "xmlconcat" || name == "xmlforest" || name == "xmlpi" ||
                      name == "xmlparse" || name == "xmlroot" || name == "xmlserialize");
    if (xml) return;
    apply(known ? classify_function(name, dialect_) : FunctionClass::kUnlisted);
}

void Scan::apply(FunctionClass function) {
    if (function != FunctionClass::kRead && function != FunctionClass::kSessionRead) impure();
    switch (function) {
        case FunctionClass::kRead:
        case FunctionClass::kEffect: break;
        case FunctionClass::kUnlisted: on_unlisted(); break;
        case FunctionClass::kSessionRead: add(StatementFlag::kSessionBound); break;
        case FunctionClass::kSequence: add(StatementFlag::kSequence); break;
        case FunctionClass::kAdvisoryLock: add(StatementFlag::kAdvisoryLock); break;
        case FunctionClass::kAdvisoryUnlock: add(StatementFlag::kAdvisoryUnlock); break;
        case FunctionClass::kAdvisoryUnlockAll: add(StatementFlag::kAdvisoryUnlockAll); break;
        case FunctionClass::kSetConfig: begin_set_config(); break;
    }
}

void Scan::on_unlisted() {
    add(StatementFlag::kUnlistedFunction);
    if (uses_ != nullptr) uses_->on_call(name_span_);
}

void Scan::begin_set_config() {
    if (config_depth_ != 0) {  // one inside the arguments of another
        set_config_ = SetConfig::kUnreadable;
        return;
    }
    config_depth_ = depth();
    config_commas_ = 0;
    config_third_ = 0;
    config_true_ = false;
}

// Follows the arguments of a set_config() call: is the third nothing but TRUE?
void Scan::watch_set_config(const Token& token) {
    if (config_depth_ == 0) return;
    if (depth() == config_depth_ && token.is(TokenKind::kComma)) {
        ++config_commas_;
    } else if (depth() == config_depth_ && token.is(TokenKind::kClose)) {
        const bool local = config_commas_ == 2 && config_third_ == 1 && config_true_;
        if (!local) set_config_ = SetConfig::kUnreadable;
        if (set_config_ == SetConfig::kNone) set_config_ = SetConfig::kLocalOnly;
        config_depth_ = 0;
    } else if (config_commas_ == 2) {
        if (config_third_ < 2) ++config_third_;
        config_true_ = token.is(Keyword::kTrue);
    }
}

Scan::LevelKind Scan::on_close() {
    const LevelKind kind = level().kind;
    if (depth() == 0 || kind == LevelKind::kBracket) {
        balanced_ = false;
        return LevelKind::kPlain;
    }
    levels_.pop();
    return kind;
}

// CockroachDB runs a statement in brackets in a FROM list; elsewhere they are subscripts and arrays.
void Scan::on_open_bracket() {
    const bool nested = level().kind == LevelKind::kBracket &&
                        (last_.is(TokenKind::kOpenBracket) || last_.is(TokenKind::kComma));
    if (!nested && !last_.is_operand() && !last_.type && !last_.is(Keyword::kArray)) {
        impure();
        add(StatementFlag::kSessionBound);
    }
    push(LevelKind::kBracket);
}

void Scan::on_close_bracket() {
    if (depth() == 0 || level().kind != LevelKind::kBracket) {
        balanced_ = false;
        return;
    }
    levels_.pop();
}

void Scan::push(LevelKind kind) {
    if (depth() == kMaxDepth) {
        balanced_ = false;
        return;
    }
    levels_.push(kind);
}

}  // namespace pooler
