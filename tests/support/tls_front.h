// A small TLS server in front of a server in clear (or in TLS): it shows the certificate it is given, opens
// TLS in the way it is told and passes bytes on. For what a real server cannot be made to do: a weak key,
// direct TLS, bytes behind its 'S', and the man in the middle.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/certificates.h"

namespace support {

struct TlsFrontOptions {
    enum class Opening {
        kRequest,  ///< after an SSLRequest, as PostgreSQL
        kDirect,   ///< at once, with ALPN
        kRefuse,   ///< 'N', then in clear
        kGlue,     ///< 'S' and bytes in clear behind it
        kError,    ///< an ErrorResponse instead of an answer
    };
    Credentials credentials{};
    std::uint16_t server_port = 0;
    Opening opening = Opening::kRequest;
    bool server_tls = false;  ///< goes on to the server in TLS: a man in the middle
};

class TlsFront {
 public:
    explicit TlsFront(const TlsFrontOptions& options);
    ~TlsFront();
    TlsFront(const TlsFront&) = delete;
    TlsFront& operator=(const TlsFront&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// Of the last connection: the host name it was told, and whether ALPN chose PostgreSQL.
    [[nodiscard]] std::string server_name() const;
    [[nodiscard]] bool alpn() const;
    /// Handshakes that were finished.
    [[nodiscard]] int secured() const;
    /// Those of them that resumed a session.
    [[nodiscard]] int resumed() const;

 private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace support
