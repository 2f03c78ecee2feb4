// A password that a client typed is nowhere in the pooler's memory once it was judged or broken off: not
// where it was read, not where it was compared, not in what OpenSSL freed.
#include "tests/integration/tls/direct_client.h"
#include "tests/integration/tls/tls_scene.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/process_memory.h"

using namespace support;
using namespace tls_scene;

namespace {

std::string hash_of(const std::string& password, const std::string& user) {
    char* hash = PQencryptPassword(password.c_str(), user.c_str());
    std::string text = hash;
    PQfreemem(hash);
    return text;
}

WeirConfig asking(const std::string& right) {
    auto config = scene::before(Postgres::shared());
    with_client_tls(config, "allow").set("auth_type", "plain");
    config.userlist = {{"app", hash_of(right, "app")}, {"admin", "admin password"}};
    return config;
}

Login login_at(const Weir& weir, std::uint16_t port, const std::string& sslmode) {
    Login login = weir.login().with(libpq(sslmode));
    login.host = kHost;
    login.port = port;
    return login;
}

/// Whether another process can be searched; what the userlist keeps is found.
bool searchable(const Weir& weir) {
    const auto known = copies_in(weir.pid(), "admin password");
    if (known) CHECK(*known > 0);
    if (!known) WARN("skipped: the memory of another process cannot be read here");
    return known.has_value();
}

/// The answer leaves before the cleaning is done.
bool forgotten(const Weir& weir, const std::string& secret) {
    return eventually([&] { return copies_in(weir.pid(), last_part(secret)) == 0; });
}

/// A client, in TLS or in clear, that was asked for its password.
class Typist {
 public:
    Typist(std::uint16_t port, bool tls) {
        const std::string hello = wire::startup({{"user", "app"}, {"database", "app"}});
        if (tls) {
            secured_.emplace(port);
            secured_->send(hello);
            REQUIRE(secured_->receives(kQuestion));
        } else {
            plain_.emplace(port);
            plain_->send(hello);
            REQUIRE(plain_->read()->type == 'R');
        }
    }
    void send(const std::string& bytes) {
        if (secured_) return secured_->send(bytes);
        plain_->send(bytes);
    }

 private:
    /// AuthenticationCleartextPassword.
    static constexpr std::string_view kQuestion{"R\0\0\0\x08\0\0\0\x03", 9};
    std::optional<DirectClient> secured_;
    std::optional<WireClient> plain_;
};

}  // namespace

TEST_CASE("TLS flow: a password that was typed is left nowhere in the pooler's memory", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string right = random_text(700);
    const std::string wrong = random_text(700);
    Weir weir{asking(right)};
    if (!searchable(weir)) return;
    std::vector<Client> stay;
    for (const char* sslmode : {"require", "disable"}) {
        CAPTURE(sslmode);
        const Login login = login_at(weir, weir.port(), sslmode);
        CHECK_FALSE(Client{login.with_user("app", wrong)}.connected());
        CHECK_FALSE(Client{login.with_user("nobody", wrong)}.connected());
        stay.push_back(Client::connect(login.with_user("app", right)));
        for (const std::string* password : {&wrong, &right}) CHECK(forgotten(weir, *password));
    }
    CHECK(stay.front().value("SELECT 1") == "1");
}

TEST_CASE("TLS flow: a password that comes in pieces leaves none of them", "[pg]") {
    REQUIRES_POSTGRES();
    const std::string right = random_text(700);
    const std::string wrong = random_text(700);
    Weir weir{asking(right)};
    if (!searchable(weir)) return;
    FaultProxy slicing{weir.port()};
    Fault slices;
    slices.slice_bytes = 90;  // a record is more than one of them
    slicing.to_target(slices);
    for (const char* sslmode : {"require", "disable"}) {
        CAPTURE(sslmode);
        const Login login = login_at(weir, slicing.port(), sslmode);
        CHECK_FALSE(Client{login.with_user("app", wrong)}.connected());
        const Client in = Client::connect(login.with_user("app", right));
        for (const std::string* password : {&wrong, &right}) CHECK(forgotten(weir, *password));
    }
}

TEST_CASE("TLS flow: a password that is broken off leaves nothing of what was sent", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{asking("another")};
    if (!searchable(weir)) return;
    for (const bool tls : {true, false}) {
        for (const std::size_t size : {std::size_t{700}, std::size_t{65535}}) {
            CAPTURE(tls, size);
            const std::string message = wire::password(random_text(size));
            const std::string sent = message.substr(0, size - 100);
            std::optional<Typist> client{std::in_place, weir.port(), tls};
            client->send(sent.substr(0, size / 3));
            client->send(sent.substr(size / 3));
            CHECK(eventually([&] { return copies_in(weir.pid(), last_part(sent)).value_or(0) > 0; }));
            client.reset();
            CHECK(forgotten(weir, sent));
            CHECK(forgotten(weir, sent.substr(0, size / 3)));
        }
    }
}
