#include "pooler/session/prepared_names.h"

#include <utility>

namespace pooler {

PreparedNames::Found PreparedNames::find(std::string_view name, std::uint64_t settled,
                                         std::uint64_t batch_start) const {
    for (const Change& change : unsettled_)
        if (change.sequence > settled && change.sequence < batch_start && change.name == name)
            return {Presence::kUnsettled, nullptr};
    const auto found = names_.find(name);
    if (found == names_.end()) return {};
    return {Presence::kPresent, found->second.statement};
}

void PreparedNames::record(std::string_view name, std::uint64_t sequence) {
    const auto found = names_.find(name);
    unsettled_.push_back({sequence, std::string{name}, found == names_.end() ? Item{} : found->second});
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
    if (const auto found = names_.find(name); found != names_.end()) names_.erase(found);
}

void PreparedNames::drop_unnamed() {
    if (const auto found = names_.find(std::string_view{}); found != names_.end()) names_.erase(found);
}

void PreparedNames::on_settled(std::uint64_t settled) {
    if (unsettled_.empty()) return;
    std::erase_if(unsettled_, [settled](const Change& change) { return change.sequence <= settled; });
}

void PreparedNames::on_failed(const FailedRange& range) {
    const auto hit = [&range](const Change& change) {
        return change.sequence >= range.first && change.sequence <= range.last;
    };
    for (auto change = unsettled_.rbegin(); change != unsettled_.rend(); ++change) {
        if (!hit(*change)) continue;
        const auto now = names_.find(change->name);
        if (now != names_.end() && now->second.sequence > range.last)
            continue;  // parsed anew in a later batch
        // A Parse of the unnamed statement that fails has destroyed the old one all the same.
        const bool destroyed = change->name.empty() && change->sequence == range.first;
        if (change->before.statement && !destroyed) {
            names_[change->name] = change->before;
        } else if (now != names_.end()) {
            names_.erase(now);
        }
    }
    std::erase_if(unsettled_, hit);
}

void PreparedNames::on_deallocate_all(std::uint64_t sequence) {
    std::erase_if(names_, [sequence](const auto& item) { return item.second.sequence < sequence; });
}

}  // namespace pooler
