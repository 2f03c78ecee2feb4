// Reads on replicas. A session that has no server, and whose next request is provably a read, may take its
// server from a replica's pool: for one Query or batch, or for one read-only transaction. As long as nothing
// of the answer was delivered, a request that the replica cannot answer is repeated on the primary.
// Everything that is sent to the primary and is not provably a read counts as a write until its end.
//
// The decisions are those of pooler/route; which replica is ReplicaSet's.
#include <algorithm>
#include <array>
#include <cstdio>

#include "pooler/session/client_session.h"
#include "pooler/sql/keyed_hash.h"
#include "protocol/extended_query.h"
#include "protocol/message_type.h"
#include "protocol/simple_query.h"

namespace pooler {

using protocol::FrontendType;

namespace {

/// A read does not wait longer for a connection to a replica.
constexpr std::chrono::milliseconds kPatience{500};

/// Of keyed hashes: texts in the log.
constexpr std::uint64_t kMissDomain = 0x6d697373;

/// Parses in one batch that are told apart.
constexpr std::size_t kMaxParses = 8;

/// The error may be one that the primary would not have: it is read-only, behind, conflicting with what it
/// replays, or going away.
bool replica_may_be_at_fault(const protocol::ErrorFields& fields) {
    constexpr std::array<std::string_view, 9> kClasses{"0A", "3D", "3F", "40", "42", "53", "55", "58", "XX"};
    if (fields.code == "25006") return true;
    if (fields.code.substr(0, 3) == "57P") return true;
    return std::find(kClasses.begin(), kClasses.end(), fields.code.substr(0, 2)) != kClasses.end();
}

bool is_on(const VariableValue* value) {
    return value != nullptr &&
           (value->text == "on" || value->text == "'on'" || value->text == "true" || value->text == "'true'");
}

/// The statements of a batch that has come whole, as far as they decide where it may go.
class BatchReader {
 public:
    explicit BatchReader(std::string_view bytes) : bytes_{bytes}, size_{bytes.size()} {}

    /// Calls `run(text)` for each statement that is bound, `known(name)` for one prepared earlier, which is
    /// false if there is no such. False: the batch is not whole, or holds something else.
    template <class Known, class Run>
    [[nodiscard]] bool read(const Known& known, const Run& run) {
        while (bytes_.size() >= protocol::kHeaderBytes) {
            const auto header = protocol::read_header(bytes_);
            if (!header.valid() || bytes_.size() < header.total_bytes()) return false;
            const std::string_view body = bytes_.substr(protocol::kHeaderBytes, header.body_bytes());
            bytes_.remove_prefix(header.total_bytes());
            const auto type = static_cast<FrontendType>(header.type);
            if (type == FrontendType::kSync) return true;
            if (type == FrontendType::kParse) {
                if (!note_parse(body)) return false;
            } else if (type == FrontendType::kBind) {
                if (!note_bind(body, known, run)) return false;
            } else if (type == FrontendType::kExecute) {
                executes_ = true;
            } else if (type != FrontendType::kDescribe && type != FrontendType::kClose) {
                return false;
            }
        }
        return false;
    }
    [[nodiscard]] bool executes() const { return executes_; }
    [[nodiscard]] std::size_t bytes() const { return size_ - bytes_.size(); }

 private:
    [[nodiscard]] bool note_parse(std::string_view body) {
        const auto parse = protocol::decode_parse(body);
        if (!parse || parses_ == parsed_.size()) return false;
        parsed_[parses_++] = {parse->name, parse->query};
        return true;
    }
    template <class Known, class Run>
    [[nodiscard]] bool note_bind(std::string_view body, const Known& known, const Run& run) {
        const auto bind = protocol::peek_bind_names(body, body.size());
        if (!bind || !*bind) return false;
        for (std::size_t i = parses_; i > 0; --i)
            if (parsed_[i - 1].first == (*bind)->statement) {
                run(parsed_[i - 1].second);
                return true;
            }
        return known((*bind)->statement);
    }

    std::string_view bytes_;
    std::size_t size_;
    std::array<std::pair<std::string_view, std::string_view>, kMaxParses> parsed_{};
    std::size_t parses_ = 0;
    bool executes_ = false;
};

}  // namespace

// --- where to

/// Before a server is taken for a request: from a replica, if it may.
void ClientSession::choose_source(protocol::FrameHeader header, std::string_view message) {
    ReplicaSet& set = *pool_->replicas();
    if (!route_) route_ = std::make_unique<RoutedUnit>();
    RoutedUnit& unit = *route_;
    if (std::exchange(unit.state, RoutedUnit::State::kIdle) == RoutedUnit::State::kRepeat)
        return set.count(RouteReason::kRepeated);
    unit.bytes.clear();
    // The replicas are the primary's: they do not follow what is written to the secondary.
    const DatabaseUsage& usage = pool_->shared().database_use;
    if (usage.on_secondary || usage.switching) return set.count(RouteReason::kUnavailable);
    const auto may = judge_unit(header, message);
    if (!may) return;
    if (!to_replica(*may)) return set.count(*may);
    const bool reads_ahead = set.rule().scope == conf::ReadAfterWrite::kSession;
    const WriteClock::View writes = reads_ahead ? WriteClock::View{false, unit.last_write}
                                                : (set.rule().scope == conf::ReadAfterWrite::kDatabase
                                                       ? pool_->shared().database_use.writes
                                                       : pool_->shared().writes)
                                                      .view();
    const auto now = IoContext::now();
    auto choice = set.choose(*may, writes, set.draws() ? environment_->random_bits() : 0, now);
    if (!choice.replica) {
        unit.bytes.clear();
        return set.count(choice.reason);
    }
    unit.replica = std::move(choice.replica);
    unit.since = now;
    unit.taken = 0;
    unit.state = RoutedUnit::State::kSending;
    unit.transaction = !block_.none();
    unit.begin_text.clear();
    if (unit.transaction) {
        unit.parameters = parameters_;
        unit.begin_text.assign(block_.text());
    }
    keep_routed_variables();
    unit.had_names = names_ != nullptr;
    if (names_) names_->mark();
    unit.replica->begin(choice.reason);
    source_ = unit.replica->pool;
}

/// Where the request may go by what it says; keeps its bytes. nullopt: nothing to decide.
std::optional<RouteReason> ClientSession::judge_unit(protocol::FrameHeader header, std::string_view message) {
    const auto type = static_cast<FrontendType>(header.type);
    if (pool_->mode() == conf::PoolMode::kSession || odd_encoding_ || !tracking_)
        return RouteReason::kSession;
    if (type == FrontendType::kQuery) {
        if (message.size() < header.total_bytes() || message.size() > RoutedUnit::kMaxBytes)
            return RouteReason::kIncomplete;
        const auto text = protocol::decode_query(message.substr(protocol::kHeaderBytes));
        if (!text) return RouteReason::kIncomplete;
        route_->bytes.assign(message);
        return judge_text(*text);
    }
    if (type == FrontendType::kFunctionCall) return RouteReason::kNotProvablyRead;
    return judge_batch({message.data(), message.size() + io().ahead.size()});
}

std::optional<RouteReason> ClientSession::judge_batch(std::string_view bytes) {
    BatchReader batch{bytes};
    std::optional<RouteReason> reason;
    const auto run = [&reason](RouteReason own) { reason = reason ? join(*reason, own) : own; };
    const bool whole = batch.read(
        [&](std::string_view name) {
            const auto own = judge_named(name);
            if (own) run(*own);
            return own.has_value();
        },
        [&](std::string_view text) { run(judge_text(text)); });
    if (!whole || batch.bytes() > RoutedUnit::kMaxBytes) return RouteReason::kIncomplete;
    if (!batch.executes()) return std::nullopt;
    route_->bytes.assign(bytes.substr(0, batch.bytes()));
    return reason;
}

/// A prepared statement; nullopt: the client has none of this name.
std::optional<RouteReason> ClientSession::judge_named(std::string_view name) {
    if (!names_) return std::nullopt;
    if (block_.none()) {
        const auto own = names_->route(name, [this](std::string_view text) {
            return classify_route(classified(text), RouteWish::kAuto);
        });
        return own ? std::optional{as_wished(*own, route_wish())} : std::nullopt;
    }
    const StatementRef statement = names_->statement(name);
    return statement ? std::optional{judge_in_block(statement->query)} : std::nullopt;
}

RouteReason ClientSession::judge_text(std::string_view text) {
    return block_.none() ? classify_route(classified(text), route_wish()) : judge_in_block(text);
}

RouteWish ClientSession::route_wish() const {
    if (variables_.empty()) return RouteWish::kAuto;
    const VariableValue* value = variables_.get("weir.route");
    return value == nullptr ? RouteWish::kAuto : wish_of(value->text);
}

/// The first request of a transaction that no server has begun.
RouteReason ClientSession::judge_in_block(std::string_view text) {
    const RouteWish wish = route_wish();
    const SqlScript begin = classified(block_.text());
    const VariableValue* isolation = variables_.get("default_transaction_isolation");
    if (begin.size() != 1 ||
        (isolation != nullptr && isolation->text.find("serializable") != std::string::npos))
        return RouteReason::kTransaction;
    const bool defaults = is_on(variables_.get("default_transaction_read_only"));
    const SqlScript& script = classified(text);
    if (script.is_only(StatementKind::kSetTransaction))
        return begins_on_replica(script[0].transaction, false) && wish != RouteWish::kPrimary
                   ? RouteReason::kReadOnlyTransaction
                   : RouteReason::kTransaction;
    if (!begins_on_replica(begin[0].transaction, defaults)) return RouteReason::kTransaction;
    const RouteReason reason = classify_route(script, wish);
    return reason == RouteReason::kRead ? RouteReason::kReadOnlyTransaction : reason;
}

/// A replica is linked that was sent all of a request, and the one at hand cannot go there yet.
bool ClientSession::waits_for_replica() {
    RoutedUnit& unit = *route_;
    if (unit.failed()) return true;
    if (!unit.transaction || !server_->ledger().empty()) return true;
    unit.state = RoutedUnit::State::kSending;
    return false;
}

// --- writes

/// In front of a message to the primary: it may write.
void ClientSession::note_write(protocol::FrameHeader header, std::string_view message) {
    if (may_write_by(header, message)) pool_->begin_write(*server_);
}

bool ClientSession::may_write_by(protocol::FrameHeader header, std::string_view message) {
    const auto type = static_cast<FrontendType>(header.type);
    if (type == FrontendType::kFunctionCall) return true;
    if (type != FrontendType::kQuery && type != FrontendType::kBind) return false;
    if (odd_encoding_ || header.total_bytes() > kMaxReadBytes || message.size() < header.total_bytes())
        return true;
    const std::string_view body = message.substr(protocol::kHeaderBytes);
    if (type == FrontendType::kQuery) {
        const auto text = protocol::decode_query(body);
        return !text || may_write(classified(*text));
    }
    const auto bind = protocol::peek_bind_names(body, header.body_bytes());
    const StatementRef statement = bind && *bind && names_ ? names_->statement((*bind)->statement) : nullptr;
    return !statement || may_write(classified(statement->query));
}

/// The server's transaction is over, and its client was told.
void ClientSession::note_write_end() {
    if (!server_->writing) return;
    pool_->end_write(*server_);
    if (route_) route_->last_write = IoContext::now();
}

// --- the answer

bool ClientSession::takes_error(const protocol::ErrorFields& fields) {
    if (replay_) replay_->error_seen = true;
    if (!routed()) return false;
    RoutedUnit& unit = *route_;
    if (unit.bytes.empty()) return unit.transaction && fields.fatal();  // told by on_replica_lost()
    if (!replica_may_be_at_fault(fields)) return false;
    unit.state =
        unit.state == RoutedUnit::State::kSent ? RoutedUnit::State::kFailed : RoutedUnit::State::kCut;
    if (fields.code == "25006" && !route_->transaction) note_miss(fields.message);
    return true;
}

/// The classifier took for a read what the server says would write. The text itself may hold secrets.
void ClientSession::note_miss(std::string_view message) {
    if (ReplicaSet* set = pool_->replicas()) ++set->misses;
    std::array<char, 17> fingerprint{};
    std::snprintf(fingerprint.data(), fingerprint.size(), "%016llx",
                  static_cast<unsigned long long>(keyed_hash(route_->bytes, kMissDomain).low));
    environment_->log_session(*this,
                              "a replica refused as a write what was taken for a read: " +
                                  std::string{message} + " (fingerprint " + fingerprint.data() + ")",
                              true);
}

/// The replies of a read have been dropped.
void ClientSession::finish_failed_route() {
    end_failed_begin();
    if (ready_seen_ && server_->ledger().empty()) return repeat_on_primary();
    if (route_->state == RoutedUnit::State::kFailed) return;  // its end is still to come
    retire_routed("a read could not be sent to it whole");
}

/// The replica's connection is given up, and the request goes to the primary.
void ClientSession::retire_routed(std::string_view reason) {
    ServerConnection& server = *std::exchange(server_, nullptr);
    server.unlink();
    source_->retire(server, reason);
    repeat_on_primary();
}

/// The request again, as if it had just come. The server, if there is one, goes back.
void ClientSession::repeat_on_primary() {
    RoutedUnit& unit = *route_;
    if (waiting()) source_->stop_waiting(*this);
    const std::size_t left = unit.bytes.size() - std::min(unit.taken, unit.bytes.size());
    const std::string kept = inbox_.take();
    const std::string again = unit.bytes + kept.substr(std::min(left, kept.size()));
    inbox_.keep(again, io());
    if (names_ && unit.had_names)
        names_->rewind();
    else
        names_.reset();
    notes_.reset();
    if (portals_) portals_->clear();
    if (unit.transaction) block_.begin(unit.begin_text);
    begin_failed_ = pin_check_due_ = restore_due_ = false;
    pins_ = 0;
    body_left_ = 0;
    hold_ = Hold::kNone;
    unit.state = RoutedUnit::State::kRepeat;
    if (server_ != nullptr)
        unlink_server(false);
    else
        end_route(std::nullopt);
    resume();
}

bool ClientSession::out_of_patience(Clock::time_point now) const {
    return routed() && now - waiting_since > kPatience;
}

}  // namespace pooler
