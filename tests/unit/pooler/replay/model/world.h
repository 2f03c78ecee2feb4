// Random histories: one client with random transactions, the replayer carried out as a session does it, and
// the model database behind connections that can be cut anywhere. Prints nothing; the first contradiction is
// kept.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "pooler/replay/replayer.h"
#include "tests/unit/pooler/replay/model/database.h"

namespace replay_model {

/// What the client wants to do, and what it saw of it.
struct Transaction {
    enum class End { kUnknown, kAcknowledged, kFailed, kAmbiguous };
    int id = 0;
    int behind = 0;               ///< id of an insert behind its COMMIT; 0: none
    bool block = false;           ///< BEGIN ... COMMIT
    bool answered_begin = false;  ///< its BEGIN was answered before it was sent
    bool pipelined = false;
    std::vector<std::string> units;  ///< of messages
    std::size_t sent = 0;
    std::size_t answered = 0;
    bool error = false;
    bool begin_refused = false;  ///< what was pipelined behind it ran by itself
    std::string seen;
    End end = End::kUnknown;
};

class World {
 public:
    explicit World(std::uint64_t seed) : random_{seed} {}

    void step();
    /// Ends all that is under way and compares the database with what the client was told.
    void check_all();
    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] std::uint64_t replays() const { return replays_; }
    [[nodiscard]] std::uint64_t succeeded() const { return succeeded_; }
    /// Answers whose end the machine did not look at.
    [[nodiscard]] std::uint64_t plain_ends() const { return plain_ends_; }

 private:
    [[nodiscard]] bool chance(unsigned in) { return random_() % in == 0; }
    [[nodiscard]] int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

    // the client
    void plan();
    [[nodiscard]] std::string make_unit(const std::vector<Command>& commands, bool simple) const;
    void client_sends();
    void client_gets(std::string_view bytes);
    void client_message(const std::string& message);
    void client_closed(bool ambiguous);
    void end_transaction();
    void check(const Transaction& done);

    // the session
    void request(std::string_view message);
    void request_rest_of_batch(std::string_view message);
    void request_failed_block(std::string_view message);
    void open_window();
    void record(std::string_view message, std::optional<pooler::StatementFacts> facts, bool release);
    void from_server();
    [[nodiscard]] bool plain_end_from_server();
    void after_replies();
    void restart();
    void feed();
    void give_up();
    [[nodiscard]] bool releases(std::string_view message, const std::optional<pooler::StatementFacts>& facts,
                                std::string_view ahead);
    void begin_server();
    void lose();
    void on_loss_ruling(pooler::Ruling ruling);

    std::mt19937_64 random_;
    Database database_;
    pooler::LogBudget budget_;
    pooler::Replayer machine_{budget_};
    std::unique_ptr<Connection> server_;
    pooler::Replayer::Clock::time_point now_{std::chrono::hours{1}};
    std::uint64_t sequence_ = 0;
    std::size_t part_left_ = 0;  ///< of a message of the server
    enum class RestOfBatch { kNone, kBegin, kEnd };
    RestOfBatch rest_of_batch_ = RestOfBatch::kNone;

    Transaction now_doing_;
    std::vector<Transaction> done_;
    std::string client_buffer_;
    int next_id_ = 0;

    std::string ahead_;       ///< what the client has sent behind the message at hand
    bool savepoint_ = false;  ///< a restart savepoint follows a BEGIN that goes first
    bool released_ = false;
    bool plain_ = false;     ///< a COMMIT came without RELEASE, and has to again
    bool back_ = false;      ///< the next attempt is on the same connection
    bool open_ = false;      ///< as the last ReadyForQuery said
    bool deferred_ = false;  ///< BEGIN was answered and not sent
    bool failed_block_ = false;
    bool skipping_ = false;
    bool lost_pending_ = false;
    std::uint64_t replays_ = 0;
    std::uint64_t succeeded_ = 0;
    std::uint64_t plain_ends_ = 0;
    std::string fault_;
};

}  // namespace replay_model
