// What a client has been given since the beginning of its transaction, as digests: XXH3-128 keyed with a
// secret of this process, one for each command, over every byte that counts, with their number. The same type
// compares the answers of a repeated transaction with them, to the byte: nothing new is shown before all that
// was shown has come again. A pure type; owned by a Replayer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct XXH3_state_s;

namespace pooler {

class ReplyDigest {
 public:
    ReplyDigest();

    /// Nothing was shown yet.
    void clear();

    // --- recording
    /// Bytes of messages that count, in order, in any pieces.
    void add(std::string_view bytes);
    /// The command is answered: CommandComplete, ErrorResponse, ReadyForQuery, ... was the last. `rest`: what
    /// of its bytes was not added yet; all of them in one piece cost least.
    void end_command(std::string_view rest = {});

    // --- comparing
    /// The transaction runs again: what comes now is compared from the first byte.
    void begin_comparison();
    /// Bytes of one message that counts, or of a part of it; `ends` if they end a command. Returns how many
    /// of them the client has already. Fewer than there are: from there on they are new, see caught_up().
    [[nodiscard]] std::size_t compare(std::string_view bytes, bool ends);
    /// All that was shown has come again and was the same.
    [[nodiscard]] bool caught_up() const { return !comparing_; }
    [[nodiscard]] bool mismatch() const { return mismatch_; }

    /// Commands answered in full, and bytes of the next one.
    [[nodiscard]] std::size_t commands() const { return commands_.size(); }
    [[nodiscard]] std::uint64_t open_bytes() const { return open_bytes_; }
    [[nodiscard]] bool empty() const { return commands_.empty() && open_bytes_ == 0; }

 private:
    struct Digest {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::uint64_t bytes = 0;
        bool operator==(const Digest&) const = default;
    };
    struct FreeState {
        void operator()(XXH3_state_s* state) const;
    };
    using State = std::unique_ptr<XXH3_state_s, FreeState>;

    [[nodiscard]] static State make_state();
    [[nodiscard]] static Digest digest(const State& state, std::uint64_t bytes);
    [[nodiscard]] std::size_t compare_command(std::string_view bytes, bool ends);
    void note_progress();
    [[nodiscard]] std::size_t compare_open(std::string_view bytes, bool ends);

    std::vector<Digest> commands_;
    State open_;  ///< of the command that is being answered
    std::uint64_t open_bytes_ = 0;
    State check_;  ///< of the answer being compared; made with the first comparison
    std::uint64_t check_bytes_ = 0;
    std::size_t checked_ = 0;  ///< commands that were the same
    Digest tail_;              ///< what was shown of the last command when the comparison began
    bool comparing_ = false;
    bool mismatch_ = false;
};

/// An ErrorResponse without the fields that tell where in the server's code it was raised, and those that
/// differ between servers of one kind: F, L, R, W, p, q, H. Source: PostgreSQL docs, "Error and Notice
/// Message Fields".
void append_comparable_error(std::string& out, std::string_view message);

}  // namespace pooler
