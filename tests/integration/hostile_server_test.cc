// Servers that answer a login with whatever may crash, hang or deceive a pooler: none of
// them is taken for a server, and all that happens to their clients is an error.
#include <future>
#include <iostream>
#include <random>

#include "tests/integration/scene.h"
#include "tests/support/free_port.h"
#include "tests/support/hostile_server.h"
#include "tests/support/http_client.h"
#include "tests/support/metrics_text.h"

using namespace support;

namespace {

std::string auth(std::uint32_t code, const std::string& data = "") {
    return wire::message('R', wire::int32(code) + data);
}
const std::string kOk = auth(0);
const std::string kSasl = auth(10, std::string("SCRAM-SHA-256\0\0", 15));

/// The nonce in the first SCRAM message of the pooler.
std::string nonce_in(const std::string& said) {
    const auto at = said.rfind("r=");
    return at == std::string::npos ? "" : said.substr(at + 2);
}

/// The server's first SCRAM message, `rest` behind the pooler's nonce.
Script scram(const std::string& rest) {
    return {says(kSasl), [rest](const std::string& said) { return auth(11, "r=" + nonce_in(said) + rest); }};
}

struct Case {
    const char* name;
    Script script;
};

std::string header(char type, std::uint32_t length) { return std::string(1, type) + wire::int32(length); }

std::vector<Case> broken_frames() {
    const std::string long_text(100'000, 'x');
    return {{"length 0", {says(header('R', 0))}},
            {"length 3", {says(header('R', 3))}},
            {"negative length", {says(header('R', 0xffffffffU) + long_text)}},
            {"length of 2 GiB", {says(header('R', 0x7fffffffU) + long_text)}},
            {"an unknown type", {says(header('\0', 4))}},
            {"an error without fields", {says(wire::message('E', ""))}},
            {"an error without an end", {says(wire::message('E', "SFATAL"))}},
            {"an error without a SQLSTATE", {says(wire::message('E', std::string("Mno code\0\0", 10)))}},
            {"an error that never comes whole", {says(header('E', 0x7fffff00U) + long_text)}},
            {"HTTP", {says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")}},
            {"an authentication request of three bytes", {says(wire::message('R', "abc"))}},
            {"an unknown authentication", {says(auth(0x7fffffffU, long_text))}},
            {"MD5 with half a salt", {says(auth(5, "ab"))}}};
}

std::vector<Case> broken_sequences() {
    const std::string rows = wire::message('D', wire::int16(1) + wire::int32(0x7fffffffU));
    std::string notices;
    for (int n = 0; n < 5000; ++n) notices += wire::message('N', std::string("SNOTICE\0C00000\0Mx\0\0", 19));
    return {{"ready before it let anybody in", {says(wire::message('Z', "I"))}},
            {"rows in a login", {says(rows)}},
            {"rows behind Ok", {says(kOk + rows)}},
            {"a status that does not exist", {says(kOk + wire::message('Z', "X"))}},
            {"ready without a status", {says(kOk + wire::message('Z', ""))}},
            {"a parameter without an end", {says(kOk + wire::message('S', "name"))}},
            {"a COPY in a login", {says(kOk + wire::message('G', std::string("\0\0\0", 3)))}},
            {"notices, then the end", {says(notices + wire::message('D', ""))}},
            {"SASL without a list", {says(auth(10))}},
            {"SASL with a list that does not end", {says(auth(10, "SCRAM-SHA-256"))}},
            {"SASL with unknown mechanisms only", {says(auth(10, std::string("NTLM\0\0", 6)))}},
            {"the end of SCRAM before its beginning", {says(auth(12, "v=abcd"))}},
            {"the middle of SCRAM before its beginning", {says(auth(11, "r=a,s=YWJj,i=4096"))}},
            {"Ok in the middle of SCRAM", {says(kSasl), says(kOk + wire::message('Z', "I"))}}};
}

/// What a hostile challenge can hold.
std::vector<Case> broken_challenges() {
    const std::string long_text(100'000, 'A');
    const std::string good = "YWJjZGVmZ2hpamtsbW5vcA==";
    std::vector<Case> cases{
        {"a nonce of 100 kB", scram(long_text + ",s=" + good + ",i=4096")},
        {"a salt of 100 kB", scram("x,s=" + long_text + ",i=4096")},
        {"a salt that is no base64", scram("x,s=!!!!,i=4096")},
        {"no salt", scram("x,s=,i=4096")},
        {"0 iterations", scram("x,s=" + good + ",i=0")},
        {"-1 iterations", scram("x,s=" + good + ",i=-1")},
        {"two billion iterations", scram("x,s=" + good + ",i=2000000000")},
        {"iterations beyond 64 bits", scram("x,s=" + good + ",i=" + std::string(40, '9'))},
        {"iterations that are no number", scram("x,s=" + good + ",i=0x10")},
        {"an extension that must be known", scram("x,m=1,s=" + good + ",i=4096")},
        {"nothing behind the nonce", scram("")},
        {"only the client's nonce", scram(",s=" + good + ",i=4096")}};
    cases.push_back({"another nonce", {says(kSasl), says(auth(11, "r=other,s=" + good + ",i=4096"))}});
    for (const std::string& last : {"v=" + long_text, std::string("v="), std::string("e=other"),
                                    std::string("v=YWJj"), std::string()}) {
        Script script = scram("x,s=" + good + ",i=1000");
        script.push_back(says(auth(12, last) + kOk + wire::message('Z', "I")));
        cases.push_back({"a signature that is none", std::move(script)});
    }
    return cases;
}

std::vector<Case> noise() {
    constexpr unsigned kSeed = 20260115;
    std::mt19937 random{kSeed};
    std::vector<Case> cases;
    for (int n = 0; n < 8; ++n) {
        std::string bytes;
        for (int i = 0; i < 2000; ++i) bytes += static_cast<char>(random() & 0xffU);
        cases.push_back({"noise", {says(n % 2 == 0 ? bytes : kOk + bytes)}});
    }
    return cases;
}

const std::string kReady = wire::message('Z', "I");
const std::string kDone = wire::message('C', std::string("SELECT 1\0", 9));

/// Answers to a query that no request can have. Whoever believes them is in a state that does not exist.
std::vector<Case> broken_replies() {
    const std::string status = wire::message('S', std::string("TimeZone\0UTC\0", 13));
    std::vector<std::pair<const char*, std::string>> replies{
        {"ready twice, a transaction open the second time", kDone + kReady + wire::message('Z', "T")},
        {"rows behind ready", kDone + kReady + wire::message('D', wire::int16(0))},
        {"done behind ready", kDone + kReady + kDone},
        {"parsed what was a query", wire::message('1', "")},
        {"bound what was a query", wire::message('2', "")},
        {"closed what was a query", wire::message('3', "")},
        {"no data for a query", wire::message('n', "")},
        {"a portal that is suspended", wire::message('s', "")},
        {"authentication in the middle", kOk},
        {"a key in the middle", wire::message('K', std::string(8, 'k'))},
        {"a function's result", wire::message('V', wire::int32(0xffffffffU))},
        {"a status that does not exist", kDone + wire::message('Z', "X")},
        {"ready without a status", kDone + wire::message('Z', "")},
        {"an error of no fields", wire::message('E', "")},
        {"done without a tag's end", wire::message('C', "SELECT")},
        {"a status without an end", wire::message('S', "TimeZone")},
        {"an unknown type", std::string(1, '\x01') + wire::int32(4)},
        {"a length below its own", header('D', 3)}};
    std::vector<Case> cases;
    for (const auto& [name, bytes] : replies)
        cases.push_back({name, {says(kOk + status + kReady), says(bytes)}});
    return cases;
}

/// Messages of all types in any order, behind a good login.
std::vector<Case> shuffled_replies() {
    const unsigned seed = std::random_device{}();
    std::cout << "hostile server: replies shuffled with seed " << seed << "\n";
    std::mt19937 random{seed};
    const std::vector<std::string> messages{kReady,
                                            kDone,
                                            wire::message('Z', "T"),
                                            wire::message('Z', "E"),
                                            wire::message('1', ""),
                                            wire::message('2', ""),
                                            wire::message('3', ""),
                                            wire::message('n', ""),
                                            wire::message('s', ""),
                                            wire::message('I', ""),
                                            wire::message('D', wire::int16(0)),
                                            wire::message('T', wire::int16(0)),
                                            wire::message('G', std::string("\0\0\0", 3)),
                                            wire::message('H', std::string("\0\0\0", 3)),
                                            wire::message('d', "x"),
                                            wire::message('c', ""),
                                            wire::message('t', wire::int16(0)),
                                            wire::message('C', std::string("BEGIN\0", 6)),
                                            wire::message('C', std::string("ROLLBACK\0", 9)),
                                            wire::message('E', std::string("SERROR\0C40001\0Mno\0\0", 19)),
                                            wire::message('E', std::string("SFATAL\0C57P01\0Mno\0\0", 19))};
    std::vector<Case> cases;
    constexpr int kCases = 30;
    for (int n = 0; n < kCases; ++n) {
        Script script{says(kOk + kReady)};
        for (int answer = 0; answer < 4; ++answer) {
            std::string bytes;
            for (auto i = random() % 5; i > 0; --i) bytes += messages[random() % messages.size()];
            script.push_back(says(bytes + (random() % 2 == 0 ? kDone + kReady : "")));
        }
        cases.push_back({"shuffled", std::move(script)});
    }
    return cases;
}

/// Databases case0, case1, ... with a server each.
WeirConfig in_front_of(const std::vector<Case>& cases, std::vector<std::unique_ptr<HostileServer>>& servers) {
    WeirConfig config;
    for (const Case& one : cases) {
        servers.push_back(std::make_unique<HostileServer>(std::vector<Script>{one.script}));
        config.database(servers.back()->port(), "user=app password=secret",
                        "case" + std::to_string(servers.size() - 1));
    }
    return config.set("server_login_retry", "60").set("transaction_replay", "0");
}

}  // namespace

TEST_CASE("hostile server: a reply that nothing asked for ends client and server, and is counted") {
    const auto cases = broken_replies();
    std::vector<std::unique_ptr<HostileServer>> servers;
    auto config = in_front_of(cases, servers);
    const std::uint16_t http = free_port();
    Weir weir{config.set("http_listen", "127.0.0.1:" + std::to_string(http))};
    for (std::size_t n = 0; n < cases.size(); ++n) {
        CAPTURE(cases[n].name);
        Client client{weir.login().with_database("case" + std::to_string(n))};
        REQUIRE(client.connected());
        static_cast<void>(client.try_query("SELECT 1"));
        const std::string counted = "weir_protocol_violations_total{database=\"case" + std::to_string(n) +
                                    "\",user=\"app\",side=\"server\"}";
        CHECK(eventually(
            [&] { return read_metrics(support::http(http, "/metrics").body, false).sum(counted) == 1; }));
        CHECK(eventually([&] { return weir.pool("sv_idle", "case" + std::to_string(n)) == 0; }));
    }
}

TEST_CASE("hostile server: replies in any order end nothing but their own connections") {
    const auto cases = shuffled_replies();
    std::vector<std::unique_ptr<HostileServer>> servers;
    Weir weir{in_front_of(cases, servers)
                  .set("query_timeout", "1")
                  .set("query_wait_timeout", "1")
                  .set("server_connect_timeout", "1")};
    std::vector<std::future<void>> clients;
    for (std::size_t n = 0; n < cases.size(); ++n)
        clients.push_back(std::async(std::launch::async, [&weir, n] {
            for (const char* text : {"SELECT 1", "BEGIN", "UPDATE t SET v = 1", "COMMIT"}) {
                Client client{weir.login().with_database("case" + std::to_string(n))};
                if (client.connected()) static_cast<void>(client.try_query(text));
                if (client.connected()) static_cast<void>(client.try_params("SELECT $1", {"x"}));
            }
        }));
    for (auto& client : clients) client.get();
    CHECK(weir.show("VERSION").size() == 1);
}

TEST_CASE("hostile server: whatever it answers, nobody is let in and nothing else is disturbed") {
    const auto cases =
        GENERATE(as<std::vector<Case> (*)()>{}, broken_frames, broken_sequences, broken_challenges, noise)();
    std::vector<std::unique_ptr<HostileServer>> servers;
    WeirConfig config;
    for (const Case& one : cases) {
        servers.push_back(std::make_unique<HostileServer>(std::vector<Script>{one.script}));
        config.database(servers.back()->port(), "user=app password=secret",
                        "case" + std::to_string(servers.size() - 1));
    }
    Weir weir{config.set("client_login_timeout", "1").set("server_login_retry", "60")};
    std::vector<std::future<std::string>> errors;
    for (std::size_t n = 0; n < cases.size(); ++n)
        errors.push_back(std::async(std::launch::async, [&weir, n] {
            Client client{weir.login().with_database("case" + std::to_string(n))};
            return client.connected() ? "logged in" : client.error();
        }));
    for (std::size_t n = 0; n < cases.size(); ++n) {
        CAPTURE(cases[n].name, n);
        const std::string error = errors[n].get();
        CHECK(error != "logged in");
        CHECK_FALSE(error.empty());
    }
    // The console lives on the same loops.
    CHECK(weir.show("VERSION").size() == 1);
    CHECK(weir.pool("sv_idle", "case0") == 0);
}
