#include "pooler/process/daemon.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "pooler/process/pidfile.h"
#include "pooler/process/process.h"
#include "pooler/process/process_log.h"

namespace pooler {

namespace {

int refuse(const std::string& why) {
    std::fprintf(stderr, "weir: %s\n", why.c_str());
    return 1;
}

/// Text of what went wrong, empty if nothing did.
std::string switch_user(const std::string& name) {
    const passwd* entry = ::getpwnam(name.c_str());
    if (entry == nullptr) return "no such OS user: " + name;
    if (entry->pw_uid == ::getuid()) return {};
    if (::initgroups(name.c_str(), entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 ||
        ::setuid(entry->pw_uid) != 0)
        return "cannot become user " + name + ": " + std::strerror(errno);
    return {};
}

/// As many descriptors as the system allows: one per client and server.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Double fork; true in the process that goes on. The others leave with 0.
bool go_to_background() {
    if (const pid_t child = ::fork(); child != 0) ::_exit(child < 0 ? 1 : 0);
    if (::setsid() < 0) return false;
    if (const pid_t child = ::fork(); child != 0) ::_exit(child < 0 ? 1 : 0);
    const int null = ::open("/dev/null", O_RDWR);
    if (null < 0) return false;
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, stream);
    if (null > STDERR_FILENO) ::close(null);
    return true;
}

}  // namespace

int run_process(const Options& given, conf::Configuration configuration) {
    Options options = given;
    const auto& settings = configuration.settings;
    const std::string user = options.user.empty() ? settings.user.value_or("") : options.user;
    if (!user.empty())
        if (const std::string fault = switch_user(user); !fault.empty()) return refuse(fault);
    if (::geteuid() == 0)
        return refuse("weir should not run as root; set user in the configuration or use -u");
    if (options.daemon && settings.pidfile.empty()) return refuse("daemon mode needs the setting pidfile");
    if (!settings.pidfile.empty())
        if (const auto free = Pidfile::check(settings.pidfile); !free) return refuse(free.error());
    ::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    if (options.daemon) {
        options.quiet = true;
        if (!go_to_background())
            return refuse(std::string{"cannot go to the background: "} + std::strerror(errno));
    }
    if (const auto started = Log::start(log_options(settings, options)); !started)
        return refuse(started.error());
    int exit_code = 1;
    {
        Process process{options, std::move(configuration)};
        exit_code = process.run();
    }
    Log::stop();
    return exit_code;
}

}  // namespace pooler
