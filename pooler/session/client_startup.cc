// A session until it is logged in: start-up packets, parameters, admission, welcome; client_auth.cc is what
// lies between admission and welcome. The order of the checks is PgBouncer's, so that a client sees the same
// error for the same fault.
#include <algorithm>

#include "pooler/session/client_session.h"
#include "pooler/session/opening.h"
#include "protocol/auth.h"
#include "protocol/error_notice.h"
#include "protocol/session_status.h"
#include "tls/connection.h"

namespace pooler {

namespace {

constexpr std::size_t kMaxUserBytes = 127;

constexpr const char* kConsole = "pgbouncer";

/// What the limits on clients see of the console: a database without keys of its own.
std::optional<conf::Database> console_database() {
    conf::Database console;
    console.name = kConsole;
    return console;
}

}  // namespace

std::size_t ClientSession::consume_startup(std::string_view data) {
    const bool offered = !unix_socket_ && environment_->tls().client() != nullptr;
    const Opening opening = read_opening(data, offered, socket_.secured() != nullptr);
    switch (opening.kind) {
        case Opening::Kind::kIncomplete: return 0;
        case Opening::Kind::kMessage:
            return on_startup_message(std::get<protocol::StartupMessage>(opening.packet)) ? opening.bytes : 0;
        case Opening::Kind::kCancel:
            enter(SessionEvent::kCancelRead);
            environment_->route_cancel(std::get<protocol::CancelRequest>(opening.packet).key, id_);
            return opening.bytes;
        case Opening::Kind::kInClear: static_cast<void>(socket_.send("N")); return opening.bytes;
        case Opening::Kind::kTls:
            static_cast<void>(socket_.send("S"));
            start_tls();
            return state_ == SessionState::kClosed ? 0 : opening.bytes;
        case Opening::Kind::kFault: break;
    }
    if (opening.silent) {
        ++environment_->process().login_faults[static_cast<std::size_t>(LoginFault::kProtocol)];
        close(opening.fault);
        return 0;
    }
    if (opening.refuse_encryption) static_cast<void>(socket_.send("N"));
    fail_login(LoginFault::kProtocol, opening.fault);
    return 0;
}

/// It is looked at where it lies, since OpenSSL reads the descriptor itself.
bool ClientSession::begins_with_tls() {
    first_bytes_seen_ = unix_socket_ || environment_->tls().client() == nullptr;
    if (first_bytes_seen_) return false;
    const auto waiting = socket_.peek();
    first_bytes_seen_ = waiting.status == Socket::ReadStatus::kData;
    return waiting.status == Socket::ReadStatus::kData && begins_handshake(waiting.first);
}

void ClientSession::start_tls() {
    auto connection = tls::Connection::accept(environment_->tls().client(), socket_.descriptor());
    if (!connection) return close("TLS: " + connection.error().text);
    socket_.secure(io(), *std::move(connection), false);
}

void ClientSession::on_secured(std::string_view error) {
    if (error.empty()) return;
    ++environment_->process().login_faults[static_cast<std::size_t>(LoginFault::kTls)];
    const std::string text = "TLS handshake failed: " + std::string{error};
    environment_->log_session(*this, text, true);
    close(text);
}

bool ClientSession::on_startup_message(const protocol::StartupMessage& message) {
    const bool tls_needed =
        environment_->configuration().settings.client_tls_sslmode >= conf::SslMode::kRequire;
    if (tls_needed && !unix_socket_ && socket_.secured() == nullptr) {
        fail_login(LoginFault::kTls, "SSL required");
        return false;
    }
    std::vector<std::string_view> unrecognised;
    if (!take_parameters(message, unrecognised) || !check_admission()) return false;
    if (message.version != protocol::kProtocol30 || !unrecognised.empty()) {
        std::string packet;
        protocol::encode_negotiate_protocol_version(packet, protocol::kProtocol30, unrecognised);
        static_cast<void>(socket_.send(packet));
    }
    enter(SessionEvent::kStartupRead);
    return start_login();
}

bool ClientSession::take_parameters(const protocol::StartupMessage& message,
                                    std::vector<std::string_view>& unrecognised) {
    for (const auto& [name, value] : message.parameters) {
        if (name.starts_with("_pq_."))
            unrecognised.push_back(name);
        else if (!take_parameter(name, value))
            return false;
    }
    if (user().empty()) {
        fail_login(LoginFault::kProtocol, "no username supplied");
        return false;
    }
    if (user().size() > kMaxUserBytes) {
        fail_login(LoginFault::kProtocol, "username too long");
        return false;
    }
    if (database_name().empty()) set_names({user(), user()});
    if (environment_->configuration().settings.application_name_add_host) add_host_to_application_name();
    return true;
}

void ClientSession::set_names(ClientNames names) {
    who_ = std::make_shared<const ClientNames>(std::move(names));
}

bool ClientSession::take_parameter(std::string_view name, std::string_view value) {
    const auto& settings = environment_->configuration().settings;
    if (name == "user") {
        set_names({std::string{value}, database_name()});
    } else if (name == "database") {
        set_names({user(), std::string{value}});
    } else if (name == "options" && !conf::list_contains(settings.ignore_startup_parameters, name)) {
        return take_options(value);
    } else if (const auto index = environment_->tracked().index_of(name)) {
        parameters_.set(*index, value, environment_->tracked().size());
    } else if (name == "replication" &&
               (value == "false" || value == "off" || value == "no" || value == "0")) {
        return true;
    } else if (name == "replication") {
        fail_login(LoginFault::kProtocol, "0A000", "replication connections are not supported");
        return false;
    } else if (!conf::list_contains(settings.ignore_startup_parameters, name)) {
        return take_variable(name, value);
    }
    return true;
}

/// A variable that we do not know: the server is asked to set it before the client's first request.
bool ClientSession::take_variable(std::string_view name, std::string_view value) {
    const std::string variable = folded(name);
    // What a proxy tells CockroachDB about its client, or a session to take up: not for clients to say.
    if (variable.starts_with("crdb:")) {
        fail_login(LoginFault::kProtocol, "unsupported startup parameter: " + std::string{name});
        return false;
    }
    startup_variables_.set(variable, {std::string{value}, VariableValue::Form::kFlat});
    return true;
}

bool ClientSession::take_options(std::string_view options) {
    const auto words = protocol::parse_options(options);
    if (!words) {
        fail_login(
            LoginFault::kProtocol,
            "unsupported options startup parameter: only '-c config=val' and '--config=val' are allowed");
        return false;
    }
    const auto& settings = environment_->configuration().settings;
    for (const auto& [name, value] : *words) {
        if (const auto index = environment_->tracked().index_of(name)) {
            parameters_.set(*index, value, environment_->tracked().size());
        } else if (!conf::list_contains(settings.ignore_startup_parameters, name) &&
                   !take_variable(name, value)) {
            return false;
        }
    }
    return true;
}

void ClientSession::add_host_to_application_name() {
    const auto index = environment_->tracked().index_of("application_name");
    if (!index) return;
    const std::string* given = parameters_.get(*index);
    std::string name = given == nullptr || given->empty() ? "app" : *given;
    if (unix_socket_) {
        const auto peer = peer_credentials(socket_.descriptor());
        name += " - unix(" + std::to_string(peer ? peer->pid : 0) + "@" + own_host_name() +
                "):" + std::to_string(environment_->configuration().settings.listen_port);
    } else {
        name += " - " + peer_address(socket_.descriptor()).value_or(Address{}).to_text();
    }
    parameters_.set(*index, name, environment_->tracked().size());
}

/// Limits on clients, before anything is spent on the password.
bool ClientSession::check_admission() {
    const auto& configuration = environment_->configuration();
    const bool console = conf::is_console_database(database_name());
    if (!console && environment_->process().clients.used() > configuration.settings.max_client_conn) {
        fail_login(LoginFault::kLimit, "no more connections allowed (max_client_conn)");
        return false;
    }
    // Names anybody can invent are not counted before they are authenticated: each would stay in memory.
    const auto database = console ? console_database() : configuration.find_database(database_name());
    if (database && !database->is_auto && !count_in_database(*database)) return false;
    if (configuration.userlist.find(user()) == nullptr && configuration.find_user(user()) == nullptr)
        return true;
    return count_for_user();
}

/// Limits on clients do not hold for administrators, nor for the pooler's own user on the console.
bool ClientSession::is_admin() const {
    const bool own = conf::is_console_database(database_name()) && unix_socket_ && user() == kConsole;
    return own || conf::list_contains(environment_->configuration().settings.admin_users, user());
}

bool ClientSession::count_for_user() {
    const auto& configuration = environment_->configuration();
    auto& usage = environment_->process().pools.users.of(user());
    if (!usage.clients.try_reserve(is_admin() ? 0 : configuration.max_user_client_connections(user()))) {
        fail_login(LoginFault::kLimit, "client connections exceeded (max_user_client_connections)");
        return false;
    }
    login_usage_ = &usage;
    return true;
}

bool ClientSession::count_in_database(const conf::Database& database) {
    const auto& configuration = environment_->configuration();
    auto& usage = environment_->process().pools.databases.of(database.name);
    if (!usage.clients.try_reserve(is_admin() ? 0 : configuration.max_db_client_connections(database))) {
        fail_login(LoginFault::kLimit, "client connections exceeded (max_db_client_connections)");
        return false;
    }
    database_usage_ = &usage;
    return true;
}

bool ClientSession::enter_console(std::string& reply) {
    key_ = environment_->register_key(*this);
    has_key_ = true;
    enter(SessionEvent::kConsoleReady);
    protocol::encode_authentication_ok(reply);
    console_ = environment_->open_console(*this, console_access(), key_, reply);
    login_.reset();
    pending_.reset();
    static_cast<void>(socket_.send(reply));
    return true;
}

bool ClientSession::enter_pool() {
    const auto& configuration = environment_->configuration();
    const auto database = configuration.find_database(database_name());
    if (!database) {
        fail_login(LoginFault::kDatabase, "no such database: " + database_name());
        return false;
    }
    if (database_usage_ == nullptr && !count_in_database(*database)) return false;
    const bool anybody = configuration.settings.auth_type == conf::AuthType::kAny;
    if (login_usage_ == nullptr && !anybody && !count_for_user()) return false;
    if (configuration.settings.auth_type == conf::AuthType::kAny && !database->user) {
        fail_login(LoginFault::kSettings, "bouncer config error");
        return false;
    }
    if (environment_->process().pools.databases.of(database->name).disabled) {
        fail_login(LoginFault::kDatabase, "database \"" + database_name() + "\" is disabled");
        return false;
    }
    if (environment_->process().refuse_logins) {
        // Who came by TCP before the drain closed the door is asked to come again, as the others are.
        if (environment_->process().draining && !unix_socket_)
            fail_login(LoginFault::kShutdown, "57P01", "terminating connection due to administrator command");
        else
            fail_login(LoginFault::kShutdown, "pooler is shutting down");
        return false;
    }
    enter(SessionEvent::kAuthenticated);
    pool_ = &environment_->pool_for(*database, configuration.pool_user(*database, user()));
    source_ = pool_;
    ++pool_->clients;
    if (login_->captured_keys() && !database->user)
        pool_->shared().set_captured_keys(*login_->captured_keys());
    if (pending_->learned && !database->user) pool_->shared().set_learned_secret(*pending_->learned);
    login_.reset();
    pending_.reset();
    tracking_ =
        configuration.settings.max_prepared_statements > 0 && pool_->mode() != conf::PoolMode::kSession;
    if (const auto welcome = pool_->welcome()) {
        finish_login(*welcome);
        return true;
    }
    if (const auto error = pool_->refused()) {
        fail_login(LoginFault::kServer, error->message);
        return false;
    }
    if (const char* full = queue_full(); full != nullptr) {
        fail_login(LoginFault::kLimit, full);
        return false;
    }
    waiting_since = connected_at_;
    welcome_only = true;
    pool_->wait(*this);
    return true;
}

/// AuthenticationOk, what the server says of itself with the client's own values in it, the cancel key.
void ClientSession::finish_login(const Welcome& welcome) {
    welcome_only = false;
    keep_startup_values();
    parameters_.fill_from(welcome.tracked);
    note_encoding();
    parameters_.share(environment_->parameter_cache());
    who_ = environment_->names_cache().share(std::move(who_));
    std::string reply;
    protocol::encode_authentication_ok(reply);
    const auto& tracked = environment_->tracked();
    reply += welcome.statuses;
    cockroach_ = cockroach_ || welcome.cockroach;
    for (std::size_t i = 0; i < tracked.size(); ++i)
        if (const std::string* value = parameters_.get(i))
            protocol::encode_parameter_status(reply, tracked.name(i), *value);
    key_ = environment_->register_key(*this);
    has_key_ = true;
    protocol::encode_backend_key_data(reply, {key_.data(), key_.size()});
    protocol::encode_ready_for_query(reply, protocol::TransactionStatus::kIdle);
    enter(SessionEvent::kWelcomed);
    if (!socket_.send(reply)) return close("client connection lost");
    if (end_at_boundary_) end_at_boundary();
}

}  // namespace pooler
