#include "tests/support/database.h"

#include <cstdlib>
#include <map>
#include <memory>

#include "tests/support/catch.h"
#include "tests/support/postgres.h"

namespace support {
namespace {

using Keywords = std::map<std::string, std::string>;

/// The parts of a connection string, as libpq reads it.
Keywords parts_of(const char* url) {
    char* error = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url, &error),
                                                                               PQconninfoFree);
    if (!options) FAIL("COCKROACH_URL: " << (error != nullptr ? error : "out of memory"));
    Keywords parts;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parts[option->keyword] = option->val;
    }
    return parts;
}

std::string part(const Keywords& parts, const std::string& name, const std::string& otherwise) {
    const auto found = parts.find(name);
    return found != parts.end() ? found->second : otherwise;
}

/// A value of a connect string in the ini file: in single quotes, doubled inside.
std::string in_quotes(const std::string& value) {
    std::string text = "'";
    for (const char c : value) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

Login login_of(const Keywords& parts) {
    Login login;
    login.host = part(parts, "host", "127.0.0.1");
    login.port = static_cast<std::uint16_t>(std::stoi(part(parts, "port", "26257")));
    login.user = part(parts, "user", "root");
    login.database = part(parts, "dbname", "defaultdb");
    login.password = part(parts, "password", "");
    for (const char* name : {"sslmode", "sslrootcert", "sslcert", "sslkey"}) {
        const auto value = part(parts, name, "");
        if (!value.empty()) login.extra += std::string(" ") + name + "='" + value + "'";
    }
    return login;
}

void set_tls(const Keywords& parts, WeirConfig& config) {
    constexpr const char* kSettings[][2] = {{"sslmode", "server_tls_sslmode"},
                                            {"sslrootcert", "server_tls_ca_file"},
                                            {"sslcert", "server_tls_cert_file"},
                                            {"sslkey", "server_tls_key_file"}};
    if (part(parts, "sslmode", "disable") == "disable") return;
    for (const auto& [name, setting] : kSettings) {
        const auto value = part(parts, name, "");
        if (!value.empty()) config.set(setting, value);
    }
}

}  // namespace

Database::Database() {
    const char* url = std::getenv("COCKROACH_URL");
    if (url == nullptr) {
        login_ = Postgres::shared().login();
    } else {
        const auto parts = parts_of(url);
        login_ = login_of(parts);
        set_tls(parts, config_);
    }
    auto& entry = config_.databases["app"];
    entry = "host=" + login_.host + " port=" + std::to_string(login_.port) +
            " dbname=" + in_quotes(login_.database) + " user=" + in_quotes(login_.user);
    if (!login_.password.empty()) entry += " password=" + in_quotes(login_.password);
}

const Database& Database::under_test() {
    static const Database database;
    return database;
}

bool Database::available() { return std::getenv("COCKROACH_URL") != nullptr || !postgres_programs().empty(); }

}  // namespace support
