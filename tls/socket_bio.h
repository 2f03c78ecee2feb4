// OpenSSL's BIO of a descriptor, with one thing more: whoever sends can say that more follows at once, so
// that the kernel makes one packet of several records. Not with kernel TLS, where the kernel makes the
// records. Internal to this library.
#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <cstddef>

namespace tls {

/// Neither owns nor closes the descriptor. nullptr: out of memory.
[[nodiscard]] BIO* new_socket_bio(int descriptor);

/// send(2), for a descriptor behind which the kernel encrypts.
[[nodiscard]] ssize_t send_in_clear(BIO* bio, const char* from, std::size_t size);

/// As long as it lives, what this thread sends is followed by more, or by the end of the connection: nobody
/// needs to see it before that. The kernel waits for it no longer than 0.2 s (tcp(7), TCP_CORK).
class MoreFollows {
 public:
    explicit MoreFollows(bool more);
    ~MoreFollows();
    MoreFollows(const MoreFollows&) = delete;
    MoreFollows& operator=(const MoreFollows&) = delete;
};

}  // namespace tls
