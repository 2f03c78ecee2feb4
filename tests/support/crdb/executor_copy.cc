// The data of COPY FROM STDIN, in text and CSV form.
#include <utility>

#include "tests/support/crdb/executor.h"

namespace support::crdb {
namespace {

Expr cell(std::string text, bool is_null) {
    return {is_null ? Expr::Kind::kNull : Expr::Kind::kText, std::move(text), {}, 0};
}

std::vector<Expr> text_line(std::string_view line) {
    std::vector<Expr> cells;
    for (;;) {
        const auto tab = line.find('\t');
        const auto field = line.substr(0, tab);
        cells.push_back(cell(std::string(field), field == "\\N"));
        if (tab == std::string_view::npos) return cells;
        line.remove_prefix(tab + 1);
    }
}

std::vector<Expr> csv_line(std::string_view line) {
    std::vector<Expr> cells;
    std::string field;
    bool quoted = false;
    for (const char byte : line) {
        if (byte == '"') {
            quoted = !quoted;
        } else if (byte == ',' && !quoted) {
            cells.push_back(cell(std::exchange(field, {}), false));
        } else {
            field += byte;
        }
    }
    cells.push_back(cell(std::move(field), false));
    return cells;
}

}  // namespace

Result Executor::copy(const Statement& statement, const std::string& data) {
    Statement insert = statement;
    insert.verb = Verb::kInsert;
    std::string_view rest = data;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (line != "\\.") insert.rows.push_back(statement.csv ? csv_line(line) : text_line(line));
    }
    auto result = run(insert, {}, false, host_.now());
    if (!result.error) result.tag = "COPY " + std::to_string(insert.rows.size());
    return result;
}

}  // namespace support::crdb
