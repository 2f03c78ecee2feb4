#include "tests/support/client.h"

#include <poll.h>

#include <utility>

#include "tests/support/catch.h"

namespace support {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

bool wait_for(const PGconn* pg, short events, Clock::time_point end) {
    pollfd entry{PQsocket(pg), events, 0};
    return entry.fd >= 0 && ::poll(&entry, 1, remaining_ms(end)) > 0;
}

void finish_connecting(PGconn* pg, Clock::time_point end) {
    auto step = PGRES_POLLING_WRITING;
    while (step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING) {
        if (!wait_for(pg, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, end)) return;
        step = PQconnectPoll(pg);
    }
}

void keep_notice(void* list, const char* text) {
    static_cast<std::vector<std::string>*>(list)->emplace_back(text);
}

void add_rows(const PGresult* result, Outcome& outcome) {
    outcome.columns.clear();
    const int columns = PQnfields(result);
    for (int c = 0; c < columns; ++c) outcome.columns.emplace_back(PQfname(result, c));
    for (int r = 0; r < PQntuples(result); ++r) {
        Row row;
        for (int c = 0; c < columns; ++c) {
            row.emplace_back(PQgetisnull(result, r, c) != 0 ? kNull : PQgetvalue(result, r, c));
        }
        outcome.rows.push_back(std::move(row));
    }
}

void add_result(const PGresult* result, Outcome& outcome) {
    const auto status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE) add_rows(result, outcome);
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
        const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (outcome.ok) {
            outcome.sqlstate = sqlstate != nullptr ? sqlstate : "";
            outcome.message = PQresultErrorMessage(result);
        }
        outcome.ok = false;
        return;
    }
    outcome.tag = PQcmdStatus(const_cast<PGresult*>(result));
}

std::vector<const char*> pointers(const std::vector<std::string>& values) {
    std::vector<const char*> result;
    for (const auto& value : values) result.push_back(value == kNull ? nullptr : value.c_str());
    return result;
}

void add_field(std::string& conninfo, const char* name, const std::string& value) {
    if (value.empty()) return;
    conninfo += std::string(name) + "='";
    for (const char c : value) {
        if (c == '\'' || c == '\\') conninfo += '\\';
        conninfo += c;
    }
    conninfo += "' ";
}

}  // namespace

std::string Login::conninfo() const {
    std::string text;
    add_field(text, "host", host);
    add_field(text, "port", port != 0 ? std::to_string(port) : "");
    add_field(text, "user", user);
    add_field(text, "dbname", database);
    add_field(text, "password", password);
    if (extra.find("sslmode") == std::string::npos) add_field(text, "sslmode", "disable");
    add_field(text, "gssencmode", "disable");
    return text + extra;
}

Login Login::with_user(std::string name, std::string secret) const {
    Login copy = *this;
    copy.user = std::move(name);
    copy.password = std::move(secret);
    return copy;
}

Login Login::with_database(std::string name) const {
    Login copy = *this;
    copy.database = std::move(name);
    return copy;
}

Login Login::with(std::string more) const {
    Login copy = *this;
    copy.extra += " " + more;
    return copy;
}

Client::Client(const std::string& conninfo) : notices_(std::make_unique<std::vector<std::string>>()) {
    pg_.reset(PQconnectStart(conninfo.c_str()));
    if (PQstatus(pg_.get()) != CONNECTION_BAD) finish_connecting(pg_.get(), Clock::now() + kDeadline);
    PQsetNoticeProcessor(pg_.get(), keep_notice, notices_.get());
}

Client Client::connect(const Login& login) {
    Client client(login);
    if (!client.connected()) FAIL("cannot connect as " << login.conninfo() << ": " << client.error());
    return client;
}

bool Client::connected() const { return pg_ != nullptr && PQstatus(pg_.get()) == CONNECTION_OK; }

std::string Client::error() const { return pg_ != nullptr ? PQerrorMessage(pg_.get()) : "closed"; }

Outcome Client::broken() const {
    Outcome outcome;
    outcome.message = error();
    return outcome;
}

bool Client::flush(Clock::time_point end) {
    PQsetnonblocking(pg_.get(), 1);
    for (;;) {
        const int left = PQflush(pg_.get());
        if (left <= 0) return left == 0;
        if (!wait_for(pg_.get(), POLLIN | POLLOUT, end)) return false;
        if (PQconsumeInput(pg_.get()) == 0) return false;
    }
}

bool Client::result_ready(Clock::time_point end) {
    while (PQisBusy(pg_.get()) != 0) {
        if (!wait_for(pg_.get(), POLLIN, end)) return false;
        if (PQconsumeInput(pg_.get()) == 0) return true;  // PQgetResult then reports the loss
    }
    return true;
}

bool Client::send(const std::string& sql) {
    return PQsendQuery(pg_.get(), sql.c_str()) == 1 && flush(Clock::now() + kDeadline);
}

Outcome Client::wait(Clock::duration deadline) {
    const auto end = Clock::now() + deadline;
    Outcome outcome;
    outcome.ok = true;
    for (;;) {
        if (!result_ready(end)) {
            outcome.ok = false;
            outcome.message = "no answer before the deadline";
            return outcome;
        }
        const Result result(PQgetResult(pg_.get()), PQclear);
        if (!result) return outcome;
        add_result(result.get(), outcome);
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) return outcome;
    }
}

Outcome Client::try_query(const std::string& sql) { return send(sql) ? wait() : broken(); }

Outcome Client::try_params(const std::string& sql, const std::vector<std::string>& values) {
    const auto list = pointers(values);
    if (PQsendQueryParams(pg_.get(), sql.c_str(), static_cast<int>(list.size()), nullptr, list.data(),
                          nullptr, nullptr, 0) != 1) {
        return broken();
    }
    return flush(Clock::now() + kDeadline) ? wait() : broken();
}

Outcome Client::try_prepare(const std::string& name, const std::string& sql) {
    if (PQsendPrepare(pg_.get(), name.c_str(), sql.c_str(), 0, nullptr) != 1) return broken();
    return flush(Clock::now() + kDeadline) ? wait() : broken();
}

Outcome Client::try_prepared(const std::string& name, const std::vector<std::string>& values) {
    const auto list = pointers(values);
    if (PQsendQueryPrepared(pg_.get(), name.c_str(), static_cast<int>(list.size()), list.data(), nullptr,
                            nullptr, 0) != 1) {
        return broken();
    }
    return flush(Clock::now() + kDeadline) ? wait() : broken();
}

Outcome Client::query(const std::string& sql) {
    auto outcome = try_query(sql);
    if (!outcome.ok) FAIL(sql.substr(0, 200) << ": " << outcome.sqlstate << " " << outcome.message);
    return outcome;
}

std::string Client::value(const std::string& sql) {
    const auto outcome = query(sql);
    if (outcome.rows.size() != 1 || outcome.rows[0].empty()) FAIL(sql << ": expected one row");
    return outcome.rows[0][0];
}

void Client::prepare(const std::string& name, const std::string& sql) {
    const auto outcome = try_prepare(name, sql);
    if (!outcome.ok) FAIL("PREPARE " << sql << ": " << outcome.sqlstate << " " << outcome.message);
}

Outcome Client::prepared(const std::string& name, const std::vector<std::string>& values) {
    auto outcome = try_prepared(name, values);
    if (!outcome.ok) FAIL("execute " << name << ": " << outcome.sqlstate << " " << outcome.message);
    return outcome;
}

Outcome Client::copy_in(const std::string& sql, const std::string& text) {
    const auto begun = try_query(sql);
    if (!begun.ok) return begun;
    constexpr std::size_t kPiece = 8192;
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
        const auto piece = text.substr(at, kPiece);
        if (PQputCopyData(pg_.get(), piece.data(), static_cast<int>(piece.size())) != 1) return broken();
        if (!flush(Clock::now() + kDeadline)) return broken();
    }
    if (PQputCopyEnd(pg_.get(), nullptr) != 1) return broken();
    return flush(Clock::now() + kDeadline) ? wait() : broken();
}

Outcome Client::copy_out(const std::string& sql) {
    auto outcome = try_query(sql);
    if (!outcome.ok) return outcome;
    const auto end = Clock::now() + kDeadline;
    std::string text;
    for (;;) {
        char* row = nullptr;
        const int bytes = PQgetCopyData(pg_.get(), &row, 1);
        if (bytes < 0) break;
        if (bytes == 0 && (!wait_for(pg_.get(), POLLIN, end) || PQconsumeInput(pg_.get()) == 0))
            return broken();
        if (bytes > 0) text.append(row, static_cast<std::size_t>(bytes));
        PQfreemem(row);
    }
    outcome = wait();
    if (outcome.ok) outcome.message = std::move(text);
    return outcome;
}

bool Client::cancel() {
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> handle(PQgetCancel(pg_.get()), PQfreeCancel);
    char error[256];
    return handle != nullptr && PQcancel(handle.get(), error, sizeof error) == 1;
}

std::string Client::parameter(const std::string& name) const {
    const char* value = PQparameterStatus(pg_.get(), name.c_str());
    return value != nullptr ? value : "";
}

}  // namespace support
