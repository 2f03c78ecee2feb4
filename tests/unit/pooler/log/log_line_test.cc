// The characters of a log line: prefix, escaping, cutting, and the JSON form.
#include "pooler/log/log_line.h"

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/catch.h"

using pooler::escape_field;
using pooler::escape_text;
using pooler::json_body;
using pooler::LogLevel;
using pooler::LogPrefix;
using pooler::text_body;

namespace {

LogPrefix client_prefix() {
    LogPrefix prefix;
    prefix.worker = 2;
    prefix.session_id = 31;
    prefix.side = 'C';
    prefix.database = "bank";
    prefix.user = "ann";
    prefix.peer = "192.0.2.1:5000";
    return prefix;
}

nlohmann::json parsed(const LogPrefix& prefix, std::string_view text) {
    const auto time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1'767'323'045'006}};
    const std::string line = json_body({LogLevel::kInfo, time, 4711}, prefix, text);
    CHECK(line.find('\n') == std::string::npos);
    return nlohmann::json::parse(line);
}

}  // namespace

TEST_CASE("log line: the prefix names session, worker, database, user and peer") {
    LogPrefix prefix = client_prefix();
    CHECK(text_body(prefix, "hello") == "C-0x1f.2: bank/ann@192.0.2.1:5000 hello");
    prefix.side = 'S';
    prefix.worker = LogPrefix::kNoWorker;
    prefix.peer = "unix(77)";
    CHECK(text_body(prefix, "hello") == "S-0x1f: bank/ann@unix(77) hello");
    prefix.database = prefix.user = prefix.peer = "";
    CHECK(text_body(prefix, "hello") == "S-0x1f: (nodb)/(nouser) hello");
    CHECK(text_body({}, "process up") == "process up");
}

TEST_CASE("log line: nobody can begin a line of his own") {
    CHECK(escape_text("one\ntwo\n") == "one\n\ttwo");
    CHECK(escape_text("one\r\n2026-01-02 FATAL x") == "one\\x0d\n\t2026-01-02 FATAL x");
    LogPrefix prefix = client_prefix();
    prefix.user = "ann\n2026-01-02 03:04:05.678 UTC [1] FATAL all is lost";
    CHECK(text_body(prefix, "x").find('\n') == std::string::npos);
    CHECK(escape_field("a\nb\tc") == "a\\nb\\x09c");
}

TEST_CASE("log line: control characters are visible, other bytes pass") {
    CHECK(escape_text("a\x1b[31mb\x7f\x01") == "a\\x1b[31mb\\x7f\\x01");
    CHECK(escape_text(std::string_view{"a\0b", 3}) == "a\\x00b");
    CHECK(escape_text("tab\there") == "tab\there");
    CHECK(escape_text("na\xc3\xafve") == "na\xc3\xafve");
    CHECK(escape_text("\xc2\x9b") == "\\xc2\\x9b");
    CHECK(escape_text("\xc2\xa0") == "\xc2\xa0");
    CHECK(escape_text("\xc2") == "\xc2");
    CHECK(escape_text("") == "");
    CHECK(escape_text("\n\n") == "");
}

TEST_CASE("log line: a very long text is cut, and says so") {
    const std::string exact(pooler::kLongestLogText, 'x');
    CHECK(escape_text(exact) == exact);
    CHECK(escape_text(exact + "12345") == exact + " [5 bytes cut]");
    CHECK(escape_field(exact + "12345") == exact);
}

TEST_CASE("log line: JSON holds the fields that are known") {
    const auto line = parsed(client_prefix(), "hello");
    CHECK(line["time"] == "2026-01-02T03:04:05.006Z");
    CHECK(line["level"] == "LOG");
    CHECK(line["pid"] == 4711);
    CHECK(line["worker"] == 2);
    CHECK(line["side"] == "client");
    CHECK(line["session"] == 31);
    CHECK(line["database"] == "bank");
    CHECK(line["user"] == "ann");
    CHECK(line["peer"] == "192.0.2.1:5000");
    CHECK(line["message"] == "hello");
    CHECK(parsed({}, "x").size() == 4);
}

TEST_CASE("log line: JSON stays JSON whatever the bytes are") {
    const auto line = parsed({}, "quote \" slash \\ newline\n bad \xff\xfe end");
    CHECK(line["message"] == "quote \" slash \\ newline\n bad \xef\xbf\xbd\xef\xbf\xbd end");
}
