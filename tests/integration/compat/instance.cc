#include "tests/integration/compat/instance.h"

#include <unistd.h>

#include "tests/support/account.h"
#include "tests/support/catch.h"

namespace compat {

using namespace support;

namespace {

/// A checkout in root's home is closed to the user the pooler runs as; a copy is not.
std::string program_in(const TempDir& folder) {
    const auto program = weir_program();
    if (::geteuid() != 0) return program.string();
    const auto copy = folder.path() / program.filename();
    std::filesystem::copy_file(program, copy, std::filesystem::copy_options::skip_existing);
    give_to_account(copy);
    return copy.string();
}

}  // namespace

Instance::Instance(WeirConfig config, std::uint16_t port) : config_{std::move(config)}, port_{port} {
    write_files();
}

void Instance::write_files() {
    auto config = config_;
    config.settings.try_emplace("listen_port", std::to_string(port_));
    config.settings.try_emplace("unix_socket_dir", dir_.path().string());
    config.settings.try_emplace("auth_file", dir_.path("userlist.txt"));
    dir_.write("weir.ini", config.ini());
    dir_.write("userlist.txt", config.userlist_text());
}

Command Instance::command(const Launch& launch) const {
    Command result;
    result.argv = launch.before;
    result.argv.push_back(program_in(dir_));
    result.argv.insert(result.argv.end(), launch.options.begin(), launch.options.end());
    result.argv.push_back(ini());
    result.environment = launch.environment;
    result.directory = dir_.path();
    result.as_account = !launch.as_root;
    return result;
}

void Instance::start(const Launch& launch) {
    start_with(launch, [this] { return answers(); });
}

void Instance::start_with(const Launch& launch, const std::function<bool()>& alive) {
    write_files();
    process_ = std::make_unique<Process>(command(launch));
    if (!eventually([&] { return !process_->running() || alive(); }) || !process_->running())
        FAIL("the pooler does not start; its log:\n" << process_->output());
}

Finished Instance::run(const Launch& launch) { return support::run(command(launch)); }

Login Instance::login(const std::string& user) const {
    Login result;
    result.host = "127.0.0.1";
    result.port = port_;
    result.user = user;
    result.database = "app";
    return result;
}

Login Instance::unix_login(const std::string& user) const {
    auto result = login(user);
    result.host = dir_.path().string();
    return result;
}

bool Instance::answers() const { return Client(unix_login("admin").with_database("pgbouncer")).connected(); }

Outcome Instance::console(const std::string& command) {
    return Client::connect(unix_login("admin").with_database("pgbouncer")).query(command);
}

void Instance::check_end() {
    const auto status = process_->wait();
    const auto log = process_->output();
    CHECK(log.find("Sanitizer") == std::string::npos);
    if (!status || *status != 0) FAIL_CHECK("the pooler did not end well; its log:\n" << log);
}

}  // namespace compat
