// What OpenSSL's callbacks must know of the connection they are called for. Internal to this library.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace tls {

class Context;

struct PeerData {
    const Context* context = nullptr;
    std::string host;     ///< of the server as configured; empty on a connection from a client
    std::string problem;  ///< what was wrong with the peer's certificate
};

[[nodiscard]] inline PeerData* peer_data(const SSL* ssl) {
    return static_cast<PeerData*>(SSL_get_app_data(ssl));
}

}  // namespace tls
