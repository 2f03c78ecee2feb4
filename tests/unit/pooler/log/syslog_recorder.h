// Stands in for the C library's syslog in this program: keeps what the log hands to it.
#pragma once

#include <string>
#include <vector>

struct SyslogRecord {
    std::string ident;
    int facility = 0;
    int priority = 0;
    std::string text;
};

/// What came since the last call.
std::vector<SyslogRecord> take_syslog();
