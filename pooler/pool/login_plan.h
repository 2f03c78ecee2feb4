// What a login to a server of a database says besides the secret. Pure.
#pragma once

#include <string>

#include "conf/configuration.h"
#include "pooler/server/server_login.h"

namespace pooler {

/// Without any secret.
[[nodiscard]] LoginRequest plan_login(const conf::Settings& settings, const conf::Database& database,
                                      const std::string& user);

}  // namespace pooler
