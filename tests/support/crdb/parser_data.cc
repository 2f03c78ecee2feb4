// The part of the fake node's SQL that reads and writes rows, with its expressions.
#include <algorithm>
#include <cstdlib>

#include "tests/support/crdb/parser.h"

namespace support::crdb {
namespace {

std::size_t parameters_in(const Expr& expr) {
    std::size_t count =
        expr.kind == Expr::Kind::kParameter ? static_cast<std::size_t>(std::atoll(expr.text.c_str())) : 0;
    for (const auto& argument : expr.arguments) count = std::max(count, parameters_in(argument));
    return count;
}

}  // namespace

bool Statement::returns_rows() const {
    switch (verb) {
        case Verb::kSelect:
        case Verb::kShow:
        case Verb::kShowTransactionStatus: return true;
        case Verb::kInsert:
        case Verb::kUpdate:
        case Verb::kDelete: return !targets.empty();
        case Verb::kBegin:
        case Verb::kCommit:
        case Verb::kRollback:
        case Verb::kSavepoint:
        case Verb::kRelease:
        case Verb::kRollbackTo:
        case Verb::kSetTransaction:
        case Verb::kSet:
        case Verb::kReset:
        case Verb::kDiscardAll:
        case Verb::kPrepare:
        case Verb::kExecute:
        case Verb::kDeallocate:
        case Verb::kCopyIn:
        case Verb::kCreateTable:
        case Verb::kDropTable:
        case Verb::kAddColumn:
        case Verb::kCreateIndex:
        case Verb::kCancelQueries:
        case Verb::kCancelQuery:
        case Verb::kCancelSessions: break;
    }
    return false;
}

std::size_t parameter_count(const Statement& statement) {
    std::size_t count = 0;
    const auto see = [&count](const Expr& expr) { count = std::max(count, parameters_in(expr)); };
    for (const auto& target : statement.targets) see(target.value);
    for (const auto& condition : statement.where) see(condition.left), see(condition.right);
    for (const auto& row : statement.rows) std::for_each(row.begin(), row.end(), see);
    for (const auto& change : statement.changes) see(change.second);
    return count;
}

bool Parser::read_data(Statement& out) {
    if (accept("select")) return select(out), true;
    if (accept({"insert", "into"})) return insert(out), true;
    if (accept({"upsert", "into"})) {
        out.upsert = true;
        return insert(out), true;
    }
    if (accept("update")) return update(out), true;
    if (accept({"delete", "from"})) {
        out.verb = Verb::kDelete;
        out.tag = "DELETE";
        out.table = dotted_name();
        where(out);
        if (accept("returning")) targets(out);
        return true;
    }
    if (accept("copy")) return copy(out), true;
    return false;
}

void Parser::select(Statement& out) {
    out.verb = Verb::kSelect;
    out.tag = "SELECT";
    targets(out);
    if (!accept("from")) return;
    table_source(out);
    where(out);
    if (accept({"order", "by"})) {
        out.order_by = identifier();
        out.descending = accept("desc");
        if (!out.descending) static_cast<void>(accept("asc"));
    }
    if (accept("limit")) {
        if (peek().kind != Token::Kind::kNumber) return fail();
        out.limit = std::atoll(tokens_[at_++].text.c_str());
    }
    out.for_update = accept({"for", "update"});
}

void Parser::table_source(Statement& out) {
    if (!accept_symbol("[")) {
        out.table = dotted_name();
        return;
    }
    expect("show");
    out.table = "[show " + identifier() + ']';
    expect_symbol("]");
}

void Parser::targets(Statement& out) {
    do {
        Target target;
        target.star = accept_symbol("*");
        if (!target.star) {
            target.value = expression();
            if (accept("as")) target.label = identifier();
        }
        out.targets.push_back(std::move(target));
    } while (accept_symbol(",") && !error_);
}

void Parser::where(Statement& out) {
    if (!accept("where")) return;
    do {
        out.where.push_back(condition());
    } while (accept("and") && !error_);
}

Condition Parser::condition() {
    Condition result;
    result.left = expression();
    for (const auto* operation : {"=", "<>", "<=", ">=", "<", ">"}) {
        if (!accept_symbol(operation)) continue;
        result.operation = operation;
        result.right = expression();
        return result;
    }
    if (accept("like")) {
        result.operation = "like";
        result.right = expression();
    }
    return result;
}

void Parser::insert(Statement& out) {
    out.verb = Verb::kInsert;
    out.tag = "INSERT";  // of UPSERT too
    out.table = dotted_name();
    if (accept_symbol("(")) {
        out.columns = name_list();
        expect_symbol(")");
    }
    expect("values");
    do {
        out.rows.push_back(expressions_in_parentheses());
    } while (accept_symbol(",") && !error_);
    if (accept("returning")) targets(out);
}

void Parser::update(Statement& out) {
    out.verb = Verb::kUpdate;
    out.tag = "UPDATE";
    out.table = dotted_name();
    expect("set");
    do {
        auto column = identifier();
        expect_symbol("=");
        out.changes.emplace_back(std::move(column), expression());
    } while (accept_symbol(",") && !error_);
    where(out);
    if (accept("returning")) targets(out);
}

void Parser::copy(Statement& out) {
    out.verb = Verb::kCopyIn;
    out.tag = "COPY";
    out.table = dotted_name();
    if (accept_symbol("(")) {
        out.columns = name_list();
        expect_symbol(")");
    }
    expect("from");
    expect("stdin");
    static_cast<void>(accept("with"));
    out.csv = accept("csv");
}

std::vector<Expr> Parser::expressions_in_parentheses() {
    std::vector<Expr> list;
    expect_symbol("(");
    if (accept_symbol(")")) return list;
    do {
        if (accept_symbol("*")) {
            list.push_back({Expr::Kind::kText, "*", {}, 0});
            continue;
        }
        list.push_back(expression());
    } while (accept_symbol(",") && !error_);
    expect_symbol(")");
    return list;
}

Expr Parser::expression() {
    auto left = term();
    for (;;) {
        const auto operation = peek().text;
        if (!accept_symbol("+") && !accept_symbol("-") && !accept_symbol("||")) return left;
        left = {Expr::Kind::kBinary, operation, {std::move(left), term()}, 0};
    }
}

Expr Parser::term() {
    auto left = factor();
    for (;;) {
        const auto operation = peek().text;
        if (!accept_symbol("/") && !accept_symbol("*")) return left;
        left = {Expr::Kind::kBinary, operation, {std::move(left), factor()}, 0};
    }
}

Expr Parser::factor() {
    if (accept_symbol("-")) {
        const Expr zero{Expr::Kind::kInt, "0", {}, 0};
        return {Expr::Kind::kBinary, "-", {zero, factor()}, 0};
    }
    auto result = primary();
    if (accept_symbol("::")) result.cast = type_name();
    return result;
}

Expr Parser::primary() {
    const auto token = peek();
    if (accept_symbol("(")) {
        auto inner = expression();
        expect_symbol(")");
        return inner;
    }
    switch (token.kind) {
        case Token::Kind::kNumber:
            ++at_;
            return {token.text.find('.') == std::string::npos ? Expr::Kind::kInt : Expr::Kind::kDecimal,
                    token.text,
                    {},
                    0};
        case Token::Kind::kText: ++at_; return {Expr::Kind::kText, token.text, {}, 0};
        case Token::Kind::kParameter: ++at_; return {Expr::Kind::kParameter, token.text, {}, 0};
        case Token::Kind::kWord: break;
        case Token::Kind::kSymbol:
        case Token::Kind::kEnd: fail(); return {};
    }
    if (accept("null")) return {Expr::Kind::kNull, {}, {}, 0};
    if (accept("true")) return {Expr::Kind::kBool, "t", {}, 0};
    if (accept("false")) return {Expr::Kind::kBool, "f", {}, 0};
    auto name = dotted_name();
    const bool call = peek().kind == Token::Kind::kSymbol && peek().text == "(";
    if (call) return {Expr::Kind::kCall, std::move(name), expressions_in_parentheses(), 0};
    if (name == "current_user" || name == "session_user") return {Expr::Kind::kCall, std::move(name), {}, 0};
    return {Expr::Kind::kColumn, std::move(name), {}, 0};
}

std::uint32_t Parser::type_name() {
    const auto name = identifier();
    if (name == "int" || name == "int8" || name == "bigint" || name == "integer") return kOidInt8;
    if (name == "text" || name == "string" || name == "varchar") return kOidText;
    if (name == "decimal" || name == "numeric") return kOidNumeric;
    if (name == "bool" || name == "boolean") return kOidBool;
    if (name == "timestamptz") return kOidTimestampTz;
    fail();
    return kOidText;
}

}  // namespace support::crdb
