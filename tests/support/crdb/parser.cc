// Statements of the fake node's SQL by their first word.
#include "tests/support/crdb/parser.h"

#include <algorithm>
#include <cstdlib>

namespace support::crdb {

const Token& Parser::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool Parser::at_word(std::string_view word, std::size_t ahead) const {
    const auto& token = peek(ahead);
    return token.kind == Token::Kind::kWord && token.text == word;
}

bool Parser::accept(std::initializer_list<std::string_view> words) {
    std::size_t ahead = 0;
    for (const auto word : words) {
        if (!at_word(word, ahead++)) return false;
    }
    at_ += words.size();
    return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
    if (peek().kind != Token::Kind::kSymbol || peek().text != symbol) return false;
    ++at_;
    return true;
}

void Parser::expect(std::string_view word) {
    if (!accept(word)) fail();
}

void Parser::expect_symbol(std::string_view symbol) {
    if (!accept_symbol(symbol)) fail();
}

void Parser::fail() {
    if (error_) return;
    const auto& token = peek();
    error_ = errors::syntax(source_, token.begin, token.kind == Token::Kind::kEnd ? "EOF" : token.text);
}

std::string Parser::identifier() {
    if (peek().kind != Token::Kind::kWord) {
        fail();
        return {};
    }
    return tokens_[at_++].text;
}

std::string Parser::dotted_name() {
    auto name = identifier();
    while (accept_symbol(".")) name += '.' + identifier();
    return name;
}

std::vector<std::string> Parser::name_list() {
    std::vector<std::string> names;
    do {
        names.push_back(identifier());
    } while (accept_symbol(",") && !error_);
    return names;
}

tl::expected<Statement, Error> Parser::statement() {
    Statement out;
    out.text = source_;
    read(out);
    if (!error_ && peek().kind != Token::Kind::kEnd) fail();
    if (error_) return tl::make_unexpected(*error_);
    return out;
}

void Parser::read(Statement& out) {
    if (read_transaction(out) || read_session(out) || read_data(out) || read_definition(out)) return;
    fail();
}

bool Parser::read_transaction(Statement& out) {
    const auto found = [&out](Verb verb, const char* tag) {
        out.verb = verb;
        out.tag = tag;
        return true;
    };
    if (accept("begin") || accept({"start", "transaction"})) {
        found(Verb::kBegin, "BEGIN");
        static_cast<void>(accept("transaction"));
        transaction_modes(out);
        return true;
    }
    if (accept("commit") || accept("end")) {
        static_cast<void>(accept("transaction"));
        return found(Verb::kCommit, "COMMIT");
    }
    if (accept({"rollback", "to"}) || accept({"rollback", "transaction", "to"})) {
        savepoint_name(out);
        return found(Verb::kRollbackTo, "ROLLBACK");
    }
    if (accept("rollback") || accept("abort")) {
        static_cast<void>(accept("transaction"));
        return found(Verb::kRollback, "ROLLBACK");
    }
    if (accept("savepoint")) {
        out.name = identifier();
        return found(Verb::kSavepoint, "SAVEPOINT");
    }
    if (accept("release")) {
        savepoint_name(out);
        return found(Verb::kRelease, "RELEASE");
    }
    return false;
}

void Parser::savepoint_name(Statement& out) {
    static_cast<void>(accept("savepoint"));
    out.name = identifier();
}

void Parser::transaction_modes(Statement& out) {
    while (peek().kind != Token::Kind::kEnd && !error_) {
        if (accept({"isolation", "level"})) {
            if (!accept({"read", "committed"}) && !accept({"read", "uncommitted"}) &&
                !accept({"repeatable", "read"}) && !accept("snapshot"))
                expect("serializable");
        } else if (accept({"read", "only"})) {
            out.read_only = true;
        } else if (accept({"read", "write"})) {
            out.read_only = false;
        } else if (accept("priority")) {
            out.high_priority = identifier() == "high";
        } else if (accept({"as", "of", "system", "time"})) {
            out.follower_read = true;
            static_cast<void>(expression());
        } else {
            fail();
        }
        static_cast<void>(accept_symbol(","));
    }
}

bool Parser::read_session(Statement& out) {
    if (accept("set")) return set(out), true;
    if (accept("reset")) {
        out.verb = Verb::kReset;
        out.tag = "SET";
        out.name = dotted_name();
        return true;
    }
    if (accept("show")) return show(out), true;
    if (accept("discard")) {
        expect("all");
        out.verb = Verb::kDiscardAll;
        out.tag = "DISCARD";
        return true;
    }
    if (accept("prepare")) return prepare(out), true;
    if (accept("execute")) {
        out.verb = Verb::kExecute;
        out.name = identifier();
        if (peek().text == "(") out.arguments = expressions_in_parentheses();
        return true;
    }
    if (accept("deallocate")) {
        static_cast<void>(accept("prepare"));
        out.verb = Verb::kDeallocate;
        out.tag = at_word("all") ? "DEALLOCATE ALL" : "DEALLOCATE";
        if (!accept("all")) out.name = identifier();
        return true;
    }
    if (accept("cancel")) return cancel(out), true;
    return false;
}

void Parser::set(Statement& out) {
    out.verb = Verb::kSet;
    out.tag = "SET";
    if (at_word("local")) {
        // This build knows no SET LOCAL and says so at the variable's name.
        ++at_;
        error_ = errors::set_local(source_, peek().begin, peek().text);
        return;
    }
    if (accept("transaction")) {
        out.verb = Verb::kSetTransaction;
        out.tag = "SET TRANSACTION";
        return transaction_modes(out);
    }
    if (accept({"session", "characteristics", "as", "transaction"})) {
        out.name = "default_transaction_read_only";
        transaction_modes(out);
        out.value = out.read_only.value_or(false) ? "on" : "off";
        return;
    }
    static_cast<void>(accept("session"));
    if (accept({"time", "zone"})) {
        out.name = "timezone";
        return set_value(out);
    }
    out.name = dotted_name();
    if (!accept_symbol("=")) expect("to");
    set_value(out);
}

void Parser::set_value(Statement& out) {
    if (accept("default")) {
        out.to_default = true;
        return;
    }
    do {
        if (!out.value.empty()) out.value += ',';
        if (accept_symbol("-")) out.value += '-';
        if (peek().kind == Token::Kind::kEnd || peek().kind == Token::Kind::kSymbol) return fail();
        out.value += tokens_[at_++].text;
    } while (accept_symbol(","));
}

void Parser::show(Statement& out) {
    if (accept({"transaction", "status"})) {
        out.verb = Verb::kShowTransactionStatus;
        out.tag = "SHOW TRANSACTION STATUS";
        return;
    }
    out.verb = Verb::kShow;
    out.tag = "SHOW";
    if (accept({"transaction", "isolation", "level"})) {
        out.name = "transaction_isolation";
        return;
    }
    out.name = dotted_name();
}

void Parser::prepare(Statement& out) {
    out.verb = Verb::kPrepare;
    out.tag = "PREPARE";
    out.name = identifier();
    if (accept_symbol("(")) {
        do {
            static_cast<void>(type_name());
        } while (accept_symbol(","));
        expect_symbol(")");
    }
    expect("as");
    out.body = source_.substr(peek().begin);
    at_ = tokens_.size() - 1;
}

void Parser::cancel(Statement& out) {
    const bool sessions = accept("sessions");
    if (sessions || accept("queries")) {
        out.verb = sessions ? Verb::kCancelSessions : Verb::kCancelQueries;
        out.tag = sessions ? "CANCEL SESSIONS" : "CANCEL QUERIES";
        expect_symbol("(");
        expect("select");
        select(out);
        out.verb = sessions ? Verb::kCancelSessions : Verb::kCancelQueries;
        out.tag = sessions ? "CANCEL SESSIONS" : "CANCEL QUERIES";
        return expect_symbol(")");
    }
    expect("query");
    out.verb = Verb::kCancelQuery;
    out.tag = "CANCEL QUERIES";
    if (peek().kind != Token::Kind::kText) return fail();
    out.name = tokens_[at_++].text;
}

bool Parser::read_definition(Statement& out) {
    if (accept("create")) return create(out), true;
    if (accept({"drop", "table"})) {
        out.verb = Verb::kDropTable;
        out.tag = "DROP TABLE";
        out.if_exists = accept({"if", "exists"});
        out.table = dotted_name();
        return true;
    }
    if (accept({"alter", "table"})) {
        out.verb = Verb::kAddColumn;
        out.tag = "ALTER TABLE";
        out.table = dotted_name();
        expect("add");
        static_cast<void>(accept("column"));
        column_definition(out);
        return true;
    }
    return false;
}

void Parser::create(Statement& out) {
    if (accept({"unique", "index"})) {
        out.verb = Verb::kCreateIndex;
        out.tag = "CREATE INDEX";
        out.name = identifier();
        expect("on");
        out.table = dotted_name();
        expect_symbol("(");
        out.columns = name_list();
        return expect_symbol(")");
    }
    if (!accept("table")) return fail();
    out.verb = Verb::kCreateTable;
    out.tag = "CREATE TABLE";
    out.if_exists = accept({"if", "not", "exists"});
    out.table = dotted_name();
    expect_symbol("(");
    do {
        column_definition(out);
    } while (accept_symbol(",") && !error_);
    expect_symbol(")");
}

void Parser::column_definition(Statement& out) {
    ColumnDefinition definition;
    definition.name = identifier();
    definition.type = type_name();
    static_cast<void>(accept({"primary", "key"}));  // the key is always the first column
    static_cast<void>(accept({"not", "null"}));
    out.definitions.push_back(std::move(definition));
}

tl::expected<std::vector<Statement>, Error> parse_sql(std::string_view text) {
    std::vector<Statement> statements;
    std::vector<Token> own;
    for (const auto& token : tokens_of(text)) {
        const bool ends =
            token.kind == Token::Kind::kEnd || (token.kind == Token::Kind::kSymbol && token.text == ";");
        if (!ends) {
            own.push_back(token);
            continue;
        }
        if (own.empty()) continue;
        const auto begin = own.front().begin;
        const auto source = text.substr(begin, own.back().end - begin);
        for (auto& item : own) item.begin -= begin, item.end -= begin;
        own.push_back({Token::Kind::kEnd, {}, source.size(), source.size()});
        auto statement = Parser(source, std::move(own)).statement();
        own = {};
        if (!statement) return tl::make_unexpected(statement.error());
        statements.push_back(std::move(*statement));
    }
    return statements;
}

}  // namespace support::crdb
