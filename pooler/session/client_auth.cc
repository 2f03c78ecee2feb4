// How a session's client proves who it is: which rule counts for it, the dialogue, what follows from its end.
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "pooler/session/client_session.h"
#include "pooler/session/wire_fault.h"
#include "protocol/frame.h"
#include "protocol/message_type.h"
#include "protocol/startup.h"

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

}  // namespace

ConsoleAccess ClientSession::console_access() const {
    const auto& settings = environment_->configuration().settings;
    if (user_ == "pgbouncer" && unix_socket_) {
        const auto peer = peer_credentials(socket_.descriptor());
        if (peer && peer->uid == ::getuid()) return ConsoleAccess::kAdmin;
    }
    if (conf::list_contains(settings.admin_users, user_)) return ConsoleAccess::kAdmin;
    if (conf::list_contains(settings.stats_users, user_)) return ConsoleAccess::kStats;
    return settings.auth_type == conf::AuthType::kAny ? ConsoleAccess::kStats : ConsoleAccess::kNone;
}

/// The console knows its own users; for the rest auth_type or the HBA file decides.
LoginRule ClientSession::choose_rule() const {
    const auto& configuration = environment_->configuration();
    if (conf::is_console_database(database_name_)) {
        const ConsoleAccess access = console_access();
        if (access == ConsoleAccess::kNone) return {.refusal = "not allowed"};
        const bool peer = user_ == "pgbouncer" && unix_socket_ && access == ConsoleAccess::kAdmin;
        if (peer && !conf::list_contains(configuration.settings.admin_users, user_))
            return {.method = LoginMethod::kAny};
    }
    const Address address = peer_address(socket_.descriptor()).value_or(Address{});
    conf::HbaClient client;
    client.unix_socket = unix_socket_;
    client.address = address.raw();
    client.database = database_name_;
    client.user = user_;
    return login_rule(configuration, client);
}

/// Whether the socket vouches for the user.
bool ClientSession::identity_holds(const LoginRule& rule) const {
    if (rule.method != LoginMethod::kPeer) return false;
    const auto peer = peer_credentials(socket_.descriptor());
    const std::string name = peer ? system_user(peer->uid) : std::string{};
    return !name.empty() && environment_->configuration().idents.allow(rule.map, name, user_);
}

bool ClientSession::start_login() {
    const auto& configuration = environment_->configuration();
    const LoginRule rule = choose_rule();
    if (rule.method == LoginMethod::kReject) {
        environment_->log_session(*this, "login failed: db=" + database_name_ + " user=" + user_, true);
        fail(rule.refusal);
        return false;
    }
    ClientLogin::Options options;
    options.method = rule.method;
    options.identity_holds = identity_holds(rule);
    options.user = user_;
    options.process_secret = environment_->process().secret;
    options.scram_iterations = configuration.settings.scram_iterations;
    if (const std::string* secret = configuration.userlist.find(user_)) options.secret = *secret;
    login_ = std::make_unique<ClientLogin>(std::move(options), environment_->key_cache());
    std::string reply;
    const auto step = login_->start(reply);
    return on_login_step(step, reply);
}

std::size_t ClientSession::consume_auth(std::string_view data) {
    if (data.size() < protocol::kHeaderBytes) return 0;
    const auto header = protocol::read_header(data);
    if (header.type == static_cast<char>(FrontendType::kTerminate)) {
        close("client close request");
        return 0;
    }
    if (header.type != static_cast<char>(FrontendType::kPassword) || !header.valid() ||
        header.total_bytes() > protocol::kMaxStartupBytes + protocol::kHeaderBytes) {
        fail(bad_header(data));
        return 0;
    }
    if (data.size() < header.total_bytes()) return 0;
    std::string reply;
    const auto step = login_->on_password(data.substr(protocol::kHeaderBytes, header.body_bytes()), reply);
    return on_login_step(step, reply) ? header.total_bytes() : 0;
}

bool ClientSession::on_login_step(ClientLogin::Step step, std::string& reply) {
    switch (step) {
        case ClientLogin::Step::kContinue: static_cast<void>(socket_.send(reply)); return true;
        case ClientLogin::Step::kAccepted: return on_authenticated(std::move(reply));
        case ClientLogin::Step::kRefused: break;
    }
    const std::string text = login_->refusal();
    environment_->log_session(*this, "login failed: db=" + database_name_ + " user=" + user_, true);
    fail(text);
    return false;
}

bool ClientSession::on_authenticated(std::string reply) {
    if (environment_->configuration().settings.log_connections)
        environment_->log_session(
            *this, "login attempt: db=" + database_name_ + " user=" + user_ + " tls=no replication=no",
            false);
    if (conf::is_console_database(database_name_)) return enter_console(reply);
    static_cast<void>(socket_.send(reply));
    return enter_pool();
}

}  // namespace pooler
