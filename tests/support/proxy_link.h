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

enum class Direction : std::uint8_t { kToTarget, kFromTarget };

/// What strikes the connections that are open when it is ordered, once, at an exact byte.
struct Strike {
    enum class How : std::uint8_t {
        kClose,   ///< FIN to both sides
        kReset,   ///< RST to the side that connected, FIN to the target
        kFreeze,  ///< nothing passes any more in either direction
    };
    How how = How::kClose;
    Direction direction = Direction::kToTarget;
    std::uint64_t after_bytes = 0;  ///< of this direction, counted from the order
    /// Not as soon as they have passed, but when the next one would. Always so for 0 bytes.
    bool at_next_byte = false;
};

/// The bytes that travel from one socket to the other.
class ProxyStream {
 public:
    ProxyStream(int from, int to) : from_(from), to_(to) {}

    /// Stops for good after this many more bytes; `at_next_byte` as in Strike.
    void stop_after(std::uint64_t bytes, bool at_next_byte);
    void never_stop() { stop_at_.reset(); }
    /// Keeps a copy of all that passes from now on.
    void record() { record_.emplace(); }
    [[nodiscard]] const std::optional<std::string>& recorded() const { return record_; }

    /// Adds the events this direction waits for; returns when it wants to look again without any (or never).
    Clock::time_point want(const Fault& fault, pollfd& from, pollfd& to) const;
    enum class Step { kOpen, kEnded, kClose, kReset, kStruck };
    /// Moves what can be moved without waiting.
    Step pump(const Fault& fault, std::atomic<std::uint64_t>& total);
    [[nodiscard]] bool ended() const { return ended_; }

 private:
    [[nodiscard]] std::size_t allowance(const Fault& fault) const;
    Step send_pending(const Fault& fault, std::atomic<std::uint64_t>& total);
    /// What to do once the allowed bytes have passed.
    [[nodiscard]] Step at_limit(const Fault& fault) const;
    [[nodiscard]] bool stopped() const { return stop_at_ && forwarded_ == *stop_at_; }
    /// What comes next, without taking it.
    Step look_behind_stop();
    Step end();

    int from_;
    int to_;
    std::string pending_;
    std::uint64_t forwarded_ = 0;
    std::optional<std::uint64_t> stop_at_;  ///< in bytes of forwarded_
    bool stop_at_next_ = false;
    std::optional<std::string> record_;
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

    void arm(const Strike& strike, bool shared);
    void disarm();
    [[nodiscard]] const std::optional<Strike>& strike() const { return strike_; }
    /// The strike is ordered for several links, and for one of them only.
    [[nodiscard]] bool shares_strike() const { return strike_ && shared_; }
    /// The side that connected is gone; the target is told so and heard out.
    void part();
    [[nodiscard]] bool parted() const { return client_ < 0; }
    /// After part(): true once the target has closed too.
    [[nodiscard]] bool target_gone() const;
    void freeze(bool frozen) { frozen_ = frozen; }
    [[nodiscard]] bool frozen() const { return frozen_; }

 private:
    int client_;
    int target_;
    ProxyStream to_target_;
    ProxyStream from_target_;
    std::optional<Strike> strike_;
    bool shared_ = false;
    bool frozen_ = false;
};

}  // namespace support
