// SET of settings that need more than a word: what it changes in the running process, and how RELOAD undoes
// it.
#include "tests/integration/compat/compat.h"

using namespace support;
using namespace support::wire;

namespace {

WeirConfig plain() { return compat::before(Postgres::shared()); }

std::string set(WireClient& console, const std::string& key, const std::string& value) {
    return command_tag(console.exchange(query("SET " + key + " = '" + value + "'")));
}

/// Type of the first message after the startup packet, and what kind of authentication it asks for.
std::uint32_t asked_for(const Weir& weir) {
    WireClient client(weir.port());
    client.send(startup({{"user", "app"}, {"database", "app"}}));
    const auto message = client.read();
    REQUIRE(message);
    REQUIRE(message->type == 'R');
    return read_uint32(message->body);
}

}  // namespace

TEST_CASE("SET auth_type: the next login is asked in that way, RELOAD goes back", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.userlist["app"] = "secret";
    Weir weir(config);
    auto console = compat::console(weir);
    auto present = Client::connect(weir.login());
    // Source of the numbers: PostgreSQL docs, "Message Formats", Authentication messages.
    for (const auto& [type, number] : std::map<std::string, std::uint32_t>{
             {"plain", 3}, {"MD5", 5}, {"scram-sha-256", 10}, {"trust", 0}}) {
        INFO(type);
        CHECK(set(console, "auth_type", type) == "SET auth_type=" + type);
        CHECK(asked_for(weir) == number);
    }
    set(console, "auth_type", "md5");
    CHECK(present.value("SELECT 1") == "1");
    CHECK(command_tag(console.exchange(query("RELOAD"))) == "RELOAD");
    CHECK(asked_for(weir) == 0);
}

TEST_CASE("scram_iterations: what is made of a password in clear text has that many", "[pg]") {
    REQUIRES_POSTGRES();
    for (const std::string iterations : {"", "5000"}) {
        auto config = plain();
        if (!iterations.empty()) config.set("scram_iterations", iterations);
        config.userlist["app"] = "secret";
        Weir weir(config);
        weir.console("SET auth_type = 'scram-sha-256'");
        WireClient client(weir.port());
        client.send(startup({{"user", "app"}, {"database", "app"}}));
        REQUIRE(client.read());
        const std::string first = "n,,n=,r=abcdefghijklmnop";
        client.send(
            message('p', cstring("SCRAM-SHA-256") + int32(static_cast<std::uint32_t>(first.size())) + first));
        const auto challenge = client.read();
        REQUIRE(challenge);
        const std::string wanted = ",i=" + (iterations.empty() ? "4096" : iterations);
        CHECK(challenge->body.substr(challenge->body.rfind(',')) == wanted);
    }
}

TEST_CASE("SET admin_users, stats_users: rights of the next console, RELOAD goes back", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto console = compat::console(weir);
    const Parameters other{{"user", "other"}, {"database", "pgbouncer"}};
    CHECK(compat::refusal(weir, other) == "FATAL 08P01 not allowed");
    CHECK(set(console, "stats_users", "stats, other") == "SET stats_users=stats, other");
    auto reader = compat::console(weir, "other");
    CHECK(command_tag(reader.exchange(query("SHOW POOLS"))) == "SHOW");
    CHECK(compat::error(reader.exchange(query("RELOAD"))) == "ERROR 08P01 admin access needed");
    CHECK(set(console, "admin_users", "admin other") == "SET admin_users=admin other");
    auto ruler = compat::console(weir, "other");
    CHECK(command_tag(ruler.exchange(query("RECONNECT app"))) == "RECONNECT");
    CHECK(command_tag(ruler.exchange(query("RELOAD"))) == "RELOAD");
    CHECK(compat::refusal(weir, other) == "FATAL 08P01 not allowed");
}

TEST_CASE("SET logfile: lines go there from now on; a file that cannot be written changes nothing", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto console = compat::console(weir);
    const auto file = (weir.folder() / "second.log").string();
    CHECK(set(console, "logfile", file) == "SET logfile=" + file);
    const auto logged = [&](const std::string& text) {
        return eventually([&] { return read_file(file).find(text) != std::string::npos; });
    };
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "nowhere"}}).find("FATAL") == 0);
    CHECK(logged("no such database: nowhere"));
    set(console, "logfile", "/nonexistent/folder/log");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "still"}}).find("FATAL") == 0);
    CHECK(logged("no such database: still"));
}

TEST_CASE("SET auth_file: the userlist is read from there at once, RELOAD goes back", "[pg]") {
    REQUIRES_POSTGRES();
    auto config = plain();
    config.databases["app"] += " user=app";  // the server does not know the newcomer
    Weir weir(config);
    auto console = compat::console(weir);
    const Parameters newcomer{{"user", "newcomer"}, {"database", "app"}};
    const std::string unknown = "FATAL 08P01 \"trust\" authentication failed";
    CHECK(compat::refusal(weir, newcomer) == unknown);
    const auto file = (weir.folder() / "second.txt").string();
    write_file(file, weir.config().userlist_text() + "\"newcomer\" \"\"\n");
    CHECK(set(console, "auth_file", file) == "SET auth_file=" + file);
    CHECK(compat::row_with(weir, "CONFIG", {{"key", "auth_file"}}).at("value") == file);
    WireClient known(weir.port());
    known.send(startup(newcomer));
    const auto answer = known.read();
    REQUIRE(answer);
    CHECK(answer->type == 'R');
    CHECK(read_uint32(answer->body) == 0);  // AuthenticationOk
    CHECK(command_tag(console.exchange(query("RELOAD"))) == "RELOAD");
    CHECK(compat::refusal(weir, newcomer) == unknown);
}

TEST_CASE("SET conffile: the next RELOAD reads the other file", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto console = compat::console(weir);
    const auto file = (weir.folder() / "other.ini").string();
    auto config = weir.config();
    config.set("query_wait_notify", "77");
    write_file(file, config.ini());
    CHECK(set(console, "conffile", file) == "SET conffile=" + file);
    CHECK(command_tag(console.exchange(query("RELOAD"))) == "RELOAD");
    CHECK(compat::row_with(weir, "CONFIG", {{"key", "query_wait_notify"}}).at("value") == "77");
}

TEST_CASE("SET: limits and pool sizes apply to what comes next", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir(plain());
    auto console = compat::console(weir);
    auto present = Client::connect(weir.login());
    set(console, "max_client_conn", "1");
    CHECK(compat::refusal(weir, {{"user", "app"}, {"database", "app"}}) ==
          "FATAL 08P01 no more connections allowed (max_client_conn)");
    CHECK(present.value("SELECT 1") == "1");
    set(console, "max_client_conn", "100");
    set(console, "ignore_startup_parameters", "search_path");
    CHECK(WireClient::logged_in(weir.login(), {{"search_path", "x"}}).send(query("SELECT 1")));
    set(console, "default_pool_size", "1");
    auto holder = Client::connect(weir.login());
    compat::begin(holder);
    REQUIRE(present.send("SELECT 1"));
    CHECK(compat::waiting(weir, 1));
    set(console, "default_pool_size", "2");
    CHECK(present.wait().ok);
}
