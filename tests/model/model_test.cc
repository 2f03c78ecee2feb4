// Random programs of several clients through weir and, client by client, directly against the same
// PostgreSQL: every answer must be the same, message by message.
//
// WEIR_MODEL_STEPS: how many steps in all (10,000); WEIR_SEEDED_BUG: only this mistake is tried;
// WEIR_TEST_SEED: the first seed, as a failure prints it. Without them the programs are the same each time;
// how the clients meet is not.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>

#include "pooler/seeded_bug.h"
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
    control.query("GRANT CREATE ON SCHEMA public TO app");
    for (int i = 0; i < clients; ++i) {
        const auto table = model::table_of(i);
        control.query("DROP TABLE IF EXISTS " + table + ", " + table + "_other; CREATE TABLE " + table +
                      " (x int, who text); ALTER TABLE " + table + " OWNER TO app; GRANT ALL ON " + table +
                      " TO PUBLIC; INSERT INTO " + table + " SELECT g, '" + table +
                      "' FROM generate_series(1, 6) g");
    }
}

model::Transcript play(const Login& login, const Run& run, std::size_t client) {
    return model::play(login, model::startup_of(static_cast<int>(client)), run.programs[client]);
}

/// All clients at once, each in a thread.
void play_through(const Weir& weir, Run& run) {
    run.through.resize(run.programs.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < run.programs.size(); ++i)
        threads.emplace_back([&, i] { run.through[i] = play(weir.login(), run, i); });
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

/// Whether the pooler of this seed takes hidden state away, rather than keep its client on its server.
bool resets_hidden_state(unsigned seed) { return std::mt19937(seed ^ 0x41dUL)() % 3 == 0; }

Run random_run(unsigned seed, unsigned pooler_seed) {
    const auto hidden = resets_hidden_state(pooler_seed) ? model::Hidden::kLost : model::Hidden::kAsked;
    std::mt19937 random(seed);
    Run run;
    run.seed = seed;
    run.clients = 2 + static_cast<int>(random() % 7);
    for (int i = 0; i < run.clients; ++i)
        run.programs.push_back(
            model::random_program(static_cast<std::uint32_t>(random()), i, kStepsOfProgram, hidden));
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
    config.set("query_wait_notify", "0");  // words of the pooler's own
    config.set("hidden_state", resets_hidden_state(seed) ? "reset" : "pin");
    config.set("deferred_begin", one_of({"0", "1", "1"})).set("server_round_robin", one_of({"0", "1"}));
    config.set("transaction_replay", one_of({"0", "1"}));
    return config;
}

/// What a direct connection answers otherwise than the pooler did; empty: nothing.
std::string compare(Postgres& postgres, const Run& run) {
    make_tables(postgres.control(), run.clients);
    for (std::size_t i = 0; i < run.programs.size(); ++i)
        if (auto found = difference(run, i, play(postgres.login(), run, i)); !found.empty()) return found;
    return {};
}

struct Found {
    unsigned steps = 0;
    std::string difference;
};

/// Programs from `seed` on through one pooler.
Found play_programs(Postgres& postgres, unsigned& seed, unsigned programs) {
    Found found;
    const unsigned pooler_seed = seed;
    Weir weir(random_config(postgres, seed));
    for (unsigned i = 0; i < programs && found.difference.empty(); ++i, ++seed) {
        Run run = random_run(seed, pooler_seed);
        make_tables(postgres.control(), run.clients);
        play_through(weir, run);
        found.steps += static_cast<unsigned>(run.clients * kStepsOfProgram);
        found.difference = compare(postgres, run);
    }
    return found;
}

/// Whether a pooler that makes this mistake answers any program otherwise than PostgreSQL does. It is ended
/// before the comparison: what it holds open would be in the way.
bool notices(Postgres& postgres, std::string_view bug) {
    constexpr unsigned kPrograms = 150;
    for (unsigned seed = 1; seed <= kPrograms; ++seed) {
        Run run = random_run(seed, seed);
        make_tables(postgres.control(), run.clients);
        {
            auto config = random_config(postgres, seed);
            config.environment["WEIR_SEEDED_BUG"] = bug;
            Weir weir(config);
            play_through(weir, run);
        }
        scene::settled(postgres);
        if (!compare(postgres, run).empty()) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("model: every client is answered as by a server of its own", "[pg]") {
    REQUIRES_POSTGRES();
    auto& postgres = scene::settled(Postgres::shared());
    const unsigned steps = number_from("WEIR_MODEL_STEPS", 10000);
    unsigned seed = number_from("WEIR_TEST_SEED", 1);
    for (unsigned done = 0; done < steps;) {
        constexpr unsigned kProgramsOfPooler = 8;
        const unsigned first = seed;
        const Found found = play_programs(postgres, seed, kProgramsOfPooler);
        INFO("from WEIR_TEST_SEED=" << first << " on\n" << found.difference);
        REQUIRE(found.difference.empty());
        done += found.steps;
    }
}

TEST_CASE("model: every seeded bug is noticed", "[pg]") {
    REQUIRES_POSTGRES();
    if (!pooler::kSeedsBugs) {
        WARN("built without WEIR_SEEDED_BUGS");
        return;
    }
    auto& postgres = scene::settled(Postgres::shared());
    const char* only = std::getenv("WEIR_SEEDED_BUG");
    for (const auto& [name, bug] : pooler::kSessionBugs) {
        if (only != nullptr && name != only) continue;
        CAPTURE(name);
        CHECK(notices(postgres, name));
    }
}
