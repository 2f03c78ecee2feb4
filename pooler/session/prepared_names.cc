#include "pooler/session/prepared_names.h"

#include <algorithm>
#include <utility>

#include "pooler/seeded_bug.h"

namespace pooler {

PreparedNames::Found PreparedNames::find(std::string_view name, std::uint64_t settled,
                                         std::uint64_t batch_start) const {
    for (const Change& change : unsettled_)
        if (change.sequence > settled && change.sequence < batch_start && change.name == name)
            return {Presence::kUnsettled, nullptr, 0, nullptr};
    const Item* found = locate(name);
    if (found == nullptr) return {};
    if (!name.empty() && dropping_all_ > settled && found->sequence < dropping_all_) {
        // In the same batch: either it succeeds, or nothing behind it runs.
        if (dropping_all_ >= batch_start) return {};
        return {Presence::kUnsettled, nullptr, 0, nullptr};
    }
    return {Presence::kPresent, found->statement, found->sequence, found->told};
}

const PreparedNames::Item* PreparedNames::locate(std::string_view name) const {
    if (last_.entry != nullptr && last_.entry->first == name) return &last_.entry->second;
    const auto found = names_.find(name);
    if (found == names_.end()) return nullptr;
    last_.entry = &*found;
    return &found->second;
}

void PreparedNames::forget(Names::iterator entry) {
    last_.entry = nullptr;
    names_.erase(entry);
}

void PreparedNames::tell(std::string_view name, std::uint64_t sequence, ShapeRef shape) {
    const auto found = names_.find(name);
    if (found != names_.end() && found->second.sequence == sequence) found->second.told = std::move(shape);
}

StatementRef PreparedNames::statement(std::string_view name) const {
    const Item* found = locate(name);
    return found == nullptr ? nullptr : found->statement;
}

ShapeRef PreparedNames::told(std::string_view name, std::uint64_t sequence) const {
    const Item* found = locate(name);
    return found != nullptr && found->sequence == sequence ? found->told : nullptr;
}

std::optional<std::string_view> PreparedNames::name_of(std::string_view server_name) const {
    for (const auto& [name, item] : names_)
        if (item.statement->server_name == server_name) return name;
    return std::nullopt;
}

void PreparedNames::record(std::string_view name, std::uint64_t sequence) {
    const auto found = names_.find(name);
    unsettled_.push_back({sequence, std::string{name}, found == names_.end() ? Item{} : found->second});
    if (marked_) keep_for_rewind(name, unsettled_.back().before);
}

void PreparedNames::keep_for_rewind(std::string_view name, const Item& before) {
    const bool kept = std::any_of(since_mark_.begin(), since_mark_.end(),
                                  [name](const Change& change) { return change.name == name; });
    if (!kept) since_mark_.push_back({before.sequence, std::string{name}, before});
}

void PreparedNames::rewind() {
    for (Change& change : since_mark_) {
        if (change.before.statement)
            names_[change.name] = std::move(change.before);
        else if (const auto found = names_.find(change.name); found != names_.end())
            forget(found);
    }
    since_mark_.clear();
    unsettled_.clear();
    dropping_all_ = 0;
}

void PreparedNames::set(std::string_view name, StatementRef statement, std::uint64_t sequence) {
    record(name, sequence);
    const auto found = names_.find(name);
    if (found == names_.end())
        names_.emplace(name, Item{std::move(statement), sequence});
    else
        found->second = {std::move(statement), sequence};
}

void PreparedNames::remove(std::string_view name, std::uint64_t sequence) {
    record(name, sequence);
    if (const auto found = names_.find(name); found != names_.end()) forget(found);
}

void PreparedNames::drop_unnamed(std::uint64_t sequence) {
    const bool open = std::any_of(unsettled_.begin(), unsettled_.end(),
                                  [](const Change& change) { return change.name.empty(); });
    if (open || names_.find(std::string_view{}) != names_.end()) remove({}, sequence);
}

void PreparedNames::on_settled(std::uint64_t settled) {
    if (unsettled_.empty()) return;
    std::erase_if(unsettled_, [settled](const Change& change) { return change.sequence <= settled; });
}

void PreparedNames::on_failed(const FailedRange& range) {
    if (seeded_bug(SeededBug::kFailedNameKept)) return;
    const auto hit = [&range](const Change& change) {
        return change.sequence >= range.first && change.sequence <= range.last;
    };
    for (auto change = unsettled_.rbegin(); change != unsettled_.rend(); ++change) {
        if (!hit(*change)) continue;
        // A Parse of the unnamed statement that fails has destroyed the old one all the same.
        const bool destroyed = change->name.empty() && change->sequence == range.first;
        const Item restored = destroyed ? Item{} : change->before;
        // A later batch has changed the name since: that stands, and only what it would go back to is
        // another.
        const auto later = std::find_if(unsettled_.begin(), unsettled_.end(), [&](const Change& other) {
            return other.sequence > range.last && other.name == change->name;
        });
        if (later != unsettled_.end()) {
            later->before = restored;
        } else if (restored.statement) {
            names_[change->name] = restored;
        } else if (const auto found = names_.find(change->name); found != names_.end()) {
            forget(found);
        }
    }
    std::erase_if(unsettled_, hit);
}

void PreparedNames::on_deallocate_all(std::uint64_t sequence) {
    const auto drops = [sequence](const auto& entry) {
        return !entry.first.empty() && entry.second.sequence < sequence;
    };
    if (marked_)
        for (const auto& entry : names_)
            if (drops(entry)) keep_for_rewind(entry.first, entry.second);
    last_.entry = nullptr;
    std::erase_if(names_, drops);
    // What is skipped behind it goes back to nothing, not to what it has dropped.
    for (Change& change : unsettled_)
        if (drops(std::pair<const std::string&, const Item&>{change.name, change.before})) change.before = {};
}

}  // namespace pooler
