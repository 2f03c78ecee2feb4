// A transaction shape: what one client sends, step by step, and what of it commits. Plain values.
//
// Every run of a shape has an id of fixed width that stands in all it writes, so that a ledger table tells
// exactly what became of it, and so that every run exchanges the same number of bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/wire_message.h"

namespace replay {

struct Step {
    enum class Kind : std::uint8_t {
        kSend,          ///< and read to the end of the answer
        kAwaitRunning,  ///< until a statement whose text holds the run's id runs on the server
        kCancel,        ///< over a connection of its own, awaited to its end
    };
    Kind kind = Kind::kSend;
    std::string bytes;
    char until = 'Z';  ///< the answer ends with this message; 0: nothing is awaited
    int count = 1;     ///< or with so many of them
};

/// The message that tells the client of a commit: the nth of this type in the answer to a step.
struct Ack {
    char type = 'C';
    int nth = 1;
};

/// Items that commit together.
struct Group {
    std::vector<int> items;
    std::size_t step = 0;  ///< whose bytes can commit them
    Ack ack;
};

/// The item under which the ledger counts how often the run's row in `tally` was raised.
inline constexpr int kTally = 900;

class Script {
 public:
    explicit Script(std::string run) : run_(std::move(run)) {}

    [[nodiscard]] const std::string& run() const { return run_; }
    /// The id as an SQL literal.
    [[nodiscard]] std::string id() const { return "'" + run_ + "'"; }
    /// INSERT of an item.
    [[nodiscard]] std::string put(int item) const;
    /// The same, returning (run, item, value).
    [[nodiscard]] std::string put_returning(int item, const std::string& value = "'x'") const;
    /// A table of this run only.
    [[nodiscard]] std::string table() const { return "t_" + run_; }
    [[nodiscard]] std::string raise() const;

    /// One simple query.
    Script& query(std::string_view sql);
    /// Parse, Bind, Execute, Sync with the unnamed statement.
    Script& extended(std::string_view sql, const std::vector<std::optional<std::string>>& values = {});
    /// Any messages, answered by `ready` ReadyForQuery.
    Script& send(std::string bytes, int ready = 1);
    /// Any messages, answered up to the message of this type.
    Script& send_until(std::string bytes, char until, int count = 1);
    /// Messages without an answer.
    Script& tell(std::string bytes) { return send_until(std::move(bytes), 0); }
    Script& await_running();
    Script& cancel();

    /// The last step commits these. The client learns of it by the tag of its first command, or by what `ack`
    /// says.
    Script& commits(std::vector<int> items, Ack ack = {});

    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
    [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }

 private:
    std::string run_;
    std::vector<Step> steps_;
    std::vector<Group> groups_;
};

inline constexpr Ack tag(int nth = 1) { return {'C', nth}; }
inline constexpr Ack ready(int nth = 1) { return {'Z', nth}; }

/// One unit of the extended protocol without its Sync.
[[nodiscard]] std::string unit(std::string_view sql,
                               const std::vector<std::optional<std::string>>& values = {});

/// What the database does wrong by itself in every run of a shape, besides the strike.
enum class Ordered : std::uint8_t {
    kNothing,
    kRetryFirst,    ///< 40001 for the first statement that holds the run's id
    kRetrySecond,   ///< for the second one
    kRetryTwice,    ///< for the second one, and for the one that is then the second again
    kAborted,       ///< 40001 for the second one, of the kind that takes the transaction's locks
    kRetryCommit,   ///< for COMMIT, or the RELEASE in front of it
    kDrainedFirst,  ///< 57014 for the first one, and then 57P01: a drain has met its deadline
    kDrained,       ///< the same for the second one
    kRefused,       ///< 57P01 as the only answer to the first one: it was not run
    kHeld,          ///< the first one waits until it is cancelled; for every pooler, and without one
};

struct Shape {
    const char* name;
    void (*write)(Script&);
    /// Replay is expected to hide a connection that is lost before the step of the first commit: all of it is
    /// in transactions that can be replayed.
    bool survives = true;
    /// Reads what others write: they write in the moment the connection is lost.
    bool disturbed = false;
    /// But for kHeld this is what a pooler without replay cannot hide: such a shape is for those that replay.
    Ordered ordered = Ordered::kNothing;

    [[nodiscard]] bool only_replayed() const {
        return ordered != Ordered::kNothing && ordered != Ordered::kHeld;
    }
};

[[nodiscard]] inline Script script_of(const Shape& shape, std::string run) {
    Script script(std::move(run));
    shape.write(script);
    return script;
}

/// Ids have this form: fixed width, no other text looks like it.
[[nodiscard]] std::string run_id(unsigned number);

}  // namespace replay
