// setsockopt() calls for TCP sockets, connected and listening.
#include "pooler/net/tcp_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace pooler {

namespace {

/// Sets options of one descriptor and remembers the first error.
class Setter {
 public:
    explicit Setter(int descriptor) : descriptor_{descriptor} {}

    void set(int level, int name, int value) {
        if (::setsockopt(descriptor_, level, name, &value, sizeof value) != 0 && first_error_ == 0)
            first_error_ = errno;
    }
    void set_positive(int level, int name, int value) {
        if (value > 0) set(level, name, value);
    }
    [[nodiscard]] int first_error() const { return first_error_; }

 private:
    int descriptor_;
    int first_error_ = 0;
};

}  // namespace

int apply_tcp_options(int descriptor, const TcpOptions& options) {
    Setter setter{descriptor};
    setter.set(IPPROTO_TCP, TCP_NODELAY, 1);
    if (options.keepalive) setter.set(SOL_SOCKET, SO_KEEPALIVE, 1);
    const int own = apply_own_options(descriptor, options);
    return setter.first_error() != 0 ? setter.first_error() : own;
}

int apply_inherited_options(int listener, const TcpOptions& options) {
    Setter setter{listener};
    setter.set(IPPROTO_TCP, TCP_NODELAY, 1);
    setter.set(SOL_SOCKET, SO_KEEPALIVE, options.keepalive ? 1 : 0);
    return setter.first_error();
}

int apply_own_options(int descriptor, const TcpOptions& options) {
    Setter setter{descriptor};
    setter.set_positive(SOL_SOCKET, SO_SNDBUF, options.socket_buffer);
    setter.set_positive(SOL_SOCKET, SO_RCVBUF, options.socket_buffer);
    setter.set_positive(IPPROTO_TCP, TCP_USER_TIMEOUT, options.user_timeout);
    if (!options.keepalive) return setter.first_error();
    setter.set_positive(IPPROTO_TCP, TCP_KEEPCNT, options.keepcnt);
    setter.set_positive(IPPROTO_TCP, TCP_KEEPIDLE, options.keepidle);
    setter.set_positive(IPPROTO_TCP, TCP_KEEPINTVL, options.keepintvl);
    return setter.first_error();
}

}  // namespace pooler
