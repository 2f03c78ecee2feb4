// A client's session without its socket, in transaction pooling with a deferred BEGIN left out: what
// pooler/session does with the pure types (ledger, variables, names, portals, shapes), message by message.
// The walk and the handlers follow client_request.cc, client_prepare.cc, client_shape.cc and
// client_variables.cc, whose names they bear; what they call is the pooler's own. Owned by a test.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pooler/server/session_effects.h"
#include "pooler/session/describe_notes.h"
#include "pooler/session/portal_statements.h"
#include "pooler/session/prepared_names.h"
#include "protocol/extended_query.h"
#include "tests/support/session/pure_server.h"

namespace support {

class PureSession {
 public:
    /// Finds a free server, the one whose variables fit if there is; null: the session waits.
    using TakeServer = std::function<PureServer*(const pooler::Variables& wanted)>;
    PureSession(PureWorker& worker, std::uint64_t id, pooler::Variables startup, TakeServer take);

    /// Bytes of the client: what is whole and need not wait is done. False: they are no messages.
    [[nodiscard]] bool feed(std::string_view bytes);
    /// A server may have become free.
    void try_again();
    /// The client is gone. False: its server must be closed.
    [[nodiscard]] bool leave();

    [[nodiscard]] PureServer* server() const { return server_; }
    [[nodiscard]] bool waits_for_server() const { return hold_ == Hold::kForServer; }
    /// Everything the client has sent is done with.
    [[nodiscard]] bool quiet() const { return inbox_.empty() && hold_ == Hold::kNone; }

    pooler::PreparedNames names;
    std::string to_client;  ///< what it is answered, until somebody takes it
    std::uint64_t state_changes = 0;

    // --- called by its server
    void on_reply(std::string_view message) { to_client += message; }
    void on_own_answer(pooler::Request request);
    void on_failed(const pooler::FailedRange& range);
    void on_described(std::uint64_t sequence, std::optional<std::string_view> parameters,
                      std::optional<std::string_view> columns);
    [[nodiscard]] bool rewords(std::uint64_t sequence, std::string_view body);
    void on_ready() { ready_seen_ = true; }
    void on_turn_end();
    /// Our own statement is through.
    void on_prepared(bool well);

 private:
    enum class Hold : std::uint8_t { kNone, kForServer, kForOutcome, kForOwn, kForShape, kForRestore };
    enum class Step : std::uint8_t { kPass, kTaken, kDrop, kHold };

    void walk();
    void go_on();
    [[nodiscard]] Step on_request(std::string_view message);
    [[nodiscard]] Step on_unlinked(std::string_view message);
    void link(PureServer& server);
    [[nodiscard]] bool fit_server();
    void part();
    void restore();
    [[nodiscard]] bool record(pooler::Request request,
                              pooler::Delivery delivery = pooler::Delivery::kForward);
    [[nodiscard]] Step wait_for_outcome();
    void hold_for_restore();

    [[nodiscard]] Step on_query(std::string_view text);
    [[nodiscard]] std::optional<Step> on_deallocate(std::string_view text);
    [[nodiscard]] Step on_parse(std::string_view body);
    [[nodiscard]] Step parse_named(const protocol::Parse& parse);
    [[nodiscard]] Step parse_again(const pooler::StatementRef& old, const pooler::StatementRef& wanted);
    [[nodiscard]] Step on_bind(std::string_view body);
    [[nodiscard]] std::optional<Step> bind_deallocate(const protocol::Bind& bind,
                                                      const pooler::StatementRef& statement);
    [[nodiscard]] bool prepare_deallocate(const pooler::StatementRef& target);
    [[nodiscard]] std::optional<Step> execute_deallocate(std::string_view portal);
    [[nodiscard]] std::optional<Step> rebind_deallocate(std::string_view portal,
                                                        const pooler::StatementRef& statement,
                                                        const pooler::StatementRef& target);
    [[nodiscard]] Step on_describe(std::string_view body);
    [[nodiscard]] Step on_close(std::string_view body);
    [[nodiscard]] Step on_execute(std::string_view body);
    [[nodiscard]] Step on_sync();

    [[nodiscard]] std::optional<std::string> server_name_for(std::string_view name,
                                                             pooler::PreparedNames::Found& known);
    [[nodiscard]] bool prepare_on_server(const pooler::StatementRef& statement);
    void prepare_unnamed(const pooler::StatementRef& statement);
    void close_on_server(const pooler::StatementRef& statement);
    void make_room_for(const pooler::StatementRef& statement);
    [[nodiscard]] std::optional<Step> check_shape(std::string_view name,
                                                  const pooler::PreparedNames::Found& known);
    [[nodiscard]] Step refuse_shape();
    void note_describe(std::string_view name, std::uint64_t bound_at);
    void note_portal(std::string_view portal, std::string_view statement);

    [[nodiscard]] pooler::SessionEffects effects_of_text(std::string_view text);
    void note(const pooler::SessionEffects& effects);
    void taint();
    void note_execute(std::string_view portal);
    void note_deallocate_all(std::string_view text);

    PureWorker* worker_;
    std::uint64_t id_;
    TakeServer take_;
    PureServer* server_ = nullptr;
    std::string inbox_;
    Hold hold_ = Hold::kNone;
    bool ready_seen_ = false;
    bool restore_due_ = false;
    bool walking_ = false;
    std::uint64_t batch_start_ = 0;
    pooler::Variables variables_;
    pooler::Variables startup_;
    pooler::PortalStatements portals_;
    pooler::DescribeNotes notes_;
};

}  // namespace support
