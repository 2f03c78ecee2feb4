// The process in its surroundings: command line, files, users, the service manager.
#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/integration/compat/compat.h"
#include "tests/integration/compat/instance.h"
#include "tests/support/account.h"
#include "tests/support/free_port.h"

using namespace support;
using compat::Instance;
using compat::Launch;

namespace {

WeirConfig plain() { return compat::before(Postgres::shared()); }

/// Stands where systemd would: takes the datagrams that are sent to NOTIFY_SOCKET.
class NotifySocket {
 public:
    explicit NotifySocket(const TempDir& folder) : path_{folder.path("notify")} {
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::chmod(path_.c_str(), 0777);
    }
    ~NotifySocket() { ::close(fd_); }
    NotifySocket(const NotifySocket&) = delete;
    NotifySocket& operator=(const NotifySocket&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Everything received so far, a line break after each message.
    const std::string& received() {
        char buffer[4096];
        for (;;) {
            const auto bytes = ::recv(fd_, buffer, sizeof buffer, 0);
            if (bytes < 0) return text_;
            text_.append(buffer, static_cast<std::size_t>(bytes)) += '\n';
        }
    }
    [[nodiscard]] bool got(const std::string& text) {
        return eventually([&] { return received().find(text) != std::string::npos; });
    }
    void clear() { text_.clear(); }

 private:
    std::string path_;
    std::string text_;
    int fd_ = -1;
};

void check_refused(Instance& instance, const std::string& text, const Launch& launch = {}) {
    const auto end = instance.run(launch);
    CHECK(end.status == 1);
    INFO(end.output);
    CHECK(end.output.find(text) != std::string::npos);
}

pid_t pid_in(const std::string& file) {
    const auto text = read_file(file);
    return text.empty() ? 0 : static_cast<pid_t>(std::stol(text));
}

bool gone(pid_t pid) { return ::kill(pid, 0) != 0; }

}  // namespace

TEST_CASE("command line: version, help, and what is refused with exit code 1", "[pg]") {
    REQUIRES_POSTGRES();
    Instance instance(plain(), free_port());
    const auto version = instance.run({.options = {"-V"}});
    CHECK(version.status == 0);
    CHECK(version.output.find("PgBouncer 1.25.") == 0);
    CHECK(version.output.find("systemd: yes") != std::string::npos);
    Weir weir(Postgres::shared());
    CHECK(version.output.substr(0, version.output.find('\n')) == weir.show("VERSION").at(0).at("version"));
    CHECK(instance.run({.options = {"--help"}}).status == 0);
    check_refused(instance, "--help", {.options = {"--nonsense"}});
    check_refused(instance, "", {.options = {"another.ini"}});
    check_refused(instance, "so_reuseport", {.options = {"-R"}});
    check_refused(instance, "pidfile", {.options = {"-d"}});
    check_refused(instance, "no such OS user", {.options = {"-u", "nobody_knows_this_user"}});
    Command nothing;
    nothing.argv = {weir_program().string()};
    CHECK(run(nothing).status == 1);
    if (::geteuid() == 0) check_refused(instance, "root", {.as_root = true});
}

TEST_CASE("start: what stands in the way is named, exit code 1", "[pg]") {
    REQUIRES_POSTGRES();
    const auto port = free_port();
    Instance first(plain(), port);
    first.start();
    {
        Instance second(plain(), port);
        check_refused(second, "127.0.0.1:" + std::to_string(port));
    }
    {
        auto config = plain().set("unix_socket_dir", first.folder().path().string());
        Instance second(config, port);
        second.config().set("listen_addr", "");
        second.write_files();
        check_refused(second, "in use");
    }
    {
        Instance second(plain(), free_port());
        const auto socket = second.folder().path(".s.PGSQL." + std::to_string(second.port()));
        second.folder().write(".s.PGSQL." + std::to_string(second.port()) + ".lock", "");
        check_refused(second, socket + ".lock");
    }
    {
        auto elsewhere = plain().set("unix_socket_dir", "/nonexistent/folder");
        Instance second(elsewhere, free_port());
        check_refused(second, "/nonexistent/folder");
    }
    {
        auto nowhere = plain().set("listen_addr", "").set("unix_socket_dir", "");
        Instance second(nowhere, port);
        check_refused(second, "nothing to listen on");
    }
    {
        auto unknown = plain().set("listen_addr", "nonsense.invalid");
        Instance second(unknown, port);
        check_refused(second, "nonsense.invalid");
    }
    {
        auto broken = plain().set("nonsense", "1");
        Instance second(broken, port);
        check_refused(second, "nonsense");
    }
    {
        auto unwritable = plain().set("logfile", "/nonexistent/folder/log");
        Instance second(unwritable, free_port());
        check_refused(second, "/nonexistent/folder/log");
    }
    first.process().signal(SIGQUIT);
    first.check_end();
}

TEST_CASE("listen_addr: one of several that cannot be bound is a warning", "[pg]") {
    REQUIRES_POSTGRES();
    Instance instance(plain().set("listen_addr", "192.0.2.1, 127.0.0.1"), free_port());
    instance.start();
    CHECK(Client::connect(instance.login()).value("SELECT 1") == "1");
    CHECK(instance.process().output().find("192.0.2.1") != std::string::npos);
    instance.process().signal(SIGQUIT);
    instance.check_end();
}

TEST_CASE("unix socket: mode and group are set, the file goes with the process", "[pg]") {
    REQUIRES_POSTGRES();
    auto config =
        plain().set("unix_socket_mode", "0700").set("unix_socket_group", std::to_string(account().gid));
    Instance instance(config, free_port());
    instance.start();
    const auto file = instance.folder().path(".s.PGSQL." + std::to_string(instance.port()));
    struct stat made {};
    REQUIRE(::stat(file.c_str(), &made) == 0);
    CHECK((made.st_mode & 0777) == 0700);
    CHECK(made.st_gid == account().gid);
    instance.process().signal(SIGQUIT);
    instance.check_end();
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("pidfile: it holds the process id, keeps a second process away and goes at the end", "[pg]") {
    REQUIRES_POSTGRES();
    TempDir folder;
    const auto file = folder.path("pid");
    Instance first(plain().set("pidfile", file), free_port());
    first.start();
    CHECK(read_file(file) == std::to_string(first.process().pid()) + "\n");
    struct stat made {};
    REQUIRE(::stat(file.c_str(), &made) == 0);
    CHECK((made.st_mode & 0777) == 0644);
    Instance second(plain().set("pidfile", file), free_port());
    check_refused(second, file);
    first.process().signal(SIGQUIT);
    first.check_end();
    CHECK_FALSE(std::filesystem::exists(file));

    folder.write("pid", "");
    check_refused(second, file);
    folder.write("pid", "nonsense\n");
    check_refused(second, file);
    Command shell;
    shell.argv = {"sh", "-c", "echo $$"};
    const auto dead = run(shell);
    folder.write("pid", dead.output);
    second.start();
    CHECK(pid_in(file) == second.process().pid());
    second.process().signal(SIGQUIT);
    second.check_end();
}

TEST_CASE("daemon: the caller is let go, the pooler runs on under its pidfile", "[pg]") {
    REQUIRES_POSTGRES();
    TempDir folder;
    const auto file = folder.path("pid");
    Instance instance(plain().set("pidfile", file).set("logfile", folder.path("log")), free_port());
    const auto caller = instance.run({.options = {"-d"}});
    CHECK(caller.status == 0);
    CHECK(caller.output.empty());
    REQUIRE(eventually([&] { return instance.answers(); }));
    const pid_t pid = pid_in(file);
    REQUIRE(pid > 0);
    CHECK(Client::connect(instance.login()).value("SELECT 1") == "1");
    ::kill(pid, SIGQUIT);
    CHECK(eventually([&] { return gone(pid); }));
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK(read_file(folder.path("log")).find("process up:") != std::string::npos);
}

TEST_CASE("user: root starts it and the named user runs it", "[pg]") {
    REQUIRES_POSTGRES();
    if (::geteuid() != 0) {
        WARN("skipped: only root can switch the user");
        return;
    }
    for (const bool by_option : {true, false}) {
        auto config = plain();
        if (!by_option) config.set("user", account().name);
        Instance instance(config, free_port());
        Launch launch{.as_root = true};
        if (by_option) launch.options = {"-u", account().name};
        instance.start(launch);
        struct stat process {};
        REQUIRE(::stat(("/proc/" + std::to_string(instance.process().pid())).c_str(), &process) == 0);
        CHECK(process.st_uid == account().uid);
        CHECK(process.st_gid == account().gid);
        instance.process().signal(SIGQUIT);
        instance.check_end();
    }
}

TEST_CASE("log: quiet leaves stderr alone, the file is appended to and opened again by RELOAD", "[pg]") {
    REQUIRES_POSTGRES();
    TempDir folder;
    const auto file = folder.write("log", "what was there\n");
    Instance instance(plain().set("logfile", file), free_port());
    instance.start({.options = {"-q"}});
    const auto logged = [&](const std::string& text) {
        return eventually([&] { return read_file(file).find(text) != std::string::npos; });
    };
    CHECK(logged("process up:"));
    CHECK(read_file(file).find("what was there\n") == 0);
    CHECK(logged("listening on 127.0.0.1:" + std::to_string(instance.port())));
    CHECK(logged("listening on unix:"));
    std::filesystem::rename(file, folder.path("old"));
    instance.console("RELOAD");
    CHECK(std::filesystem::exists(file));
    instance.process().signal(SIGQUIT);
    instance.check_end();
    CHECK(instance.process().output().empty());
    CHECK(read_file(file).find("shutting down") != std::string::npos);
}

TEST_CASE("systemd: the fake manager hears of start, reload, statistics and end", "[pg]") {
    REQUIRES_POSTGRES();
    TempDir folder;
    NotifySocket manager(folder);
    Instance instance(plain().set("stats_period", "1"), free_port());
    instance.start({.environment = {{"NOTIFY_SOCKET", manager.path()}}});
    CHECK(manager.got("READY=1"));
    CHECK(manager.got("STATUS=stats: "));
    manager.clear();
    instance.console("RELOAD");
    CHECK(manager.received().find("RELOADING=1") == std::string::npos);
    instance.process().signal(SIGHUP);
    CHECK(manager.got("RELOADING=1"));
    CHECK(manager.got("MONOTONIC_USEC="));
    CHECK(manager.got("READY=1"));
    instance.process().signal(SIGTERM);
    CHECK(manager.got("STOPPING=1"));
    instance.check_end();
}

TEST_CASE("systemd: sockets that are handed over replace those of the configuration", "[pg]") {
    REQUIRES_POSTGRES();
    TempDir folder;
    const auto port = free_port();
    const auto path = folder.path(".s.PGSQL." + std::to_string(port));
    // LISTEN_PID must be the process that uses the sockets, so that a launcher sets it and becomes the
    // pooler.
    const auto script = folder.write("activate.py", R"(import os, socket, sys
tcp = socket.socket(); tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
tcp.bind(("127.0.0.1", int(sys.argv[1]))); tcp.listen()
local = socket.socket(socket.AF_UNIX); local.bind(sys.argv[2]); local.listen()
kept = [os.dup(s.fileno()) for s in (tcp, local)]
for at, fd in enumerate(kept): os.dup2(fd, 3 + at); os.set_inheritable(3 + at, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
os.execv(sys.argv[3], sys.argv[3:])
)");
    auto config = plain().set("unix_socket_dir", folder.path().string()).set("user", account().name);
    Instance instance(config, port);
    instance.start_with({.before = {"python3", script, std::to_string(port), path}, .as_root = true}, [&] {
        return Client(instance.login("admin").with_database("pgbouncer")).connected();
    });
    CHECK(Client::connect(instance.login()).value("SELECT 1") == "1");
    auto local = instance.login();
    local.host = folder.path().string();
    CHECK(Client::connect(local).value("SELECT 2") == "2");
    CHECK(instance.process().output().find("listen_addr and unix_socket_dir are not used") !=
          std::string::npos);
    instance.process().signal(SIGQUIT);
    instance.check_end();
}

TEST_CASE("peering: a cancel request that reaches the wrong process is passed on", "[pg]") {
    REQUIRES_POSTGRES();
    const std::vector<std::uint16_t> ports{free_port(), free_port()};
    std::vector<std::unique_ptr<Instance>> nodes;
    for (std::size_t i = 0; i < 2; ++i) {
        auto config = plain().set("peer_id", std::to_string(i + 1)).set("so_reuseport", "1");
        // The second reaches the first over its Unix socket.
        const std::string first = nodes.empty() ? "127.0.0.1" : nodes[0]->folder().path().string();
        config.peers["1"] = "host=" + first + " port=" + std::to_string(ports[0]);
        config.peers["2"] = "host=127.0.0.1 port=" + std::to_string(ports[1]);
        nodes.push_back(std::make_unique<Instance>(config, ports[i]));
        nodes.back()->start();
    }
    auto client = WireClient::logged_in(nodes[0]->login());
    const auto key = client.backend_key();
    const auto byte = [&key](std::size_t i) { return static_cast<unsigned char>(key.at(i)); };
    CHECK((byte(0) & 0x80) == 0);
    CHECK(byte(1) == 1);  // peer_id, low byte first
    CHECK(byte(2) == 0);
    CHECK((byte(7) & 3) == 3);
    client.send(wire::query("SELECT pg_sleep(600)"));
    CHECK(eventually([&] {
        return Postgres::shared().connections("state = 'active' AND query LIKE '%pg_sleep(600)%'") == 1;
    }));
    WireClient wrong(nodes[1]->port());
    wrong.send(wire::cancel_request(key));
    CHECK(wrong.read_to_end().empty());
    CHECK(wire::sqlstate(client.read_answer()) == "57014");

    client.send(wire::query("SELECT pg_sleep(1)"));
    auto tired = key;
    tired[7] = static_cast<char>(byte(7) & ~3);  // no hop left: dropped by the wrong process
    WireClient dropped(nodes[1]->port());
    dropped.send(wire::cancel_request(tired));
    CHECK(dropped.read_to_end().empty());
    CHECK(wire::sqlstate(client.read_answer()).empty());
    client.send(wire::query("SELECT pg_sleep(600)"));
    CHECK(eventually([&] {
        return Postgres::shared().connections("state = 'active' AND query LIKE '%pg_sleep(600)%'") == 1;
    }));
    WireClient right(nodes[0]->port());
    right.send(wire::cancel_request(tired));  // arrived: the counter no longer matters
    CHECK(wire::sqlstate(client.read_answer()) == "57014");
    for (auto& node : nodes) {
        node->process().signal(SIGQUIT);
        node->check_end();
    }
}
