// OpenSSL's BIO of a descriptor, with one thing more: whoever sends can say that more follows at once, so
// that several records leave in one packet, and with one system call. Not with kernel TLS, where the kernel
// makes the records. Internal to this library.
#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace tls {

/// Neither owns nor closes the descriptor. `held` must outlive it: records that wait there for one behind
/// them. nullptr: out of memory.
[[nodiscard]] BIO* new_socket_bio(int descriptor, std::string& held);

/// send(2), for a descriptor behind which the kernel encrypts.
[[nodiscard]] ssize_t send_in_clear(BIO* bio, const char* from, std::size_t size);

/// What comes behind that which this thread sends.
enum class Following : std::uint8_t {
    kNothing,
    kSoon,    ///< more, or the end of the connection: nobody needs to see it before that. The kernel waits no
              ///< longer than 0.2 s (tcp(7), TCP_CORK).
    kRecord,  ///< another record, with certainty and at once: it may be held back for that
};

/// As long as it lives.
class MoreFollows {
 public:
    explicit MoreFollows(Following what);
    ~MoreFollows();
    MoreFollows(const MoreFollows&) = delete;
    MoreFollows& operator=(const MoreFollows&) = delete;
};

}  // namespace tls
