// Child processes of a test: started with captured output, ended with their object.
//
// A child is killed when its Process is destroyed and, should the test program itself die, by the kernel
// (PR_SET_PDEATHSIG follows the thread that started it: start processes on the test's own thread).
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/eventually.h"

namespace support {

struct Command {
    std::vector<std::string> argv;                   ///< argv[0] is a path, or a name looked up in PATH
    std::map<std::string, std::string> environment;  ///< added to the environment of the test
    std::string input;                               ///< what standard input gives before its end
    std::filesystem::path directory;                 ///< working directory; empty = that of the test
    bool as_account = false;                         ///< run as account() instead of root
    int parent_death_signal = SIGKILL;               ///< what the kernel sends if the test program dies
};

class Process {
 public:
    /// Fails the test if the program cannot be started.
    explicit Process(const Command& command);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    void signal(int number) const;

    /// Exit code, or 128 + signal number; empty if the process still runs at the deadline.
    std::optional<int> wait(Clock::duration deadline = kDeadline);
    [[nodiscard]] bool running() { return !wait(Clock::duration::zero()); }

    /// Standard output and error so far, in the order they were written.
    [[nodiscard]] std::string output() const;

 private:
    pid_t pid_ = -1;
    int output_fd_ = -1;
    std::optional<int> status_;
};

struct Finished {
    int status = 0;
    std::string output;
};

/// Runs a program to its end; fails the test if it does not end before the deadline.
Finished run(const Command& command, Clock::duration deadline = kDeadline);

/// Path of a program found in PATH; empty if there is none.
[[nodiscard]] std::filesystem::path find_program(const std::string& name);

}  // namespace support
