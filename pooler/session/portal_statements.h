// Which statement each portal of a client executes, as far as that matters: only statements that touch the
// session are kept. For a DEALLOCATE also what it takes from the server. Owned by a session, for as long as
// it keeps its server.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/server/statement.h"

namespace pooler {

class PortalStatements {
 public:
    /// True if Execute messages need not be looked at: no portal does anything to the session.
    [[nodiscard]] bool all_quiet() const { return portals_.empty() && !unsure_; }

    /// Bind, request `sequence`. A null statement is one that nobody knows.
    void bind(std::string_view portal, const StatementRef& statement, std::uint64_t sequence) {
        const auto found = find(portal);
        const bool quiet = statement && statement->quiet;
        if (found != portals_.end()) {
            found->replaces = !portal.empty() && found->statement != statement;
            found->statement = statement;
            found->deallocates = nullptr;
            found->over = false;
            found->sequence = sequence;
        } else if (!quiet || unsure_) {
            portals_.push_back({std::string{portal}, statement, nullptr, sequence});
        }
    }
    /// The portal bound last drops this statement from the server it is on.
    void deallocates(std::string_view portal, const StatementRef& target) {
        if (const auto found = find(portal); found != portals_.end()) found->deallocates = target;
    }
    /// If nothing fails, it was closed, or has run and will not again.
    void end(std::string_view portal) {
        if (const auto found = find(portal); found != portals_.end()) found->over = true;
    }
    /// Requests up to `last` failed: a portal may be what it was before them. What was bound behind them is
    /// known.
    void on_failed(std::uint64_t last) {
        std::erase_if(portals_, [last](const Portal& portal) { return portal.sequence <= last; });
        unsure_ = true;
    }
    void clear() {
        portals_.clear();
        unsure_ = false;
    }

    struct Executed {
        bool known = true;
        StatementRef statement{};    ///< null and known: one that does nothing to the session
        StatementRef deallocates{};  ///< not null: the statement is a DEALLOCATE, and drops this one
        bool over = false;           ///< as far as is known
        std::uint64_t sequence = 0;  ///< of its Bind
    };
    /// What an Execute sent now runs; requests up to `settled` have had their outcome, those from
    /// `batch_start` on share that of the Execute. A Bind to a name in use may fail, and what has it stays.
    [[nodiscard]] Executed executed(std::string_view portal, std::uint64_t settled,
                                    std::uint64_t batch_start) {
        const auto found = find(portal);
        if (found == portals_.end()) return {!unsure_};
        if (found->replaces && found->sequence > settled && found->sequence < batch_start) return {false};
        return {found->statement != nullptr, found->statement, found->deallocates, found->over,
                found->sequence};
    }

 private:
    struct Portal {
        std::string name;
        StatementRef statement;
        StatementRef deallocates;
        std::uint64_t sequence = 0;
        bool replaces = false;  ///< another statement, as far as is known
        bool over = false;
    };
    [[nodiscard]] std::vector<Portal>::iterator find(std::string_view portal) {
        return std::find_if(portals_.begin(), portals_.end(),
                            [portal](const Portal& item) { return item.name == portal; });
    }

    std::vector<Portal> portals_;
    bool unsure_ = false;
};

}  // namespace pooler
