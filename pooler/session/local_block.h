// A transaction block that no server has: its BEGIN was answered by weir and waits for the first real
// statement, or could not be sent and has failed. And the reading of texts that begin or end one. Pure; owned
// by the session.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/sql/statement.h"
#include "protocol/session_status.h"

namespace pooler {

/// What a text does to a transaction block.
struct BlockRequest {
    enum class Verb : std::uint8_t {
        kOther,
        kEmpty,     ///< no statement at all
        kBegin,     ///< with options that mean the same later as now
        kEnd,       ///< COMMIT or ROLLBACK in any spelling, prepared transactions excepted
        kEndFirst,  ///< such a statement and more behind it
    };
    Verb verb = Verb::kOther;
    bool commit = false;     ///< kEnd
    bool chain = false;      ///< kEnd: AND CHAIN
    std::string_view text;   ///< kBegin, kEnd, kEndFirst: that statement alone, part of the text read
    std::string_view tag{};  ///< of its CommandComplete
};

/// Longer texts begin and end nothing but themselves.
inline constexpr std::size_t kMaxBlockText = 512;

/// Cheap: false for nearly all texts that neither begin nor end a block.
[[nodiscard]] bool may_concern_block(std::string_view text);

/// Only ASCII is understood.
[[nodiscard]] BlockRequest read_block_request(std::string_view text, Dialect dialect);

class LocalBlock {
 public:
    enum class State : std::uint8_t {
        kNone,      ///< no block, or a server has it
        kDeferred,  ///< BEGIN was answered and not sent
        kFailed,    ///< the client was shown an error in it, no server knows of it
    };
    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] bool none() const { return state_ == State::kNone; }
    /// As the client sees it while no server is linked.
    [[nodiscard]] protocol::TransactionStatus status() const;
    /// The text of its BEGIN; empty if there is none.
    [[nodiscard]] std::string_view text() const {
        return text_ ? std::string_view{*text_} : std::string_view{};
    }

    /// `in_batch`: as Parse, Bind and Execute, whose unnamed portal stays open in the block.
    void begin(std::string_view text, bool in_batch = false);
    [[nodiscard]] bool keeps_portal() const { return keeps_portal_; }
    /// Its BEGIN is on the way to a server.
    void send() { state_ = State::kNone; }
    void fail() { state_ = State::kFailed; }
    /// AND CHAIN: the same again.
    void chain() {
        state_ = State::kDeferred;
        keeps_portal_ = false;
    }
    void end();

 private:
    State state_ = State::kNone;
    bool keeps_portal_ = false;
    std::unique_ptr<std::string> text_;
};

}  // namespace pooler
