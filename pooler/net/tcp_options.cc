// setsockopt() calls for connected TCP sockets.
#include "pooler/net/tcp_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace pooler {

int apply_tcp_options(int descriptor, const TcpOptions& options) {
    int first_error = 0;
    const auto set = [&](int level, int name, int value) {
        if (::setsockopt(descriptor, level, name, &value, sizeof value) != 0 && first_error == 0)
            first_error = errno;
    };
    const auto set_positive = [&](int level, int name, int value) {
        if (value > 0) set(level, name, value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    set_positive(SOL_SOCKET, SO_SNDBUF, options.socket_buffer);
    set_positive(SOL_SOCKET, SO_RCVBUF, options.socket_buffer);
    set_positive(IPPROTO_TCP, TCP_USER_TIMEOUT, options.user_timeout);
    if (!options.keepalive) return first_error;
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set_positive(IPPROTO_TCP, TCP_KEEPCNT, options.keepcnt);
    set_positive(IPPROTO_TCP, TCP_KEEPIDLE, options.keepidle);
    set_positive(IPPROTO_TCP, TCP_KEEPINTVL, options.keepintvl);
    return first_error;
}

}  // namespace pooler
