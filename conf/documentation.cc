#include "conf/documentation.h"

#include <algorithm>
#include <array>
#include <span>

#include "conf/entry_keys.h"
#include "conf/setting_table.h"

namespace conf {
namespace {

struct Chapter {
    Group group;
    std::string_view title;
};

constexpr std::array kChapters{
    Chapter{Group::kListening, "Listening and clients"},
    Chapter{Group::kPools, "Pools"},
    Chapter{Group::kServers, "Server connections"},
    Chapter{Group::kTimeouts, "Timeouts of clients and queries"},
    Chapter{Group::kAuthentication, "Authentication"},
    Chapter{Group::kTls, "TLS"},
    Chapter{Group::kNames, "Name resolution"},
    Chapter{Group::kLog, "Log, statistics and HTTP"},
    Chapter{Group::kSockets, "Sockets and buffers"},
    Chapter{Group::kProcess, "Process"},
    Chapter{Group::kSessionState, "Session state"},
    Chapter{Group::kReplay, "Replay of transactions"},
    Chapter{Group::kHealth, "Health checks and failover"},
};

/// Text for a cell of a table: a bar would end the cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string{"\\|"} : std::string{c};
    return out;
}

std::string code(std::string_view text) { return text.empty() ? "(empty)" : "`" + cell(text) + "`"; }

/// What is written for the default in files and tables, in the spelling of the table (0777, not 511).
std::string default_cell(const SettingRow& row) {
    if (row.default_text == nullptr) return "not set";
    return row.name == "auth_query" ? "see below" : code(row.default_text);
}

std::string type_cell(const SettingRow& row) {
    std::string text = cell(type_text(row));
    if (!row.unit.empty()) text += ", " + std::string{row.unit};
    return text;
}

std::string remarks(bool own, bool later) {
    return std::string{own ? " *weir's own.*" : ""} + (later ? " *Accepted, no effect yet.*" : "");
}

std::string setting_line(const SettingRow& row) {
    const std::string help = cell(row.help) + remarks(row.own, row.later);
    return "| " + code(row.name) + " | " + default_cell(row) + " | " + type_cell(row) + " | " +
           (row.apply == Apply::kLive ? "RELOAD" : "restart") + " | " + help + " |\n";
}

std::string settings_tables() {
    std::string out;
    for (const Chapter& chapter : kChapters) {
        out += "### " + std::string{chapter.title} +
               "\n\n| setting | default | value | applied by | meaning |\n";
        out += "|---|---|---|---|---|\n";
        for (const SettingRow& row : setting_rows())
            if (row.group == chapter.group) out += setting_line(row);
        out += "\n";
    }
    out += "The default of `auth_query`:\n\n```sql\n" +
           show_default(*find_setting("auth_query")).value_or("") + "\n```\n";
    return out;
}

template <class Entry>
std::string keys_table(std::span<const EntryKey<Entry>> keys) {
    std::string out = "| key | default | meaning |\n|---|---|---|\n";
    for (const auto& key : keys)
        out += "| " + code(key.name) + " | " + cell(key.default_text) + " | " + cell(key.help) +
               remarks(key.own, key.later) + " |\n";
    return out;
}

/// Adds `text` as comment lines that start with ";; " and are no longer than a screen is wide.
void add_comment(std::string& out, std::string_view text) {
    constexpr std::size_t kWidth = 100;
    while (!text.empty()) {
        std::size_t end = text.size();
        if (end > kWidth) end = text.rfind(' ', kWidth);
        out += ";; " + std::string{text.substr(0, end)} + "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void add_setting(std::string& out, const SettingRow& row) {
    std::string help{row.help};
    help += " (" + type_text(row) + (row.unit.empty() ? "" : ", " + std::string{row.unit}) +
            (row.apply == Apply::kLive ? ")" : "; needs a restart)");
    add_comment(out, help);
    if (row.default_text == nullptr)
        out += ";; " + std::string{row.name} + " is not set by default\n";
    else
        out += ";" + std::string{row.name} + (*row.default_text == '\0' ? " =" : " = ") + row.default_text +
               "\n";
}

constexpr std::string_view kSampleHead =
    R"(;; Every setting of weir with its default. This file is made from the table the program works with.
;; A line that starts with ; or # is a comment; there are no comments at the end of a line.
;; Values may name environment variables: ${NAME} or ${NAME:-default}.

[databases]
;; name = connect string; the server's database is the same unless dbname says otherwise
;app = host=db.example.com port=26257 dbname=app
;; several hosts in turn, servers logged into as one user whose password stands in a file
;reports = host=192.0.2.1,192.0.2.2 port=26257 user=reader password_file=/run/secrets/reader pool_size=5
;; any other name
;* = host=db.example.com port=26257

[users]
;; name = values that win over those of the database
;batch = pool_mode=session max_user_connections=10 query_timeout=600

[peers]
;; peer_id of another process = where it listens, for cancel requests
;2 = host=192.0.2.12 port=6432

[pgbouncer]
)";

}  // namespace

std::string configuration_page(std::string_view page_template) {
    std::string out;
    while (!page_template.empty()) {
        const std::size_t end = std::min(page_template.find('\n'), page_template.size());
        const std::string_view line = page_template.substr(0, end);
        if (line == "@settings@")
            out += settings_tables();
        else if (line == "@databases@")
            out += keys_table(database_keys());
        else if (line == "@users@")
            out += keys_table(user_keys());
        else if (line == "@peers@")
            out += keys_table(peer_keys());
        else
            out.append(line).append("\n");
        page_template.remove_prefix(std::min(end + 1, page_template.size()));
    }
    return out;
}

std::string sample_ini() {
    std::string out{kSampleHead};
    for (const Chapter& chapter : kChapters) {
        out += "\n;;; " + std::string{chapter.title} + "\n";
        for (const SettingRow& row : setting_rows()) {
            if (row.group != chapter.group) continue;
            out += "\n";
            add_setting(out, row);
        }
    }
    return out;
}

}  // namespace conf
