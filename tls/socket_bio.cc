#include "tls/socket_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tls {

namespace {

/// What is held back for one send. More than 64 kB would make free(3) tidy up the whole heap each time.
constexpr std::size_t kMaxHeld = std::size_t{56} * 1024;

thread_local auto following = Following::kNothing;

int held_index() {
    static const int index = BIO_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int descriptor_of(BIO* bio) {
    int descriptor = -1;
    BIO_get_fd(bio, &descriptor);
    return descriptor;
}

/// The record is taken, in part or whole, when all that was held back before it has left: so whatever is held
/// back has a record behind it that the caller offers again.
int send_behind(std::string& held, BIO* bio, const char* from, std::size_t size, int flags) {
    std::array<iovec, 2> parts{{{held.data(), held.size()}, {const_cast<char*>(from), size}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(descriptor_of(bio), &message, flags);
    if (sent <= 0) return static_cast<int>(sent);
    const auto all = static_cast<std::size_t>(sent);
    if (all <= held.size()) {
        held.erase(0, all);
        errno = EAGAIN;
        return -1;
    }
    const auto of_record = static_cast<int>(all - held.size());
    held.clear();
    return of_record;
}

int send_some(BIO* bio, const char* from, int size) {
    if (BIO_get_ktls_send(bio)) return BIO_meth_get_write(BIO_s_socket())(bio, from, size);
    const auto bytes = static_cast<std::size_t>(size);
    auto& held = *static_cast<std::string*>(BIO_get_ex_data(bio, held_index()));
    BIO_clear_retry_flags(bio);
    if (following == Following::kRecord && held.size() + bytes <= kMaxHeld) {
        held.reserve(kMaxHeld);
        held.append(from, bytes);
        return size;
    }
    const int flags = MSG_NOSIGNAL | (following != Following::kNothing ? MSG_MORE : 0);
    const int sent = held.empty() ? static_cast<int>(::send(descriptor_of(bio), from, bytes, flags))
                                  : send_behind(held, bio, from, bytes, flags);
    if (sent <= 0 && BIO_sock_should_retry(sent) != 0) BIO_set_retry_write(bio);
    if (held.empty() && following != Following::kRecord) std::string{}.swap(held);  // idle ones have none
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

BIO* new_socket_bio(int descriptor, std::string& held) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
    if (BIO_set_ex_data(bio, held_index(), &held) == 1) return bio;
    BIO_free(bio);
    return nullptr;
}

ssize_t send_in_clear(BIO* bio, const char* from, std::size_t size) {
    const int descriptor = descriptor_of(bio);
    ssize_t sent = -1;
    do sent = ::send(descriptor, from, size, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent;
}

MoreFollows::MoreFollows(Following what) { following = what; }

MoreFollows::~MoreFollows() { following = Following::kNothing; }

}  // namespace tls
