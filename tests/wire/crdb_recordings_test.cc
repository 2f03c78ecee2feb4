// The fake CockroachDB cluster says what a real node said: every recording in crdb/ is played against it.
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "tests/support/catch.h"
#include "tests/wire/recording_player.h"
#include "tests/wire/tls_bridge.h"

using recording::Scene;
using recording::TlsBridge;
using std::chrono::milliseconds;
using support::crdb::Options;

namespace {

constexpr const char* kAccounts =
    "CREATE TABLE acc (id INT PRIMARY KEY, bal INT); INSERT INTO acc VALUES (1, 100), (2, 100);"
    "CREATE TABLE t (k INT PRIMARY KEY, v INT)";
constexpr const char* kEmpty = "CREATE TABLE t (k INT PRIMARY KEY, v INT)";

/// As the recorded build: no cancel by CancelRequest.
Options old_build() {
    Options options;
    options.cancel = false;
    return options;
}

Options secure() {
    auto options = old_build();
    options.secure = true;
    return options;
}

/// Time by the recording; its node began to drain 2 ms after the signal.
Options timed(int nodes = 1) {
    auto options = old_build();
    options.nodes = nodes;
    options.manual_clock = true;
    options.drain_delay = milliseconds(2);
    return options;
}

Scene with(const char* file, const char* tables = "") {
    Scene scene;
    scene.file = file;
    scene.tables = tables;
    scene.options = old_build();
    return scene;
}

Scene on_secure_node(const char* file, bool combined_port) {
    auto scene = with(file);
    scene.options = secure();
    scene.combined_port = combined_port;
    return scene;
}

/// A client that shows the certificate of this user, or none.
Scene inside_tls(const char* file, const std::string& certified = "") {
    static support::Authority authority{"authority of the nodes"};
    auto scene = with(file);
    scene.options = secure();
    scene.options.auth = support::crdb::Auth::kPassword;
    scene.options.users = {{"app", "secretpw"}, {"root", "nobody knows"}};
    const auto node = authority.issue({.common_name = "node", .dns = {"localhost"}});
    scene.options.certificate = node.certificate;
    scene.options.key = node.key;
    scene.options.authority = authority.certificate();
    std::optional<support::Credentials> shown;
    if (!certified.empty()) shown = authority.issue({.common_name = certified});
    scene.in_front = [shown, bridge = std::make_shared<std::optional<TlsBridge>>()](std::uint16_t port) {
        return bridge->emplace(port, shown).port();
    };
    return scene;
}

Scene answer_held(const char* file, const char* tables, const char* statement) {
    auto scene = with(file, tables);
    scene.hold_answer_of = statement;
    return scene;
}

Scene draining(const char* file, const char* tables, milliseconds wait, milliseconds query_wait) {
    auto scene = with(file, tables);
    scene.options = timed();
    scene.drain = {wait, query_wait};
    return scene;
}

Scene draining_insert(const char* file, milliseconds sigterm_at, milliseconds query_wait, const char* held) {
    auto scene = draining(file, "CREATE TABLE tk (k INT PRIMARY KEY, v INT)", milliseconds(0), query_wait);
    scene.options = timed(2);
    scene.sigterm_at = sigterm_at;
    scene.other_node = true;
    scene.hold_answer_of = held;
    return scene;
}

std::vector<Scene> scenes() {
    return {
        with("begin-savepoint-statement-one-query.txt", kAccounts),
        with("cancel-query.txt"),
        with("commit-outside-transaction.txt", kEmpty),
        with("copy-from-stdin.txt", "CREATE TABLE cp (a INT PRIMARY KEY, b TEXT)"),
        with("ddl-in-transaction.txt"),
        draining("drain-default.txt", kEmpty, milliseconds(0), milliseconds(10'000)),
        draining_insert("drain-insert-57014-applied.txt", milliseconds(1522), milliseconds(0),
                        "INSERT INTO tk"),
        draining_insert("drain-insert-57p01.txt", milliseconds(1512), milliseconds(10'000), ""),
        draining("drain-sigterm.txt", kEmpty, milliseconds(2000), milliseconds(4000)),
        with("extended-basic.txt",
             "CREATE TABLE t (k INT PRIMARY KEY, v INT); INSERT INTO t VALUES (1, 10), (2, 20)"),
        with("extended-row-limit.txt"),
        on_secure_node("gssencrequest-secure.txt", true),
        with("gssencrequest.txt"),
        draining("kill-9.txt", "", milliseconds(0), milliseconds(0)),
        with("login-insecure.txt"),
        inside_tls("login-tls-cert-other-user.txt", "root"),
        inside_tls("login-tls-cert.txt", "root"),
        inside_tls("login-tls-password.txt"),
        inside_tls("login-tls-root-without-cert.txt"),
        inside_tls("login-tls-unknown-user.txt"),
        inside_tls("login-tls-wrong-password.txt"),
        with("login-unknown-database.txt"),
        with("pipeline-error-runtime.txt", kEmpty),
        with("pipeline-error.txt", kEmpty),
        on_secure_node("plaintext-on-secure-node.txt", false),
        with("prepared-ddl.txt", "CREATE TABLE pt (k INT PRIMARY KEY, v INT); INSERT INTO pt VALUES (1, 1)"),
        with("prepared-errors.txt"),
        with("protocol-3.2.txt"),
        with("release-commit-extended.txt", kAccounts),
        with("release-commit-one-query.txt", kAccounts),
        with("savepoint-restart-now.txt", kAccounts),
        with("savepoint-restart.txt", kAccounts),
        with("set-in-rolled-back-transaction.txt"),
        with("set-show-reset-discard.txt"),
        with("set-without-sync-then-query.txt"),
        with("show-node.txt"),
        with("simple-query-multi-error.txt", kEmpty),
        with("simple-query.txt", kEmpty),
        with("sslrequest-insecure.txt"),
        with("startup-options.txt"),
        answer_held("statement-timeout-applied.txt", "CREATE TABLE to_ (k INT PRIMARY KEY, v INT)",
                    "INSERT INTO to_"),
        with("statement-timeout.txt"),
        with("two-queries-one-write.txt", kEmpty),
        with("txn-40001-commit.txt", kAccounts),
        with("txn-40001-statement-extended.txt", kAccounts),
        with("txn-40001-statement.txt", kAccounts),
        with("txn-deadlock.txt", kAccounts),
        with("txn-force-retry.txt"),
    };
}

}  // namespace

TEST_CASE("crdb: the fake node says what the real one said") {
    for (const auto& scene : scenes()) {
        SECTION(scene.file) {
            auto steps = recording::read(std::filesystem::path(CRDB_RECORDINGS) / scene.file);
            REQUIRE_FALSE(steps.empty());
            recording::Player(scene, std::move(steps)).play();
        }
    }
}

TEST_CASE("crdb: every recording is played") {
    std::set<std::string> known;
    for (const auto& scene : scenes()) known.insert(scene.file);
    std::set<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(CRDB_RECORDINGS)) {
        if (entry.path().extension() == ".txt") there.insert(entry.path().filename().string());
    }
    CHECK(known == there);
}
