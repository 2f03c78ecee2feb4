// Options of connected TCP sockets, towards clients and servers alike. Any thread.
#pragma once

namespace pooler {

/// TCP_NODELAY is always set: what belongs together is sent together anyway. 0 leaves the system's value.
struct TcpOptions {
    bool keepalive = true;
    int keepcnt = 0;
    int keepidle = 0;       ///< seconds
    int keepintvl = 0;      ///< seconds
    int socket_buffer = 0;  ///< bytes, both directions
    int user_timeout = 0;   ///< milliseconds
};

/// Returns 0 or the errno of the first option that was refused; the others are set nevertheless.
int apply_tcp_options(int descriptor, const TcpOptions& options);

/// What a connection inherits from its listening socket: TCP_NODELAY and SO_KEEPALIVE, so that the usual
/// configuration costs no call for each connection. Returns as above.
int apply_inherited_options(int listener, const TcpOptions& options);
/// The others, for an accepted connection whose listener has had apply_inherited_options().
int apply_own_options(int descriptor, const TcpOptions& options);

}  // namespace pooler
