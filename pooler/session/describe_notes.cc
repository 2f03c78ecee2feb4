#include "pooler/session/describe_notes.h"

#include <algorithm>
#include <utility>

namespace pooler {

std::optional<Describing> DescribeNotes::answered(std::uint64_t sequence) {
    const auto found = std::find_if(describing_.begin(), describing_.end(),
                                    [sequence](const auto& note) { return note.sequence >= sequence; });
    std::optional<Describing> note;
    if (found != describing_.end() && found->sequence == sequence) note = std::move(*found);
    describing_.erase(describing_.begin(), note ? std::next(found) : found);
    return note;
}

bool DescribeNotes::described_since(std::string_view name, std::uint64_t sequence) const {
    return std::any_of(describing_.begin(), describing_.end(), [&](const Describing& note) {
        return !note.own && note.sequence >= sequence && note.name == name;
    });
}

const ErrorRewrite* DescribeNotes::rewrite_of(std::uint64_t sequence) const {
    for (const ErrorRewrite& note : rewrites_)
        if (note.sequence == sequence) return &note;
    return nullptr;
}

void DescribeNotes::use(const StatementRef& statement, std::uint64_t batch_start) {
    if (used_ == statement && used_since_ == batch_start) return;
    const bool another = used_since_ == batch_start && !same_statement(used_, statement);
    if (another)
        used_.reset();
    else if (used_ != statement)
        used_ = statement;
    used_since_ = batch_start;
}

void DescribeNotes::bind(std::string_view portal, std::string_view name, std::uint64_t sequence) {
    binds_.push_back({sequence, std::string{name}});
    portal_ = portal;
    bound_ = binds_.back();
}

const DescribeNotes::Bound* DescribeNotes::bound_to(std::string_view portal,
                                                    std::uint64_t batch_start) const {
    if (bound_.sequence == 0 || portal_ != portal) return nullptr;
    return portal.empty() && bound_.sequence < batch_start ? nullptr : &bound_;
}

std::optional<std::string_view> DescribeNotes::bound_by(std::uint64_t sequence) const {
    for (const Bound& bind : binds_)
        if (bind.sequence == sequence) return bind.name;
    return std::nullopt;
}

void DescribeNotes::on_settled(std::uint64_t settled) {
    if (!binds_.empty() && binds_.back().sequence <= settled)
        binds_.clear();
    else
        std::erase_if(binds_, [settled](const Bound& bind) { return bind.sequence <= settled; });
    if (!describing_.empty())
        std::erase_if(describing_, [settled](const auto& note) { return note.sequence <= settled; });
    if (!rewrites_.empty())
        std::erase_if(rewrites_, [settled](const auto& note) { return note.sequence <= settled; });
}

}  // namespace pooler
