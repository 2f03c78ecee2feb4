// One pooler with one server connection, a proxy behind it that strikes, and a database: plays shapes and has
// them judged. In the test's thread, but for the watcher, which ends with its run.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/replay/judge.h"
#include "tests/integration/replay/shape.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/weir_process.h"

namespace replay {

/// The database as the arena needs it, looked at directly.
class Base {
 public:
    Base() = default;
    virtual ~Base() = default;
    Base(const Base&) = delete;
    Base& operator=(const Base&) = delete;

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// A login past the pooler, and past the proxy.
    [[nodiscard]] virtual support::Login direct() const = 0;
    virtual void prepare(const std::string& run) = 0;
    [[nodiscard]] virtual std::vector<LedgerRow> ledger(const std::string& run) = 0;
    [[nodiscard]] virtual bool running(const std::string& run) = 0;
    /// From the watcher's thread: writes what disturbed shapes read.
    virtual void disturb(const std::string& run) = 0;
    /// From the watcher's thread: ends the server side of every pooled connection, and waits until it is
    /// gone.
    virtual void terminate() = 0;
    /// What a session is asked that must be as new, and the answer.
    [[nodiscard]] virtual std::string clean_question() const = 0;
    [[nodiscard]] virtual support::Row clean_answer() const = 0;
};

/// What a run does to the connection. A freeze becomes the server's own end, 57P01.
struct Blow {
    support::Strike strike;
    bool terminate = false;
    std::optional<support::Strike> again{};  ///< on the connection that follows, from its first byte on

    /// As WEIR_KILL_ONE takes it.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<Blow> parse(const std::string& text);
};

/// A shape's undisturbed run, and what passed in it.
struct Reference {
    Observation seen;
    std::string to_server;
    std::string from_server;
};

/// Another kind of trouble, which the database makes by itself.
struct Trouble {
    std::string text;
    std::function<void()> arm;
    std::function<bool()> struck;
    /// Proof that nothing was committed: with replay the client notices nothing, wherever it strikes.
    bool hidden = false;
};

class Arena {
 public:
    /// `replay`: with the setting on. The pooler's other settings are `config`.
    Arena(Base& base, support::WeirConfig config, bool replay);

    /// Plays the shape undisturbed, directly and through the pooler; fails the test if that differs.
    [[nodiscard]] Reference reference(const Shape& shape);
    struct Result {
        bool struck = false;
        bool whole = false;  ///< the client noticed nothing
        std::vector<std::string> faults;
        std::string dialogue;  ///< what the client saw, in short
    };
    [[nodiscard]] Result run(const Shape& shape, const Reference& reference, const Blow& blow);
    [[nodiscard]] bool replays() const { return replay_; }
    [[nodiscard]] Result run(const Shape& shape, const Reference& reference, const Trouble& trouble);

 private:
    [[nodiscard]] Observation play(const Script& script, std::uint16_t port, const Observation* reference);
    /// Of a pooler that replays.
    enum class Expect : std::uint8_t { kHonesty, kSurvival, kNothingSeen };

    [[nodiscard]] std::string next_run();
    void judge(const Shape& shape, const Reference& reference, const Script& script, const Observation& seen,
               Expect expect, Result& result);
    /// Every next client finds a session as new; the pooler then has one connection.
    std::vector<std::string> check_clean(bool struck);
    void settle();

    Base& base_;
    const bool replay_;
    support::FaultProxy proxy_;
    std::unique_ptr<support::Weir> weir_;
};

}  // namespace replay
