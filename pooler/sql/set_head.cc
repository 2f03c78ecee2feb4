#include "pooler/sql/set_head.h"

#include "pooler/sql/transaction_head.h"

namespace pooler {

namespace {

bool is_assignment(const HeadToken& token) { return token.is(Keyword::kTo) || token.sign == '='; }

// What may stand in the value of a variable: names, literals, signs, commas. Anything else is an expression
// that CockroachDB would evaluate.
bool is_plain_value(const HeadToken& token, bool parentheses) {
    switch (token.kind) {
        case TokenKind::kWord:
        case TokenKind::kQuotedName:
        case TokenKind::kString:
        case TokenKind::kNumber:
        case TokenKind::kComma:
        case TokenKind::kDot: return true;
        case TokenKind::kOperator: return token.sign == '-' || token.sign == '+';
        case TokenKind::kOpen:
        case TokenKind::kClose: return parentheses;
        case TokenKind::kParameter:
        case TokenKind::kSemicolon:
        case TokenKind::kOpenBracket:
        case TokenKind::kCloseBracket:
        case TokenKind::kCast:
        case TokenKind::kColon:
        case TokenKind::kColonEquals:
        case TokenKind::kOther: return false;
    }
    return false;
}

// The value up to the end of the statement. `parentheses`: INTERVAL(p) in SET TIME ZONE.
StatementKind read_value(HeadCursor& in, SqlStatement& out, bool parentheses = false) {
    if (in.sees(Keyword::kDefault) && in.peek(1).is(TokenKind::kOther) && in.peek(1).span.empty()) {
        in.skip();
        out.set_value = SetValue::kDefault;
        return in.at_end() ? StatementKind::kSet : StatementKind::kUnknown;
    }
    out.value = in.rest();
    if (out.value.empty()) return StatementKind::kUnknown;
    for (; !in.at_end(); in.skip()) {
        if (!is_plain_value(in.peek(), parentheses)) return StatementKind::kUnknown;
    }
    return StatementKind::kSet;
}

StatementKind read_generic(HeadCursor& in, SqlStatement& out) {
    out.form = SetForm::kName;
    out.name = in.name();
    if (out.name.empty()) return StatementKind::kUnknown;
    if (in.accept(Keyword::kFrom)) {
        out.set_value = SetValue::kFromCurrent;
        return in.accept(Keyword::kCurrent) && in.at_end() ? StatementKind::kSet : StatementKind::kUnknown;
    }
    if (!is_assignment(in.peek())) return StatementKind::kUnknown;
    in.skip();
    return read_value(in, out);
}

StatementKind read_time_zone(HeadCursor& in, SqlStatement& out) {
    out.form = SetForm::kTimeZone;
    if (in.accept(Keyword::kLocal)) {
        out.set_value = SetValue::kDefault;
        return in.at_end() ? StatementKind::kSet : StatementKind::kUnknown;
    }
    return read_value(in, out, true);
}

StatementKind read_names(HeadCursor& in, SqlStatement& out) {
    out.form = SetForm::kNames;
    if (!in.at_end()) return read_value(in, out);
    out.set_value = SetValue::kDefault;
    return StatementKind::kSet;
}

StatementKind read_role(HeadCursor& in, SqlStatement& out) {
    out.form = SetForm::kRole;
    if (in.sees(Keyword::kNone)) {
        out.set_value = SetValue::kNone;
        out.value = in.rest();
        in.skip();
        return in.at_end() ? StatementKind::kSet : StatementKind::kUnknown;
    }
    return read_value(in, out);
}

StatementKind read_form(HeadCursor& in, SqlStatement& out, SetForm form) {
    out.form = form;
    return read_value(in, out);
}

StatementKind read_set_transaction(HeadCursor& in, SqlStatement& out) {
    if (in.accept(Keyword::kSnapshot)) {
        out.transaction.snapshot = true;
        out.value = in.string();
        out.transaction.unknown = out.value.empty() || !in.at_end();
        return StatementKind::kSetTransaction;
    }
    if (in.at_end() || !read_transaction_options(in, out.transaction)) out.transaction.unknown = true;
    return StatementKind::kSetTransaction;
}

StatementKind read_characteristics(HeadCursor& in, SqlStatement& out) {
    if (!in.accept(Keyword::kAs) || !in.accept(Keyword::kTransaction)) return StatementKind::kUnknown;
    if (in.at_end() || !read_transaction_options(in, out.transaction)) out.transaction.unknown = true;
    return StatementKind::kSetSessionCharacteristics;
}

// A form with words of its own; kUnknown if it is not one, and `in` is then where it was.
StatementKind read_special(HeadCursor& in, SqlStatement& out) {
    if (is_assignment(in.peek(1)) || in.peek(1).is(TokenKind::kDot)) return StatementKind::kUnknown;
    if (in.accept(Keyword::kTransaction)) return read_set_transaction(in, out);
    if (in.sees(Keyword::kTime) && in.sees(Keyword::kZone, 1))
        return in.skip(), in.skip(), read_time_zone(in, out);
    if (in.accept(Keyword::kNames)) return read_names(in, out);
    if (in.accept(Keyword::kRole)) return read_role(in, out);
    if (in.accept(Keyword::kSchema)) return read_form(in, out, SetForm::kSchema);
    if (in.accept(Keyword::kCatalog)) return read_form(in, out, SetForm::kCatalog);
    if (in.sees(Keyword::kXml) && in.sees(Keyword::kOption, 1))
        return in.skip(), in.skip(), read_form(in, out, SetForm::kXmlOption);
    if (in.sees(Keyword::kSession) && in.sees(Keyword::kAuthorization, 1))
        return in.skip(), in.skip(), read_form(in, out, SetForm::kSessionAuthorization);
    if (in.accept(Keyword::kConstraints)) return StatementKind::kSetConstraints;
    return StatementKind::kUnknown;
}

// A literal argument and the comma behind it.
TextSpan literal_argument(HeadCursor& in) {
    const TextSpan span = in.string();
    return in.accept(TokenKind::kComma) ? span : TextSpan{};
}

}  // namespace

StatementKind read_set(HeadCursor& in, SqlStatement& out) {
    if (in.sees(Keyword::kCluster) && in.sees(Keyword::kSetting, 1)) return StatementKind::kUtility;
    if (in.sees(Keyword::kSession) && in.sees(Keyword::kCharacteristics, 1))
        return in.skip(), in.skip(), read_characteristics(in, out);
    const bool prefixed = !is_assignment(in.peek(1)) && !in.sees(Keyword::kAuthorization, 1);
    if (prefixed && in.accept(Keyword::kLocal))
        out.scope = SetScope::kLocal;
    else if (prefixed)
        in.accept(Keyword::kSession);
    const StatementKind special = read_special(in, out);
    if (special != StatementKind::kUnknown || out.form != SetForm::kName) return special;
    return read_generic(in, out);
}

StatementKind read_reset(HeadCursor& in, SqlStatement& out) {
    const auto ends = [&in](StatementKind kind) { return in.at_end() ? kind : StatementKind::kUnknown; };
    if (in.sees(Keyword::kCluster) && in.sees(Keyword::kSetting, 1)) return StatementKind::kUtility;
    if (in.accept(Keyword::kAll)) return ends(StatementKind::kResetAll);
    if (in.sees(Keyword::kTime) && in.sees(Keyword::kZone, 1)) {
        out.form = SetForm::kTimeZone;
        return in.skip(), in.skip(), ends(StatementKind::kReset);
    }
    if (in.sees(Keyword::kSession) && in.sees(Keyword::kAuthorization, 1)) {
        out.form = SetForm::kSessionAuthorization;
        return in.skip(), in.skip(), ends(StatementKind::kReset);
    }
    if (in.accept(Keyword::kTransaction)) {
        out.form = SetForm::kIsolation;
        return in.accept(Keyword::kIsolation) && in.accept(Keyword::kLevel) ? ends(StatementKind::kReset)
                                                                            : StatementKind::kUnknown;
    }
    if (in.peek(1).is_name()) in.accept(Keyword::kSession);
    if (in.sees(Keyword::kRole) && in.peek(1).span.empty()) {
        out.form = SetForm::kRole;
        return in.skip(), ends(StatementKind::kReset);
    }
    out.name = in.name();
    return out.name.empty() ? StatementKind::kUnknown : ends(StatementKind::kReset);
}

StatementKind read_use(HeadCursor& in, SqlStatement& out) { return read_form(in, out, SetForm::kDatabase); }

void read_set_config(HeadCursor& in, SqlStatement& out) {
    if (in.sees(Keyword::kPgCatalog) && in.peek(1).is(TokenKind::kDot)) in.skip(), in.skip();
    if (!in.accept(Keyword::kSetConfig) || !in.accept(TokenKind::kOpen)) return;
    const TextSpan name = literal_argument(in);
    const TextSpan value = literal_argument(in);
    const bool local = in.accept(Keyword::kTrue);
    if (name.empty() || value.empty() || (!local && !in.accept(Keyword::kFalse))) return;
    if (!in.accept(TokenKind::kClose)) return;
    in.accept(Keyword::kAs);
    if (in.peek().is_name()) in.skip();
    if (!in.at_end()) return;
    out.set_config = SetConfig::kReadable;
    out.scope = local ? SetScope::kLocal : SetScope::kSession;
    out.name = name;
    out.value = value;
}

}  // namespace pooler
