// What the driver tests have in common: more clients than servers, on two workers, and a program that talks
// to them.
#pragma once

#include <string>

#include "tests/support/catch.h"
#include "tests/support/postgres.h"
#include "tests/support/weir_process.h"

namespace drivers {

inline constexpr int kServers = 2;

/// No parameter is ignored: that JDBC sends extra_float_digits at start-up, which PgBouncer refuses, is no
/// matter.
inline support::WeirConfig few_servers(const support::Postgres& postgres) {
    support::WeirConfig config;
    config.database(postgres.port());
    return config.set("default_pool_size", std::to_string(kServers));
}

/// Runs the program in front of a pooler of its own; it must end with "all ok".
inline void check_dialogue(support::Command program) {
    auto& postgres = support::Postgres::shared();
    support::Weir weir(few_servers(postgres));
    program.argv.emplace_back("127.0.0.1");
    program.argv.push_back(std::to_string(weir.port()));
    const auto result = support::run(program, std::chrono::minutes(5));
    INFO(result.output << "\n" << weir.log());
    CHECK(result.status == 0);
    CHECK(result.output.find("all ok") != std::string::npos);
    CHECK(postgres.connections() <= kServers);
}

}  // namespace drivers
