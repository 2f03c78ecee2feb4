// Who a client is, and which database it asked for. Most clients of a worker are a few pairs: equal ones
// share an object, since an idle client costs little else. Owned by sessions and their worker's cache;
// immutable.
#pragma once

#include <string>

#include "pooler/base/recent_values.h"

namespace pooler {

struct ClientNames {
    std::string user{};
    std::string database{};
    bool operator==(const ClientNames&) const = default;
};

using NamesCache = RecentValues<ClientNames>;

}  // namespace pooler
