// A PostgreSQL server of the test's own, in a temporary folder, on 127.0.0.1 and a Unix socket.
//
// It ends with its object. The first one of a process runs initdb (about two seconds); the others copy its
// result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace support {

/// Folder of initdb and postgres; empty if PostgreSQL is not installed.
[[nodiscard]] std::filesystem::path postgres_programs();

struct PostgresOptions {
    std::vector<std::string> settings;  ///< lines of postgresql.conf
    /// Lines of pg_hba.conf put before the default, which lets everyone in without a password.
    std::vector<std::string> hba;
};

class Postgres {
 public:
    /// Starts it; fails the test if it cannot. Holds the database `app`, the superuser `postgres` and the
    /// users `app`, `other` (login without special rights, but owners of nothing and free to create in
    /// `app`).
    explicit Postgres(const PostgresOptions& options = {});

    /// A streaming standby of `primary`, which must have been started with streams(); a copy of it to begin
    /// with.
    Postgres(const Postgres& primary, const PostgresOptions& options);
    /// Settings and HBA line of a primary that standbys follow.
    [[nodiscard]] static PostgresOptions streams();

    /// One server for all tests of this process that neither stop nor reconfigure it.
    static Postgres& shared();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::filesystem::path socket_dir() const { return dir_.path(); }
    /// Direct login of `user` to the database `app`.
    [[nodiscard]] Login login(const std::string& user = "app") const;
    /// A direct superuser connection, kept open; its application_name is "test_control".
    Client& control();

    enum class Stop { kFast, kImmediate };
    void stop(Stop how = Stop::kFast);
    void start();
    void restart(Stop how) { stop(how), start(); }

    /// Client connections in pg_stat_activity other than control(), optionally only those that match
    /// `condition` (SQL over that view).
    [[nodiscard]] int connections(const std::string& condition = "true");
    /// Terminates them; returns how many.
    int terminate(const std::string& condition = "true");
    [[nodiscard]] std::string log() const;

 private:
    void write_configuration(const PostgresOptions& options);
    [[nodiscard]] bool start_once();
    void create_roles();

    TempDir dir_;
    std::uint16_t port_ = 0;
    PostgresOptions options_;
    std::unique_ptr<Process> process_;
    std::optional<Client> control_;
};

}  // namespace support

/// First statement of a test that needs PostgreSQL: shows that it is left out where there is none.
/// tests/run.py counts such lines.
#define REQUIRES_POSTGRES()                               \
    do {                                                  \
        if (support::postgres_programs().empty()) {       \
            WARN("skipped: PostgreSQL is not installed"); \
            return;                                       \
        }                                                 \
    } while (false)
