// Random programs of several clients through weir and, client by client, directly against the same
// PostgreSQL: every answer must be the same, message by message.
//
// WEIR_MODEL_STEPS: how many steps in all; WEIR_TEST_SEED: the first seed, as a failure prints it. Without
// them the programs are the same each time; how the clients meet is not.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/integration/scene.h"
#include "tests/model/transcript.h"

using namespace support;

namespace {

constexpr int kStepsOfProgram = 60;

unsigned number_from(const char* variable, unsigned otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

struct Run {
    unsigned seed = 0;
    int clients = 0;
    std::vector<std::vector<model::Step>> programs;
    std::vector<model::Transcript> through;
};

void make_tables(Client& control, int clients) {
    for (int i = 0; i < clients; ++i) {
        const auto table = model::table_of(i);
        control.query("DROP TABLE IF EXISTS " + table + "; CREATE TABLE " + table +
                      " (x int, who text); GRANT ALL ON " + table + " TO PUBLIC; INSERT INTO " + table +
                      " SELECT g, '" + table + "' FROM generate_series(1, 6) g");
    }
}

/// All clients at once, each in a thread.
void play_through(const Weir& weir, Run& run) {
    run.through.resize(run.programs.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < run.programs.size(); ++i)
        threads.emplace_back([&, i] { run.through[i] = model::play(weir.login(), run.programs[i]); });
    for (auto& thread : threads) thread.join();
}

/// The first difference with what led to it; empty if there is none.
std::string difference(const Run& run, std::size_t client, const model::Transcript& direct) {
    const auto& through = run.through[client];
    for (std::size_t i = 0; i < direct.size(); ++i) {
        if (through[i] == direct[i]) continue;
        std::string text = "client " + std::to_string(client) + ", step " + std::to_string(i);
        for (std::size_t k = i < 6 ? 0 : i - 6; k <= i; ++k)
            text += "\n  " + run.programs[client][k].text + "\n      " + direct[k];
        return text + "\n through weir\n      " + through[i];
    }
    return {};
}

Run random_run(unsigned seed) {
    std::mt19937 random(seed);
    Run run;
    run.seed = seed;
    run.clients = 2 + static_cast<int>(random() % 7);
    for (int i = 0; i < run.clients; ++i)
        run.programs.push_back(
            model::random_program(static_cast<std::uint32_t>(random()), i, kStepsOfProgram));
    return run;
}

/// A pooler as different from the others as a seed can make it.
WeirConfig random_config(const Postgres& postgres, unsigned seed) {
    std::mt19937 random(seed ^ 0x5eedU);
    const auto one_of = [&random](std::initializer_list<const char*> values) {
        return std::string(values.begin()[random() % values.size()]);
    };
    auto config = scene::before(postgres);
    config.set("default_pool_size", one_of({"1", "2", "3"})).set("workers", one_of({"1", "2"}));
    config.set("max_prepared_statements", one_of({"1", "2", "100"}));
    config.set("deferred_begin", one_of({"0", "1", "1"})).set("server_round_robin", one_of({"0", "1"}));
    return config;
}

}  // namespace

TEST_CASE("model: every client is answered as by a server of its own", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    const unsigned steps = number_from("WEIR_MODEL_STEPS", 2000);
    unsigned seed = number_from("WEIR_TEST_SEED", 1);
    unsigned done = 0;
    while (done < steps) {
        INFO("WEIR_TEST_SEED=" << seed);
        Weir weir(random_config(postgres, seed));
        for (int i = 0; i < 8 && done < steps; ++i, ++seed) {
            Run run = random_run(seed);
            INFO("WEIR_TEST_SEED=" << seed);
            make_tables(postgres.control(), run.clients);
            play_through(weir, run);
            make_tables(postgres.control(), run.clients);
            for (std::size_t k = 0; k < run.programs.size(); ++k) {
                const auto found = difference(run, k, model::play(postgres.login(), run.programs[k]));
                INFO(found);
                REQUIRE(found.empty());
            }
            done += static_cast<unsigned>(run.clients * kStepsOfProgram);
        }
    }
    CHECK(done >= steps);
}
