// A connection of our own to the servers of one pool, kept open for one small question after the other (a
// health check, health/probe.h, logs in anew each time, since that is part of what it checks). Owned by a
// LagProbe; its worker's thread only. It is closed with its owner, and opened again when it was lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pooler/health/own_line.h"
#include "pooler/pool/pool_environment.h"

namespace pooler {

class ProbeLine;

class ProbeLineOwner {
 public:
    /// The first value of the first row; nothing: NULL, no row, an error, or the connection is lost.
    virtual void on_answer(ProbeLine& line, const std::optional<std::string>& value) = 0;

 protected:
    ~ProbeLineOwner() = default;
};

class ProbeLine final : private OwnLineOwner {
 public:
    ProbeLine(PoolEnvironment& environment, ProbeLineOwner& owner, Pool& pool);
    ProbeLine(const ProbeLine&) = delete;
    ProbeLine& operator=(const ProbeLine&) = delete;

    /// Asks if the line is free; else connects, or gives up what takes too long. True: an answer will come.
    bool ask(std::string_view question);
    /// Into the log, with its address; in on_answer() only.
    void warn(std::string_view text) const;
    [[nodiscard]] bool busy() const { return asking_; }
    [[nodiscard]] Clock::time_point asked_at() const { return asked_at_; }
    [[nodiscard]] Pool& pool() const { return *pool_; }

 private:
    void on_line_open(OwnLine& /*line*/) override { state_ = State::kReady; }
    void on_line_answer(OwnLine& line, bool ok, const OwnResult& result) override;
    void on_line_failed(OwnLine& line, const std::string& sqlstate, const std::string& reason) override;

    void open();
    void drop();
    void complain(std::string text);

    //   Closed --open()--> Opening --logged in--> Ready; each --lost, too long--> Closed
    enum class State : std::uint8_t { kClosed, kOpening, kReady };
    PoolEnvironment* environment_;
    ProbeLineOwner* owner_;
    Pool* pool_;
    OwnLine line_;
    State state_ = State::kClosed;
    bool asking_ = false;
    Clock::time_point asked_at_;
    Clock::time_point tried_at_;
    std::string complaint_;  ///< the last one in the log; empty: all is well
};

}  // namespace pooler
