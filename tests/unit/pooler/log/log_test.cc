// The log as a whole: files, stderr, the journal, syslog, reopening, and what happens when a target is stuck.
#include "pooler/log/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "pooler/log/rate_limit.h"
#include "syslog_recorder.h"
#include "tests/support/catch.h"
#include "tests/support/eventually.h"

using pooler::Log;
using pooler::LogLevel;
using pooler::LogOptions;
using pooler::LogPrefix;

namespace fs = std::filesystem;

namespace {

/// A folder for log files; stops the log before it goes.
struct Folder {
    fs::path path;
    Folder() {
        std::array<char, 32> name{"/tmp/weir_log_XXXXXX"};
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name.data();
    }
    ~Folder() {
        Log::stop();
        fs::remove_all(path);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return path / name; }
};

LogOptions to_file(const std::string& file) {
    LogOptions options;
    options.to_stderr = false;
    options.file = file;
    return options;
}

std::vector<std::string> lines_of(const std::string& file) {
    std::ifstream in{file};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Sends stderr into a file as long as it lives.
struct StderrInto {
    int kept = ::dup(STDERR_FILENO);
    explicit StderrInto(const std::string& file) {
        const int target = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(target, STDERR_FILENO);
        ::close(target);
    }
    ~StderrInto() {
        ::dup2(kept, STDERR_FILENO);
        ::close(kept);
    }
};

}  // namespace

TEST_CASE("log: a line has time, zone, process, level and prefix as PgBouncer's") {
    const Folder folder;
    REQUIRE(Log::start(to_file(folder.file("log"))).has_value());
    LogPrefix prefix;
    prefix.worker = 0;
    prefix.session_id = 12;
    prefix.side = 'C';
    prefix.database = "db";
    prefix.user = "user";
    prefix.peer = "192.0.2.1:5000";
    pooler::log_info(prefix, "login attempt: db=db user=user tls=no replication=no");
    pooler::log_fatal({}, "first\nsecond");
    Log::stop();
    const auto lines = lines_of(folder.file("log"));
    REQUIRE(lines.size() == 3);
    const std::string head =
        R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+ \[)" + std::to_string(::getpid()) + R"(\] )";
    CAPTURE(lines[0]);
    CHECK(std::regex_match(
        lines[0],
        std::regex{head + R"(LOG C-0xc\.0: db/user@192\.0\.2\.1:5000 login attempt: db=db .*=no)"}));
    CHECK(std::regex_match(lines[1], std::regex{head + "FATAL first"}));
    CHECK(lines[2] == "\tsecond");
}

TEST_CASE("log: verbose decides which levels are written") {
    const int verbose = GENERATE(0, 1, 2);
    const Folder folder;
    LogOptions options = to_file(folder.file("log"));
    options.verbose = verbose;
    REQUIRE(Log::start(options).has_value());
    CHECK(pooler::log_enabled(LogLevel::kInfo));
    CHECK(pooler::log_enabled(LogLevel::kDebug) == (verbose >= 1));
    CHECK(pooler::log_enabled(LogLevel::kNoise) == (verbose >= 2));
    pooler::log_noise({}, "n");
    pooler::log_debug({}, "d");
    pooler::log_info({}, "i");
    pooler::log_warning({}, "w");
    pooler::log_error({}, "e");
    Log::stop();
    const auto lines = lines_of(folder.file("log"));
    REQUIRE(lines.size() == static_cast<std::size_t>(3 + verbose));
    CHECK(lines.back().find(" ERROR e") != std::string::npos);
    CHECK(lines[lines.size() - 2].find(" WARNING w") != std::string::npos);
    if (verbose == 2) CHECK(lines[0].find(" NOISE n") != std::string::npos);
}

TEST_CASE("log: before start and after stop lines vanish") {
    const Folder folder;
    CHECK_FALSE(pooler::log_enabled(LogLevel::kFatal));
    pooler::log_fatal({}, "too early");
    REQUIRE(Log::start(to_file(folder.file("log"))).has_value());
    CHECK_FALSE(Log::start(to_file(folder.file("log"))).has_value());
    Log::stop();
    Log::stop();
    pooler::log_fatal({}, "too late");
    pooler::log_detail::write(LogLevel::kFatal, {}, "a thread that judged the level before stop()");
    CHECK(lines_of(folder.file("log")).empty());
    CHECK_FALSE(Log::reopen(to_file(folder.file("log"))).has_value());
}

TEST_CASE("log: a file that cannot be opened is an error that names it, and no folder is made for it") {
    const Folder folder;
    const auto started = Log::start(to_file(folder.file("missing/log")));
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error() ==
          "cannot open log file " + folder.file("missing/log") + ": No such file or directory");
    CHECK_FALSE(fs::exists(folder.file("missing")));
    CHECK_FALSE(pooler::log_enabled(LogLevel::kFatal));
    CHECK(Log::start(to_file(folder.file("log"))).has_value());
}

TEST_CASE("log: reopen follows a renamed file and takes new options; a bad file leaves the old one") {
    const Folder folder;
    const std::string file = folder.file("log");
    REQUIRE(Log::start(to_file(file)).has_value());
    pooler::log_info({}, "one");
    fs::rename(file, file + ".1");
    LogOptions options = to_file(file);
    options.verbose = 1;
    REQUIRE(Log::reopen(options).has_value());
    pooler::log_debug({}, "two");
    CHECK_FALSE(Log::reopen(to_file(folder.file("missing/log"))).has_value());
    pooler::log_debug({}, "three");
    Log::stop();
    const auto lines = lines_of(file);
    REQUIRE(lines.size() >= 2);
    CHECK(lines[lines.size() - 2].find("DEBUG two") != std::string::npos);
    CHECK(lines.back().find("DEBUG three") != std::string::npos);
    CHECK(lines_of(file).size() + lines_of(file + ".1").size() == 3);
}

TEST_CASE("log: JSON is one object per line, and may be switched on while it runs") {
    const Folder folder;
    const std::string file = folder.file("log");
    LogOptions options = to_file(file);
    REQUIRE(Log::start(options).has_value());
    pooler::log_info({}, "{\"this\": \"is text\"}");
    options.json = true;
    REQUIRE(Log::reopen(options).has_value());
    pooler::log_warning({}, "two\nlines");
    Log::stop();
    const auto lines = lines_of(file);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(" LOG {\"this\"") != std::string::npos);
    const auto json = nlohmann::json::parse(lines[1]);
    CHECK(json["level"] == "WARNING");
    CHECK(json["message"] == "two\nlines");
    CHECK(json["pid"] == ::getpid());
}

TEST_CASE("log: stderr is stamped, unless it is the journal: then it carries the priority") {
    const bool journal = GENERATE(false, true);
    const Folder folder;
    const std::string file = folder.file("stderr");
    {
        const StderrInto redirected{file};
        struct stat found {};
        REQUIRE(::fstat(STDERR_FILENO, &found) == 0);
        const std::string stream =
            std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino + (journal ? 0 : 1));
        ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
        const bool started = Log::start(LogOptions{}).has_value();
        pooler::log_error({}, "broken");
        pooler::log_info({}, "fine");
        Log::stop();
        ::unsetenv("JOURNAL_STREAM");
        REQUIRE(started);
    }
    const auto lines = lines_of(file);
    REQUIRE(lines.size() == 2);
    if (journal) {
        CHECK(lines[0] == "<3>broken");
        CHECK(lines[1] == "<6>fine");
    } else {
        CHECK(std::regex_search(lines[0], std::regex{R"(^\d{4}-.* ERROR broken$)"}));
    }
}

TEST_CASE("log: syslog gets ident, facility and priority, and survives a reopen") {
    const Folder folder;
    take_syslog();
    LogOptions options;
    options.to_stderr = false;
    options.syslog = true;
    options.syslog_ident = "first";
    options.syslog_facility = "local3";
    REQUIRE(Log::start(options).has_value());
    pooler::log_error({}, "100% broken");
    options.syslog_ident = "second";
    options.syslog_facility = "nonsense";
    // What is queued belongs to the ident of the time it is written, so the first line is waited for.
    std::vector<SyslogRecord> first;
    REQUIRE(support::eventually([&] { return !(first = take_syslog()).empty(); }));
    REQUIRE(Log::reopen(options).has_value());
    pooler::log_info({}, "fine");
    Log::stop();
    const auto second = take_syslog();
    REQUIRE(first.size() == 1);
    CHECK(first[0].ident == "first");
    CHECK(first[0].facility == LOG_LOCAL3);
    CHECK(first[0].priority == LOG_ERR);
    CHECK(first[0].text == "100% broken");
    REQUIRE(second.size() == 1);
    CHECK(second[0].ident == "second");
    CHECK(second[0].facility == LOG_DAEMON);
    CHECK(second[0].priority == LOG_INFO);
}

TEST_CASE("log: a stuck target never blocks those who log; what is lost is counted and told") {
    const Folder folder;
    const std::string pipe = folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(reader >= 0);
    REQUIRE(Log::start(to_file(pipe)).has_value());
    constexpr int kSent = 20'000;  // far more than pipe and queue hold
    for (int i = 0; i < kSent; ++i) pooler::log_info({}, "line " + std::to_string(i));
    const std::uint64_t dropped = Log::dropped();
    CHECK(dropped > 0);
    CHECK(dropped < kSent);

    std::string text;
    std::atomic<bool> stopped{false};
    std::thread drain{[&] {
        ::fcntl(reader, F_SETFL, 0);
        std::array<char, 65536> block{};
        for (ssize_t got = 1; got > 0;) {
            got = ::read(reader, block.data(), block.size());
            if (got > 0) text.append(block.data(), static_cast<std::size_t>(got));
        }
        stopped = true;
    }};
    Log::stop();  // closes the pipe, so that the reader sees its end
    drain.join();
    ::close(reader);
    CHECK(stopped);
    const auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    const std::regex told{R"(WARNING (\d+) log lines were dropped: too many at once)"};
    std::uint64_t sum = 0;
    std::uint64_t reports = 0;
    for (std::sregex_iterator at{text.begin(), text.end(), told}, end; at != end; ++at, ++reports)
        sum += std::stoull((*at)[1]);
    CHECK(reports >= 1);
    CHECK(sum == dropped);
    CHECK(Log::dropped() == dropped);
    CHECK(lines == kSent - dropped + reports);
}

TEST_CASE("log: a full disk is counted and does no harm") {
    if (!fs::exists("/dev/full")) return;
    const Folder folder;
    REQUIRE(Log::start(to_file("/dev/full")).has_value());
    pooler::log_error({}, "nobody will read this");
    Log::stop();
    CHECK(Log::write_errors() == 1);
}

TEST_CASE("log: many threads and reopening at the same time tear no line") {
    constexpr int kThreads = 4;
    constexpr int kLines = 500;
    const Folder folder;
    const std::string file = folder.file("log");
    REQUIRE(Log::start(to_file(file)).has_value());
    std::vector<std::thread> threads;
    for (int number = 0; number < kThreads; ++number)
        threads.emplace_back([number] {
            LogPrefix prefix;
            prefix.worker = static_cast<unsigned>(number);
            prefix.session_id = 1;
            prefix.side = 'S';
            for (int i = 0; i < kLines; ++i) pooler::log_info(prefix, std::string(100, 'x') + " end");
        });
    for (int i = 0; i < 20; ++i) CHECK(Log::reopen(to_file(file)).has_value());
    for (std::thread& thread : threads) thread.join();
    const std::uint64_t dropped = Log::dropped();
    Log::stop();
    const auto lines = lines_of(file);
    const std::regex whole{R"(.* LOG S-0x1\.\d: \(nodb\)/\(nouser\) x{100} end)"};
    std::uint64_t good = 0;
    for (const std::string& line : lines) good += std::regex_match(line, whole) ? 1 : 0;
    CHECK(good + dropped == kThreads * kLines);
}

TEST_CASE("log: limited lines say how many were held back") {
    const Folder folder;
    REQUIRE(Log::start(to_file(folder.file("log"))).has_value());
    pooler::RateLimit limit{1, std::chrono::seconds{10}};
    const pooler::RateLimit::Clock::time_point start{std::chrono::seconds{1}};
    for (int i = 0; i < 4; ++i) pooler::log_limited(limit, start, LogLevel::kWarning, {}, "server refused");
    pooler::log_limited(limit, start + std::chrono::seconds{10}, LogLevel::kWarning, {}, "server refused");
    Log::stop();
    const auto lines = lines_of(folder.file("log"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("server refused") + 14 == lines[0].size());
    CHECK(lines[1].find("server refused (3 more like it were not logged)") != std::string::npos);
}
