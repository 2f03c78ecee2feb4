#include "tests/support/postgres.h"

#include <algorithm>
#include <sstream>

#include "tests/support/account.h"
#include "tests/support/catch.h"
#include "tests/support/free_port.h"

namespace support {
namespace {

namespace fs = std::filesystem;

bool has_server(const fs::path& folder) {
    return fs::exists(folder / "initdb") && fs::exists(folder / "postgres");
}

/// Debian keeps the programs of each version apart; the newest wins.
fs::path newest_of_debian() {
    fs::path best;
    int best_version = 0;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
        const int version = std::atoi(entry.path().filename().c_str());
        if (version <= best_version || !has_server(entry.path() / "bin")) continue;
        best = entry.path() / "bin";
        best_version = version;
    }
    return best;
}

fs::path find_programs() {
    const auto debian = newest_of_debian();
    if (!debian.empty() || find_program("pg_config").empty()) return debian;
    Command command;
    command.argv = {"pg_config", "--bindir"};
    auto folder = run(command).output;
    folder.erase(folder.find_last_not_of("\n") + 1);
    return has_server(folder) ? fs::path(folder) : fs::path();
}

Command as_account(std::vector<std::string> argv, const fs::path& folder) {
    Command command;
    command.argv = std::move(argv);
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}, {"PGOPTIONS", ""}};
    command.directory = folder;
    command.as_account = true;
    return command;
}

void run_or_fail(const Command& command) {
    const auto result = run(command);
    if (result.status != 0) FAIL(command.argv[0] << " failed:\n" << result.output);
}

/// What initdb made, kept as long as the process; every server starts from a copy.
const fs::path& template_folder() {
    static const TempDir dir;
    static const fs::path data = dir.path() / "data";
    if (!fs::exists(data)) {
        run_or_fail(as_account({(postgres_programs() / "initdb").string(), "-D", data.string(), "-U",
                                "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"},
                               dir.path()));
    }
    return data;
}

constexpr const char* kSettings =
    "listen_addresses = '127.0.0.1'\n"
    "max_connections = 300\n"
    "shared_buffers = 32MB\n"
    "fsync = off\n"
    "synchronous_commit = off\n"
    "full_page_writes = off\n"
    "max_wal_senders = 0\n"
    "wal_level = minimal\n"
    "autovacuum = off\n"
    "jit = off\n"
    "timezone = 'UTC'\n"
    "log_timezone = 'UTC'\n"
    "log_line_prefix = '%m [%p] %q%a %u@%d '\n";

constexpr const char* kHbaDefault = "local all all trust\nhost all all 127.0.0.1/32 trust\n";

}  // namespace

fs::path postgres_programs() {
    static const fs::path found = find_programs();
    return found;
}

Postgres::Postgres(const PostgresOptions& options) : options_(options) {
    run_or_fail(
        as_account({"cp", "-a", template_folder().string(), (dir_.path() / "data").string()}, dir_.path()));
    start();
    create_roles();
}

Postgres::Postgres(const Postgres& primary, const PostgresOptions& options) : options_(options) {
    run_or_fail(as_account({(postgres_programs() / "pg_basebackup").string(), "-h", "127.0.0.1", "-p",
                            std::to_string(primary.port()), "-U", "postgres", "-D",
                            (dir_.path() / "data").string(), "-X", "stream", "-R", "-c", "fast", "--no-sync"},
                           dir_.path()));
    start();
}

PostgresOptions Postgres::streams() {
    // The log is kept: a standby that connects late, or again, finds what it has not received yet.
    return {{"wal_level = replica", "max_wal_senders = 10", "wal_sender_timeout = 0", "wal_keep_size = 1GB"},
            {"host replication all 127.0.0.1/32 trust"}};
}

Postgres& Postgres::shared() {
    static Postgres server;
    return server;
}

void Postgres::write_configuration(const PostgresOptions& options) {
    std::ostringstream conf;
    conf << kSettings << "port = " << port_ << "\nunix_socket_directories = '" << dir_.path().string()
         << "'\n";
    for (const auto& line : options.settings) conf << line << "\n";
    write_file(dir_.path() / "data/postgresql.conf", conf.str());
    std::ostringstream hba;
    for (const auto& line : options.hba) hba << line << "\n";
    hba << kHbaDefault;
    write_file(dir_.path() / "data/pg_hba.conf", hba.str());
}

bool Postgres::start_once() {
    auto command = as_account(
        {(postgres_programs() / "postgres").string(), "-D", (dir_.path() / "data").string()}, dir_.path());
    command.parent_death_signal = SIGQUIT;  // its immediate shutdown takes the backends along
    process_ = std::make_unique<Process>(command);
    const auto answers = [this] {
        if (!process_->running()) return true;
        Client probe(login("postgres").with_database("postgres"));
        return probe.connected();
    };
    if (!eventually(answers)) FAIL("PostgreSQL does not answer:\n" << log());
    return process_->running();
}

void Postgres::start() {
    if (port_ == 0) port_ = free_port();
    write_configuration(options_);
    constexpr int kTries = 3;
    for (int i = 0; i < kTries; ++i) {
        if (start_once()) return;
    }
    FAIL("PostgreSQL does not start:\n" << log());
}

void Postgres::create_roles() {
    Client boot = Client::connect(login("postgres").with_database("postgres"));
    boot.query("CREATE ROLE app LOGIN");
    boot.query("CREATE ROLE other LOGIN");
    boot.query("CREATE DATABASE app OWNER app");
    control().query("GRANT ALL ON SCHEMA public TO PUBLIC");
}

void Postgres::stop(Stop how) {
    control_.reset();
    process_->signal(how == Stop::kFast ? SIGINT : SIGQUIT);
    if (!process_->wait()) FAIL("PostgreSQL does not stop:\n" << log());
}

Login Postgres::login(const std::string& user) const {
    Login result;
    result.host = "127.0.0.1";
    result.port = port_;
    result.user = user;
    result.database = "app";
    return result;
}

Client& Postgres::control() {
    if (!control_ || !control_->connected()) {
        control_.emplace(Client::connect(login("postgres").with("application_name=test_control")));
    }
    return *control_;
}

int Postgres::connections(const std::string& condition) {
    return std::stoi(
        control().value("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
                        "AND application_name <> 'test_control' AND (" +
                        condition + ")"));
}

int Postgres::terminate(const std::string& condition) {
    return std::stoi(
        control().value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
                        "backend_type = 'client backend' AND application_name <> 'test_control' AND (" +
                        condition + ")"));
}

std::string Postgres::log() const { return process_ ? process_->output() : ""; }

}  // namespace support
