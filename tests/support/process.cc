#include "tests/support/process.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <sstream>

#include "tests/support/account.h"
#include "tests/support/catch.h"

namespace support {
namespace {

constexpr int kCannotStart = 127;

/// Everything the child needs, prepared before fork(): between fork and exec only system calls are safe.
struct Prepared {
    std::string path;
    std::vector<std::string> environment;
    std::vector<char*> argv;
    std::vector<char*> envp;
    std::string directory;
    int input_fd = -1;
    int output_fd = -1;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& added) {
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (added.count(text.substr(0, text.find('='))) == 0) result.push_back(text);
    }
    for (const auto& [name, value] : added) result.push_back(name + "=" + value);
    return result;
}

int memory_file(const std::string& content) {
    const int fd = ::memfd_create("test", MFD_CLOEXEC);
    if (fd < 0) FAIL("memfd_create failed");
    for (std::size_t at = 0; at < content.size();) {
        const auto written = ::write(fd, content.data() + at, content.size() - at);
        if (written <= 0) FAIL("cannot write the input of a process");
        at += static_cast<std::size_t>(written);
    }
    ::lseek(fd, 0, SEEK_SET);
    return fd;
}

void drop_root() {
    const auto& user = account();
    if (::setgroups(0, nullptr) != 0 || ::setgid(user.gid) != 0 || ::setuid(user.uid) != 0)
        ::_exit(kCannotStart);
}

[[noreturn]] void become(const Prepared& child, const Command& command) {
    ::setpgid(0, 0);
    ::dup2(child.input_fd, STDIN_FILENO);
    ::dup2(child.output_fd, STDOUT_FILENO);
    ::dup2(child.output_fd, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (command.as_account && ::geteuid() == 0) drop_root();
    ::prctl(PR_SET_PDEATHSIG, command.parent_death_signal);  // after the change of user, which clears it
    if (!child.directory.empty() && ::chdir(child.directory.c_str()) != 0) ::_exit(kCannotStart);
    ::execve(child.path.c_str(), child.argv.data(), child.envp.data());
    ::_exit(kCannotStart);
}

}  // namespace

std::filesystem::path find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        auto candidate = std::filesystem::path(folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

Process::Process(const Command& command) {
    auto arguments = command.argv;
    Prepared child;
    child.path =
        arguments[0].find('/') != std::string::npos ? arguments[0] : find_program(arguments[0]).string();
    if (child.path.empty()) FAIL("program not found: " << arguments[0]);
    child.environment = merged_environment(command.environment);
    child.argv = pointers(arguments);
    child.envp = pointers(child.environment);
    child.directory = command.directory.string();
    child.input_fd = memory_file(command.input);
    child.output_fd = output_fd_ = memory_file("");
    // Processes that write at the same time (a server's backends) must not write over each other's lines.
    ::fcntl(output_fd_, F_SETFL, O_APPEND);
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the test framework's handlers must not run in the child
    pid_ = ::fork();
    if (pid_ == 0) become(child, command);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::close(child.input_fd);
    if (pid_ < 0) FAIL("fork failed");
}

Process::~Process() {
    if (pid_ > 0 && !status_) {
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);
        int status = 0;
        ::waitpid(pid_, &status, 0);
    }
    ::close(output_fd_);
}

void Process::signal(int number) const {
    if (!status_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Clock::duration deadline) {
    const auto ended = [this] {
        if (status_) return true;
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
        constexpr int kSignalled = 128;
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
        return true;
    };
    if (!eventually(ended, deadline)) return std::nullopt;
    return status_;
}

std::string Process::output() const {
    struct stat info {};
    ::fstat(output_fd_, &info);
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    const auto got = ::pread(output_fd_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

Finished run(const Command& command, Clock::duration deadline) {
    Process process(command);
    const auto status = process.wait(deadline);
    if (!status) FAIL(command.argv[0] << " did not end in time; its output:\n" << process.output());
    return {*status, process.output()};
}

}  // namespace support
