// The tcp_* settings as options of a socket, for clients and servers alike.
#pragma once

#include "conf/settings.h"
#include "pooler/net/tcp_options.h"

namespace pooler {

[[nodiscard]] inline TcpOptions tcp_options_of(const conf::Settings& settings) {
    return {.keepalive = settings.tcp_keepalive,
            .keepcnt = settings.tcp_keepcnt,
            .keepidle = settings.tcp_keepidle,
            .keepintvl = settings.tcp_keepintvl,
            .socket_buffer = settings.tcp_socket_buffer,
            .user_timeout = settings.tcp_user_timeout};
}

}  // namespace pooler
