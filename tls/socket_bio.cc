#include "tls/socket_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>

namespace tls {

namespace {

thread_local bool more_follows = false;

int send_some(BIO* bio, const char* from, int size) {
    if (BIO_get_ktls_send(bio)) return BIO_meth_get_write(BIO_s_socket())(bio, from, size);
    const int flags = MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
    int descriptor = -1;
    BIO_get_fd(bio, &descriptor);
    BIO_clear_retry_flags(bio);
    const auto sent = static_cast<int>(::send(descriptor, from, static_cast<std::size_t>(size), flags));
    if (sent <= 0 && BIO_sock_should_retry(sent) != 0) BIO_set_retry_write(bio);
    return sent;
}

/// All of OpenSSL's own but the sending. Lives as long as the process.
BIO_METHOD* make_method() {
    const BIO_METHOD* own = BIO_s_socket();
    BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOCKET, "socket");
    if (made == nullptr) return nullptr;
    BIO_meth_set_write(made, send_some);
    BIO_meth_set_read(made, BIO_meth_get_read(own));
    BIO_meth_set_ctrl(made, BIO_meth_get_ctrl(own));
    BIO_meth_set_create(made, BIO_meth_get_create(own));
    BIO_meth_set_destroy(made, BIO_meth_get_destroy(own));
    return made;
}

}  // namespace

BIO* new_socket_bio(int descriptor) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio != nullptr) BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
    return bio;
}

ssize_t send_in_clear(BIO* bio, const char* from, std::size_t size) {
    int descriptor = -1;
    BIO_get_fd(bio, &descriptor);
    ssize_t sent = -1;
    do sent = ::send(descriptor, from, size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

MoreFollows::MoreFollows(bool more) { more_follows = more; }

MoreFollows::~MoreFollows() { more_follows = false; }

}  // namespace tls
