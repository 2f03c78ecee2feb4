// A small serializable database for the model test of the replayer: three numbers, a ledger of ids,
// snapshots, and one connection that reads protocol messages and answers them. Conflicts are found as
// PostgreSQL finds them: at a write of a row that has changed since, or at COMMIT for one that was read.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace replay_model {

inline constexpr std::size_t kKeys = 3;

struct Row {
    int value = 0;
    std::uint64_t version = 0;
};

struct Database {
    std::array<Row, kKeys> rows;
    std::uint64_t clock = 1;
    std::map<int, int> committed;            ///< ledger id -> how often
    std::map<int, std::string> transcripts;  ///< ledger id -> what the committing attempt answered
    void write(std::size_t key, int value) { rows.at(key) = {value, ++clock}; }
};

/// A statement of the model's few.
struct Command {
    enum class Kind { kOther, kBegin, kCommit, kRollback, kRead, kAdd, kAddReturning, kInsert, kFail };
    Kind kind = Kind::kOther;
    int key = 0;
    int number = 0;
    [[nodiscard]] std::string sql() const;
    [[nodiscard]] static Command parse(std::string_view sql);
};

[[nodiscard]] std::string frame(char type, std::string_view body = {});
[[nodiscard]] std::string error_frame(std::string_view code);

class Connection {
 public:
    Connection(Database& database, std::mt19937_64& random) : database_{&database}, random_{&random} {}

    void send(std::string_view messages);
    [[nodiscard]] bool has_input() const { return !input_.empty(); }
    /// Reads one message and answers it.
    void work();
    /// Everything it has answered and nobody has read.
    std::deque<std::string> output;
    /// RELEASE of a restart savepoint in front of what is sent next: it commits, COMMIT only says so.
    void release() { input_.push_back(frame('R')); }
    /// Back to the savepoint, as if it had only just begun. Only if it has failed and all was read.
    void back();
    [[nodiscard]] bool failed() const { return status_ == Status::kFailed; }
    /// A BEGIN in front of everything, whose answer nobody sees.
    void begin_hidden() {
        hidden_ = true;
        input_.push_back(frame('Q', std::string{"BEGIN"} + '\0'));
    }

 private:
    enum class Status { kIdle, kOpen, kFailed, kReleased };
    void run(const Command& command);
    void run_in_transaction(const Command& command);
    void finish(const Command& command);
    void run_release();
    void start();
    [[nodiscard]] bool conflicts_at_commit() const;
    void commit();
    void answer(std::string message);
    void refuse(std::string_view code);
    void sync();
    void flush_held();
    [[nodiscard]] bool chance(unsigned in) { return (*random_)() % in == 0; }

    Database* database_;
    std::mt19937_64* random_;
    std::deque<std::string> input_;
    std::string bound_;
    bool skipping_ = false;
    bool hidden_ = false;
    Status status_ = Status::kIdle;
    bool implicit_ = false;
    std::array<Row, kKeys> snapshot_;
    std::uint64_t since_ = 0;
    std::set<std::size_t> read_;
    std::map<std::size_t, int> written_;
    std::set<int> ids_;
    std::string transcript_;  ///< of the transaction
    std::set<int> just_committed_;
};

}  // namespace replay_model
