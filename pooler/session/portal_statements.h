// Which statement each portal of a client executes, as far as that matters: only statements that touch the
// session are kept. Owned by a session, for as long as it keeps its server.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pooler/server/statement.h"

namespace pooler {

class PortalStatements {
 public:
    /// True if Execute messages need not be looked at: no portal does anything to the session.
    [[nodiscard]] bool all_quiet() const { return portals_.empty() && !unsure_; }

    /// Bind. A null statement is one that nobody knows.
    void bind(std::string_view portal, const StatementRef& statement) {
        const auto found = find(portal);
        const bool quiet = statement && statement->quiet;
        if (found != portals_.end())
            found->second = portal.empty() || found->second == statement ? statement : nullptr;
        else if (!quiet || unsure_)
            portals_.emplace_back(portal, statement);
    }
    /// A batch failed: a portal may be what it was before it.
    void on_failed() {
        portals_.clear();
        unsure_ = true;
    }
    void clear() {
        portals_.clear();
        unsure_ = false;
    }

    struct Executed {
        bool known = true;
        StatementRef statement;  ///< null and known: one that does nothing to the session
    };
    [[nodiscard]] Executed executed(std::string_view portal) {
        const auto found = find(portal);
        if (found == portals_.end()) return {!unsure_, nullptr};
        return {found->second != nullptr, found->second};
    }

 private:
    using Portal = std::pair<std::string, StatementRef>;
    [[nodiscard]] std::vector<Portal>::iterator find(std::string_view portal) {
        return std::find_if(portals_.begin(), portals_.end(),
                            [portal](const Portal& item) { return item.first == portal; });
    }

    std::vector<Portal> portals_;
    bool unsure_ = false;
};

}  // namespace pooler
