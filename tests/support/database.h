// The database for tests that need nothing but SQL: a PostgreSQL of their own or, if the environment variable
// COCKROACH_URL holds a connection string, that cluster, with the rights that the string gives.
#pragma once

#include <string>

#include "tests/support/client.h"
#include "tests/support/weir_process.h"

namespace support {

class Database {
 public:
    /// Fails the test if COCKROACH_URL is no connection string or nobody answers.
    static const Database& under_test();
    /// Whether under_test() has something to give.
    [[nodiscard]] static bool available();

    /// A direct login.
    [[nodiscard]] const Login& login() const { return login_; }
    /// The pooler's defaults with database `app` on this server, every client under the login's user.
    [[nodiscard]] const WeirConfig& pooled() const { return config_; }

 private:
    Database();

    Login login_;
    WeirConfig config_;
};

}  // namespace support

/// First statement of a test for any database: shows that it is left out where there is none.
#define REQUIRES_DATABASE()                                                         \
    do {                                                                            \
        if (!support::Database::available()) {                                      \
            WARN("skipped: neither COCKROACH_URL is set nor PostgreSQL installed"); \
            return;                                                                 \
        }                                                                           \
    } while (false)
