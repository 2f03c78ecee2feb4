// The conversation with one console client after login: its messages go in, bytes for it and commands to run
// come out. No sockets and no clock. One per console session, on the session's thread, and it ends with the
// session.
//
// PgBouncer's console knows the simple protocol only; drivers that prepare whatever they send (JDBC, pgx)
// could not use it. Here the extended protocol works as in a server: a statement is a console command without
// parameters, Describe answers without running it, integers and numeric come in binary if Bind asks for that.
// ReadyForQuery always says idle: there are no transactions.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/console/command.h"
#include "pooler/console/result_set.h"
#include "pooler/console/result_wire.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"

namespace pooler {

/// How a command ended: by an error, or with its tag and perhaps rows.
struct CommandAnswer {
    std::optional<ConsoleError> error;
    std::optional<ResultSet> rows;
    std::vector<std::string> notices;  ///< sent before the rest, severity NOTICE
};

[[nodiscard]] inline CommandAnswer answer_done() { return {}; }
[[nodiscard]] inline CommandAnswer answer_rows(ResultSet rows) { return {std::nullopt, std::move(rows), {}}; }
[[nodiscard]] inline CommandAnswer answer_error(ConsoleError error) {
    return {std::move(error), std::nullopt, {}};
}

/// What the session must do after a message, besides sending the bytes.
struct DialogueStep {
    std::optional<Command> run;  ///< accepted and allowed: run it, then call answer(), now or later
    bool close = false;          ///< when the bytes are sent
};

class ConsoleDialogue {
 public:
    /// Longer messages must be refused by the session: no command comes near it.
    static constexpr std::size_t kMaxMessageBytes = 65536;
    /// Named statements and portals of one client.
    static constexpr std::size_t kMaxNames = 1000;

    explicit ConsoleDialogue(ConsoleRole role) : role_(role) {}

    /// One whole message of a client that has logged in; replies are appended to `out`. Must not be called
    /// while busy(): the session leaves further messages unread until then.
    [[nodiscard]] DialogueStep on_message(char tag, protocol::ByteView body, std::string& out);

    /// The end of the command that the last step asked to run.
    void answer(CommandAnswer answer, std::string& out);

    /// A command runs and has no answer yet.
    [[nodiscard]] bool busy() const { return running_.has_value(); }

 private:
    enum class PortalState { kNew, kOpen, kOver };

    struct Portal {
        Command command;
        std::vector<Format> formats;
        PortalState state = PortalState::kNew;
        std::optional<ResultSet> rows;
        std::size_t next_row = 0;
    };

    struct Running {
        Command command;
        bool simple = true;
        std::string portal;        ///< of Execute
        std::size_t max_rows = 0;  ///< of Execute; 0 = all
    };

    DialogueStep on_query(protocol::ByteView body, std::string& out);
    DialogueStep on_parse(protocol::ByteView body, std::string& out);
    DialogueStep on_bind(protocol::ByteView body, std::string& out);
    DialogueStep on_describe(protocol::ByteView body, std::string& out);
    DialogueStep on_execute(protocol::ByteView body, std::string& out);
    DialogueStep on_close(protocol::ByteView body, std::string& out);
    DialogueStep on_sync(std::string& out);

    DialogueStep start(Running running, std::string& out);
    DialogueStep fail(const ConsoleError& error, std::string& out);
    void finish_simple(const Running& running, const CommandAnswer& answer, std::string& out);
    void finish_execute(const Running& running, CommandAnswer answer, std::string& out);
    void send_rows(Portal& portal, std::size_t max_rows, std::string& out);
    [[nodiscard]] bool full(const std::string& name, std::size_t names) const;

    ConsoleRole role_;
    std::optional<Running> running_;
    bool skip_to_sync_ = false;  ///< after an error in the extended protocol
    std::map<std::string, Command> statements_;
    std::map<std::string, Portal> portals_;
};

}  // namespace pooler
