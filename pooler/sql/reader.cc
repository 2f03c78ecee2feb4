#include "pooler/sql/reader.h"

#include <utility>

#include "pooler/sql/head_cursor.h"
#include "pooler/sql/keyword_set.h"

namespace pooler {

namespace {

std::string_view trim(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

StatementKind kind_of_verb(Keyword verb) {
    if (verb == Keyword::kInsert) return StatementKind::kInsert;
    if (verb == Keyword::kUpdate) return StatementKind::kUpdate;
    if (verb == Keyword::kDelete) return StatementKind::kDelete;
    if (verb == Keyword::kMerge) return StatementKind::kMerge;
    if (verb == Keyword::kUpsert) return StatementKind::kUpsert;
    return verb == Keyword::kNoKeyword ? StatementKind::kUnknown : StatementKind::kSelect;
}

// Options that change only what EXPLAIN prints. ANALYZE runs the statement.
bool harmless_option(const HeadToken& token) {
    static constexpr KeywordSet kWords{
        Keyword::kVerbose, Keyword::kCosts,  Keyword::kSettings, Keyword::kGenericPlan, Keyword::kBuffers,
        Keyword::kWal,     Keyword::kTiming, Keyword::kSummary,  Keyword::kFormat,      Keyword::kText,
        Keyword::kXml,     Keyword::kJson,   Keyword::kYaml,     Keyword::kOn,          Keyword::kOff,
        Keyword::kTrue,    Keyword::kFalse,  Keyword::kOpt,      Keyword::kTypes,       Keyword::kDistsql,
        Keyword::kVec,     Keyword::kPlan,   Keyword::kShape,    Keyword::kEnv};
    if (token.is(TokenKind::kComma)) return true;
    return token.is(TokenKind::kWord) && kWords.holds(token.word);
}

// Whether EXPLAIN [VERBOSE] [(options)] is followed by a query, and does not run it.
bool explains_query(const Head& head) {
    HeadCursor in{head};
    in.skip();
    in.accept(Keyword::kVerbose);
    if (in.accept(TokenKind::kOpen)) {
        while (harmless_option(in.peek())) in.skip();
        if (!in.accept(TokenKind::kClose)) return false;
    }
    return in.sees(Keyword::kSelect) || in.sees(Keyword::kValues) || in.sees(Keyword::kTable) ||
           in.sees(Keyword::kWith);
}

}  // namespace

SqlScript SqlReader::finish() {
    lexer_.finish();
    end_statement();
    if (!lexer_.readable()) script_.mark_not_understood();
    lexer_.restart();
    hints_ = 0;
    return std::exchange(script_, {});
}

void SqlReader::on_token(const Token& token) {
    if (token.is(TokenKind::kSemicolon)) {
        // Only CREATE RULE has them inside parentheses.
        if (scan_.depth() > 0) script_.mark_not_understood();
        return end_statement();
    }
    if (text_.empty()) text_.begin = token.begin;
    text_.end = token.end;
    head_.add(token);
    scan_.on_token(token);
}

void SqlReader::on_comment(std::string_view text) {
    constexpr std::string_view kMark = "weir:";
    text = trim(text);
    if (text.substr(0, kMark.size()) != kMark) return;
    text = trim(text.substr(kMark.size()));
    if (text == "primary") hints_ |= static_cast<std::uint32_t>(StatementFlag::kHintPrimary);
    if (text == "replica") hints_ |= static_cast<std::uint32_t>(StatementFlag::kHintReplica);
}

void SqlReader::end_statement() {
    if (head_.size() > 0) {
        SqlStatement statement;
        statement.text = text_;
        statement.flags = scan_.flags() | hints_;
        if (!scan_.balanced()) script_.mark_not_understood();
        read_head(head_, statement);
        settle_kind(statement);
        if (reads_only(statement)) statement.add(StatementFlag::kReadOnly);
        script_.add(statement);
        hints_ = 0;
    }
    head_.clear();
    scan_.clear();
    text_ = {};
}

// What only the scan knows: the main verb behind WITH, calls of set_config() that the head has not read.
void SqlReader::settle_kind(SqlStatement& statement) const {
    if (head_[0].is(Keyword::kWith)) statement.kind = kind_of_verb(scan_.main_verb());
    if (statement.set_config == SetConfig::kNone) statement.set_config = scan_.set_config();
}

bool SqlReader::reads_only(const SqlStatement& statement) const {
    if (!scan_.pure() || !scan_.balanced()) return false;
    if (statement.kind == StatementKind::kExplain) return explains_query(head_);
    return statement.kind == StatementKind::kSelect;
}

SqlScript classify(std::string_view text, Dialect dialect) {
    SqlReader reader{dialect};
    reader.feed(text);
    return reader.finish();
}

SqlScript classify(std::string_view text, Dialect dialect, UnlistedUses& uses) {
    SqlReader reader{dialect, &uses};
    reader.feed(text);
    return reader.finish();
}

}  // namespace pooler
