// Where an entry of a configuration file stands, for messages.
#pragma once

#include <string>

namespace conf {

/// Two entries that differ only in their origin are equal.
struct Origin {
    std::string file;
    int line = 0;
    bool operator==(const Origin&) const { return true; }
};

}  // namespace conf
