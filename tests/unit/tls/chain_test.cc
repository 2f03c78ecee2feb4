// The certificates that are sent: those that OpenSSL itself sends with the same files, found once instead of
// at each handshake.
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/unit/tls/tls_pair.h"

using namespace tls_test;
using tls::PeerCheck;

namespace {

using SslCtx = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// In DER, as a client gets them from a server with this context.
std::vector<std::string> sent_by(SSL_CTX* server_context) {
    const SslCtx client_context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    const Ssl server{SSL_new(server_context), SSL_free};
    const Ssl client{SSL_new(client_context.get()), SSL_free};
    BIO* server_end = nullptr;
    BIO* client_end = nullptr;
    REQUIRE(BIO_new_bio_pair(&server_end, 0, &client_end, 0) == 1);
    SSL_set_bio(server.get(), server_end, server_end);
    SSL_set_bio(client.get(), client_end, client_end);
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    for (int turn = 0; turn < 10 && SSL_is_init_finished(client.get()) == 0; ++turn) {
        SSL_do_handshake(client.get());
        SSL_do_handshake(server.get());
    }
    ERR_clear_error();
    REQUIRE(SSL_is_init_finished(client.get()) == 1);
    std::vector<std::string> found;
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(client.get());
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        unsigned char* bytes = nullptr;
        const int size = i2d_X509(sk_X509_value(chain, i), &bytes);
        found.emplace_back(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
        OPENSSL_free(bytes);
    }
    return found;
}

/// What OpenSSL makes of these files when nobody settles anything.
SslCtx plain(const tls::Options& options) {
    SslCtx ctx{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    REQUIRE(SSL_CTX_use_certificate_chain_file(ctx.get(), options.cert_file.c_str()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey_file(ctx.get(), options.key_file.c_str(), SSL_FILETYPE_PEM) == 1);
    if (options.check != PeerCheck::kNone)
        REQUIRE(SSL_CTX_load_verify_locations(ctx.get(), options.ca_file.c_str(), nullptr) == 1);
    return ctx;
}

}  // namespace

TEST_CASE("tls chain: what is sent behind the certificate is what OpenSSL would find, found once") {
    Files files;
    support::Authority root{"root"};
    support::Authority middle = root.appoint("middle");
    const support::Authority stranger{"stranger"};
    const auto of_root = root.issue(files.request);
    const auto of_middle = middle.issue(files.request);
    const auto expired = middle.issue(files.request.expired());
    const auto alone = support::self_signed(files.request);
    const std::string both = middle.certificate() + root.certificate();
    const auto with = [](const support::Credentials& own, const std::string& more) {
        return support::Credentials{own.certificate + more, own.key};
    };
    const struct {
        const char* what;
        support::Credentials file;
        std::string authorities;  ///< empty: none
        std::size_t sent;
    } cases[] = {
        {"bare, no authorities", of_middle, "", 1},
        {"bare, its authority", of_root, root.certificate(), 2},
        {"bare, both above it", of_middle, both, 3},
        {"bare, only the next above it", of_middle, middle.certificate(), 2},
        {"bare, only the root", of_middle, root.certificate(), 1},
        {"bare, a stranger", of_middle, stranger.certificate(), 1},
        {"expired, both above it", expired, both, 3},
        {"self-signed, no authorities", alone, "", 1},
        {"self-signed, itself", alone, alone.certificate, 1},
        {"with its chain, no authorities", with(of_middle, middle.certificate()), "", 2},
        {"with its chain, both above it", with(of_middle, middle.certificate()), both, 2},
        {"with a stranger, both above it", with(of_middle, stranger.certificate()), both, 2},
    };
    for (const auto& one : cases) {
        CAPTURE(one.what);
        tls::Options options = files.server(one.file);
        if (!one.authorities.empty()) {
            options.check = PeerCheck::kIfGiven;
            options.ca_file = files.folder.write("authorities.crt", one.authorities);
        }
        const auto made = context(options);
        const auto sent = sent_by(made->native());
        CHECK(sent.size() == one.sent);
        CHECK(sent == sent_by(plain(options).get()));
        STACK_OF(X509)* behind = nullptr;
        SSL_CTX_get_extra_chain_certs(made->native(), &behind);
        const bool settled = (SSL_CTX_get_mode(made->native()) & SSL_MODE_NO_AUTO_CHAIN) != 0;
        CHECK((settled || sk_X509_num(behind) > 0));
    }
}
