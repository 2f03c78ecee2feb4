#include "tests/support/process.h"

#include <unistd.h>

#include "tests/support/account.h"
#include "tests/support/catch.h"
#include "tests/support/process_stats.h"
#include "tests/support/temp_dir.h"

using namespace support;

namespace {

Command shell(const std::string& script) {
    Command command;
    command.argv = {"sh", "-c", script};
    return command;
}

}  // namespace

TEST_CASE("process: both outputs are kept in their order and the exit code is reported") {
    const auto result = run(shell("echo one; echo two >&2; exit 3"));
    CHECK(result.status == 3);
    CHECK(result.output == "one\ntwo\n");
}

TEST_CASE("process: standard input is the given text and the environment is extended") {
    auto command = shell("cat; echo $WEIR_TEST");
    command.input = "typed\n";
    command.environment = {{"WEIR_TEST", "set"}};
    CHECK(run(command).output == "typed\nset\n");
}

TEST_CASE("process: a signal that ends it shows in its status") {
    Process process(shell("sleep 100"));
    CHECK(process.running());
    process.signal(SIGTERM);
    CHECK(process.wait() == 128 + SIGTERM);
}

TEST_CASE("process: it does not outlive its object") {
    pid_t pid = 0;
    {
        const Process process(shell("sleep 100"));
        pid = process.pid();
        CHECK(open_descriptors(pid) > 0);
    }
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("process: run for root it works as another user in a folder of that user") {
    const TempDir dir;
    auto command = shell("id -u; touch made; pwd");
    command.as_account = true;
    command.directory = dir.path();
    CHECK(run(command).output == std::to_string(account().uid) + "\n" + dir.path().string() + "\n");
    CHECK(std::filesystem::exists(dir.path() / "made"));
}

TEST_CASE("process: the kernel's figures for this very process are plausible") {
    CHECK(resident_bytes(::getpid()) > 1'000'000);
    CHECK(open_descriptors(::getpid()) >= 3);
    CHECK(eventually([] { return cpu_time(::getpid()).count() > 0; }));
    CHECK(resident_bytes(0) == 0);
}
