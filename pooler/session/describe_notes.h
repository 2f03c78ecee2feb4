// What a session remembers of the statements it passes on, beyond their names: which Describe is under way
// for which of them, what was bound last, and which error texts name a statement otherwise than the client
// does. Owned by the session, made with its first prepared statement; its worker's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/server/statement.h"

namespace pooler {

/// A Describe on its way.
struct Describing {
    std::uint64_t sequence = 0;
    std::string name;             ///< the client's
    std::uint64_t named_by = 0;   ///< the request that gave the name its meaning
    StatementRef statement;       ///< null: the unnamed one
    std::uint64_t parsed_by = 0;  ///< the Parse that made it on this server
    bool portal = false;
    bool own = false;  ///< the client did not ask
};

/// An error that the client must see in other words.
struct ErrorRewrite {
    std::uint64_t sequence = 0;
    std::string from;    ///< part of the server's text ...
    std::string to;      ///< ... and what stands there instead
    std::string packet;  ///< unless empty: what the client gets, whatever the server says
};

class DescribeNotes {
 public:
    void describing(Describing note) { describing_.push_back(std::move(note)); }
    /// The Describe that this reply answers; those before it have failed.
    [[nodiscard]] std::optional<Describing> answered(std::uint64_t sequence);
    /// The client has asked for the shape of this name in a request from `sequence` on.
    [[nodiscard]] bool described_since(std::string_view name, std::uint64_t sequence) const;
    /// Number of our own Describe whose answer is awaited.
    std::uint64_t asked = 0;

    void rewrite(ErrorRewrite note) { rewrites_.push_back(std::move(note)); }
    [[nodiscard]] const ErrorRewrite* rewrite_of(std::uint64_t sequence) const;

    /// A batch that begins at `batch_start` uses the statement.
    void use(const StatementRef& statement, std::uint64_t batch_start);
    /// The only statement that the batch of request `sequence` used; null if it was not the last batch, or
    /// used several.
    [[nodiscard]] StatementRef only_used(std::uint64_t sequence) const {
        return sequence >= used_since_ ? used_ : nullptr;
    }
    void bind(std::string_view portal, std::string_view name, std::uint64_t sequence);
    struct Bound {
        std::uint64_t sequence;
        std::string name;  ///< of the statement
    };
    /// The last Bind of this portal; null if another portal was bound since, or if the unnamed one was bound
    /// before `batch_start`: a simple Query may have replaced it.
    [[nodiscard]] const Bound* bound_to(std::string_view portal, std::uint64_t batch_start) const;

    /// The statement's name in the Bind with this number; nullopt if it is no Bind, or settled.
    [[nodiscard]] std::optional<std::string_view> bound_by(std::uint64_t sequence) const;

    void on_settled(std::uint64_t settled);

 private:
    std::vector<Describing> describing_;
    std::vector<ErrorRewrite> rewrites_;
    StatementRef used_;
    std::uint64_t used_since_ = 0;
    std::vector<Bound> binds_;  ///< not settled, oldest first
    std::string portal_;
    Bound bound_{};  ///< to portal_; sequence 0: nothing was bound yet
};

}  // namespace pooler
