// spdlog carries the lines: its queue, its thread, its file, stderr and syslog sinks. The line is finished on
// the thread that logs, but for time and level, which each target writes in its own way.
#include "pooler/log/log.h"

#include <fcntl.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "pooler/log/log_line.h"

namespace pooler {

namespace {

constexpr std::size_t kQueueLines = 4096;
constexpr std::chrono::seconds kDropReportInterval{1};
// The first byte of a queued line says which form it has: both may be queued while RELOAD changes it.
constexpr char kTextMark = 'T';
constexpr char kJsonMark = 'J';

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kFatal: return spdlog::level::critical;
        case LogLevel::kError: return spdlog::level::err;
        case LogLevel::kWarning: return spdlog::level::warn;
        case LogLevel::kInfo: return spdlog::level::info;
        case LogLevel::kDebug: return spdlog::level::debug;
        case LogLevel::kNoise: return spdlog::level::trace;
    }
    return spdlog::level::info;
}

LogLevel from_spdlog(spdlog::level::level_enum level) {
    for (int at = static_cast<int>(LogLevel::kFatal); at <= static_cast<int>(LogLevel::kNoise); ++at)
        if (to_spdlog(static_cast<LogLevel>(at)) == level) return static_cast<LogLevel>(at);
    return LogLevel::kInfo;
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
}

class LevelFlag final : public spdlog::custom_flag_formatter {
 public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& out) override {
        append(out, level_name(from_spdlog(message.level)));
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<LevelFlag>();
    }
};

/// The abbreviation of the time zone, which spdlog itself cannot write.
class ZoneFlag final : public spdlog::custom_flag_formatter {
 public:
    void format(const spdlog::details::log_msg& /*message*/, const std::tm& time,
                spdlog::memory_buf_t& out) override {
        append(out, time.tm_zone != nullptr ? time.tm_zone : "UTC");
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<ZoneFlag>();
    }
};

enum class Form {
    kStamped,  // time, process, level
    kJournal,  // "<3>" as sd-daemon(3) says; the journal notes the time
    kBare,     // syslog has both
};

class LineFormatter final : public spdlog::formatter {
 public:
    explicit LineFormatter(Form form) : form_{form} {
        spdlog::pattern_formatter::custom_flags flags;
        flags['*'] = std::make_unique<ZoneFlag>();
        flags['&'] = std::make_unique<LevelFlag>();
        head_ = std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%d %H:%M:%S.%e %* [%P] %& ", spdlog::pattern_time_type::local, "", std::move(flags));
    }

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const std::string_view line{message.payload.data(), message.payload.size()};
        if (form_ == Form::kJournal) append(out, priority(message.level));
        if (form_ == Form::kStamped && line.front() == kTextMark) head_->format(message, out);
        append(out, line.substr(1));
        if (form_ != Form::kBare) append(out, "\n");
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormatter>(form_);
    }

 private:
    static std::string_view priority(spdlog::level::level_enum level) {
        switch (from_spdlog(level)) {
            case LogLevel::kFatal: return "<2>";
            case LogLevel::kError: return "<3>";
            case LogLevel::kWarning: return "<4>";
            case LogLevel::kInfo: return "<6>";
            case LogLevel::kDebug:
            case LogLevel::kNoise: return "<7>";
        }
        return "<6>";
    }

    Form form_;
    std::unique_ptr<spdlog::pattern_formatter> head_;
};

std::string make_line(bool json, LogLevel level, const LogPrefix& prefix, std::string_view text) {
    if (!json) return kTextMark + text_body(prefix, text);
    return kJsonMark + json_body({level, std::chrono::system_clock::now(), ::getpid()}, prefix, text);
}

using Targets = std::vector<spdlog::sink_ptr>;

/// The one sink of the logger: hands each line to the targets, which can be exchanged, and reports lost lines
/// itself, since the queue that lost them is full.
class Outlet final : public spdlog::sinks::base_sink<std::mutex> {
 public:
    explicit Outlet(spdlog::details::thread_pool& pool) : pool_{&pool} {}

    /// `make` is called when the old targets are closed: closelog() would otherwise hit the new syslog
    /// target.
    template <class Make>
    void exchange(bool json, Make make) {
        const std::lock_guard<std::mutex> lock{mutex_};
        targets_.clear();
        targets_ = make();
        json_ = json;
    }
    void report_dropped(std::uint64_t count) {
        const std::lock_guard<std::mutex> lock{mutex_};
        report(count);
    }
    [[nodiscard]] std::uint64_t write_errors() const { return write_errors_.load(std::memory_order_relaxed); }

 protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        hand_out(message);
        const auto now = std::chrono::steady_clock::now();
        if (now - looked_at_ < kDropReportInterval) return;
        looked_at_ = now;
        report(pool_->overrun_counter());
    }
    void flush_() override {
        for (const auto& target : targets_) target->flush();
    }
    void set_formatter_(std::unique_ptr<spdlog::formatter> /*unused*/) override {}

 private:
    void hand_out(const spdlog::details::log_msg& message) {
        for (const auto& target : targets_) {
            try {
                target->log(message);
                target->flush();
            } catch (const std::exception&) {  // there is nowhere to complain: counted
                write_errors_.fetch_add(1, std::memory_order_relaxed);
            }
        }
    }
    void report(std::uint64_t dropped) {
        if (dropped <= reported_) return;
        const std::string text =
            std::to_string(dropped - reported_) + " log lines were dropped: too many at once";
        reported_ = dropped;
        const std::string line = make_line(json_, LogLevel::kWarning, {}, text);
        hand_out(spdlog::details::log_msg{"", spdlog::level::warn, line});
    }

    /// Lines come on its thread only, so it is there. Not a shared pointer: if that thread held the last one,
    /// it would join itself.
    spdlog::details::thread_pool* pool_;
    Targets targets_;
    bool json_ = false;
    std::uint64_t reported_ = 0;
    std::chrono::steady_clock::time_point looked_at_{};
    std::atomic<std::uint64_t> write_errors_{0};
};

/// Kept for ever, and the logger with it: a late line of a thread that is still ending must not crash.
struct State {
    std::atomic<bool> json{false};
    std::shared_ptr<spdlog::async_logger> logger;
    std::mutex mutex;  // guards the rest; never taken to log
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<Outlet> outlet;
    std::uint64_t dropped_before = 0;  // at stop()
};

State& state() {
    static State* const kept = new State;
    return *kept;
}

/// systemd sets JOURNAL_STREAM to "device:inode" of the stream it made; stderr may have been redirected
/// since.
bool stderr_is_journal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat found {};
    if (stream == nullptr || ::fstat(STDERR_FILENO, &found) != 0) return false;
    return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino) == stream;
}

int facility_code(const std::string& name) {
    struct Row {
        std::string_view name;
        int code;
    };
    static constexpr std::array kRows{
        Row{"auth", LOG_AUTH},     Row{"authpriv", LOG_AUTHPRIV}, Row{"user", LOG_USER},
        Row{"local0", LOG_LOCAL0}, Row{"local1", LOG_LOCAL1},     Row{"local2", LOG_LOCAL2},
        Row{"local3", LOG_LOCAL3}, Row{"local4", LOG_LOCAL4},     Row{"local5", LOG_LOCAL5},
        Row{"local6", LOG_LOCAL6}, Row{"local7", LOG_LOCAL7}};
    for (const Row& row : kRows)
        if (row.name == name) return row.code;
    return LOG_DAEMON;
}

spdlog::sink_ptr with_form(spdlog::sink_ptr target, Form form) {
    target->set_formatter(std::make_unique<LineFormatter>(form));
    return target;
}

using FileResult = tl::expected<spdlog::sink_ptr, std::string>;

/// Opened once by hand first: spdlog would create missing folders and hide the reason of a failure.
FileResult open_file(const std::string& path) {
    const auto fault = [&](const std::string& why) {
        return tl::make_unexpected("cannot open log file " + path + ": " + why);
    };
    const int probe = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (probe < 0) return fault(std::strerror(errno));
    ::close(probe);
    try {
        return with_form(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path), Form::kStamped);
    } catch (const std::exception& error) {
        return fault(error.what());
    }
}

LogResult open_targets(Outlet& outlet, const LogOptions& options) {
    spdlog::sink_ptr file;
    if (!options.file.empty()) {
        auto opened = open_file(options.file);
        if (!opened) return tl::make_unexpected(opened.error());
        file = std::move(*opened);
    }
    outlet.exchange(options.json, [&] {
        Targets targets;
        if (file != nullptr) targets.push_back(file);
        if (options.to_stderr)
            targets.push_back(with_form(std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                        stderr_is_journal() ? Form::kJournal : Form::kStamped));
        if (options.syslog)
            targets.push_back(
                with_form(std::make_shared<spdlog::sinks::syslog_sink_mt>(
                              options.syslog_ident, LOG_PID, facility_code(options.syslog_facility), true),
                          Form::kBare));
        return targets;
    });
    return {};
}

void apply_level(const LogOptions& options) {
    LogLevel highest = LogLevel::kInfo;
    if (options.verbose > 0) highest = options.verbose == 1 ? LogLevel::kDebug : LogLevel::kNoise;
    state().json.store(options.json, std::memory_order_relaxed);
    log_detail::highest_level.store(static_cast<int>(highest), std::memory_order_release);
}

using PoolResult = tl::expected<std::shared_ptr<spdlog::details::thread_pool>, std::string>;

PoolResult start_thread() {
    try {
        return std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1U);
    } catch (const std::exception& error) {
        return tl::make_unexpected(std::string{"cannot start the log: "} + error.what());
    }
}

}  // namespace

LogResult Log::start(const LogOptions& options) {
    State& log = state();
    const std::lock_guard<std::mutex> lock{log.mutex};
    if (log.pool != nullptr) return tl::make_unexpected(std::string{"the log runs already"});
    auto pool = start_thread();
    if (!pool) return tl::make_unexpected(pool.error());
    auto outlet = std::make_shared<Outlet>(**pool);
    if (auto opened = open_targets(*outlet, options); !opened) return opened;
    log.pool = std::move(*pool);
    log.outlet = outlet;
    log.logger = std::make_shared<spdlog::async_logger>("weir", outlet, log.pool,
                                                        spdlog::async_overflow_policy::overrun_oldest);
    log.logger->set_level(spdlog::level::trace);                       // we have judged already
    log.logger->set_error_handler([](const std::string& /*why*/) {});  // the outlet counts
    apply_level(options);
    return {};
}

LogResult Log::reopen(const LogOptions& options) {
    State& log = state();
    const std::lock_guard<std::mutex> lock{log.mutex};
    if (log.pool == nullptr) return tl::make_unexpected(std::string{"the log has not been started"});
    if (auto opened = open_targets(*log.outlet, options); !opened) return opened;
    apply_level(options);
    return {};
}

void Log::stop() {
    State& log = state();
    const std::lock_guard<std::mutex> lock{log.mutex};
    if (log.pool == nullptr) return;
    log_detail::highest_level.store(-1, std::memory_order_release);
    log.dropped_before = log.pool->overrun_counter();
    log.pool.reset();  // its destructor writes out the queue and joins the thread
    log.outlet->report_dropped(log.dropped_before);
    log.outlet->exchange(false, [] { return Targets{}; });
}

std::uint64_t Log::dropped() {
    State& log = state();
    const std::lock_guard<std::mutex> lock{log.mutex};
    return log.pool != nullptr ? log.pool->overrun_counter() : log.dropped_before;
}

std::uint64_t Log::write_errors() {
    State& log = state();
    const std::lock_guard<std::mutex> lock{log.mutex};
    return log.outlet != nullptr ? log.outlet->write_errors() : 0;
}

void log_detail::write(LogLevel level, const LogPrefix& prefix, std::string_view text) {
    const State& log = state();
    try {
        log.logger->log(to_spdlog(level),
                        make_line(log.json.load(std::memory_order_relaxed), level, prefix, text));
    } catch (const spdlog::spdlog_ex&) {  // the log was stopped after the caller had looked at the level
    }
}

}  // namespace pooler
