// What a CockroachDB node says, it says through weir: recordings of a direct connection, played through the
// pooler in transaction mode, byte for byte.
#include <filesystem>
#include <memory>

#include "tests/support/catch.h"
#include "tests/support/weir_process.h"
#include "tests/wire/recording_player.h"

using namespace support;
using recording::Scene;

namespace {

constexpr const char* kTables =
    "CREATE TABLE acc (id INT PRIMARY KEY, bal INT); INSERT INTO acc VALUES (1, 100), (2, 100);"
    "CREATE TABLE t (k INT PRIMARY KEY, v INT)";

void play_through_weir(const std::string& file, const std::string& tables) {
    std::unique_ptr<Weir> weir;
    Scene scene;
    scene.file = file;
    scene.tables = tables;
    scene.in_front = [&weir](std::uint16_t cluster) {
        WeirConfig config;
        config.set("transaction_replay", "0");  // it hides conflicts, and says 25P02 in its own words
        config.databases["defaultdb"] =
            "host=127.0.0.1 port=" + std::to_string(cluster) + " dbname=defaultdb";
        config.userlist["root"] = "";
        weir = std::make_unique<Weir>(config);
        return weir->port();
    };
    auto steps = recording::read(std::filesystem::path(CRDB_RECORDINGS) / file);
    REQUIRE_FALSE(steps.empty());
    recording::Player(scene, std::move(steps)).play();
}

}  // namespace

TEST_CASE("crdb: dialogues of a direct connection are the same through the pooler") {
    const auto* const file = GENERATE(
        "begin-savepoint-statement-one-query.txt", "commit-outside-transaction.txt", "ddl-in-transaction.txt",
        "extended-row-limit.txt", "pipeline-error-runtime.txt", "pipeline-error.txt",
        "release-commit-extended.txt", "release-commit-one-query.txt", "savepoint-restart-now.txt",
        "savepoint-restart.txt", "set-in-rolled-back-transaction.txt", "set-without-sync-then-query.txt",
        "show-node.txt", "simple-query-multi-error.txt", "simple-query.txt", "statement-timeout.txt",
        "two-queries-one-write.txt", "txn-40001-commit.txt", "txn-40001-statement-extended.txt",
        "txn-40001-statement.txt", "txn-force-retry.txt");
    SECTION(file) { play_through_weir(file, kTables); }
}

TEST_CASE("crdb: the same with tables of their own") {
    SECTION("COPY") {
        play_through_weir("copy-from-stdin.txt", "CREATE TABLE cp (a INT PRIMARY KEY, b TEXT)");
    }
    SECTION("the extended protocol") {
        play_through_weir("extended-basic.txt",
                          "CREATE TABLE t (k INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 10), (2, 20)");
    }
}
