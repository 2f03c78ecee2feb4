#include <algorithm>
#include <set>

#include "tests/support/history/dependencies.h"
#include "tests/support/history/history.h"

namespace support::history {
namespace {

using Kind = Fault::Kind;

std::string text_of(const std::vector<int>& list) {
    std::string text = "[";
    for (const int value : list) text += (text.size() > 1 ? "," : "") + std::to_string(value);
    return text + "]";
}

bool starts_with(const std::vector<int>& list, const std::vector<int>& head) {
    return head.size() <= list.size() && std::equal(head.begin(), head.end(), list.begin());
}

/// Who appended what, and the order of every list as the longest read shows it.
class Checker {
 public:
    Checker(const std::vector<Transaction>& transactions, const Final& final)
        : transactions_(transactions), final_(final) {}

    std::vector<Fault> faults() {
        index_writers();
        for (const auto& [key, list] : final_) order_[key] = list;
        for (std::size_t t = 0; t < transactions_.size(); ++t)
            if (transactions_[t].outcome == Outcome::kCommitted) gather_reads(t);
        for (const auto& [key, list] : order_) judge_list(key, list);
        for (const auto& read : reads_) judge_read(read);
        judge_lost();
        if (faults_.empty()) judge_cycles();
        return std::move(faults_);
    }

 private:
    /// A read without what its own transaction had appended before.
    struct Read {
        std::size_t transaction = 0;
        int key = 0;
        std::vector<int> list;
    };
    struct Writer {
        std::size_t transaction = 0;
        bool last = false;  ///< nothing more is appended to this list in the transaction
    };

    void fault(Kind kind, std::string text) { faults_.push_back({kind, std::move(text)}); }
    [[nodiscard]] const std::string& name(std::size_t transaction) const {
        return transactions_[transaction].name;
    }

    void index_writers() {
        for (std::size_t t = 0; t < transactions_.size(); ++t) {
            std::map<int, Writer*> last;
            for (const auto& operation : transactions_[t].operations) {
                if (!operation.append) continue;
                const auto [at, fresh] =
                    writers_.try_emplace({operation.key, operation.value}, Writer{t, true});
                if (!fresh)
                    fault(Kind::kInput,
                          name(t) + " appends what another has appended: " + std::to_string(operation.value));
                if (last[operation.key] != nullptr) last[operation.key]->last = false;
                last[operation.key] = &at->second;
            }
        }
    }

    /// Splits each read into what the others had written and the transaction's own appends.
    void gather_reads(std::size_t t) {
        std::map<int, std::vector<int>> own;
        for (const auto& operation : transactions_[t].operations) {
            auto& mine = own[operation.key];
            if (operation.append) {
                mine.push_back(operation.value);
                continue;
            }
            auto list = operation.list;
            const bool seen =
                list.size() >= mine.size() && std::equal(mine.rbegin(), mine.rend(), list.rbegin());
            if (!seen) {
                fault(Kind::kOwnWrites,
                      name(t) + " reads " + text_of(list) + " after its own " + text_of(mine));
                continue;
            }
            list.resize(list.size() - mine.size());
            auto& longest = order_[operation.key];
            if (list.size() > longest.size()) longest = list;
            reads_.push_back({t, operation.key, std::move(list)});
        }
    }

    void judge_list(int key, const std::vector<int>& list) {
        std::set<int> seen;
        for (const int value : list) {
            const auto where = "list " + std::to_string(key) + " holds " + std::to_string(value);
            if (!seen.insert(value).second) fault(Kind::kTwice, where + " twice");
            const auto writer = writers_.find({key, value});
            if (writer == writers_.end())
                fault(Kind::kUnknownValue, where + ", which nobody appended");
            else if (transactions_[writer->second.transaction].outcome == Outcome::kAborted)
                fault(Kind::kAborted,
                      where + " of " + name(writer->second.transaction) + ", which was undone");
        }
    }

    void judge_read(const Read& read) {
        const auto& order = order_[read.key];
        if (!starts_with(order, read.list))
            fault(Kind::kOrder, name(read.transaction) + " reads " + text_of(read.list) +
                                    " where another reads " + text_of(order));
        if (read.list.empty()) return;
        const auto writer = writers_.find({read.key, read.list.back()});
        if (writer != writers_.end() && !writer->second.last &&
            writer->second.transaction != read.transaction)
            fault(Kind::kIntermediate, name(read.transaction) + " reads what " +
                                           name(writer->second.transaction) + " had not ended");
    }

    void judge_lost() {
        for (const auto& [place, writer] : writers_) {
            if (transactions_[writer.transaction].outcome != Outcome::kCommitted) continue;
            const auto list = final_.find(place.first);
            if (list == final_.end() ||
                std::count(list->second.begin(), list->second.end(), place.second) == 0)
                fault(Kind::kLost, std::to_string(place.second) + " of " + name(writer.transaction) +
                                       " is not in list " + std::to_string(place.first));
        }
    }

    [[nodiscard]] std::size_t writer_of(int key, int value) const {
        return writers_.at({key, value}).transaction;
    }

    void judge_cycles() {
        Dependencies graph(transactions_.size());
        for (const auto& [key, order] : order_)
            for (std::size_t i = 1; i < order.size(); ++i)
                graph.add(writer_of(key, order[i - 1]), writer_of(key, order[i]), Dependency::kWriteWrite);
        for (const auto& read : reads_) {
            const auto& order = order_[read.key];
            if (!read.list.empty())
                graph.add(writer_of(read.key, read.list.back()), read.transaction, Dependency::kWriteRead);
            if (read.list.size() < order.size())
                graph.add(read.transaction, writer_of(read.key, order[read.list.size()]),
                          Dependency::kReadWrite);
        }
        for (const auto& cycle : graph.cycles()) fault(Kind::kCycle, describe(cycle));
    }

    [[nodiscard]] std::string describe(const Cycle& cycle) const {
        std::string text = cycle_name(cycle) + ": ";
        for (const auto& step : cycle) text += name(step.from) + " -" + dependency_name(step.kind) + "-> ";
        return text + name(cycle.front().from);
    }

    const std::vector<Transaction>& transactions_;
    const Final& final_;
    std::map<std::pair<int, int>, Writer> writers_;
    std::map<int, std::vector<int>> order_;
    std::vector<Read> reads_;
    std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> faults_of(const std::vector<Transaction>& transactions, const Final& final) {
    return Checker(transactions, final).faults();
}

}  // namespace support::history
