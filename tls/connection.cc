#include "tls/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "tls/alpn.h"
#include "tls/channel_binding.h"
#include "tls/handles.h"
#include "tls/peer_data.h"
#include "tls/socket_bio.h"
#include "tls/verify.h"

namespace tls {

namespace {

/// Runs for each certificate of the chain; the last is the peer's own, which must name the host.
int on_verify(int good, X509_STORE_CTX* store) {
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    PeerData* peer = peer_data(ssl);
    if (good == 0) {
        peer->problem = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
        return 0;
    }
    const bool own = X509_STORE_CTX_get_error_depth(store) == 0;
    if (!own || peer->context->options().check != PeerCheck::kName ||
        peer->context->options().role != Role::kClient)
        return 1;
    if (names_host(X509_STORE_CTX_get_current_cert(store), peer->host)) return 1;
    peer->problem = "it is not for host \"" + peer->host + "\"";
    X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    return 0;
}

bool chosen_alpn_is_ours(const SSL* ssl) {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &chosen, &size);
    return size == kAlpnList[0] && std::memcmp(chosen, kAlpnList.data() + 1, size) == 0;
}

/// SSL_set_tlsext_host_name(), whose macro casts in a way we do not.
bool announce_host(SSL* ssl, const std::string& host) {
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str())) == 1;
}

/// Our Finished of TLS 1.3 has been sent: the client waits for nothing more, and what is left is its ticket,
/// which may go with our first answer.
bool only_ticket_follows(const SSL* ssl) {
    char finished = 0;
    return SSL_is_server(ssl) == 1 && SSL_version(ssl) == TLS1_3_VERSION &&
           SSL_get_finished(ssl, &finished, 0) > 0;
}

std::string group_of(SSL* ssl) {
    const int group = static_cast<int>(SSL_get_negotiated_group(ssl));
    const char* name = group == NID_undef ? nullptr : SSL_group_to_name(ssl, group);
    if (name == nullptr) return {};
    // Names as TLS registers them; people know the curve by another.
    const std::string text = name;
    return text == "x25519" ? "X25519" : text == "x448" ? "X448" : text == "secp256r1" ? "prime256v1" : text;
}

}  // namespace

struct Connection::Private {
    PeerData peer;
    std::string held;  ///< records that have not left, in front of one that the caller still offers
    SslPtr ssl;
    bool direct = false;
};

Connection::Connection(std::shared_ptr<const Context> context)
    : context_{std::move(context)}, private_{std::make_unique<Private>()} {}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::make(std::shared_ptr<const Context> context, int descriptor) {
    ERR_clear_error();
    std::unique_ptr<Connection> made{new Connection{std::move(context)}};
    Private& own = *made->private_;
    own.peer.context = made->context_.get();
    own.ssl.reset(SSL_new(made->context_->native()));
    BIO* bio = own.ssl ? new_socket_bio(descriptor, own.held) : nullptr;
    if (bio == nullptr) return failure(take_errors("cannot make a TLS connection"));
    SSL_set_bio(own.ssl.get(), bio, bio);
    SSL_set_app_data(own.ssl.get(), &own.peer);
    if (made->context_->options().check != PeerCheck::kNone)
        SSL_set_verify(own.ssl.get(), SSL_get_verify_mode(own.ssl.get()), on_verify);
    return made;
}

Result<std::unique_ptr<Connection>> Connection::accept(std::shared_ptr<const Context> context,
                                                       int descriptor) {
    auto made = make(std::move(context), descriptor);
    if (!made) return made;
    SSL* ssl = (*made)->private_->ssl.get();
    SSL_set_accept_state(ssl);
    return made;
}

Result<std::unique_ptr<Connection>> Connection::connect(std::shared_ptr<const Context> context,
                                                        int descriptor, const ServerName& name) {
    auto made = make(std::move(context), descriptor);
    if (!made) return made;
    Private& own = *(*made)->private_;
    SSL* ssl = own.ssl.get();
    SSL_set_connect_state(ssl);
    own.peer.host = name.host;
    own.direct = name.direct;
    if (name.sni && !name.host.empty() && !is_address(name.host) && !announce_host(ssl, name.host))
        return failure("host name \"" + name.host + "\": " + take_errors("not usable for SNI"));
    if (name.direct && SSL_set_alpn_protos(ssl, kAlpnList.data(), kAlpnList.size()) != 0)
        return failure(take_errors("cannot set the protocol name"));
    if (const SessionPtr session{(*made)->context_->take_session(name.host)})
        SSL_set_session(ssl, session.get());
    return made;
}

/// What a call that returned `returned` means; the error queue was empty before it.
Status Connection::status_of(int returned) {
    const int system_error = errno;
    switch (SSL_get_error(private_->ssl.get(), returned)) {
        case SSL_ERROR_NONE: return Status::kDone;
        case SSL_ERROR_WANT_READ: return Status::kWantRead;
        case SSL_ERROR_WANT_WRITE: return Status::kWantWrite;
        case SSL_ERROR_ZERO_RETURN: return Status::kClosed;
        case SSL_ERROR_SYSCALL:
            error_ = take_errors(system_error == 0 ? "connection closed" : std::strerror(system_error));
            break;
        default: error_ = take_errors("TLS failed"); break;
    }
    return fail();
}

Status Connection::fail() {
    broken_ = true;
    if (!established_ && !private_->peer.problem.empty())
        error_ = "certificate verify failed: " + private_->peer.problem;
    return Status::kError;
}

Status Connection::handshake() {
    ERR_clear_error();
    errno = 0;
    const MoreFollows more{only_ticket_follows(private_->ssl.get()) ? Following::kSoon : Following::kNothing};
    const Status status = status_of(SSL_do_handshake(private_->ssl.get()));
    if (status == Status::kClosed) {
        error_ = "connection closed during the handshake";
        return fail();
    }
    return status == Status::kDone ? finish_handshake() : status;
}

Status Connection::finish_handshake() {
    // Without an SSLRequest only ALPN tells that this is no server of something else.
    if (private_->direct && !chosen_alpn_is_ours(private_->ssl.get())) {
        error_ = "the server did not agree to speak PostgreSQL over direct TLS (ALPN)";
        return fail();
    }
    established_ = true;
    if (SSL_is_server(private_->ssl.get()) == 1)
        SSL_set_options(private_->ssl.get(), SSL_OP_CLEANSE_PLAINTEXT);
    return Status::kDone;
}

void Connection::secrets_are_over() const {
    SSL_clear_options(private_->ssl.get(), SSL_OP_CLEANSE_PLAINTEXT);
}

Progress Connection::read(char* into, std::size_t size) {
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const int returned = SSL_read_ex(private_->ssl.get(), into, size, &got);
    if (returned == 1) return {Status::kDone, got};
    return {status_of(returned), 0};
}

/// The length of records is decided here: with SSL_set_max_send_fragment() OpenSSL would do without kernel
/// TLS.
Progress Connection::write(const char* from, std::size_t size) {
    const std::size_t record = std::min(size, record_bytes());
    if (kernel_encrypts()) return write_to_kernel(from, record);
    ERR_clear_error();
    errno = 0;
    const MoreFollows more{size > record ? Following::kRecord : Following::kNothing};
    std::size_t taken = 0;
    const int returned = SSL_write_ex(private_->ssl.get(), from, record, &taken);
    if (returned == 1) return {Status::kDone, taken};
    return {status_of(returned), 0};
}

/// SSL_write() would send the same, but go on from where the bytes were when they are offered again, although
/// it was told that they may have moved (OpenSSL 3.0 with kernel TLS).
Progress Connection::write_to_kernel(const char* from, std::size_t size) {
    const ssize_t sent = send_in_clear(SSL_get_wbio(private_->ssl.get()), from, size);
    if (sent > 0) return {Status::kDone, static_cast<std::size_t>(sent)};
    if (errno == EAGAIN) return {Status::kWantWrite, 0};
    error_ = std::strerror(errno);
    return {fail(), 0};
}

bool Connection::kernel_encrypts() const { return BIO_get_ktls_send(SSL_get_wbio(private_->ssl.get())); }

Status Connection::peek(char& first) {
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const int returned = SSL_peek_ex(private_->ssl.get(), &first, 1, &got);
    return returned == 1 ? Status::kDone : status_of(returned);
}

bool Connection::has_pending() const { return SSL_has_pending(private_->ssl.get()) == 1; }

void Connection::shutdown() {
    if (broken_ || !established_) return;
    ERR_clear_error();
    const MoreFollows end{Following::kSoon};
    static_cast<void>(SSL_shutdown(private_->ssl.get()));
    ERR_clear_error();
}

std::size_t Connection::record_bytes() const {
    return context_->options().role == Role::kServer ? kClientRecordBytes : kMaxRecordBytes;
}

std::string Connection::description() const {
    SSL* ssl = private_->ssl.get();
    std::string text = SSL_get_version(ssl);
    const char* cipher = SSL_get_cipher_name(ssl);
    text += std::string{"/"} + (cipher == nullptr ? "" : cipher);
    const std::string group = group_of(ssl);
    if (!group.empty()) text += "/ECDH=" + group;
    return text;
}

bool Connection::resumed() const { return SSL_session_reused(private_->ssl.get()) == 1; }

Result<std::string> Connection::channel_binding() const {
    const bool ours = context_->options().role == Role::kServer;
    if (ours && !context_->own_end_point().empty()) return context_->own_end_point();
    SSL* ssl = private_->ssl.get();
    X509* certificate = ours ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr) return failure("the server has no certificate");
    return end_point_hash(certificate);
}

bool Connection::peer_verified() const {
    if (context_->options().check == PeerCheck::kNone) return false;
    return SSL_get0_peer_certificate(private_->ssl.get()) != nullptr &&
           SSL_get_verify_result(private_->ssl.get()) == X509_V_OK;
}

std::vector<std::string> Connection::peer_names() const {
    if (!peer_verified()) return {};
    X509* certificate = SSL_get0_peer_certificate(private_->ssl.get());
    std::vector<std::string> names = dns_names(certificate);
    names.insert(names.begin(), common_name(certificate));
    return names;
}

}  // namespace tls
