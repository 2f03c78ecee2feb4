// Sockets of the service manager. Source: systemd, sd_listen_fds(3).
#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <cstring>

#include "pooler/net/listen_socket.h"

namespace pooler {

ListenResult<std::vector<ListenSocket>> activated_sockets() {
    const int count = ::sd_listen_fds(1);
    if (count < 0)
        return tl::make_unexpected(std::string{"sockets of the service manager: "} + std::strerror(-count));
    std::vector<ListenSocket> sockets;
    for (int descriptor = SD_LISTEN_FDS_START; descriptor < SD_LISTEN_FDS_START + count; ++descriptor) {
        ListenSocket socket{descriptor};
        const int family = socket.address().family();
        const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
        if (!known || ::sd_is_socket(descriptor, family, SOCK_STREAM, 1) <= 0)
            return tl::make_unexpected("descriptor " + std::to_string(descriptor) +
                                       " of the service manager is not a listening stream socket");
        ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        sockets.push_back(std::move(socket));
    }
    return sockets;
}

}  // namespace pooler
