// A pooler started as the test says: command line, environment, port and user are its own choice. What
// support::Weir leaves out: processes that share a port, daemons, service managers, refusals to start.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/weir_process.h"

namespace compat {

struct Launch {
    std::vector<std::string> before{};   ///< put in front of the program: a launcher and its options
    std::vector<std::string> options{};  ///< of the pooler, before the file's name
    std::map<std::string, std::string> environment{};  ///< added
    bool as_root = false;                              ///< keep the rights of the test
};

class Instance {
 public:
    /// Writes the files: `config` with this port and folders of its own; starts nothing.
    Instance(support::WeirConfig config, std::uint16_t port);

    /// Starts it and waits for a console over the Unix socket.
    void start(const Launch& launch = {});
    /// The same, with another sign of life.
    void start_with(const Launch& launch, const std::function<bool()>& alive);
    /// Starts it and waits for the end: exit code and output.
    [[nodiscard]] support::Finished run(const Launch& launch = {});
    /// The configuration that the next write_files() or start uses.
    support::WeirConfig& config() { return config_; }
    void write_files();

    [[nodiscard]] const support::TempDir& folder() const { return dir_; }
    [[nodiscard]] std::string ini() const { return dir_.path("weir.ini"); }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] support::Login login(const std::string& user = "app") const;
    [[nodiscard]] support::Login unix_login(const std::string& user = "app") const;
    /// True if a login to the console over the Unix socket works.
    [[nodiscard]] bool answers() const;
    support::Outcome console(const std::string& command);
    support::Process& process() { return *process_; }
    /// Waits for the end: exit code 0, no report of a sanitizer.
    void check_end();

 private:
    [[nodiscard]] support::Command command(const Launch& launch) const;

    support::TempDir dir_;
    support::WeirConfig config_;
    std::uint16_t port_;
    std::unique_ptr<support::Process> process_;
};

}  // namespace compat
