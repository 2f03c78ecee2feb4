#include "tests/unit/pooler/session/model/history.h"

#include <algorithm>
#include <utility>

#include "protocol/copy.h"
#include "protocol/error_notice.h"
#include "protocol/extended_query.h"
#include "protocol/frame.h"
#include "protocol/simple_query.h"

namespace model {

using pooler::Variables;
using support::PureServer;
using support::PureSession;
using support::SimServer;
using support::SimVariables;

namespace {

std::string_view take_message(std::string_view& bytes) {
    const std::string_view message = bytes.substr(0, protocol::read_header(bytes).total_bytes());
    bytes.remove_prefix(message.size());
    return message;
}

/// What is compared of an answer: everything, but the words of errors; in a transaction that had failed
/// before not even which error it is. A server that lacks the client's statement cannot be given it then, and
/// says so first.
std::string token_of(std::string_view message, bool failed) {
    if (message.front() != 'E') return std::string{message};
    if (failed) return "E in a failed transaction";
    const auto fields = protocol::decode_error_fields(message.substr(protocol::kHeaderBytes));
    return "E " + std::string{fields ? fields->code : std::string_view{"broken"}};
}

std::string printable(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
}

SimVariables::Values startup_of(std::uint64_t session) {
    if (session % 2 == 0) return {};
    return {{"x.a", "start_" + std::to_string(session % 3)}};
}

}  // namespace

struct History::Client {
    Client(std::mt19937& random, int number, bool cockroach, SimVariables::Values startup)
        : author{random, number, cockroach}, direct{std::move(startup), cockroach} {}
    Author author;
    SimServer direct;
    std::unique_ptr<PureSession> through;
    std::deque<std::pair<std::string, bool>> expected;  ///< a message, and whether it comes in a failed block
    std::string said;
};

struct History::Server {
    Server(support::PureWorker& worker) : pure{worker}, real{{}, worker.cockroach()} {}
    PureServer pure;
    SimServer real;
    std::string wire;  ///< sent and not read yet
};

History::History(std::uint64_t seed) : random_{static_cast<std::uint32_t>(seed)} {
    worker_.dialect = pick(3) == 0 ? pooler::Dialect::kCockroach : pooler::Dialect::kPostgres;
    worker_.max_prepared_statements = std::array<std::size_t, 4>{1, 2, 3, 100}[pick(4)];
    servers_.resize(1 + pick(3));
    for (auto& server : servers_) server = std::make_unique<Server>(worker_);
    clients_.resize(2 + pick(7));
    for (std::size_t i = 0; i < clients_.size(); ++i) come(i);
}

History::~History() = default;

void History::come(std::size_t index) {
    const std::uint64_t session = ++sessions_;
    const auto values = startup_of(session);
    Variables startup;
    for (const auto& [name, value] : values)
        startup.set(name, {pooler::sql_literal(value), pooler::VariableValue::Form::kList});
    auto client = std::make_unique<Client>(random_, static_cast<int>(session), worker_.cockroach(), values);
    client->through = std::make_unique<PureSession>(worker_, session, startup,
                                                    [this](const Variables& wanted) { return take(wanted); });
    clients_[index] = std::move(client);
}

PureServer* History::take(const Variables& wanted) {
    PureServer* found = nullptr;
    for (const auto& server : servers_) {
        if (!server->pure.free() || !server->pure.reusable()) continue;
        const bool fits = server->pure.variables.state().variables == wanted;
        if (found == nullptr || fits) found = &server->pure;
        if (fits) break;
    }
    return found;
}

void History::leave(std::size_t index) {
    Client& client = *clients_[index];
    compare(client);
    if (!client.through->leave()) fault_ = "a server was lost with its client";
    state_changes_ += client.through->state_changes;
    come(index);
}

void History::say(Client& client, const std::string& message) {
    const bool failed = client.direct.failed();
    std::string replies;
    client.direct.on_message(message, replies);
    for (std::string_view rest = replies; !rest.empty();)
        client.expected.emplace_back(token_of(take_message(rest), failed), failed);
    client.said += printable(message) + "\n";
    constexpr std::size_t kKept = 1500;
    if (client.said.size() > kKept) client.said.erase(0, client.said.size() - kKept);
    if (!client.through->feed(message)) fault_ = "a message was not taken";
}

/// The server reads one message, or all there are, and answers.
void History::serve(Server& server, bool all) {
    server.wire += std::exchange(server.pure.to_server, {});
    do {
        if (server.wire.empty() || !fault_.empty()) return;
        std::string_view bytes = server.wire;
        const std::string message{take_message(bytes)};
        server.wire.erase(0, message.size());
        std::string replies;
        server.real.on_message(message, replies);
        for (std::string_view rest = replies; !rest.empty();)
            if (!server.pure.on_message(take_message(rest))) fault_ = "a reply does not fit the ledger";
        server.pure.on_turn_end();
        server.wire += std::exchange(server.pure.to_server, {});
    } while (all);
}

void History::compare(Client& client) {
    for (std::string_view rest = client.through->to_client; !rest.empty() && fault_.empty();) {
        const std::string_view message = take_message(rest);
        if (client.expected.empty()) {
            fault_ = "an answer too many: " + printable(message);
            break;
        }
        const auto [wanted, failed] = client.expected.front();
        client.expected.pop_front();
        const std::string found = token_of(message, failed);
        if (found != wanted) fault_ = printable(found) + " instead of " + printable(wanted);
    }
    client.through->to_client.clear();
    if (!fault_.empty()) fault_ += "\n" + client.said;
}

bool History::step() {
    const std::size_t index = pick(static_cast<unsigned>(clients_.size()));
    Client& client = *clients_[index];
    if (pick(200) == 0) {
        leave(index);
    } else if (client.through->quiet() || pick(3) == 0) {
        say(client, client.author.next(client.direct.failed(), client.direct.copying()));
        compare(client);
    }
    for (const auto& server : servers_)
        if (pick(3) != 0) serve(*server, pick(4) == 0);
    for (const auto& other : clients_) {
        other->through->try_again();
        compare(*other);
    }
    return fault_.empty();
}

/// Until nobody has anything to do any more.
bool History::drain() {
    for (int round = 0; round < 50 && fault_.empty(); ++round) {
        for (const auto& server : servers_) serve(*server, true);
        for (const auto& client : clients_) {
            client->through->try_again();
            compare(*client);
        }
    }
    return fault_.empty();
}

bool History::finish() {
    std::string end;
    protocol::encode_copy_done(end);
    const std::size_t copy_bytes = end.size();
    protocol::encode_sync(end);
    protocol::encode_query(end, "ROLLBACK");
    for (const auto& client : clients_) {
        std::string_view rest = end;
        if (!client->direct.copying()) rest.remove_prefix(copy_bytes);
        while (!rest.empty() && fault_.empty()) say(*client, std::string{take_message(rest)});
    }
    // One that keeps its server, since nobody knows what it has set, must leave before others get it.
    std::vector<bool> left(clients_.size());
    for (std::size_t round = 0; round <= clients_.size() && drain(); ++round)
        for (std::size_t i = 0; i < clients_.size(); ++i)
            if (!left[i] && clients_[i]->expected.empty()) {
                leave(i);
                left[i] = true;
            }
    if (!fault_.empty()) return false;
    for (std::size_t i = 0; i < clients_.size(); ++i)
        if (!left[i]) fault_ = "an answer is missing\n" + clients_[i]->said;
    const bool idle = std::all_of(servers_.begin(), servers_.end(),
                                  [](const auto& server) { return server->pure.reusable(); });
    if (!idle) fault_ = "a server is not fit for use";
    return fault_.empty();
}

}  // namespace model
