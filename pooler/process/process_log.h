// How the process sets up its log, and its own lines.
#pragma once

#include <string_view>

#include "conf/settings.h"
#include "pooler/log/log.h"
#include "pooler/process/options.h"

namespace pooler {

[[nodiscard]] inline LogOptions log_options(const conf::Settings& settings, const Options& options) {
    LogOptions log;
    log.to_stderr = !options.quiet;
    log.file = settings.logfile;
    log.syslog = settings.syslog;
    log.syslog_ident = settings.syslog_ident;
    log.syslog_facility = settings.syslog_facility;
    log.json = settings.log_format == conf::LogFormat::kJson;
    log.verbose = settings.verbose + options.verbose;
    return log;
}

inline void log_notice(std::string_view text) { log_info(LogPrefix{}, text); }
inline void log_warning(std::string_view text) { log_warning(LogPrefix{}, text); }
inline void log_fault(std::string_view text) { log_error(LogPrefix{}, text); }

}  // namespace pooler
