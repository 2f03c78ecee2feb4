#include "tests/support/weir_process.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/support/account.h"
#include "tests/support/catch.h"
#include "tests/support/free_port.h"
#include "tests/support/postgres.h"

namespace support {
namespace {

namespace fs = std::filesystem;

bool excluded(const std::string& setting) {
    static const char* const list = std::getenv("POOLER_WITHOUT");
    std::istringstream names(list != nullptr ? list : "");
    for (std::string name; std::getline(names, name, ',');) {
        if (name == setting) return true;
    }
    return false;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
}

void add_section(std::ostringstream& out, const char* name,
                 const std::map<std::string, std::string>& entries) {
    if (entries.empty()) return;
    out << "[" << name << "]\n";
    for (const auto& [key, value] : entries) out << key << " = " << value << "\n";
}

bool open_to_all(const fs::path& file) {
    for (auto folder = file.parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
        if ((fs::status(folder).permissions() & fs::perms::others_exec) == fs::perms::none) return false;
    }
    return true;
}

/// A checkout in root's home is closed to the user the pooler runs as; a copy is not.
fs::path runnable(const fs::path& program, const fs::path& folder) {
    if (::geteuid() != 0 || open_to_all(program)) return program;
    const auto copy = folder / program.filename();
    fs::copy_file(program, copy, fs::copy_options::skip_existing);
    give_to_account(copy);
    return copy;
}

int immediate_stop() {
    const char* other = std::getenv("POOLER_STOP_SIGNAL");
    return other != nullptr ? std::atoi(other) : SIGQUIT;
}

/// Enough of a log to see what went wrong last.
std::string tail(const std::string& log) {
    constexpr std::size_t kBytes = 4000;
    return log.size() <= kBytes ? log : "..." + log.substr(log.size() - kBytes);
}

std::string sanitizer_report(const std::string& log) {
    for (const char* mark : {"Sanitizer", "runtime error:"}) {
        const auto at = log.find(mark);
        if (at != std::string::npos) return log.substr(log.rfind('\n', at) + 1);
    }
    return "";
}

}  // namespace

fs::path weir_program() {
    if (const char* other = std::getenv("POOLER_BINARY"); other != nullptr) return other;
    return WEIR_PROGRAM;
}

WeirConfig::WeirConfig() {
    settings = {{"listen_addr", "127.0.0.1"},
                {"auth_type", "trust"},
                {"admin_users", "admin"},
                {"stats_users", "stats"},
                {"pool_mode", "transaction"},
                {"default_pool_size", "5"},
                {"workers", "2"},
                {"server_login_retry", "0.2"},
                {"server_tls_sslmode", "disable"}};
    if (const char* replay = std::getenv("WEIR_TEST_REPLAY")) settings["transaction_replay"] = replay;
    userlist = {{"app", ""}, {"other", ""}, {"admin", ""}, {"stats", ""}};
}

WeirConfig& WeirConfig::set(const std::string& key, const std::string& value) {
    settings[key] = value;
    return *this;
}

WeirConfig& WeirConfig::database(std::uint16_t port, const std::string& more, const std::string& name) {
    databases[name] = "host=127.0.0.1 port=" + std::to_string(port) + " dbname=app " + more;
    return *this;
}

std::string WeirConfig::ini() const {
    std::ostringstream out;
    add_section(out, "databases", databases);
    add_section(out, "users", users);
    add_section(out, "peers", peers);
    auto known = settings;
    for (const auto& [key, value] : settings) {
        if (excluded(key)) known.erase(key);
    }
    add_section(out, "pgbouncer", known);
    return out.str();
}

std::string WeirConfig::userlist_text() const {
    std::string text;
    for (const auto& [name, secret] : userlist) text += quoted(name) + " " + quoted(secret) + "\n";
    return text;
}

bool knows_setting(const std::string& name) {
    static const auto settings = [] {
        Weir weir{WeirConfig{}};
        return weir.show("CONFIG");
    }();
    return std::any_of(settings.begin(), settings.end(),
                       [&](const auto& row) { return row.at("key") == name; });
}

Weir::Weir(WeirConfig config) : config_(std::move(config)) { start(); }

Weir::Weir(const Postgres& postgres) {
    config_.database(postgres.port());
    start();
}

Weir::~Weir() {
    if (ended_ || !process_) return;
    process_->signal(immediate_stop());
    check_end();
}

void Weir::write_files() {
    config_.settings["listen_port"] = std::to_string(port_);
    config_.settings["unix_socket_dir"] = dir_.path().string();
    config_.settings["auth_file"] = (dir_.path() / "userlist.txt").string();
    write_file(dir_.path() / "weir.ini", config_.ini());
    write_file(dir_.path() / "userlist.txt", config_.userlist_text());
}

bool Weir::start_once() {
    port_ = free_port();
    write_files();
    Command command;
    command.argv = {runnable(weir_program(), dir_.path()).string(), (dir_.path() / "weir.ini").string()};
    command.directory = dir_.path();
    command.as_account = true;
    command.environment = config_.environment;
    process_ = std::make_unique<Process>(command);
    const auto accepts = [this] { return !process_->running() || Client(admin_login()).connected(); };
    if (!eventually(accepts)) FAIL("the pooler does not answer; its log:\n" << tail(log()));
    return process_->running();
}

void Weir::start() {
    constexpr int kTries = 3;
    for (int i = 0; i < kTries; ++i) {
        if (start_once()) return;
    }
    ended_ = true;
    FAIL("the pooler does not start; its log:\n" << tail(log()));
}

fs::path Weir::socket() const { return dir_.path() / (".s.PGSQL." + std::to_string(port_)); }

Login Weir::login(const std::string& user) const {
    Login result;
    result.host = "127.0.0.1";
    result.port = port_;
    result.user = user;
    result.database = "app";
    return result;
}

Login Weir::admin_login() const {
    // Where clients must come with TLS the console is reached without a certificate on the Unix socket.
    const bool tls = config_.settings.contains("client_tls_sslmode");
    return (tls ? unix_login() : login())
        .with_user("admin", config_.userlist.at("admin"))
        .with_database("pgbouncer");
}

Login Weir::unix_login(const std::string& user) const {
    auto result = login(user);
    result.host = dir_.path().string();
    return result;
}

Outcome Weir::console(const std::string& command) { return Client::connect(admin_login()).query(command); }

std::vector<std::map<std::string, std::string>> Weir::show(const std::string& what) {
    const auto outcome = console("SHOW " + what);
    std::vector<std::map<std::string, std::string>> result;
    for (const auto& row : outcome.rows) {
        auto& entry = result.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) entry[outcome.columns[i]] = row[i];
    }
    return result;
}

int Weir::pool(const std::string& column, const std::string& database) {
    int sum = 0;
    for (auto& row : show("POOLS")) {
        if (row["database"] == database) sum += std::stoi(row.at(column));
    }
    return sum;
}

void Weir::reload() {
    write_files();
    console("RELOAD");
}

bool Weir::logged(const std::string& text) {
    return eventually([&] { return log().find(text) != std::string::npos; });
}

void Weir::stop(int signal_number) {
    process_->signal(signal_number != 0 ? signal_number : immediate_stop());
    check_end();
}

void Weir::check_end() {
    ended_ = true;
    const auto status = process_->wait();
    if (std::getenv("WEIR_TEST_LOG") != nullptr) std::cerr << log();
    const auto report = sanitizer_report(log());
    if (!report.empty()) FAIL_CHECK("a sanitizer complains:\n" << report);
    if (!status) FAIL_CHECK("the pooler does not end; its log:\n" << tail(log()));
    if (status && *status != 0)
        FAIL_CHECK("the pooler ended with status " << *status << "; its log:\n" << tail(log()));
}

}  // namespace support
