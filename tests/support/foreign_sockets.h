// TCP sockets of another process, duplicated into this one so that their options can be read (Linux,
// pidfd_getfd). Needs the right to trace that process: root, or the same user where the system lets it.
//
// A connection stays open as long as its duplicate: let the object die soon.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace support {

class ForeignSockets {
 public:
    explicit ForeignSockets(pid_t pid);
    ~ForeignSockets();
    ForeignSockets(const ForeignSockets&) = delete;
    ForeignSockets& operator=(const ForeignSockets&) = delete;

    /// False if the system does not allow it: nothing is found then.
    [[nodiscard]] bool allowed() const { return allowed_; }
    /// The listening socket; -1 if there is none, as for those below.
    [[nodiscard]] int listener() const;
    /// A connection that was accepted on this port.
    [[nodiscard]] int accepted_on(std::uint16_t port) const;
    /// A connection to this port.
    [[nodiscard]] int connected_to(std::uint16_t port) const;

 private:
    bool allowed_ = true;
    std::vector<int> sockets_;
};

/// An integer option; -1 if it cannot be read.
[[nodiscard]] int socket_option(int descriptor, int level, int name);

}  // namespace support
