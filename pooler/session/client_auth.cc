// How a session's client proves who it is: which rule counts for it, the dialogue, what follows from its end.
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "pooler/session/client_session.h"
#include "pooler/session/wire_fault.h"
#include "protocol/crypto.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/startup.h"
#include "tls/connection.h"

namespace pooler {

using protocol::FrontendType;

namespace {

/// The name of an operating system user; empty if there is none.
std::string system_user(uid_t uid) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
    return found->pw_name;
}

/// A password as long as may be, its terminator, the header.
constexpr std::size_t kMaxAuthBytes = conf::kMaxSecretBytes + 1 + protocol::kHeaderBytes;
static_assert(kMaxAuthBytes <= Inbox::kInBlockBytes, "passwords are wiped where they are read");

bool needs_secret(LoginMethod method) {
    switch (method) {
        case LoginMethod::kTrust:
        case LoginMethod::kPlain:
        case LoginMethod::kMd5:
        case LoginMethod::kScramSha256:
        case LoginMethod::kPeer:
        case LoginMethod::kCert: return true;
        case LoginMethod::kAny:
        case LoginMethod::kReject:
        case LoginMethod::kLdap:
        case LoginMethod::kPam:
        case LoginMethod::kPassthrough: break;
    }
    return false;
}

}  // namespace

ConsoleAccess ClientSession::console_access() const {
    const auto& settings = environment_->configuration().settings;
    if (user() == "pgbouncer" && unix_socket_) {
        const auto peer = peer_credentials(socket_.descriptor());
        if (peer && peer->uid == ::getuid()) return ConsoleAccess::kAdmin;
    }
    if (conf::list_contains(settings.admin_users, user())) return ConsoleAccess::kAdmin;
    if (conf::list_contains(settings.stats_users, user())) return ConsoleAccess::kStats;
    return settings.auth_type == conf::AuthType::kAny ? ConsoleAccess::kStats : ConsoleAccess::kNone;
}

/// The console knows its own users; for the rest auth_type or the HBA file decides.
LoginRule ClientSession::choose_rule() const {
    const auto& configuration = environment_->configuration();
    if (conf::is_console_database(database_name())) {
        const ConsoleAccess access = console_access();
        if (access == ConsoleAccess::kNone) return {.refusal = "not allowed"};
        const bool peer = user() == "pgbouncer" && unix_socket_ && access == ConsoleAccess::kAdmin;
        if (peer && !conf::list_contains(configuration.settings.admin_users, user()))
            return {.method = LoginMethod::kAny};
    }
    const Address address = peer_address(socket_.descriptor()).value_or(Address{});
    conf::HbaClient client;
    client.unix_socket = unix_socket_;
    client.tls = socket_.secured() != nullptr;
    client.address = address.raw();
    client.database = database_name();
    client.user = user();
    return login_rule(configuration, client);
}

/// Whether the socket vouches for the user: the kernel for one on this machine, a certificate for one who
/// showed it.
bool ClientSession::identity_holds(const LoginRule& rule) const {
    if (rule.method == LoginMethod::kCert) {
        const auto* secured = socket_.secured();
        const auto names = secured == nullptr ? std::vector<std::string>{} : secured->peer_names();
        return std::any_of(names.begin(), names.end(), [this, &rule](const std::string& name) {
            return !name.empty() && environment_->configuration().idents.allow(rule.map, name, user());
        });
    }
    if (rule.method != LoginMethod::kPeer) return false;
    const auto peer = peer_credentials(socket_.descriptor());
    const std::string name = peer ? system_user(peer->uid) : std::string{};
    return !name.empty() && environment_->configuration().idents.allow(rule.map, name, user());
}

bool ClientSession::start_login() {
    const auto& configuration = environment_->configuration();
    pending_ = std::make_unique<PendingLogin>(*this, choose_rule(), user());
    if (pending_->rule.method == LoginMethod::kReject) {
        environment_->log_session(*this, "login failed: db=" + database_name() + " user=" + user(), true);
        fail_login(LoginFault::kAuthentication, pending_->rule.refusal);
        return false;
    }
    if (configuration.settings.log_connections)
        environment_->log_session(
            *this,
            "login attempt: db=" + database_name() + " user=" + user() + " tls=" +
                (socket_.secured() != nullptr ? socket_.secured()->description() : "no") + " replication=no",
            false);
    if (const std::string* secret = configuration.userlist.find(user())) return start_dialogue(*secret);
    return needs_secret(pending_->rule.method) ? ask_for_secret(false) : start_dialogue({});
}

/// By auth_query, if there is one for this database. False: the session is closed.
bool ClientSession::ask_for_secret(bool fresh) {
    SecretDesk& desk = environment_->secrets();
    if (!desk.has_query(database_name())) return login_ == nullptr ? start_dialogue({}) : refuse_login();
    const auto answer = desk.ask(database_name(), pending_->asked, fresh, *pending_);
    if (answer) return take_secret(*answer);
    hold_ = Hold::kForLogin;
    return true;
}

void ClientSession::on_secret(const SecretAnswer& answer) {
    if (state_ != SessionState::kAuth) return;
    hold_ = Hold::kNone;
    if (take_secret(answer) && hold_ == Hold::kNone) resume();
}

bool ClientSession::take_secret(const SecretAnswer& answer) {
    if (!answer.failure.empty()) {
        environment_->log_session(*this, "auth_query failed: " + answer.failure, true);
        fail_login(LoginFault::kSettings, "bouncer config error");
        return false;
    }
    pending_->from_cache = answer.from_cache;
    pending_->learned.reset();
    set_names({answer.found ? answer.found->user : pending_->asked, database_name()});
    if (answer.found) pending_->learned = answer.found->secret;
    if (login_ == nullptr) return start_dialogue(pending_->learned);
    // A login that failed with an older secret: the client's answer once more, against this one.
    login_->replace_secret(user(), pending_->learned);
    std::string reply;
    std::string said = std::exchange(pending_->answer, {});
    const auto step = login_->on_password(said, reply);
    protocol::wipe(said);
    return on_login_step(step, reply);
}

bool ClientSession::start_dialogue(std::optional<std::string> secret) {
    ClientLogin::Options options;
    options.method = pending_->rule.method;
    options.identity_holds = identity_holds(pending_->rule);
    options.user = user();
    options.secret = std::move(secret);
    options.process_secret = environment_->process().secret;
    const auto kinds = environment_->secrets().has_query(database_name())
                           ? environment_->process().secrets.kinds()
                           : SecretKinds::of(environment_->configuration().userlist);
    options.unknown_in_scram = kinds.ask_scram(user(), options.process_secret);
    options.scram_iterations = environment_->configuration().settings.scram_iterations;
    if (const auto* secured = socket_.secured())
        if (auto binding = secured->channel_binding()) options.channel_binding = *std::move(binding);
    login_ = std::make_unique<ClientLogin>(std::move(options), environment_->key_cache());
    std::string reply;
    const auto step = login_->start(reply);
    return on_login_step(step, reply);
}

std::size_t ClientSession::consume_auth(std::string_view data) {
    if (hold_ != Hold::kNone || data.size() < protocol::kHeaderBytes) return 0;
    const auto header = protocol::read_header(data);
    if (header.type == static_cast<char>(FrontendType::kTerminate)) {
        close_left("client close request");
        return 0;
    }
    if (header.type != static_cast<char>(FrontendType::kPassword) || !header.valid() ||
        header.total_bytes() > kMaxAuthBytes) {
        fail_login(LoginFault::kProtocol, bad_header(data));
        return 0;
    }
    if (data.size() < header.total_bytes()) return 0;
    const std::string_view body = data.substr(protocol::kHeaderBytes, header.body_bytes());
    std::string reply;
    const auto step = login_->on_password(body, reply);
    // Kept in case an older secret refuses it and it is to be judged by a newer one.
    if (pending_->from_cache && login_->may_answer_again()) pending_->answer = body;
    return on_login_step(step, reply) ? header.total_bytes() : 0;
}

bool ClientSession::on_login_step(ClientLogin::Step step, std::string& reply) {
    switch (step) {
        case ClientLogin::Step::kContinue: static_cast<void>(socket_.send(reply)); return true;
        case ClientLogin::Step::kAskOutside: return check_outside();
        case ClientLogin::Step::kDeriveKeys: {
            KeysWaiter& waiter = *pending_;
            return run_outside(std::make_shared<DeriveKeysCall>(waiter, login_->derivation()));
        }
        case ClientLogin::Step::kAccepted: return on_authenticated(std::move(reply));
        case ClientLogin::Step::kRefused: break;
    }
    return refuse_login();
}

/// A server with forced users would judge another user than the client's.
bool ClientSession::ask_server() {
    const auto database = environment_->configuration().find_database(database_name());
    if (!database || database->user) {
        std::string reply;
        return on_login_step(login_->judge_by_nobody(), reply);
    }
    const auto answer = environment_->proofs().ask(*database, user(), login_->password(), *pending_);
    if (answer) return take_proof(*answer);
    hold_ = Hold::kForLogin;
    return true;
}

bool ClientSession::take_proof(const ProofAnswer& answer) {
    const LoginFailure& failure = answer.failure;
    if (answer.kind != ProofAnswer::Kind::kRight)
        environment_->log_session(*this, "login of user=" + user() + " refused by server: " + failure.message,
                                  true);
    if (answer.kind == ProofAnswer::Kind::kFailed) {
        fail_login(LoginFault::kServer, failure.sqlstate.empty() ? "08P01" : failure.sqlstate,
                   failure.message);
        return false;
    }
    std::string reply;
    return on_login_step(login_->on_judged(answer.kind == ProofAnswer::Kind::kRight), reply);
}

void ClientSession::on_proof(const ProofAnswer& answer) {
    if (state_ != SessionState::kAuth) return;
    hold_ = Hold::kNone;
    if (take_proof(answer) && hold_ == Hold::kNone) resume();
}

bool ClientSession::check_outside() {
    if (pending_->rule.method == LoginMethod::kPassthrough) return ask_server();
    const auto& settings = environment_->configuration().settings;
    PasswordCall::Question question;
    question.method = pending_->rule.method;
    question.user = user();
    question.password = login_->password();
    question.remote_host = unix_socket_ ? "" : peer_address(socket_.descriptor()).value_or(Address{}).host();
    question.pam_service = settings.auth_pam_service;
    question.ldap_options = pending_->rule.ldap_options;
    return run_outside(std::make_shared<PasswordCall>(*this, std::move(question)));
}

/// False: the session is closed.
bool ClientSession::run_outside(std::shared_ptr<BlockingCall> call) {
    pending_->call = call;
    if (!io().blocking.submit(std::move(call))) {
        fail_login(LoginFault::kLimit, "53300", "too many logins at once");
        return false;
    }
    hold_ = Hold::kForLogin;
    return true;
}

void ClientSession::on_password_checked(const PasswordCheck& result) {
    if (!result.accepted)
        environment_->log_session(*this, "login of user=" + user() + " refused: " + result.reason, true);
    std::string reply;
    go_on_with_login(login_->on_judged(result.accepted), reply);
}

void ClientSession::on_login_keys(const std::optional<protocol::ScramKeys>& keys) {
    std::string reply;
    const auto step = login_->on_keys(keys, reply);
    go_on_with_login(step, reply);
}

/// What it waited for outside of the loop is there.
void ClientSession::go_on_with_login(ClientLogin::Step step, std::string& reply) {
    pending_->call.reset();
    hold_ = Hold::kNone;
    if (on_login_step(step, reply) && hold_ == Hold::kNone) resume();
}

/// The secret may have changed since it was learnt: it is asked for again. Where the client's answer fits no
/// other secret (SCRAM: the salt was in the question) this only helps its next login.
bool ClientSession::refuse_login() {
    if (pending_->from_cache) {
        pending_->from_cache = false;
        if (!pending_->answer.empty()) return ask_for_secret(true);
        environment_->secrets().forget(database_name(), pending_->asked);
    }
    const std::string text = login_->refusal();
    environment_->log_session(*this, "login failed: db=" + database_name() + " user=" + user(), true);
    fail_login(LoginFault::kAuthentication, text);
    return false;
}

bool ClientSession::on_authenticated(std::string reply) {
    if (const auto* secured = socket_.secured()) secured->secrets_are_over();
    if (conf::is_console_database(database_name())) return enter_console(reply);
    static_cast<void>(socket_.send(reply));
    return enter_pool();
}

}  // namespace pooler
