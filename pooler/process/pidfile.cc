#include "pooler/process/pidfile.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace pooler {

namespace {

tl::unexpected<std::string> fault(const std::string& path, const std::string& what) {
    return tl::make_unexpected("pidfile " + path + ": " + what);
}

}  // namespace

Pidfile::~Pidfile() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

tl::expected<void, std::string> Pidfile::check(const std::string& path) {
    std::ifstream file{path};
    if (!file) {
        if (errno == ENOENT) return {};
        return fault(path, std::strerror(errno));
    }
    long pid = 0;
    if (!(file >> pid) || pid <= 0)
        return fault(path, "exists and holds no process id; remove it if no pooler runs");
    if (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM)
        return fault(path, "process " + std::to_string(pid) + " is running");
    if (::unlink(path.c_str()) != 0)
        return fault(path, std::string{"cannot remove the stale file: "} + std::strerror(errno));
    return {};
}

tl::expected<void, std::string> Pidfile::write(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) return fault(path, std::strerror(errno));
    path_ = path;
    const std::string text = std::to_string(::getpid()) + "\n";
    const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
    if (!written) return fault(path, "cannot write");
    return {};
}

}  // namespace pooler
