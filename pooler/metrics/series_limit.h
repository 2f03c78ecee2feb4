// Keeps the number of label values bounded: clients can invent databases and users. Who came first keeps a
// name of its own as long as it is there; what is beyond the limit is summed under one name. One per process;
// the caller locks.
#pragma once

#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace pooler {

class SeriesLimit {
 public:
    using Name = std::pair<std::string, std::string>;  ///< database and user, the latter empty for none
    /// What stands for the rest.
    static constexpr const char* kOther = "other";

    explicit SeriesLimit(std::size_t most) : most_{most} {}

    /// A page is made of these names: what is none of them gives up its place, new ones take those left.
    void admit(const std::set<Name>& present) {
        for (auto name = named_.begin(); name != named_.end();)
            name = present.contains(*name) ? std::next(name) : named_.erase(name);
        for (const Name& name : present) {
            if (named_.size() >= most_) return;
            named_.insert(name);
        }
    }
    /// The name itself, or the one for the rest.
    [[nodiscard]] Name name_for(const Name& name) const {
        if (named_.contains(name)) return name;
        return {kOther, name.second.empty() ? "" : kOther};
    }

 private:
    std::size_t most_;
    std::set<Name> named_;
};

}  // namespace pooler
