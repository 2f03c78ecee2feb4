#include "tests/integration/replay/judge.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace replay {
namespace {

using support::wire::Message;

class Judge {
 public:
    explicit Judge(const Case& one) : case_(one), agreed_(common_prefix(one.seen, one.reference)) {
        for (const auto& row : one.ledger) rows_[row.item].push_back(row.value);
    }

    std::vector<std::string> faults() {
        judge_replies();
        judge_end();
        judge_strays();
        for (const auto& group : case_.script.groups()) judge_group(group);
        judge_error();
        judge_values();
        judge_survival();
        return std::move(faults_);
    }

 private:
    template <class... Parts>
    void fault(const Parts&... parts) {
        std::ostringstream text;
        (text << ... << parts);
        faults_.push_back(text.str());
    }

    [[nodiscard]] const Message* deviation() const {
        return agreed_ < case_.seen.messages.size() ? &case_.seen.messages[agreed_] : nullptr;
    }
    /// In the answer to a statement that was cancelled: it may also have come to its end, or the pooler may
    /// have answered for the server.
    [[nodiscard]] bool cancelled() const {
        if (deviation() == nullptr) return false;
        const auto step = case_.seen.step_of[agreed_];
        return step > 0 && case_.script.steps()[step - 1].kind == Step::Kind::kCancel;
    }
    /// The error that the client goes by. A node that drains interrupts what runs at its deadline, which
    /// tells nothing, and says good-bye: what the client is told then counts.
    [[nodiscard]] const Message* decisive() const {
        const auto* error = deviation();
        const auto& messages = case_.seen.messages;
        if (error == nullptr || error->type != 'E' || agreed_ + 1 >= messages.size()) return error;
        const auto& next = messages[agreed_ + 1];
        const bool drained = support::wire::sqlstate({*error}) == "57014" && next.type == 'E' && !cancelled();
        return drained ? &next : error;
    }
    [[nodiscard]] bool whole() const { return complete(case_.seen, case_.reference); }

    /// Up to the end or an error a client sees what it would have seen.
    void judge_replies() {
        const auto* other = deviation();
        if (other != nullptr && other->type != 'E' && !cancelled())
            fault("message ", agreed_, " is ", other->type, " '", other->body,
                  "', not what an undisturbed run gives");
        if (other == nullptr && !whole() && !case_.seen.closed) fault("the dialogue ends without a reason");
        if (!case_.struck && !whole()) fault("nothing was cut and the dialogue is not the undisturbed one");
        judge_partial();
    }

    void judge_partial() {
        const auto& partial = case_.seen.partial;
        if (partial.empty() || partial[0] == 'E' || partial[0] == 'S' || partial[0] == 'N') return;
        if (deviation() != nullptr) return fault("bytes of another message follow the error");
        if (agreed_ >= case_.reference.messages.size()) return fault("bytes follow the last message");
        if (partial[0] != case_.reference.messages[agreed_].type)
            fault("the message under way is ", partial[0], ", not that of an undisturbed run");
    }

    /// An error that does not say that all is undone ends the connection; one that does leaves it usable.
    void judge_end() {
        if (case_.seen.recovered && *case_.seen.recovered != 'I' && *case_.seen.recovered != 0)
            fault("after an error and ROLLBACK the transaction status is ", *case_.seen.recovered);
        const auto* error = decisive();
        if (error == nullptr || error->type != 'E') return;
        const auto fields = support::wire::error_fields(*error);
        const auto state = fields.contains('C') ? fields.at('C') : "";
        const auto text = state + " '" + (fields.contains('M') ? fields.at('M') : "") + "'";
        if (state == "57014" && cancelled()) return;
        if (verdict_of(state) == Verdict::kOther) fault("the error ", text, " says neither lost nor undone");
        if (verdict_of(state) == Verdict::kUnknown && state != "40003" && !case_.seen.closed)
            fault("the connection stays open after ", text);
    }

    /// What was undone before its commit, or is of no run of this shape.
    void judge_strays() {
        for (const auto& [item, values] : rows_) {
            bool known = false;
            for (const auto& group : case_.script.groups())
                known = known || std::count(group.items.begin(), group.items.end(), item) > 0;
            if (!known) fault("item ", item, " was undone or never written, and is there");
        }
    }

    [[nodiscard]] std::optional<std::size_t> ack_position(const Group& group) const {
        int left = group.ack.nth;
        for (std::size_t i = 0; i < case_.reference.messages.size(); ++i) {
            if (case_.reference.step_of[i] != group.step) continue;
            if (case_.reference.messages[i].type == group.ack.type && --left == 0) return i;
        }
        return std::nullopt;
    }
    [[nodiscard]] bool acknowledged(const Group& group) const {
        const auto position = ack_position(group);
        return position && *position < agreed_;
    }
    /// How often each item must be there; a group that lists one twice means it.
    [[nodiscard]] int wanted(const Group& group, int item) const {
        return static_cast<int>(std::count(group.items.begin(), group.items.end(), item));
    }
    [[nodiscard]] int present(int item) const {
        const auto found = rows_.find(item);
        return found == rows_.end() ? 0 : static_cast<int>(found->second.size());
    }

    void judge_group(const Group& group) {
        const int first = group.items.front();
        const bool there = present(first) > 0;
        for (const int item : group.items) {
            if (present(item) > wanted(group, item))
                fault("item ", item, " is there ", present(item), " times");
            if ((present(item) > 0) != there) fault("of one transaction only a part is there: item ", item);
            if (present(item) > 0 && present(item) < wanted(group, item))
                fault("item ", item, " is lost in part");
        }
        if (!ack_position(group)) fault("the shape's acknowledgement of item ", first, " never comes");
        if (acknowledged(group) && !there) fault("item ", first, " was acknowledged and is lost");
        if (there && case_.seen.steps_begun <= group.step)
            fault("item ", first, " is there though its commit was never sent");
    }

    /// An error that says 'not committed' is believed by whoever tries again.
    void judge_error() {
        const auto* error = decisive();
        if (error == nullptr || error->type != 'E') return;
        if (verdict_of(support::wire::sqlstate({*error})) != Verdict::kNotCommitted) return;
        for (const auto& group : case_.script.groups()) {
            if (acknowledged(group)) continue;
            if (begins_later(group)) return;
            if (present(group.items.front()) > 0)
                fault("item ", group.items.front(), " is there though the client was told that it is not");
            return;
        }
    }

    /// Between the error and the group's commit stands the end of a transaction or unit: in a pipeline the
    /// rest goes on without what failed.
    [[nodiscard]] bool begins_later(const Group& group) const {
        const auto position = ack_position(group);
        for (auto i = agreed_; position && i < *position; ++i)
            if (case_.reference.messages[i].type == 'Z' && case_.reference.messages[i].body == "I")
                return true;
        return false;
    }

    [[nodiscard]] bool item_acknowledged(int item) const {
        for (const auto& group : case_.script.groups())
            if (wanted(group, item) > 0 && acknowledged(group)) return true;
        return false;
    }

    void judge_values() {
        for (auto at = case_.seen.told.begin(); at != case_.seen.told.end(); ++at) {
            const auto next = std::next(at);
            if (next != case_.seen.told.end() && next->first == at->first && next->second != at->second)
                fault("of item ", at->first, " the client was told '", at->second, "' and then '",
                      next->second, "'");
        }
        for (const auto& [item, value] : case_.seen.told) {
            if (!item_acknowledged(item) || present(item) == 0) continue;
            const auto& held = rows_.at(item);
            if (std::count(held.begin(), held.end(), value) == 0)
                fault("of item ", item, " the client was told '", value, "', and '", held.front(),
                      "' was committed");
        }
    }

    [[nodiscard]] std::size_t first_commit() const {
        const auto& groups = case_.script.groups();
        return groups.empty() ? case_.script.steps().size() - 1 : groups.front().step;
    }

    /// As far as the client knows, where its dialogue ends.
    [[nodiscard]] bool in_transaction() const {
        for (auto i = agreed_; i-- > 0;)
            if (case_.reference.messages[i].type == 'Z') return case_.reference.messages[i].body == "T";
        return false;
    }

    void judge_survival() {
        if (whole()) return;
        if (case_.must_hide) fault("what became of the transaction was known, and the client noticed");
        if (!case_.must_survive) return;
        if (case_.struck && case_.seen.steps_begun <= first_commit() && in_transaction())
            fault("the commit of the transaction was never sent, and the client noticed");
        if (!case_.seen.struck_before_step) return;
        if (*case_.seen.struck_before_step < first_commit())
            fault("the connection was cut before step ", first_commit(), ", and the client noticed");
    }

    const Case& case_;
    const std::size_t agreed_;
    std::map<int, std::vector<std::string>> rows_;
    std::vector<std::string> faults_;
};

}  // namespace

Verdict verdict_of(const std::string& sqlstate) {
    for (const char* lost : {"40003", "08000", "08003", "08006", "08007", "08P01", "57P01", "57P02", "57P03"})
        if (sqlstate == lost) return Verdict::kUnknown;
    return sqlstate == "40001" || sqlstate == "40P01" ? Verdict::kNotCommitted : Verdict::kOther;
}

bool complete(const Observation& seen, const Observation& reference) {
    return seen.messages.size() == reference.messages.size() &&
           common_prefix(seen, reference) == reference.messages.size();
}

std::vector<std::string> faults_of(const Case& one) { return Judge(one).faults(); }

}  // namespace replay
