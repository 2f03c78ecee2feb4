#include "tests/unit/pooler/sql/corpus.h"

#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/catch.h"

namespace corpus {

namespace {

using pooler::StatementKind;

const std::map<std::string_view, StatementKind>& kinds() {
    static const std::map<std::string_view, StatementKind> kKinds{
        {"unknown", StatementKind::kUnknown},
        {"select", StatementKind::kSelect},
        {"insert", StatementKind::kInsert},
        {"update", StatementKind::kUpdate},
        {"delete", StatementKind::kDelete},
        {"merge", StatementKind::kMerge},
        {"upsert", StatementKind::kUpsert},
        {"begin", StatementKind::kBegin},
        {"commit", StatementKind::kCommit},
        {"rollback", StatementKind::kRollback},
        {"preparetransaction", StatementKind::kPrepareTransaction},
        {"commitprepared", StatementKind::kCommitPrepared},
        {"rollbackprepared", StatementKind::kRollbackPrepared},
        {"savepoint", StatementKind::kSavepoint},
        {"release", StatementKind::kRelease},
        {"rollbackto", StatementKind::kRollbackTo},
        {"set", StatementKind::kSet},
        {"settransaction", StatementKind::kSetTransaction},
        {"characteristics", StatementKind::kSetSessionCharacteristics},
        {"constraints", StatementKind::kSetConstraints},
        {"reset", StatementKind::kReset},
        {"resetall", StatementKind::kResetAll},
        {"discardall", StatementKind::kDiscardAll},
        {"discardplans", StatementKind::kDiscardPlans},
        {"discardsequences", StatementKind::kDiscardSequences},
        {"discardtemp", StatementKind::kDiscardTemp},
        {"prepare", StatementKind::kPrepare},
        {"execute", StatementKind::kExecute},
        {"deallocate", StatementKind::kDeallocate},
        {"deallocateall", StatementKind::kDeallocateAll},
        {"listen", StatementKind::kListen},
        {"unlisten", StatementKind::kUnlisten},
        {"unlistenall", StatementKind::kUnlistenAll},
        {"notify", StatementKind::kNotify},
        {"declare", StatementKind::kDeclare},
        {"declarehold", StatementKind::kDeclareHold},
        {"fetch", StatementKind::kFetch},
        {"close", StatementKind::kClose},
        {"closeall", StatementKind::kCloseAll},
        {"copy", StatementKind::kCopy},
        {"ddl", StatementKind::kDdl},
        {"call", StatementKind::kCall},
        {"do", StatementKind::kDo},
        {"lock", StatementKind::kLock},
        {"show", StatementKind::kShow},
        {"explain", StatementKind::kExplain},
        {"utility", StatementKind::kUtility},
    };
    return kKinds;
}

bool is_class(const std::string& name) {
    return name == "read" || name == "script" || name == "unreadable" || kinds().count(name) != 0;
}

}  // namespace

std::string file(const std::string& name) {
    std::ifstream in{std::string{SQL_CORPUS} + "/" + name, std::ios::binary};
    REQUIRE(in);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::vector<Sample> load(const std::string& name) {
    std::istringstream in{file(name + ".sql")};
    std::vector<Sample> samples;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == '#') continue;
        if (line.rfind("    ", 0) == 0) {
            REQUIRE_FALSE(samples.empty());
            samples.back().text += "\n" + line.substr(4);
            continue;
        }
        CAPTURE(line);
        const auto colon = line.find(": ");
        REQUIRE(colon != std::string::npos);
        samples.push_back({line.substr(0, colon), line.substr(colon + 2)});
        REQUIRE(is_class(samples.back().klass));
    }
    return samples;
}

std::string mismatch(const Sample& sample, const pooler::SqlScript& script) {
    if (sample.klass == "read") return script.read_only() ? "" : "not recognised as a read";
    if (script.read_only()) return "taken for a read";
    if (sample.klass == "unreadable") return script.understood() ? "understood" : "";
    if (!script.understood()) return "not understood";
    if (sample.klass == "script") return script.size() > 1 ? "" : "one statement";
    if (script.size() != 1) return "several statements, or none";
    return script[0].kind == kinds().at(sample.klass) ? "" : "another kind";
}

}  // namespace corpus
