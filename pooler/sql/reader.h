// Classifies SQL text that comes in pieces: feeds the lexer, splits at semicolons, and puts together what the
// head and the scan of each statement say. Owned by who reads texts, one after the other; one thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "pooler/sql/head.h"
#include "pooler/sql/lexer.h"
#include "pooler/sql/scan.h"
#include "pooler/sql/statement.h"

namespace pooler {

class SqlReader final : private TokenSink {
 public:
    explicit SqlReader(Dialect dialect, UnlistedUses* uses = nullptr) : scan_(dialect, uses) {}

    void feed(std::string_view piece) { lexer_.feed(piece); }
    /// The end of the text: its statements, with spans counted from the first byte fed. What is fed next
    /// begins another text.
    [[nodiscard]] SqlScript finish();

 private:
    void on_token(const Token& token) override;
    void on_comment(std::string_view text) override;
    void end_statement();
    void settle_kind(SqlStatement& statement) const;
    [[nodiscard]] bool reads_only(const SqlStatement& statement) const;

    Lexer lexer_{*this};
    Head head_;
    Scan scan_;
    SqlScript script_;
    TextSpan text_;
    std::uint32_t hints_ = 0;
};

}  // namespace pooler
