#include "tests/support/process_stats.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace support {
namespace {

std::filesystem::path proc(pid_t pid, const char* name) {
    return std::filesystem::path("/proc") / std::to_string(pid) / name;
}

}  // namespace

std::size_t resident_bytes(pid_t pid) {
    std::ifstream statm(proc(pid, "statm"));
    std::size_t total_pages = 0;
    std::size_t resident_pages = 0;
    statm >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t open_descriptors(pid_t pid) {
    std::error_code error;
    const std::filesystem::directory_iterator entries(proc(pid, "fd"), error);
    if (error) return 0;
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::chrono::milliseconds cpu_time(pid_t pid) {
    std::ifstream stat(proc(pid, "stat"));
    std::string text{std::istreambuf_iterator<char>(stat), std::istreambuf_iterator<char>()};
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    // man 5 proc: utime and stime are fields 14 and 15; the name, field 2, may hold blanks.
    std::istringstream fields(text.substr(name_end + 1));
    constexpr int kBetween = 11;
    std::string skipped;
    for (int i = 0; i < kBetween; ++i) fields >> skipped;
    long user_ticks = 0;
    long system_ticks = 0;
    fields >> user_ticks >> system_ticks;
    constexpr long kMsPerSecond = 1000;
    return std::chrono::milliseconds((user_ticks + system_ticks) * kMsPerSecond / ::sysconf(_SC_CLK_TCK));
}

bool all_stopped(pid_t pid) {
    std::error_code error;
    for (const auto& task :
         std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/task", error}) {
        std::ifstream file{task.path() / "stat"};
        std::string line;
        std::getline(file, line);
        const auto name_end = line.rfind(')');  // the name may hold anything
        if (name_end == std::string::npos || line.substr(name_end + 2, 1) != "T") return false;
    }
    return !error;
}

}  // namespace support
