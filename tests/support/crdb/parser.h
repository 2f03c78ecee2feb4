// Reads one statement of the fake node's SQL from its tokens. Lives for one call of parse_sql().
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/crdb/statement.h"
#include "tests/support/crdb/token.h"

namespace support::crdb {

class Parser {
 public:
    /// `tokens` are those of `source` and end with kEnd.
    Parser(std::string_view source, std::vector<Token> tokens)
        : source_(source), tokens_(std::move(tokens)) {}

    [[nodiscard]] tl::expected<Statement, Error> statement();

 private:
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    [[nodiscard]] bool at_word(std::string_view word, std::size_t ahead = 0) const;
    /// Takes the words if all of them are next.
    bool accept(std::initializer_list<std::string_view> words);
    bool accept(std::string_view word) { return accept({word}); }
    bool accept_symbol(std::string_view symbol);
    void expect(std::string_view word);
    void expect_symbol(std::string_view symbol);
    std::string identifier();
    /// `a.b` as one name.
    std::string dotted_name();
    std::vector<std::string> name_list();
    /// The rest of the statement is no SQL that the fake knows.
    void fail();

    void read(Statement& out);
    bool read_transaction(Statement& out);
    bool read_session(Statement& out);
    bool read_data(Statement& out);
    bool read_definition(Statement& out);
    void select(Statement& out);
    void insert(Statement& out);
    void update(Statement& out);
    void targets(Statement& out);
    void table_source(Statement& out);
    void where(Statement& out);
    void transaction_modes(Statement& out);
    void set(Statement& out);
    void set_value(Statement& out);
    void show(Statement& out);
    void copy(Statement& out);
    void create(Statement& out);
    void column_definition(Statement& out);
    void cancel(Statement& out);
    void prepare(Statement& out);
    void savepoint_name(Statement& out);

    Condition condition();
    Expr expression();
    Expr term();
    Expr factor();
    Expr primary();
    std::vector<Expr> expressions_in_parentheses();
    std::uint32_t type_name();

    std::string_view source_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

}  // namespace support::crdb
