// The classifier against PostgreSQL's own parser: over the corpus, and over texts that random changes make of
// it. WEIR_SQL_ORACLE_ROUNDS: how many of those.
#include "tests/unit/pooler/sql/oracle.h"

#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "pooler/sql/statement.h"
#include "tests/support/catch.h"
#include "tests/unit/pooler/sql/corpus.h"

using namespace pooler;

namespace {

bool is_set(StatementKind kind) {
    return kind == StatementKind::kSet || kind == StatementKind::kSetTransaction ||
           kind == StatementKind::kSetSessionCharacteristics || kind == StatementKind::kReset ||
           kind == StatementKind::kResetAll;
}

bool is_transaction(StatementKind kind) {
    return (kind >= StatementKind::kBegin && kind <= StatementKind::kRollbackTo);
}

StatementKind transaction_kind(const std::string& detail) {
    if (detail == "TRANS_STMT_BEGIN" || detail == "TRANS_STMT_START") return StatementKind::kBegin;
    if (detail == "TRANS_STMT_COMMIT") return StatementKind::kCommit;
    if (detail == "TRANS_STMT_ROLLBACK") return StatementKind::kRollback;
    if (detail == "TRANS_STMT_SAVEPOINT") return StatementKind::kSavepoint;
    if (detail == "TRANS_STMT_RELEASE") return StatementKind::kRelease;
    if (detail == "TRANS_STMT_ROLLBACK_TO") return StatementKind::kRollbackTo;
    if (detail == "TRANS_STMT_PREPARE") return StatementKind::kPrepareTransaction;
    if (detail == "TRANS_STMT_COMMIT_PREPARED") return StatementKind::kCommitPrepared;
    return StatementKind::kRollbackPrepared;
}

struct NodeKind {
    const char* node;
    StatementKind kind;
};
constexpr NodeKind kNodes[] = {
    {"SelectStmt", StatementKind::kSelect},
    {"InsertStmt", StatementKind::kInsert},
    {"UpdateStmt", StatementKind::kUpdate},
    {"DeleteStmt", StatementKind::kDelete},
    {"MergeStmt", StatementKind::kMerge},
    {"CopyStmt", StatementKind::kCopy},
    {"CallStmt", StatementKind::kCall},
    {"DoStmt", StatementKind::kDo},
    {"LockStmt", StatementKind::kLock},
    {"VariableShowStmt", StatementKind::kShow},
    {"ExplainStmt", StatementKind::kExplain},
    {"PrepareStmt", StatementKind::kPrepare},
    {"ExecuteStmt", StatementKind::kExecute},
    {"ListenStmt", StatementKind::kListen},
    {"NotifyStmt", StatementKind::kNotify},
    {"FetchStmt", StatementKind::kFetch},
    {"ConstraintsSetStmt", StatementKind::kSetConstraints},
};

// Whether the kind is one that the parser's statement may have. Unknown always may.
bool agrees(const oracle::Statement& theirs, StatementKind kind) {
    if (kind == StatementKind::kUnknown) return true;
    if (theirs.node == "TransactionStmt") return kind == transaction_kind(theirs.detail);
    if (theirs.node == "VariableSetStmt") return is_set(kind);
    for (const NodeKind& node : kNodes) {
        if (theirs.node == node.node) return kind == node.kind;
    }
    return !is_transaction(kind) && !is_set(kind) && kind != StatementKind::kSelect;
}

// Empty if the two agree, as far as they must. Counts the reads that both know.
std::string disagreement(const std::string& text, std::size_t& reads) {
    const SqlScript ours = classify(text);
    if (!ours.understood()) return ours.read_only() ? "a read that is not understood" : "";
    const auto theirs = oracle::parse(text);
    if (!theirs) return "";
    reads += ours.read_only() ? 1 : 0;
    if (theirs->size() != ours.size()) return "another number of statements";
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const oracle::Statement& their = (*theirs)[i];
        if (ours[i].read_only() && !their.reads) return "called a read: " + their.why;
        if (!agrees(their, ours[i].kind)) return "of another kind: " + their.node + " " + their.detail;
    }
    return "";
}

std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (const char* name : {"postgres_reads", "postgres_others", "cockroach"}) {
        for (const auto& sample : corpus::load(name)) out.push_back(sample.text);
    }
    return out;
}

// What may be put anywhere.
constexpr const char* kFragments[] = {"'",
                                      "''",
                                      "\"",
                                      "\\",
                                      "$$",
                                      "$a$",
                                      "--",
                                      "/*",
                                      "*/",
                                      "\n",
                                      "\r",
                                      ";",
                                      "(",
                                      ")",
                                      "[",
                                      "]",
                                      ",",
                                      ".",
                                      "::",
                                      "::x",
                                      " AS ",
                                      "E'",
                                      "U&'",
                                      "f(1)",
                                      "+",
                                      "@-",
                                      "=",
                                      "===",
                                      " f (1)",
                                      " x (a) ",
                                      " FROM ",
                                      "ON ",
                                      " FILTER ",
                                      " BY ",
                                      "0x",
                                      "1e",
                                      "$1",
                                      "u&",
                                      "{",
                                      " FOR UPDATE",
                                      " INTO x ",
                                      " INSERT ",
                                      " WITH ",
                                      " OVER ",
                                      " LIKE ",
                                      " ESCAPE ",
                                      " DISTINCT ON (1) ",
                                      "LATERAL ",
                                      " JOIN ",
                                      " AS x (",
                                      "audit('x')",
                                      "pg_catalog.",
                                      "public.",
                                      " SETS ",
                                      " TABLESAMPLE ",
                                      " operator(pg_catalog.+) ",
                                      " ROLLUP",
                                      " UNION ",
                                      " RETURNING *",
                                      " OPERATOR(public.+) "};

// (behind what, what): words and signs behind which an expression or an item of a list may stand.
constexpr std::pair<const char*, const char*> kGrowths[] = {
    {"SELECT ", "f(1), "},
    {"SELECT ", "DISTINCT ON (1) "},
    {"SELECT ", "filter(1), "},
    {"SELECT ", "lower('a'), "},
    {"SELECT ", "(SELECT 1), "},
    {"SELECT ", "'x'::mood, "},
    {"SELECT ", "mood 'x', "},
    {"SELECT ", "a.b(1), "},
    {"SELECT ", "'a' || E'b\\'', "},
    {"SELECT ", "\"f\" (1), "},
    {"SELECT ", "DISTINCT ON (1) over(1), "},
    {"SELECT ", "sum(1) FILTER (WHERE true) OVER (), "},
    {"SELECT ", "ARRAY[f(1)], "},
    {"SELECT ", "a === b, "},
    {"SELECT ", "a OPERATOR(public.+) b, "},
    {"SELECT ", "CASE WHEN a THEN join(1) END, "},
    {"SELECT ", "U&'a', "},
    {"SELECT ", "count(*) OVER w, "},
    {"SELECT ", "$$a$$, $b$ $$ $b$, "},
    {"SELECT ", "a IN (f(1)), "},
    {"SELECT ", "a NOT IN (1), "},
    {"SELECT ", "EXISTS (SELECT 1), "},
    {"SELECT ", "CAST(a AS mood), "},
    {"SELECT ", "CAST(a AS numeric(3)), "},
    {"SELECT ", "a LIKE 'b' ESCAPE 'c', "},
    {"SELECT ", "x IS NULL, "},
    {"SELECT ", "substring(a FROM f(1)), "},
    {"SELECT ", "extract(year FROM a), "},
    {"SELECT ", "like('a', 'b'), "},
    {"FROM ", "f(1), "},
    {"FROM ", "f(1) AS g (a), "},
    {"FROM ", "t a (b), "},
    {"FROM ", "(SELECT 1) a (b), "},
    {"FROM ", "t AS a (b) JOIN "},
    {"FROM ", "LATERAL f(1) x, "},
    {"FROM ", "ROWS FROM (f(1)) x, "},
    {"FROM ", "unnest(a) WITH ORDINALITY u (b, n), "},
    {"FROM ", "t TABLESAMPLE system (1), "},
    {"FROM ", "t TABLESAMPLE f(1), "},
    {"FROM ", "json_to_record(a) AS (b mood), "},
    {"FROM ", "ONLY t, "},
    {"FROM ", "t JOIN u ON f(1) = 1 JOIN v w (x) ON true, "},
    {"WHERE ", "f(1) AND "},
    {"WHERE ", "NOT "},
    {"WHERE ", "a IS DISTINCT FROM f(1) OR "},
    {"WHERE ", "(a, b) OVERLAPS (c, d) OR "},
    {"BY ", "f(1), "},
    {"BY ", "ROLLUP (a), "},
    {"BY ", "cube(a), "},
    {"BY ", "a, cube(b), "},
    {"LIMIT ", "f(1) + "},
    {"(", "1, "},
    {"(", "SELECT "},
    {" AS ", "MATERIALIZED "},
    {", ", "f(1), "},
    {", ", "x.y(1), "},
    {", ", "'a', "},
    {"WITH ", "a (b) AS (SELECT f(1)), "},
    {"WITH ", "a AS (DELETE FROM t RETURNING 1), "},
    {";", "SELECT 1;"},
    {")", "::mood"},
    {")", "::text"},
    {")", " FOR UPDATE"},
    {")", " AS x"},
    {"'", "'"},
    {" ", "/* ' */"},
    {" ", "-- '\n"},
    {" ", "\n"},
    {")", " 'x'"},
    {"::", "pg_catalog."},
    {"::", "public."},
    {"=", "-"}};

class Mutator {
 public:
    Mutator(const std::vector<std::string>& samples, std::uint32_t seed) : samples_(samples), random_(seed) {}

    std::string next() {
        std::string text = sample();
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            if (below(2) == 0)
                grow(text);
            else
                change(text);
        }
        return text;
    }

 private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
    const std::string& sample() { return samples_[below(samples_.size())]; }

    // A piece of another sample, from one blank to another.
    std::string piece() {
        const std::string& from = sample();
        const std::size_t begin = from.find_last_of(' ', below(from.size()));
        const std::size_t end = from.find(' ', below(from.size() + 1));
        if (begin == std::string::npos || end <= begin) return from;
        return from.substr(begin, end - begin);
    }

    // Adds an expression or a clause where one may stand, so that the text likely still parses.
    void grow(std::string& text) {
        const auto& [behind, added] = kGrowths[below(std::size(kGrowths))];
        const std::size_t at = text.find(behind, below(text.size() + 1));
        if (at != std::string::npos) text.insert(at + std::string_view{behind}.size(), added);
    }

    void change(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        switch (below(6)) {
            case 0: text.insert(at, kFragments[below(std::size(kFragments))]); break;
            case 1: text.insert(at, piece()); break;
            case 2: text.erase(at, 1 + below(8)); break;
            case 3: text = text.substr(0, at) + sample().substr(0, 40); break;
            case 4: text.insert(at, text.substr(below(text.size() + 1), below(30))); break;
            default: text.replace(at, below(text.size() - at + 1), piece());
        }
    }

    const std::vector<std::string>& samples_;
    std::mt19937 random_;
};

int rounds() {
    const char* const given = std::getenv("WEIR_SQL_ORACLE_ROUNDS");
    return given != nullptr ? std::atoi(given) : 4000;
}

}  // namespace

TEST_CASE("oracle: PostgreSQL's parser agrees with the classifier over the corpus") {
    std::size_t parsed = 0;
    std::size_t reads = 0;
    for (const auto& text : texts()) {
        parsed += oracle::parse(text) ? 1 : 0;
        const auto fault = disagreement(text, reads);
        if (fault.empty()) continue;
        INFO(text);
        CHECK(fault == "");
    }
    CHECK(parsed > 3000);
}

TEST_CASE("oracle: all reads of the corpus are reads for PostgreSQL's parser") {
    for (const auto& sample : corpus::load("postgres_reads")) {
        const auto theirs = oracle::parse(sample.text);
        INFO(sample.text);
        REQUIRE(theirs);
        for (const auto& statement : *theirs) CHECK(statement.why == "");
    }
}

TEST_CASE("oracle: a text that parses to anything but a read is never called one") {
    const std::uint32_t seed = std::random_device{}();
    CAPTURE(seed);
    const auto samples = texts();
    Mutator mutator{samples, seed};
    std::size_t reads = 0;
    const int count = rounds();
    for (int i = 0; i < count; ++i) {
        const std::string text = mutator.next();
        if (text.find('\0') != std::string::npos) continue;
        const auto fault = disagreement(text, reads);
        if (fault.empty()) continue;
        INFO(text << " (" << text.size() << " bytes)");
        CHECK(fault == "");
    }
    CHECK(reads * 40 > static_cast<std::size_t>(count));  // the changes leave enough texts to judge
}

TEST_CASE("oracle: it is not blind") {
    const std::pair<const char*, const char*> cases[] = {
        {"SELECT audit('x')", "function"},
        {"SELECT public.lower('x')", "function"},
        {"SELECT 1 WHERE a === b", "operator"},
        {"SELECT 'x'::mood", "type"},
        {"SELECT 1 FOR UPDATE", "LockingClause"},
        {"SELECT 1 INTO x", "intoClause"},
        {"WITH a AS (DELETE FROM t) SELECT 1", "DeleteStmt"},
        {"EXPLAIN ANALYZE SELECT 1", "analyze"},
        {"SHOW x", "no query"},
        {"SELECT lower('x'), 1 + 1", ""},
    };
    for (const auto& [text, why] : cases) {
        const auto parsed = oracle::parse(text);
        INFO(text);
        REQUIRE(parsed);
        CHECK((*parsed)[0].why == why);
    }
}
