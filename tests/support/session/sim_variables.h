// The variables of one session of a server, as the documentation of SET tells it: values of the session and
// of the transaction, and what a ROLLBACK or a ROLLBACK TO goes back to. Simple on purpose: whole copies.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace support {

class SimVariables {
 public:
    using Values = std::map<std::string, std::string>;
    /// `undoes`: PostgreSQL. CockroachDB keeps what was SET, whatever becomes of the transaction.
    SimVariables(Values startup, bool undoes) : startup_{std::move(startup)}, undoes_{undoes} {}

    [[nodiscard]] std::string get(const std::string& name) const {
        for (const Values* values : {&now_.local, &now_.session, &startup_})
            if (const auto found = values->find(name); found != values->end()) return found->second;
        return "default";
    }
    void set(const std::string& name, const std::string& value) {
        now_.local.erase(name);
        now_.session[name] = value;
    }
    void set_local(const std::string& name, const std::string& value) { now_.local[name] = value; }
    void reset(const std::string& name) {
        now_.local.erase(name);
        now_.session.erase(name);
    }
    void reset_all() { now_ = {}; }

    void savepoint(const std::string& name) { savepoints_.emplace_back(name, now_); }
    [[nodiscard]] bool release(const std::string& name) {
        const auto at = find(name);
        if (at == savepoints_.end()) return false;
        savepoints_.erase(at, savepoints_.end());
        return true;
    }
    [[nodiscard]] bool rollback_to(const std::string& name) {
        const auto at = find(name);
        if (at == savepoints_.end()) return false;
        if (undoes_) now_ = at->second;
        savepoints_.erase(std::next(at), savepoints_.end());
        return true;
    }
    void end_transaction(bool commits) {
        savepoints_.clear();
        if (!commits && undoes_) now_ = before_;
        now_.local.clear();
        before_ = now_;
    }

 private:
    struct State {
        Values session;
        Values local;
    };
    using Savepoints = std::vector<std::pair<std::string, State>>;
    Savepoints::iterator find(const std::string& name) {
        const auto found = std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                                        [&name](const auto& savepoint) { return savepoint.first == name; });
        return found == savepoints_.rend() ? savepoints_.end() : std::prev(found.base());
    }

    Values startup_;
    bool undoes_;
    State now_;
    State before_;
    Savepoints savepoints_;
};

}  // namespace support
