// One connection through the fault proxy: two sockets and what is under way between them. Used by its thread
// only.
#pragma once

#include <poll.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/eventually.h"

namespace support {

/// What happens to the bytes of one direction, on every connection.
struct Fault {
    bool stall = false;                  ///< nothing is read any more
    std::size_t slice_bytes = 0;         ///< forward in pieces of this size; 0 = as they come
    std::chrono::milliseconds delay{0};  ///< between two forwarded blocks or slices
    std::optional<std::uint64_t>
        close_after_bytes;  ///< of this direction, per connection: then FIN both ways
    std::optional<std::uint64_t> reset_after_bytes;  ///< the same with RST
};

/// The bytes that travel from one socket to the other.
class ProxyStream {
 public:
    ProxyStream(int from, int to) : from_(from), to_(to) {}

    /// Adds the events this direction waits for; returns when it wants to look again without any (or never).
    Clock::time_point want(const Fault& fault, pollfd& from, pollfd& to) const;
    enum class Step { kOpen, kEnded, kClose, kReset };
    /// Moves what can be moved without waiting.
    Step pump(const Fault& fault, std::atomic<std::uint64_t>& total);
    [[nodiscard]] bool ended() const { return ended_; }

 private:
    [[nodiscard]] std::size_t allowance(const Fault& fault) const;
    Step send_pending(const Fault& fault, std::atomic<std::uint64_t>& total);
    /// What to do once the allowed bytes have passed.
    [[nodiscard]] Step at_limit(const Fault& fault) const;

    int from_;
    int to_;
    std::string pending_;
    std::uint64_t forwarded_ = 0;
    Clock::time_point not_before_{};
    bool ended_ = false;
};

class ProxyLink {
 public:
    ProxyLink(int client, int target);
    ~ProxyLink();
    ProxyLink(const ProxyLink&) = delete;
    ProxyLink& operator=(const ProxyLink&) = delete;

    ProxyStream& to_target() { return to_target_; }
    ProxyStream& from_target() { return from_target_; }
    [[nodiscard]] int client() const { return client_; }
    [[nodiscard]] int target() const { return target_; }
    /// Makes the destructor's close an RST.
    void reset_on_close();

 private:
    int client_;
    int target_;
    ProxyStream to_target_;
    ProxyStream from_target_;
};

}  // namespace support
