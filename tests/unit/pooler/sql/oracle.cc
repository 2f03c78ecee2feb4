#include "tests/unit/pooler/sql/oracle.h"

#include <pg_query.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "pooler/sql/function_list.h"

namespace oracle {

namespace {

using Json = nlohmann::json;
using pooler::Dialect;
using pooler::FunctionClass;

/// The last part of a name; nullopt if it is qualified with another schema than pg_catalog.
std::optional<std::string> builtin_name(const Json& parts) {
    std::vector<std::string> names;
    for (const Json& part : parts) {
        if (!part.contains("String")) return std::nullopt;
        names.push_back(part["String"].value("sval", ""));
    }
    const bool plain = names.size() == 1 || (names.size() == 2 && names[0] == "pg_catalog");
    return plain ? std::optional{names.back()} : std::nullopt;
}

bool harmless_function(const Json& parts) {
    const auto name = builtin_name(parts);
    if (!name) return false;
    const auto found = pooler::classify_function(*name, Dialect::kPostgres);
    // What the grammar itself turns into a call, under names that are in the catalogue.
    return found == FunctionClass::kRead || found == FunctionClass::kSessionRead;
}

bool harmless_operator(const Json& parts) {
    const auto name = builtin_name(parts);
    // BETWEEN, IN and the like have their words as names.
    return name && (name->find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos ||
                    pooler::is_builtin_operator(*name, Dialect::kPostgres));
}

bool harmless_type(const Json& parts) {
    const auto name = builtin_name(parts);
    return name && pooler::is_builtin_type(*name, Dialect::kPostgres);
}

// What this node itself does, its children aside; empty if nothing.
std::string fault_of(const std::string& key, const Json& node) {
    if (key == "InsertStmt" || key == "UpdateStmt" || key == "DeleteStmt" || key == "MergeStmt" ||
        key == "intoClause" || key == "LockingClause" || key == "CurrentOfExpr")
        return key;
    if (!node.is_object()) return {};
    if (key == "FuncCall" && !harmless_function(node["funcname"])) return "function";
    if (key == "A_Expr" && node.contains("name") && !harmless_operator(node["name"])) return "operator";
    if (key == "SubLink" && node.contains("operName") && !harmless_operator(node["operName"]))
        return "operator";
    if (key == "SortBy" && node.contains("useOp") && !harmless_operator(node["useOp"])) return "operator";
    if ((key == "TypeName" || key == "typeName") && node.contains("names") && !harmless_type(node["names"]))
        return "type";
    if (key == "RangeTableSample") {
        const auto method = builtin_name(node["method"]);
        if (!method || (*method != "system" && *method != "bernoulli")) return "tablesample";
    }
    return {};
}

// The first fault in the tree. Depth is bounded by the parser's own limit.
std::string first_fault(const Json& tree) {
    if (!tree.is_structured()) return {};
    for (const auto& [key, child] : tree.items()) {
        std::string fault = tree.is_object() ? fault_of(key, child) : std::string{};
        if (fault.empty()) fault = first_fault(child);
        if (!fault.empty()) return fault;
    }
    return {};
}

Statement judge(const Json& stmt) {
    Statement out;
    out.node = stmt.begin().key();
    const Json& body = stmt.begin().value();
    if (out.node == "TransactionStmt" || out.node == "VariableSetStmt") out.detail = body.value("kind", "");
    out.why = first_fault(stmt);
    const Json* query = &stmt;
    if (out.node == "ExplainStmt") {
        query = &body["query"];
        for (const Json& option : body.value("options", Json::array())) {
            if (option["DefElem"].value("defname", "") == "analyze") out.why = "analyze";
        }
    }
    if (!query->contains("SelectStmt")) out.why = "no query";
    out.reads = out.why.empty();
    return out;
}

}  // namespace

std::optional<std::vector<Statement>> parse(const std::string& text) {
    const PgQueryParseResult result = pg_query_parse(text.c_str());
    std::optional<std::vector<Statement>> out;
    if (result.error == nullptr) {
        // Not JSON if the text is not UTF-8, which the server would refuse.
        const Json tree = Json::parse(result.parse_tree, nullptr, false);
        if (tree.is_object()) {
            out.emplace();
            for (const Json& item : tree["stmts"]) out->push_back(judge(item["stmt"]));
        }
    }
    pg_query_free_parse_result(result);
    return out;
}

}  // namespace oracle
