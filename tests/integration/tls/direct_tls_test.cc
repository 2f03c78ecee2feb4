// Clients that begin with TLS, without an SSLRequest: which protocols they may offer by ALPN, and that what
// they send is not read if they offer others only.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

#include "tests/integration/tls/tls_scene.h"

using namespace support;
using namespace tls_scene;

namespace {

/// A client with OpenSSL on top of its socket: libpq before 17 knows no direct TLS.
class DirectClient {
 public:
    /// `alpn`: names, each with its length in front; empty: the extension is left out.
    DirectClient(std::uint16_t port, std::string_view alpn) : below_{port} {
        SSL_set_fd(ssl_.get(), below_.fd());
        if (!alpn.empty())
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                                static_cast<unsigned>(alpn.size()));
        secured_ = SSL_connect(ssl_.get()) == 1;
        const unsigned long error = ERR_get_error();
        if (!secured_ && error != 0) refusal_ = ERR_reason_error_string(error);
    }

    [[nodiscard]] bool secured() const { return secured_; }
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    [[nodiscard]] std::string chosen() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    void send(const std::string& bytes) {
        CHECK(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
              static_cast<int>(bytes.size()));
    }
    /// Until these bytes or the end.
    [[nodiscard]] bool receives(std::string_view wanted) {
        std::string said;
        std::array<char, 4096> bytes{};
        while (said.find(wanted) == std::string::npos) {
            const int got = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (got <= 0) return false;
            said.append(bytes.data(), static_cast<std::size_t>(got));
        }
        return true;
    }

 private:
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> ctx_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    WireClient below_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{SSL_new(ctx_.get()), SSL_free};
    bool secured_ = false;
    std::string refusal_;
};

std::string work() {
    return wire::startup({{"user", "app"}, {"database", "app"}}) +
           wire::query("SELECT 'direct ' || 'answer'");
}

WeirConfig with_tls() {
    auto config = scene::before(Postgres::shared());
    return with_client_tls(config, "require");
}

}  // namespace

TEST_CASE("direct TLS: a client that offers postgresql, alone or among others, is served", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    for (const char* offered : {"\012postgresql", "\010http/1.1\012postgresql"}) {
        DirectClient client{weir.port(), offered};
        REQUIRE(client.secured());
        CHECK(client.chosen() == "postgresql");
        client.send(work());
        CHECK(client.receives("direct answer"));
    }
}

TEST_CASE("direct TLS: a client that offers other protocols only is refused before anything is read",
          "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    for (const char* offered : {"\010http/1.1", "\002h2\010http/1.1", "\013postgresqlx", "\012POSTGRESQL"}) {
        CAPTURE(offered);
        DirectClient client{weir.port(), offered};
        CHECK_FALSE(client.secured());
        CHECK(client.refusal().find("no application protocol") != std::string::npos);
    }
    CHECK(weir.logged("TLS handshake failed: no application protocol"));
    CHECK(weir.log().find("db=app") == std::string::npos);
}

TEST_CASE("direct TLS: without ALPN it is served, as by PgBouncer", "[pg]") {
    REQUIRES_POSTGRES();
    Weir weir{with_tls()};
    DirectClient client{weir.port(), ""};
    REQUIRE(client.secured());
    CHECK(client.chosen().empty());
    client.send(work());
    CHECK(client.receives("direct answer"));
}
