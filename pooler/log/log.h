// The log of the process. Any thread may log after Log::start(); lines go through a bounded queue to one
// thread of spdlog, so that a slow disk never holds up a worker: when the queue is full the oldest lines are
// dropped and counted. Before start() and after stop() lines vanish. start() comes after any fork, since
// threads do not survive one.
//
// Text: "2026-01-02 03:04:05.678 UTC [4711] LOG C-0x1f.2: db/user@192.0.2.1:5000 login attempt: ..." as
// PgBouncer writes it; 0x1f is the session's id, 2 the worker. JSON: one object per line. Callers give
// finished text without secrets.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace pooler {

enum class LogLevel { kFatal, kError, kWarning, kInfo, kDebug, kNoise };

/// The name in the log: FATAL ERROR WARNING LOG DEBUG NOISE.
[[nodiscard]] std::string_view level_name(LogLevel level);

struct LogOptions {
    bool to_stderr = true;
    std::string file;  ///< "": none
    bool syslog = false;
    std::string syslog_ident = "weir";
    std::string syslog_facility = "daemon";  ///< an unknown name counts as daemon
    bool json = false;
    int verbose = 0;  ///< 0: up to LOG, 1: DEBUG, 2 and more: NOISE
};

/// Whose line it is. Views need to live only during the call.
struct LogPrefix {
    static constexpr unsigned kNoWorker = std::numeric_limits<unsigned>::max();
    unsigned worker = kNoWorker;
    std::uint64_t session_id = 0;
    char side = '-';            ///< 'C' client, 'S' server, '-' neither: the line has no prefix
    std::string_view database;  ///< "" while unknown
    std::string_view user;      ///< "" while unknown
    std::string_view peer;      ///< "192.0.2.1:5000", "unix(4711)"
};

/// Error: text for the operator, which names the file.
using LogResult = tl::expected<void, std::string>;

/// start(), reopen() and stop() are called by one thread, the one that starts the process.
class Log {
 public:
    /// Opens the targets and starts the thread.
    [[nodiscard]] static LogResult start(const LogOptions& options);
    /// Closes and opens the targets again (the file may have been renamed), with new options. On error the
    /// old ones stay.
    [[nodiscard]] static LogResult reopen(const LogOptions& options);
    /// Writes out what is queued and ends the thread.
    static void stop();
    /// Lines lost since start() because the queue was full. The log itself says so too. Any thread.
    [[nodiscard]] static std::uint64_t dropped();
    /// Lines that a target refused (disk full) since start(). Any thread.
    [[nodiscard]] static std::uint64_t write_errors();
};

namespace log_detail {
inline std::atomic<int> highest_level{-1};
void write(LogLevel level, const LogPrefix& prefix, std::string_view text);
}  // namespace log_detail

/// To be asked before a costly text is built.
[[nodiscard]] inline bool log_enabled(LogLevel level) {
    return static_cast<int>(level) <= log_detail::highest_level.load(std::memory_order_acquire);
}

inline void log_at(LogLevel level, const LogPrefix& prefix, std::string_view text) {
    if (log_enabled(level)) log_detail::write(level, prefix, text);
}
inline void log_fatal(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kFatal, prefix, text);
}
inline void log_error(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kError, prefix, text);
}
inline void log_warning(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kWarning, prefix, text);
}
inline void log_info(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kInfo, prefix, text);
}
inline void log_debug(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kDebug, prefix, text);
}
inline void log_noise(const LogPrefix& prefix, std::string_view text) {
    log_at(LogLevel::kNoise, prefix, text);
}

}  // namespace pooler
