// tls-server-end-point: the hash of the server's certificate, by which a password exchange is tied to the
// connection it runs over. Source: RFC 5929.
#pragma once

#include <openssl/types.h>

#include <string>

#include "tls/error.h"

namespace tls {

/// With the hash of the certificate's own signature, SHA-256 in place of MD5 and SHA-1. Error: the signature
/// has no hash by which this is defined (as with Ed25519).
[[nodiscard]] Result<std::string> end_point_hash(X509* certificate);

}  // namespace tls
