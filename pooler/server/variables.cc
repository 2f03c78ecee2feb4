#include "pooler/server/variables.h"

#include <algorithm>
#include <array>

#include "pooler/server/parameters.h"
#include "pooler/sql/keyword_set.h"

namespace pooler {

namespace {

using Form = VariableValue::Form;

bool before(const Variable& variable, std::string_view name) { return variable.name < name; }

bool is_identity(std::string_view name) { return name == kRoleVariable || name == kAuthorizationVariable; }

/// Limits on the very statements that set the rest.
bool is_time_limit(std::string_view name) {
    return name == "statement_timeout" || name == "transaction_timeout" || name == "lock_timeout";
}

/// Behind SET or RESET these mean something else than the variable of that name.
bool is_taken(std::string_view name) {
    static constexpr KeywordSet kWords{Keyword::kAll,     Keyword::kTransaction, Keyword::kSession,
                                       Keyword::kLocal,   Keyword::kTime,        Keyword::kNames,
                                       Keyword::kSchema,  Keyword::kConstraints, Keyword::kXml,
                                       Keyword::kCluster, Keyword::kCatalog};
    const Keyword word = find_keyword(name);
    return word != Keyword::kNoKeyword && kWords.holds(word);
}

bool is_plain(std::string_view part) {
    if (part.empty() || (part.front() >= '0' && part.front() <= '9') || is_taken(part)) return false;
    return std::all_of(part.begin(), part.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string quoted_part(std::string_view part) {
    std::string text{'"'};
    for (const char c : part) {
        if (c == '"') text += c;
        text += c;
    }
    return text += '"';
}

void add(StateChange& change, unsigned& count, std::string_view statement) {
    change.sql += statement;
    change.sql += ';';
    ++count;
}

std::string set_statement(const Variable& variable) {
    const bool flat_list = variable.value.form == Form::kFlat && is_name_list(variable.name);
    if (flat_list)
        return "SELECT pg_catalog.set_config(" + sql_literal(variable.name) + "," +
               sql_literal(variable.value.text) + ",false)";
    return "SET " + quoted_variable(variable.name) + "=" +
           (variable.value.form == Form::kFlat ? sql_literal(variable.value.text) : variable.value.text);
}

}  // namespace

const std::vector<Variable>& Variables::list() const {
    static const VariableList kNothing;
    return list_ ? *list_ : kNothing;
}

const VariableValue* Variables::get(std::string_view name) const {
    const auto found = std::lower_bound(list().begin(), list().end(), name, before);
    return found != list().end() && found->name == name ? &found->value : nullptr;
}

void Variables::set(std::string_view name, VariableValue value) {
    const VariableValue* old = get(name);
    if (old != nullptr && *old == value) return;
    auto changed = std::make_shared<VariableList>(list());
    const auto at = std::lower_bound(changed->begin(), changed->end(), name, before);
    if (old != nullptr)
        at->value = std::move(value);
    else
        changed->insert(at, Variable{std::string{name}, std::move(value)});
    list_ = std::move(changed);
}

void Variables::erase(std::string_view name) {
    if (get(name) == nullptr) return;
    if (list_->size() == 1) return list_.reset();
    auto changed = std::make_shared<VariableList>(*list_);
    std::erase_if(*changed, [name](const Variable& variable) { return variable.name == name; });
    list_ = std::move(changed);
}

void Variables::erase_all_but_identity() {
    Variables kept;
    for (const std::string_view name : {kRoleVariable, kAuthorizationVariable})
        if (const VariableValue* value = get(name)) kept.set(name, *value);
    if (!(kept == *this)) *this = std::move(kept);
}

void Variables::fill_from(const Variables& other) {
    if (list_ == other.list_) return;
    if (!list_) {
        list_ = other.list_;
        return;
    }
    for (const Variable& variable : other.list())
        if (get(variable.name) == nullptr) set(variable.name, variable.value);
}

void append_cleaning(StateChange& change, const Variables& current, const Variables& wanted) {
    if (current == wanted) return;
    const auto append = [&](const Variable& variable) {
        add(change, change.cleaning, "RESET " + quoted_variable(variable.name));
    };
    // Time limits first, and also those that only change: they hold for what follows.
    for (const Variable& variable : current.list())
        if (const VariableValue* value = wanted.get(variable.name);
            is_time_limit(variable.name) && (value == nullptr || !(*value == variable.value)))
            append(variable);
    for (const Variable& variable : current.list())
        if (!is_time_limit(variable.name) && !is_identity(variable.name) &&
            wanted.get(variable.name) == nullptr)
            append(variable);
    // The identity goes even if it is wanted: variables are set by who logged in. RESET ROLE stands behind,
    // since a change of the session authorization ends the role, also one that the server starts with.
    if (current.get(kAuthorizationVariable) != nullptr)
        add(change, change.cleaning, "RESET SESSION AUTHORIZATION");
    if (current.has_identity()) add(change, change.cleaning, "RESET ROLE");
}

void append_setting(StateChange& change, const Variables& current, const Variables& wanted) {
    if (current == wanted) return;
    const auto append = [&](const Variable& variable) {
        const VariableValue* there = current.get(variable.name);
        if (there == nullptr || !(*there == variable.value))
            add(change, change.setting, set_statement(variable));
    };
    for (const Variable& variable : wanted.list())
        if (!is_identity(variable.name) && !is_time_limit(variable.name)) append(variable);
    for (const std::string_view name : {kAuthorizationVariable, kRoleVariable})
        if (const VariableValue* value = wanted.get(name))
            add(change, change.setting, set_statement({std::string{name}, *value}));
    for (const Variable& variable : wanted.list())
        if (is_time_limit(variable.name)) append(variable);
}

std::string folded(std::string_view name) {
    std::string text{name};
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string quoted_variable(std::string_view name) {
    if (is_plain(name)) return std::string{name};
    std::string text;
    while (true) {
        const std::size_t dot = name.find('.');
        text += quoted_part(name.substr(0, dot));
        if (dot == std::string_view::npos) return text;
        text += '.';
        name.remove_prefix(dot + 1);
    }
}

bool is_name_list(std::string_view name) {
    static constexpr std::array<std::string_view, 5> kLists{
        "search_path", "temp_tablespaces", "local_preload_libraries", "session_preload_libraries",
        "shared_preload_libraries"};
    return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

bool is_transaction_variable(std::string_view name) {
    return name == "transaction_isolation" || name == "transaction_read_only" ||
           name == "transaction_deferrable" || name == "transaction_priority" || name == "transaction_status";
}

}  // namespace pooler
