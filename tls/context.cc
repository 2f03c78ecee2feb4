#include "tls/context.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "tls/alpn.h"
#include "tls/channel_binding.h"
#include "tls/handles.h"
#include "tls/peer_data.h"
#include "tls/protocol_list.h"
#include "tls/trust.h"
#include "tls/verify.h"

namespace tls {

namespace {

constexpr int kVerifyDepth = 6;  // PgBouncer's
/// More names of authorities than this in a CertificateRequest help no client to choose.
constexpr int kMaxAuthorityNames = 16;
/// What is read from a server at once: three of its largest records, as large results are full of them. More
/// than 64 kB would make free(3) tidy up the whole heap each time.
constexpr std::size_t kServerReadBytes = std::size_t{3} * (16384 + 256 + 5);
/// Servers whose sessions are remembered.
constexpr std::size_t kMaxSessions = 256;

bool is_library_default(std::string_view ciphers) {
    return ciphers.empty() || ciphers == "default" || ciphers == "secure" || ciphers == "fast" ||
           ciphers == "normal";
}

/// Without this a key with a passphrase would make OpenSSL ask for it on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<void> set_versions(SSL_CTX* ctx, const Options& options) {
    const auto versions = parse_versions(options.protocols);
    if (!versions) return tl::make_unexpected(versions.error());
    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
    std::uint64_t off = 0;
    if (!versions->v10) off |= SSL_OP_NO_TLSv1;
    if (!versions->v11) off |= SSL_OP_NO_TLSv1_1;
    if (!versions->v12) off |= SSL_OP_NO_TLSv1_2;
    if (!versions->v13) off |= SSL_OP_NO_TLSv1_3;
    SSL_CTX_set_options(ctx, off);
    return {};
}

Result<void> set_ciphers(SSL_CTX* ctx, const Options& options) {
    if (!is_library_default(options.ciphers) && SSL_CTX_set_cipher_list(ctx, options.ciphers.c_str()) != 1)
        return failure("ciphers \"" + options.ciphers + "\": " + take_errors("no such cipher"));
    if (!options.tls13_ciphers.empty() && SSL_CTX_set_ciphersuites(ctx, options.tls13_ciphers.c_str()) != 1)
        return failure("TLS 1.3 ciphers \"" + options.tls13_ciphers + "\": " + take_errors("no such suite"));
    SSL_CTX_set_dh_auto(ctx, options.dhe ? 1 : 0);
    if (options.curves.empty() || options.curves == "auto") return {};
    const std::string groups = options.curves == "none" ? "ffdhe2048:ffdhe3072" : options.curves;
    if (SSL_CTX_set1_groups_list(ctx, groups.c_str()) != 1)
        return failure("curve \"" + options.curves + "\": " + take_errors("no such curve"));
    return {};
}

Result<void> load_certificate(SSL_CTX* ctx, const Options& options) {
    if (options.cert_file.empty() && options.key_file.empty()) return {};
    if (options.cert_file.empty() || options.key_file.empty())
        return failure("a certificate and its key need each other");
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(ctx, options.cert_file.c_str()) != 1)
        return failure("cannot use certificate " + options.cert_file + ": " + take_errors("unreadable"));
    if (SSL_CTX_use_PrivateKey_file(ctx, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return failure("cannot use key " + options.key_file + ": " + take_errors("unreadable"));
    if (SSL_CTX_check_private_key(ctx) != 1)
        return failure("key " + options.key_file + " does not fit certificate " + options.cert_file + ": " +
                       take_errors("mismatch"));
    return {};
}

/// The names help a client with several certificates to choose. All those of a system's bundle would make a
/// handshake ten times as large and help nobody.
void announce_authorities(SSL_CTX* ctx, const Options& options) {
    if (options.ca_file.empty() || options.ca_file == kSystem) return;
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(options.ca_file.c_str());
    ERR_clear_error();
    if (names == nullptr) return;
    if (sk_X509_NAME_num(names) <= kMaxAuthorityNames)
        SSL_CTX_set_client_CA_list(ctx, names);
    else
        sk_X509_NAME_pop_free(names, X509_NAME_free);
}

Result<void> set_peer_check(SSL_CTX* ctx, const Options& options, TrustCache& trust) {
    SSL_CTX_set_verify_depth(ctx, kVerifyDepth);
    if (options.check == PeerCheck::kNone) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
        return {};
    }
    const auto store = trust.store(options.ca_file, options.crl_file);
    if (!store) return tl::make_unexpected(store.error());
    SSL_CTX_set1_cert_store(ctx, *store);
    int mode = SSL_VERIFY_PEER;
    if (options.role == Role::kServer) {
        announce_authorities(ctx, options);
        if (options.check != PeerCheck::kIfGiven) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_CTX_set_verify(ctx, mode, nullptr);
    return {};
}

/// A client that offers protocols and not ours meant another kind of server.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned offered_size, void*) {
    unsigned char* chosen = nullptr;
    const int found =
        SSL_select_next_proto(&chosen, out_size, kAlpnList.data(), kAlpnList.size(), offered, offered_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

int on_new_session(SSL* ssl, SSL_SESSION* session) {
    const PeerData* peer = peer_data(ssl);
    if (peer == nullptr || peer->context == nullptr || peer->host.empty()) return 0;
    peer->context->remember_session(peer->host, session);
    return 1;  // the reference is ours now
}

/// Clients keep their own sessions, in tickets, so that resumption costs no memory here; of servers we keep
/// the last.
void set_resumption(SSL_CTX* ctx, const Options& options) {
    if (options.role == Role::kServer) {
        static constexpr unsigned char kId[] = {'w', 'e', 'i', 'r'};
        SSL_CTX_set_session_id_context(ctx, kId, sizeof kId);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(ctx, 1);
        SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, nullptr);
    } else {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(ctx, on_new_session);
    }
}

/// Asked of a socket that is not connected, which a kernel with TLS would refuse for that reason. To find out
/// by each connection would cost each some system calls, and a process with the right to load modules a
/// search for one.
bool kernel_has_tls() {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    static constexpr char kName[] = "tls";
    const bool has =
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_ULP, kName, sizeof kName) == 0 || errno == ENOTCONN;
    ::close(descriptor);
    return has;
}

/// Header and body of a record, and the small ones behind it, come in one read from the descriptor.
void set_modes(SSL_CTX* ctx, Role role) {
    SSL_CTX_set_read_ahead(ctx, 1);
    if (role == Role::kClient) SSL_CTX_set_default_read_buffer_len(ctx, kServerReadBytes);
    SSL_CTX_set_mode(
        ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(ctx,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    if (kernel_has_tls()) SSL_CTX_set_options(ctx, SSL_OP_ENABLE_KTLS);
}

/// The certificates that OpenSSL would find and send behind its own, at each handshake: those of the file,
/// else what the authorities that peers are checked by make of it. They are found here in the same way and
/// once. If they cannot be added the handshake is left to find them, and to say why.
void settle_chain(SSL_CTX* ctx) {
    X509* own = SSL_CTX_get0_certificate(ctx);
    STACK_OF(X509)* given = nullptr;
    SSL_CTX_get_extra_chain_certs(ctx, &given);
    if (own == nullptr || sk_X509_num(given) > 0) return;
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> search{X509_STORE_CTX_new(),
                                                                                 X509_STORE_CTX_free};
    if (!search || X509_STORE_CTX_init(search.get(), SSL_CTX_get_cert_store(ctx), own, nullptr) != 1) return;
    static_cast<void>(X509_verify_cert(search.get()));  // a chain that is not complete is sent too
    STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(search.get());
    bool settled = true;
    for (int i = 1; i < sk_X509_num(chain); ++i)
        settled = settled && SSL_CTX_add1_chain_cert(ctx, sk_X509_value(chain, i)) == 1;
    if (settled)
        SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
    else
        SSL_CTX_clear_chain_certs(ctx);
    ERR_clear_error();
}

/// Once, not for each login.
std::string end_point_of_own(SSL_CTX* ctx) {
    X509* own = SSL_CTX_get0_certificate(ctx);
    return own == nullptr ? std::string{} : end_point_hash(own).value_or("");
}

std::vector<std::string> names_of_own(SSL_CTX* ctx) {
    X509* own = SSL_CTX_get0_certificate(ctx);
    if (own == nullptr) return {};
    std::vector<std::string> names = dns_names(own);
    names.push_back(common_name(own));
    return names;
}

}  // namespace

struct Context::Private {
    SslCtxPtr ctx;
    std::mutex lock;
    std::map<std::string, SessionPtr> sessions;  // by server
};

Context::Context(const Options& options) : options_{options}, private_{std::make_unique<Private>()} {}

Context::~Context() = default;

Result<std::shared_ptr<const Context>> Context::make(const Options& options, TrustCache& trust) {
    ERR_clear_error();
    std::shared_ptr<Context> made{new Context{options}};
    made->private_->ctx.reset(
        SSL_CTX_new(options.role == Role::kServer ? TLS_server_method() : TLS_client_method()));
    SSL_CTX* ctx = made->private_->ctx.get();
    if (ctx == nullptr) return failure(take_errors("out of memory"));
    set_modes(ctx, options.role);
    set_resumption(ctx, options);
    if (auto done = set_versions(ctx, options); !done) return tl::make_unexpected(done.error());
    if (auto done = set_ciphers(ctx, options); !done) return tl::make_unexpected(done.error());
    if (auto done = load_certificate(ctx, options); !done) return tl::make_unexpected(done.error());
    if (auto done = set_peer_check(ctx, options, trust); !done) return tl::make_unexpected(done.error());
    settle_chain(ctx);
    made->own_names_ = names_of_own(ctx);
    made->own_end_point_ = end_point_of_own(ctx);
    return std::shared_ptr<const Context>{std::move(made)};
}

SSL_CTX* Context::native() const { return private_->ctx.get(); }

/// Tickets of TLS 1.3 are meant for one use.
ssl_session_st* Context::take_session(const std::string& server) const {
    const std::lock_guard hold{private_->lock};
    const auto found = private_->sessions.find(server);
    if (found == private_->sessions.end()) return nullptr;
    SSL_SESSION* session = found->second.release();
    private_->sessions.erase(found);
    return session;
}

void Context::remember_session(const std::string& server, SSL_SESSION* session) const {
    SessionPtr kept{session};
    const std::lock_guard hold{private_->lock};
    if (private_->sessions.size() >= kMaxSessions) private_->sessions.clear();
    private_->sessions[server].swap(kept);
}

}  // namespace tls
