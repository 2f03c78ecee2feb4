// One run of an operator's shell command: its output goes to the log line by line, its exit code to the
// owner. It has a process group of its own, so that what it starts can be ended with it. Main thread;
// destroying it ends the command.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/net/handle.h"

namespace pooler {

class CommandRun;

class CommandOwner {
 public:
    /// The run may be destroyed here. `failure` is empty if the command exited with 0.
    virtual void on_command_done(CommandRun& run, std::string failure) = 0;

 protected:
    ~CommandOwner() = default;
};

class CommandRun {
 public:
    /// Longest line of output that is logged whole.
    static constexpr std::size_t kMaxLineBytes = 1000;

    CommandRun(uv_loop_t* loop, CommandOwner& owner, std::string name);
    ~CommandRun();
    CommandRun(const CommandRun&) = delete;
    CommandRun& operator=(const CommandRun&) = delete;

    /// The owner hears how it ends, never from inside this call. `environment`: further variables,
    /// "NAME=value". `timeout` 0: none.
    void start(const std::string& command, const std::vector<std::string>& environment,
               std::chrono::milliseconds timeout);

 private:
    [[nodiscard]] int spawn(const std::string& command, const std::vector<std::string>& more);
    void read_output();
    void on_output(std::string_view text);
    void on_output_end();
    void log_line();
    void on_exit(std::int64_t code, int signal_number);
    void on_timer();
    void tell();
    void kill_group() const;

    uv_loop_t* loop_;
    CommandOwner* owner_;
    std::string name_;
    Timer timer_;
    HandlePtr<uv_process_t> process_;
    HandlePtr<uv_pipe_t> output_;
    std::array<char, 4096> block_{};
    std::string line_;
    std::string failure_;
    bool running_ = false;
};

}  // namespace pooler
