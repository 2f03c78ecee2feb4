// One pooler with one server connection, a proxy behind it that strikes, and a database: plays shapes and has
// them judged. In the test's thread, but for the watcher, which ends with its run.
//
// A pooler that looks up commits has two: one that the shape is played on and that is struck, and the
// witness. Both are there, and were found as new, before a run begins, so that the pooler opens none in the
// background.
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
    /// Orders what the database is to do wrong in this run, and takes back what has not happened.
    virtual void order(Ordered /*what*/, const std::string& /*run*/) {}
    /// False if it has not happened.
    virtual bool forget_orders() { return true; }
    /// From the watcher's thread: writes what disturbed shapes read.
    virtual void disturb(const std::string& run) = 0;
    /// From the watcher's thread: ends the server side of the connection that comes from this port, and waits
    /// until it is gone.
    virtual void terminate(std::uint16_t from_port) = 0;
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

/// What the pooler is to do about a lost connection.
enum class Hiding : std::uint8_t {
    kNone,
    kReplay,   ///< transaction_replay
    kLookups,  ///< commit_resolution = xid besides
};

class Arena {
 public:
    /// The pooler's other settings are `config`.
    Arena(Base& base, support::WeirConfig config, Hiding hiding);

    /// Plays the shape undisturbed, directly and through the pooler; fails the test if that differs.
    [[nodiscard]] Reference reference(const Shape& shape);
    struct Result {
        bool struck = false;
        bool whole = false;  ///< the client noticed nothing
        std::vector<std::string> faults;
        std::string dialogue;  ///< what the client saw, in short
    };
    [[nodiscard]] Result run(const Shape& shape, const Reference& reference, const Blow& blow);
    [[nodiscard]] bool replays() const { return hiding_ != Hiding::kNone; }
    [[nodiscard]] bool looks_up() const { return hiding_ == Hiding::kLookups; }
    /// A number out of SHOW REPLAYS.
    [[nodiscard]] int counted(const std::string& column);
    [[nodiscard]] Result run(const Shape& shape, const Reference& reference, const Trouble& trouble);

 private:
    [[nodiscard]] Observation play(const Script& script, std::uint16_t port, const Observation* reference,
                                   Ordered ordered = Ordered::kNothing);
    /// Of a pooler that replays.
    enum class Expect : std::uint8_t { kHonesty, kSurvival, kNothingSeen };

    [[nodiscard]] std::string next_run();
    void judge(const Shape& shape, const Reference& reference, const Script& script, const Observation& seen,
               Expect expect, Result& result);
    /// Every next client finds a session as new; the pooler then has all its connections, free.
    std::vector<std::string> check_clean(bool struck);
    /// Empty: it is as new; nullopt: its server connection was lost, as it may be behind a strike.
    [[nodiscard]] std::optional<std::string> find_clean(support::WireClient& client, bool struck);
    [[nodiscard]] std::optional<std::string> find_both_clean(bool struck);
    [[nodiscard]] support::WireClient connect();
    void settle();

    Base& base_;
    const Hiding hiding_;
    support::FaultProxy proxy_;
    std::unique_ptr<support::Weir> weir_;
    bool orders_happened_ = true;  ///< of the play before
};

}  // namespace replay
