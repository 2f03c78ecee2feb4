// How tests run programs that speak through a driver: node-postgres, pgJDBC, pgx, psycopg 3, psycopg2. In
// the test's thread.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/process.h"

namespace drivers {

/// Why programs of this kind cannot run here; empty if they can. The first call installs node-postgres or
/// Prisma into the build folder, in the version of package-lock.json in node/ or prisma/, once for all test
/// programs.
[[nodiscard]] std::string node_missing();
[[nodiscard]] std::string prisma_missing();
[[nodiscard]] std::string jdbc_missing();
[[nodiscard]] std::string pgx_missing();
[[nodiscard]] std::string psycopg_missing();
[[nodiscard]] std::string psycopg2_missing();

[[nodiscard]] support::Command node(const std::filesystem::path& script);
[[nodiscard]] support::Command prisma(const std::filesystem::path& script);
/// Runs the program from its source.
[[nodiscard]] support::Command java(const std::filesystem::path& source);
/// Builds and runs it; what was compiled stays in the build folder.
[[nodiscard]] support::Command go(const std::filesystem::path& source);
[[nodiscard]] support::Command python(const std::filesystem::path& script);

}  // namespace drivers

/// First statement of a test that needs PostgreSQL and a driver: shows that it is left out where there is
/// none.
#define REQUIRES_DRIVER(missing)                            \
    do {                                                    \
        REQUIRES_POSTGRES();                                \
        if (const auto reason = missing; !reason.empty()) { \
            WARN("skipped: " << reason);                    \
            return;                                         \
        }                                                   \
    } while (false)
