// The pooler under test as a process: its configuration, its life, what it says, and that it ends well.
//
// The program is the one CMake built, or what the environment variable POOLER_BINARY names. Another pooler
// may be examined that way; POOLER_WITHOUT is then a comma list of settings that it does not know and
// POOLER_STOP_SIGNAL the number of the signal that ends it at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace support {

class Postgres;

/// The ini file and userlist of one pooler; the defaults fit most tests: trust, transaction pooling, two
/// workers.
struct WeirConfig {
    /// Every user of the fixtures: `app`, `other`, the console's `admin` and `stats`.
    WeirConfig();

    std::map<std::string, std::string> settings;     ///< [pgbouncer]
    std::map<std::string, std::string> databases;    ///< name -> connect string
    std::map<std::string, std::string> users;        ///< [users]: name -> key=value list
    std::map<std::string, std::string> peers;        ///< [peers]
    std::map<std::string, std::string> userlist;     ///< name -> secret
    std::map<std::string, std::string> environment;  ///< added to that of the test

    WeirConfig& set(const std::string& key, const std::string& value);
    /// Database `app` on this port of 127.0.0.1; `more` are further keys of its connect string.
    WeirConfig& database(std::uint16_t port, const std::string& more = "", const std::string& name = "app");

    [[nodiscard]] std::string ini() const;
    [[nodiscard]] std::string userlist_text() const;
};

/// Path of the program to test.
[[nodiscard]] std::filesystem::path weir_program();

/// Whether the program under test has this setting; the first question starts one for the answer.
[[nodiscard]] bool knows_setting(const std::string& name);

class Weir {
 public:
    /// Starts it and waits until it accepts connections; fails the test if it does not.
    explicit Weir(WeirConfig config);
    /// With the defaults in front of this PostgreSQL.
    explicit Weir(const Postgres& postgres);
    /// Stops it if the test has not, with the same checks.
    ~Weir();
    Weir(const Weir&) = delete;
    Weir& operator=(const Weir&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return dir_.path(); }
    /// The full path of its Unix socket.
    [[nodiscard]] std::filesystem::path socket() const;
    [[nodiscard]] Login login(const std::string& user = "app") const;
    [[nodiscard]] Login unix_login(const std::string& user = "app") const;
    /// To the console, with the password that the userlist gives its administrator.
    [[nodiscard]] Login admin_login() const;
    [[nodiscard]] pid_t pid() const { return process_->pid(); }
    Process& process() { return *process_; }

    /// Runs a command on the console as its administrator, over a connection of its own; fails the test on an
    /// error.
    Outcome console(const std::string& command);
    /// Rows of a SHOW, each as column -> value.
    std::vector<std::map<std::string, std::string>> show(const std::string& what);
    /// One number out of SHOW POOLS: the sum of this column over the pools of that database.
    int pool(const std::string& column, const std::string& database = "app");

    /// The configuration that the next reload() writes.
    WeirConfig& config() { return config_; }
    /// Writes the files and runs RELOAD.
    void reload();
    void write_files();

    [[nodiscard]] std::string log() const { return process_->output(); }
    /// True once the log holds this text.
    [[nodiscard]] bool logged(const std::string& text);

    /// Sends the signal (0: the one for an immediate stop) and waits for the end: exit code 0 and no report
    /// of a sanitizer, or the test fails.
    void stop(int signal_number = 0);
    /// Only the waiting and checking: for a test that made it stop in another way.
    void check_end();

 private:
    void start();
    [[nodiscard]] bool start_once();

    TempDir dir_;
    WeirConfig config_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
    bool ended_ = false;
};

}  // namespace support

/// First statement of a test of a setting that the program under test may not have yet.
#define REQUIRES_SETTING(name)                                           \
    do {                                                                 \
        if (!support::knows_setting(name)) {                             \
            WARN("skipped: the pooler does not know the setting " name); \
            return;                                                      \
        }                                                                \
    } while (false)
