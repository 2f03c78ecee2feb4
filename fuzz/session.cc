// A whole session at the level of messages: a client whose messages are the input's, and a server that
// answers like one, or says what the input makes it say. First a byte for the dialect, the room for prepared
// statements and the client's start-up values; then records, each with a byte that tells what it is. The
// session under test is the pooler's pure types (ledger, variables, statement tables, names, shapes) without
// sockets.
//
// Whatever comes: what the server is sent are whole messages, the client is answered no more than it asked,
// a server that is given back owes nothing, and the text that gives it a client's variables means exactly
// them.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz/check.h"
#include "protocol/frame.h"
#include "tests/support/session/pure_session.h"
#include "tests/support/session/sim_server.h"

namespace {

using pooler::Variables;
using support::PureServer;
using support::PureSession;
using support::PureWorker;
using support::SimServer;
using support::SimVariables;

/// Takes a whole message off `input`; empty: there is none.
std::string_view take_message(std::string_view& input) {
    if (input.size() < protocol::kHeaderBytes) return {};
    const auto header = protocol::read_header(input);
    if (!header.valid() || header.total_bytes() > input.size()) return {};
    const std::string_view message = input.substr(0, header.total_bytes());
    input.remove_prefix(message.size());
    return message;
}

bool same_value(const pooler::Variable& wanted, const pooler::Variable& found) {
    if (wanted.name != found.name) return false;
    if (wanted.value == found.value) return true;
    return wanted.value.form == pooler::VariableValue::Form::kFlat &&
           found.value.text == pooler::sql_literal(wanted.value.text);
}

/// The SQL that turns `current` into `wanted`, read by the pooler itself, leads there.
void check_change(PureWorker& worker, const Variables& current, const Variables& wanted) {
    pooler::StateChange change;
    append_cleaning(change, current, wanted);
    append_setting(change, current, wanted);
    if (change.empty()) return;
    const pooler::SqlScript script = pooler::classify(change.sql, worker.dialect);
    const unsigned statements = change.cleaning + change.setting;
    if (statements > pooler::SqlScript::kMaxStatements) return;
    fuzz::require(script.understood() && script.size() == statements, "a change is so many statements");
    const auto effects = effects_of(script, change.sql, {&worker.tracked, worker.dialect, {}});
    pooler::VariableTracker tracker;
    tracker.begin(true);
    tracker.adopt({current, 0}, false);
    tracker.record(1, effects.variables);
    for (unsigned i = 0; i < statements; ++i) tracker.on_command_complete(1, "SET");
    tracker.on_ready(1, protocol::TransactionStatus::kIdle);
    fuzz::require(tracker.known(), "a change is readable");
    const auto& found = tracker.state().variables.list();
    fuzz::require(std::equal(found.begin(), found.end(), wanted.list().begin(), wanted.list().end(),
                             [](const auto& a, const auto& b) { return same_value(b, a); }),
                  "a change leads to what is wanted");
}

/// How often a tag stands in whole messages.
std::size_t count(std::string_view messages, char tag) {
    std::size_t found = 0;
    while (!messages.empty()) {
        const std::string_view message = take_message(messages);
        fuzz::require(!message.empty(), "the client gets whole messages");
        if (message.front() == tag) ++found;
    }
    return found;
}

class Scene {
 public:
    explicit Scene(unsigned char how) {
        worker_.dialect = (how & 1U) != 0 ? pooler::Dialect::kCockroach : pooler::Dialect::kPostgres;
        worker_.max_prepared_statements = 1 + ((how >> 1U) & 3U);
        if ((how & 8U) != 0) startup_.set("a.b", {"'start'", pooler::VariableValue::Form::kList});
        start_again();
    }

    void client_says(std::string_view message) {
        asked_ += message.front() == 'S' || message.front() == 'Q' || message.front() == 'F' ? 1U : 0U;
        parsed_ += message.front() == 'P' ? 1U : 0U;
        if (!client_->feed(message)) return next_client();
        settle();
    }
    void server_says(std::string_view message) {
        if (!protocol::known_backend(message.front())) return;
        if (message.front() == 'E') ++errors_;
        if (!server_->on_message(message)) return start_again();
        server_->on_turn_end();
        settle();
    }
    /// The server reads up to `messages` of what it was sent and answers them.
    void serve(unsigned messages) {
        for (; messages > 0 && !wire_.empty(); --messages) {
            std::string_view bytes = wire_;
            const std::string message{take_message(bytes)};
            wire_.erase(0, message.size());
            std::string replies;
            simulated_->on_message(message, replies);
            const PureServer* before = server_.get();
            for (std::string_view rest = replies; !rest.empty() && server_.get() == before;)
                server_says(take_message(rest));
        }
    }
    /// The client leaves, and another one comes.
    void next_client() {
        if (!client_->leave()) return start_again();
        new_client();
        settle();
    }

 private:
    /// Both sides are closed.
    void start_again() {
        client_.reset();
        server_ = std::make_unique<PureServer>(worker_);
        simulated_ = std::make_unique<SimServer>(SimVariables::Values{}, worker_.cockroach());
        wire_.clear();
        new_client();
    }
    void new_client() {
        asked_ = parsed_ = 0;
        client_ = std::make_unique<PureSession>(worker_, ++clients_, startup_,
                                                [this](const Variables& wanted) { return take(wanted); });
    }
    PureServer* take(const Variables& wanted) {
        if (!server_->free() || !server_->reusable()) return nullptr;
        fuzz::require(server_->ledger.empty(), "a free server owes nothing");
        fuzz::require(server_->variables.known() || server_->tainted_for != 0,
                      "what is set on a free server is known, or taken away");
        check_change(worker_, server_->variables.state().variables, wanted);
        return server_.get();
    }
    void settle() {
        if (server_->lost()) return start_again();
        client_->try_again();
        if (server_->lost()) return start_again();
        check();
    }
    void check() {
        for (std::string_view sent = server_->to_server; !sent.empty();) {
            const std::string_view message = take_message(sent);
            fuzz::require(!message.empty() && protocol::known_frontend(message.front()),
                          "the server gets whole messages");
        }
        wire_ += std::exchange(server_->to_server, {});
        const std::size_t ends = count(client_->to_client, 'Z');
        fuzz::require(ends <= asked_, "no more answers than questions");
        asked_ -= ends;
        const std::size_t parses = count(client_->to_client, '1');
        fuzz::require(parses <= parsed_, "no ParseComplete that was not asked for");
        parsed_ -= parses;
        client_->to_client.clear();
        check_statements();
    }

    /// A Close that made room for a Parse, and was skipped behind an error, leaves one too many until the
    /// next Parse: one for each batch of a pipeline that failed.
    void check_statements() {
        const std::size_t limit = worker_.max_prepared_statements;
        fuzz::require(server_->statements.size() <= limit + 1 + errors_,
                      "a server has no more statements than it may");
        // What is on its way is counted as if it went well, so that the number is only sure when all is
        // settled.
        if (server_->statements.size() <= limit && server_->ledger.empty()) errors_ = 0;
    }

    PureWorker worker_;
    Variables startup_;
    std::unique_ptr<PureServer> server_;
    std::unique_ptr<SimServer> simulated_;
    std::unique_ptr<PureSession> client_;
    std::string wire_;  ///< sent and not read by the server
    std::uint64_t clients_ = 0;
    std::size_t asked_ = 0;
    std::size_t parsed_ = 0;
    std::size_t errors_ = 0;  ///< of the server's, since it surely had no statements too many
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input{reinterpret_cast<const char*>(data), size};
    if (input.empty()) return 0;
    Scene scene{static_cast<unsigned char>(input.front())};
    input.remove_prefix(1);
    while (!input.empty()) {
        const auto record = static_cast<unsigned char>(input.front());
        input.remove_prefix(1);
        if ((record & 3U) == 2) {
            scene.serve(1U + (record >> 2U));
        } else if ((record & 3U) == 3) {
            scene.next_client();
        } else {
            const std::string_view message = take_message(input);
            if (message.empty()) break;
            if ((record & 3U) == 0)
                scene.client_says(message);
            else
                scene.server_says(message);
        }
    }
    scene.serve(1000);
    return 0;
}
