#include "pooler/process/command_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "pooler/process/process_log.h"

namespace pooler {

namespace {

/// After the exit, for output that is still on its way. Whoever was left in the background with the pipe in
/// hand does not hold up the answer.
constexpr std::chrono::milliseconds kLastWords{200};

char* text_of(const std::string& text) { return const_cast<char*>(text.c_str()); }

}  // namespace

CommandRun::CommandRun(uv_loop_t* loop, CommandOwner& owner, std::string name)
    : loop_{loop}, owner_{&owner}, name_{std::move(name)} {
    timer_.open<&CommandRun::on_timer>(loop, this);
}

CommandRun::~CommandRun() {
    if (!running_) return;
    kill_group();
    ::waitpid(process_->uv.pid, nullptr, 0);  // nobody else will; it was killed, so it does not take long
}

void CommandRun::start(const std::string& command, const std::vector<std::string>& environment,
                       std::chrono::milliseconds timeout) {
    if (const int error = spawn(command, environment); error != 0) {
        failure_ = std::string{"cannot be started: "} + uv_strerror(error);
        return timer_.start(std::chrono::milliseconds{0});
    }
    running_ = true;
    if (timeout.count() > 0) timer_.start(timeout);
    read_output();
}

int CommandRun::spawn(const std::string& command, const std::vector<std::string>& more) {
    output_ = make_handle<uv_pipe_t>(this, [this](uv_pipe_t* raw) { return uv_pipe_init(loop_, raw, 0); });
    std::vector<char*> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
    for (const std::string& variable : more) environment.push_back(text_of(variable));
    environment.push_back(nullptr);
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string script = "exec 2>&1\n" + command;  // what goes wrong belongs into the log as well
    std::array<char*, 4> arguments{shell.data(), option.data(), script.data(), nullptr};
    std::array<uv_stdio_container_t, 2> streams{};
    streams[0].flags = UV_IGNORE;
    streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&output_->uv);
    uv_process_options_t options{};
    options.file = shell.c_str();
    options.args = arguments.data();
    options.env = environment.data();
    options.stdio = streams.data();
    options.stdio_count = static_cast<int>(streams.size());
    options.flags = UV_PROCESS_DETACHED;
    options.exit_cb = [](uv_process_t* raw, std::int64_t code, int signal_number) {
        auto* box = static_cast<HandleBox<uv_process_t>*>(raw->data);
        if (box->owner != nullptr) static_cast<CommandRun*>(box->owner)->on_exit(code, signal_number);
    };
    process_ = make_handle<uv_process_t>(this, [](uv_process_t*) { return 0; });
    return uv_spawn(loop_, &process_->uv, &options);
}

void CommandRun::read_output() {
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&output_->uv),
        [](uv_handle_t* handle, std::size_t /*size*/, uv_buf_t* into) {
            auto* box = static_cast<HandleBox<uv_pipe_t>*>(handle->data);
            auto& block = static_cast<CommandRun*>(box->owner)->block_;
            *into = uv_buf_init(block.data(), static_cast<unsigned>(block.size()));
        },
        [](uv_stream_t* stream, ssize_t bytes, const uv_buf_t* from) {
            auto* box = static_cast<HandleBox<uv_pipe_t>*>(stream->data);
            if (box->owner == nullptr) return;
            auto* run = static_cast<CommandRun*>(box->owner);
            if (bytes > 0) run->on_output({from->base, static_cast<std::size_t>(bytes)});
            if (bytes < 0) run->on_output_end();
        });
}

void CommandRun::on_output(std::string_view text) {
    for (const char c : text) {
        if (c == '\n' || line_.size() == kMaxLineBytes) log_line();
        if (c != '\n') line_ += c;
    }
}

void CommandRun::log_line() {
    if (!line_.empty()) log_notice(name_ + ": " + line_);
    line_.clear();
}

void CommandRun::on_output_end() {
    output_.reset();
    if (!running_) tell();
}

void CommandRun::on_exit(std::int64_t code, int signal_number) {
    running_ = false;
    if (failure_.empty() && signal_number != 0) failure_ = "ended by signal " + std::to_string(signal_number);
    if (failure_.empty() && code != 0) failure_ = "exit code " + std::to_string(code);
    if (output_ == nullptr) return tell();
    timer_.start(kLastWords);
}

void CommandRun::on_timer() {
    if (!running_) return tell();
    failure_ = "takes too long";
    kill_group();
}

void CommandRun::tell() {
    timer_.stop();
    log_line();
    output_.reset();
    owner_->on_command_done(*this, std::move(failure_));
}

void CommandRun::kill_group() const { ::kill(-process_->uv.pid, SIGKILL); }

}  // namespace pooler
