// One connection of a fake node as a machine: bytes in, bytes out; no socket, no clock of its own. Owned by
// its node, used under the cluster's lock. Ends when finished() is true and its output has been sent.
//
// As in the node, a reader takes messages off the connection and looks every second whether the node drains;
// what it has read is done in order. Replies are held back until Sync, Flush, the end of a simple Query, an
// error in the extended protocol, or the buffer for them is full.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/scram.h"
#include "protocol/startup.h"
#include "tests/support/crdb/executor.h"
#include "tests/support/crdb/fault.h"
#include "tests/support/crdb/options.h"

namespace support::crdb {

/// What a session asks of its node.
class NodeHost : public SessionHost {
 public:
    [[nodiscard]] virtual const Options& options() const = 0;
    [[nodiscard]] virtual int node_id() const = 0;
    [[nodiscard]] virtual Script& script() = 0;
    /// From when the node refuses connections and ends idle ones; nullopt: it does not drain.
    [[nodiscard]] virtual std::optional<Clock::time_point> drains_from() const = 0;
    /// When it cancels what still runs.
    [[nodiscard]] virtual std::optional<Clock::time_point> drain_deadline() const = 0;
    virtual void on_cancel_request(std::string_view key) = 0;
    virtual void on_statement(const std::string& text) = 0;

 protected:
    ~NodeHost() = default;
};

/// A simple Query or an Execute that is being done.
struct Work {
    std::vector<Statement> statements;
    std::size_t next = 0;
    bool simple = true;
    std::string portal;
    std::int32_t max_rows = 0;
    // of the present statement
    bool started = false;
    bool executed = false;
    Clock::time_point started_at;
    Script::OrderRef order;
    Result result;
};
struct Portal {
    Prepared source;
    Row parameters;
    std::optional<std::vector<Row>> rest;  ///< suspended: what is still to be fetched
};

class Session {
 public:
    /// `id` and `key` (8 bytes) name it in SHOW SESSIONS and BackendKeyData.
    Session(NodeHost& node, Door door, std::string id, std::string key);

    void receive(std::string_view bytes);
    /// Time has passed, or a lock or a hold is gone.
    void tick();
    /// Ends the statement that runs now with 57014; nothing happens if none does.
    void cancel();
    /// CANCEL SESSION, or the death of the node.
    void end(Cut how);
    /// Nobody reads any more: the transaction is undone.
    void abandon();

    /// Bytes to send; the owner removes what it has sent.
    [[nodiscard]] std::string& output() { return out_; }
    /// To be closed like this once the output is sent.
    [[nodiscard]] Cut finished() const { return finished_; }
    /// Drained: its good-bye is due at its next look.
    [[nodiscard]] bool parting() const { return drained_ && finished_ == Cut::kNone; }

    /// It has answered S: once that is sent, all that follows is in TLS.
    [[nodiscard]] bool take_tls_step() { return std::exchange(tls_due_, false); }
    /// Inside TLS; `name` is whom the client's certificate names, if it has shown one.
    void secured(std::string name) {
        secured_ = true;
        certified_ = std::move(name);
    }
    /// It was a CancelRequest.
    [[nodiscard]] bool cancel_request() const { return cancel_request_; }
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] bool logged_in() const { return executor_ != nullptr; }
    [[nodiscard]] std::string application_name() const;
    [[nodiscard]] const std::string& user() const { return user_; }
    [[nodiscard]] char status() const { return executor_ ? executor_->status() : '\0'; }
    /// The statement under way; empty if none.
    [[nodiscard]] std::string running_text() const;
    [[nodiscard]] std::string running_id() const;
    [[nodiscard]] const Variables* variables() const { return executor_ ? &executor_->variables() : nullptr; }

 private:
    enum class Step : std::uint8_t { kStartup, kPassword, kScramFirst, kScramFinal, kReady, kDead };
    // session_login.cc
    [[nodiscard]] bool take_startup();
    void on_startup(const protocol::StartupMessage& startup);
    void authenticate();
    void on_password(std::string_view body);
    void on_scram_first(std::string_view body);
    void on_scram_final(std::string_view body);
    void log_in();
    [[nodiscard]] std::optional<Error> startup_variables(Variables& variables) const;
    [[nodiscard]] Variables::Fixed fixed_variables() const;
    void greet(const Variables& variables);
    void refuse(const Error& error);

    // session.cc
    void process();
    [[nodiscard]] bool take_message();
    void on_message(protocol::FrontendType type, std::string_view body);
    void flush();
    void ready();
    void look(Clock::time_point at);
    void settle();
    void drain_cancel();

    // session_query.cc
    void on_query(std::string_view body);
    [[nodiscard]] bool advance();
    void start_statement(Work& work, const Statement& statement);
    [[nodiscard]] std::optional<Result> step(Work& work, const Statement& statement);
    [[nodiscard]] std::optional<Result> interrupted(Work& work, const Statement& statement);
    [[nodiscard]] bool held(const Work& work, bool applied) const;
    [[nodiscard]] Result struck(Work& work, const Statement& statement);
    void deliver(Work& work, const Statement& statement, Result result);
    void deliver_error(Work& work, const Result& result);
    void expel(const Result& result);
    void begin_copy(const Statement& statement, std::size_t columns);
    void on_copy_message(protocol::FrontendType type, std::string_view body);

    // session_extended.cc
    void on_parse(std::string_view body);
    void on_bind(std::string_view body);
    void on_describe(std::string_view body);
    void on_execute(std::string_view body);
    void on_close(std::string_view body);
    void on_sync();
    void extended_error(const Error& error);
    void deliver_rows(Work& work, Result result);
    void fetch(Portal& portal, const std::string& name, std::int32_t max_rows, const std::string& tag);
    [[nodiscard]] bool portal_suspended() const;
    [[nodiscard]] bool refuse_while_suspended(std::string_view operation);

    NodeHost& node_;
    Door door_;
    std::string id_;
    std::string key_;
    Step step_ = Step::kStartup;
    std::string in_;
    std::string pending_;  ///< replies held back
    std::string out_;
    Cut finished_ = Cut::kNone;

    std::string user_;
    std::vector<std::pair<std::string, std::string>> startup_;
    std::optional<protocol::ScramServer> scram_;
    std::unique_ptr<Executor> executor_;

    std::optional<Work> work_;
    std::optional<Statement> copy_;
    std::string copy_data_;
    bool processing_ = false;
    bool tls_due_ = false;
    bool secured_ = false;
    std::string certified_;
    bool cancel_request_ = false;
    bool skip_to_sync_ = false;
    bool cancel_requested_ = false;
    std::map<std::string, Portal> portals_;
    std::uint64_t statements_ = 0;

    Clock::time_point next_look_;
    bool drain_requested_ = false;  ///< to end as soon as nothing is to be done
    bool drained_ = false;          ///< ended: the reader says so at its next look
    bool deadline_met_ = false;
};

}  // namespace support::crdb
