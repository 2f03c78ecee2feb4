// Looks at every token of a statement for what makes it more than a read: functions that are not built in,
// data changed inside a query, row locks, casts to types of a user, and so on. Does not parse: it knows the
// levels of parentheses, and for each whether it stands in a FROM list. Where two readings are possible it
// takes the dangerous one.
//
// Owned by who reads a text; one thread; clear() begins the next statement.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pooler/sql/function_list.h"
#include "pooler/sql/lexer.h"
#include "pooler/sql/statement.h"

namespace pooler {

class Scan {
 public:
    static constexpr std::size_t kMaxDepth = 128;  ///< deeper parentheses are not understood

    /// `uses` hears why StatementFlag::kUnlistedFunction is set; it may be null.
    explicit Scan(Dialect dialect, UnlistedUses* uses = nullptr) : dialect_(dialect), uses_(uses) {}

    void clear();
    void on_token(const Token& token);

    /// Nothing seen that could write or run unknown code. Says nothing about the statement's kind.
    [[nodiscard]] bool pure() const { return pure_ && !type_in_catalog_; }
    [[nodiscard]] bool balanced() const { return balanced_ && depth() == 0; }
    [[nodiscard]] std::size_t depth() const { return levels_.depth(); }
    [[nodiscard]] std::uint32_t flags() const { return flags_; }
    [[nodiscard]] SetConfig set_config() const { return set_config_; }
    /// First SELECT, VALUES, TABLE, INSERT ... outside parentheses; kNoKeyword if there was none.
    [[nodiscard]] Keyword main_verb() const { return main_verb_; }

 private:
    enum class LevelKind : std::uint8_t { kPlain, kCall, kAlias, kOperator, kDistinctOn, kBracket };
    struct Level {
        LevelKind kind;
        bool in_from;      ///< where a table is named: an alias with columns may follow
        bool from_clause;  ///< between FROM and the next clause, conditions of joins included
        bool group_by;     ///< the last BY was that of GROUP BY, not of ORDER BY
        bool in_ctes;      ///< between WITH and the main verb
    };
    /// One for each open parenthesis, and one for the statement. Only those in use are copied: a statement
    /// has few.
    class Levels {
     public:
        Levels() { entries_[0] = {}; }
        Levels(const Levels& other) { *this = other; }
        Levels& operator=(const Levels& other);
        ~Levels() = default;

        /// Of open parentheses.
        [[nodiscard]] std::size_t depth() const { return depth_; }
        [[nodiscard]] Level& top() { return entries_[depth_]; }
        [[nodiscard]] const Level& top() const { return entries_[depth_]; }
        /// depth() must be below kMaxDepth.
        void push(LevelKind kind);
        void pop() { --depth_; }

     private:
        std::array<Level, kMaxDepth + 1> entries_;  // not set above depth_
        std::size_t depth_ = 0;
    };
    /// What a later token needs to know of an earlier one.
    struct Seen {
        TokenKind kind = TokenKind::kSemicolon;
        Keyword word = Keyword::kNoKeyword;
        LevelKind closed = LevelKind::kPlain;  ///< kClose: of what
        bool type = false;                     ///< the name of a type

        [[nodiscard]] bool is(TokenKind other) const { return kind == other; }
        [[nodiscard]] bool is(Keyword other) const { return kind == TokenKind::kWord && word == other; }
        [[nodiscard]] bool kind_is_name() const {
            return kind == TokenKind::kWord || kind == TokenKind::kQuotedName;
        }
        [[nodiscard]] bool is_plain_name() const;
        [[nodiscard]] bool is_value() const;
        /// A value, or one of the words that are often names of columns and no operators.
        [[nodiscard]] bool is_operand() const;
    };

    void remember(const Token& token, const Seen& seen, bool dotted);
    [[nodiscard]] bool on_type_name(const Token& token);
    void on_name(const Token& token, bool dotted);
    void on_relation(std::string_view name);
    void on_settings_write();
    void on_clause(Keyword word);
    void on_verb(Keyword word);
    void on_lock();
    void on_constant();
    void on_operator(const Token& token);
    void on_open();
    [[nodiscard]] LevelKind on_close();
    void on_open_bracket();
    void on_close_bracket();
    void on_call();
    void begin_set_config();
    void watch_set_config(const Token& token);

    void on_conversion(Keyword word);
    /// Whether names in front of parentheses are those of what a DDL statement defines or refers to.
    [[nodiscard]] bool defines() const;
    [[nodiscard]] bool expects_type() const;
    [[nodiscard]] bool takes_operand() const;
    [[nodiscard]] bool is_construct() const;
    [[nodiscard]] bool is_column_list() const;
    [[nodiscard]] LevelKind level_behind_word() const;
    void apply(FunctionClass function);
    void on_unlisted();
    void add(StatementFlag flag) { flags_ |= static_cast<std::uint32_t>(flag); }
    void impure() { pure_ = false; }
    Level& level() { return levels_.top(); }
    [[nodiscard]] const Level& level() const { return levels_.top(); }
    void push(LevelKind kind);

    Dialect dialect_;
    UnlistedUses* uses_;
    Levels levels_;
    bool pure_ = true;
    bool balanced_ = true;
    std::uint32_t flags_ = 0;
    Keyword first_word_ = Keyword::kNoKeyword;
    Keyword main_verb_ = Keyword::kNoKeyword;
    bool any_ = false;
    bool query_ = false;  ///< a query has begun, at any level
    /// Of the action of ALTER being read: the TYPE it converts to, then the expression that converts.
    enum class Conversion : std::uint8_t { kNone, kType, kExpression } conversion_ = Conversion::kNone;

    Seen before_;  ///< the token in front of the name, or dotted name, that ends with `last_`
    Seen last_;
    std::uint8_t parts_ = 0;        ///< of the dotted name that ends with `last_`; 0: it is no name
    bool in_catalog_ = false;       ///< that name begins with pg_catalog
    bool type_in_catalog_ = false;  ///< pg_catalog stood where a type is expected
    std::array<char, Lexer::kNameBytes> name_{};
    std::uint8_t name_bytes_ = 0;
    TextSpan name_span_;  ///< of all its parts

    SetConfig set_config_ = SetConfig::kNone;
    /// Of the set_config() call being read: its level, and what its third argument was so far.
    std::size_t config_depth_ = 0;
    std::uint8_t config_commas_ = 0;
    std::uint8_t config_third_ = 0;  ///< tokens of the third argument, up to 2
    bool config_true_ = false;
};

}  // namespace pooler
