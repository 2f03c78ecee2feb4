#include "pooler/session/local_block.h"

#include <algorithm>
#include <array>

namespace pooler {

using protocol::TransactionStatus;

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// What can be put off: nothing that a server would refuse or that means another moment.
bool deferrable_begin(const TransactionOptions& options, Dialect dialect) {
    if (options.unknown || options.as_of || options.snapshot) return false;
    if (dialect == Dialect::kCockroach) return options.deferrable != Deferrable::kDeferrable;
    return options.priority == Priority::kUnset && options.isolation != Isolation::kSnapshot;
}

bool ends_block(const SqlStatement& statement) {
    return statement.kind == StatementKind::kCommit || statement.kind == StatementKind::kRollback;
}

BlockRequest begin_request(const SqlStatement& statement, std::string_view text, Dialect dialect) {
    BlockRequest request;
    if (!deferrable_begin(statement.transaction, dialect)) return request;
    request.verb = BlockRequest::Verb::kBegin;
    request.text = statement.text.in(text);
    const bool start = dialect == Dialect::kPostgres && lower(request.text.front()) == 's';
    request.tag = start ? "START TRANSACTION" : "BEGIN";
    return request;
}

}  // namespace

/// The text may begin with one of these words. A comment in front is too rare to look behind.
bool may_concern_block(std::string_view text) {
    if (text.size() > kMaxBlockText) return false;
    constexpr std::array<std::string_view, 6> kWords{"begin", "start", "commit", "end", "rollback", "abort"};
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    if (text.empty() || text.front() == ';') return true;
    return std::any_of(kWords.begin(), kWords.end(), [text](std::string_view word) {
        return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                        [](char a, char b) { return a == lower(b); });
    });
}

BlockRequest read_block_request(std::string_view text, Dialect dialect) {
    BlockRequest request;
    if (!may_concern_block(text)) return request;
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return request;
    const SqlScript script = classify(text, dialect);
    if (!script.understood()) return request;
    if (script.empty()) {
        request.verb = BlockRequest::Verb::kEmpty;
        return request;
    }
    if (script.is_only(StatementKind::kBegin)) return begin_request(script[0], text, dialect);
    if (!ends_block(script[0]) || script[0].transaction.unknown) return request;
    request.verb = script.size() == 1 ? BlockRequest::Verb::kEnd : BlockRequest::Verb::kEndFirst;
    request.text = script[0].text.in(text);
    request.commit = script[0].kind == StatementKind::kCommit;
    request.chain = script[0].transaction.chain == Chain::kChain;
    request.tag = request.commit ? "COMMIT" : "ROLLBACK";
    return request;
}

TransactionStatus LocalBlock::status() const {
    switch (state_) {
        case State::kNone: return TransactionStatus::kIdle;
        case State::kDeferred: return TransactionStatus::kInTransaction;
        case State::kFailed: return TransactionStatus::kFailed;
    }
    return TransactionStatus::kIdle;
}

void LocalBlock::begin(std::string_view text, bool in_batch) {
    text_ = std::make_unique<std::string>(text);
    keeps_portal_ = in_batch;
    state_ = State::kDeferred;
}

void LocalBlock::end() {
    text_.reset();
    state_ = State::kNone;
}

}  // namespace pooler
