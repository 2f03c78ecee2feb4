// Servers that answer a request for TLS, and the beginning of a handshake, with something else, cut at any
// byte: where TLS is required they hear nothing in clear but the request itself.
#include <random>

#include "tests/integration/scene.h"
#include "tests/support/hostile_server.h"

using namespace support;

namespace {

using End = HostileServer::End;

std::string record(char type, const std::string& body) {
    return std::string(1, type) + "\x03\x03" + wire::int16(static_cast<int>(body.size())) + body;
}

/// Of TLS 1.2, to a client that has offered its cipher; what would have to follow never comes.
std::string server_hello() {
    std::string body = "\x03\x03" + std::string(32, 'r') + '\x20' + std::string(32, 's') + "\xc0\x2f" +
                       std::string("\0\0\0", 3);
    return record('\x16', std::string("\x02\0\0", 3) + static_cast<char>(body.size()) + body);
}

/// Behind the S, and behind the pooler's first word of the handshake.
std::vector<std::string> handshakes() {
    const std::string filler(20'000, 'x');
    std::vector<std::string> all{
        record('\x15', "\x02\x28"),                    // an alert: handshake failure
        record('\x15', std::string("\x01\0", 2)),      // an orderly end
        record('\x15', ""),                            // an alert of nothing
        record('\x16', ""),                            // a handshake record of nothing
        record('\x17', "data"),                        // data before keys
        record('\x14', "\x01"),                        // keys before the handshake
        record('\x7f', "what"),                        // no such record
        std::string("\x16\x03\x03\xff\xff") + filler,  // a record larger than may be
        record('\x16', std::string("\x02\xff\xff\xff", 4) + filler.substr(0, 16'000)),  // an endless message
        record('\x16', std::string("\0\0\0\0", 4)),  // a request for another handshake
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "S",
        "N",
        wire::message('R', wire::int32(0)) + wire::message('Z', "I"),  // a login in clear
        wire::message('E', std::string("SFATAL\0C08P01\0Mno\0\0", 19))};
    constexpr unsigned kSeed = 20261128;
    std::mt19937 random{kSeed};
    for (int n = 0; n < 16; ++n) {
        std::string bytes;
        for (int i = 0; i < 300; ++i) bytes += static_cast<char>(random() & 0xffU);
        all.push_back(n % 2 == 0 ? bytes : record('\x16', bytes));
    }
    const std::string hello = server_hello();
    for (std::size_t cut = 1; cut <= hello.size(); ++cut) all.push_back(hello.substr(0, cut));
    return all;
}

/// In answer to the request, instead of one S.
std::vector<std::string> answers() {
    const std::string error = wire::message('E', std::string("SFATAL\0C08P01\0Mno TLS\0\0", 23));
    const std::string login = wire::message('R', wire::int32(0)) + wire::message('Z', "I");
    std::vector<std::string> all{"N",
                                 "R",
                                 "G",
                                 std::string(1, '\0'),
                                 "SS",
                                 "SN",
                                 "NS",
                                 "S" + login,
                                 "N" + login,
                                 "S" + server_hello(),
                                 std::string(100'000, 'S')};
    for (std::size_t cut = 1; cut <= error.size(); ++cut) all.push_back(error.substr(0, cut));
    for (std::size_t cut = 1; cut <= login.size(); ++cut) all.push_back(login.substr(0, cut));
    return all;
}

std::vector<Script> scripts(const std::string& opening) {
    std::vector<Script> all;
    if (opening.empty())
        for (const std::string& bytes : answers()) all.push_back({says(bytes)});
    else
        for (const std::string& bytes : handshakes()) all.push_back({says(opening), says(bytes)});
    return all;
}

}  // namespace

TEST_CASE("hostile server: whatever it answers to a request for TLS, it hears nothing in clear") {
    const std::string opening = GENERATE("", "S");
    CAPTURE(opening);
    const auto played = scripts(opening);
    HostileServer server{played, End::kClose};
    WeirConfig config;
    std::vector<std::string> names;
    for (std::size_t n = 0; n < played.size(); ++n) {
        names.push_back("case" + std::to_string(n));
        config.database(server.port(), "sslmode=require user=app password=secret", names.back());
    }
    Weir weir{config.set("server_login_retry", "60")
                  .set("client_login_timeout", "0")
                  .set("max_client_conn", "1000")};
    std::vector<std::unique_ptr<WireClient>> clients;
    for (const std::string& name : names) {
        clients.push_back(std::make_unique<WireClient>(weir.port()));
        clients.back()->send(wire::startup({{"user", "app"}, {"database", name}}));
    }
    const auto served = [&server] { return static_cast<std::size_t>(server.served()); };
    CHECK(eventually([&] { return served() >= played.size(); }));
    CAPTURE(server.served(), weir.log().substr(0, 2000));
    const std::string heard = server.heard();
    CHECK(heard.find("secret") == std::string::npos);
    CHECK(heard.find(std::string("user\0app", 8)) == std::string::npos);
    // The console lives on the same loops.
    CHECK(weir.show("VERSION").size() == 1);
    CHECK(weir.show("SERVERS").empty());
}
