// Defines openlog(), closelog() and syslog() before the C library's are found.
#include "syslog_recorder.h"

#include <syslog.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <utility>

namespace {

struct Recorder {
    std::mutex mutex;
    std::string ident;
    int facility = 0;
    std::vector<SyslogRecord> records;
};

Recorder& recorder() {
    static Recorder kept;
    return kept;
}

void record(int priority, const char* format, va_list arguments) {
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    Recorder& to = recorder();
    const std::lock_guard lock{to.mutex};
    to.records.push_back({to.ident, to.facility, priority, text.data()});
}

}  // namespace

std::vector<SyslogRecord> take_syslog() {
    Recorder& from = recorder();
    const std::lock_guard lock{from.mutex};
    return std::exchange(from.records, {});
}

extern "C" {

void openlog(const char* ident, int /*option*/, int facility) {
    Recorder& to = recorder();
    const std::lock_guard lock{to.mutex};
    to.ident = ident;
    to.facility = facility;
}

void closelog() {
    Recorder& to = recorder();
    const std::lock_guard lock{to.mutex};
    to.ident.clear();
}

void syslog(int priority, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(priority, format, arguments);
    va_end(arguments);
}

// What optimised builds with fortified headers call instead: the C library's name, not ours to choose.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
void __syslog_chk(int priority, int flag, const char* format, ...);
void __syslog_chk(int priority, int /*flag*/, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(priority, format, arguments);
    va_end(arguments);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
}
