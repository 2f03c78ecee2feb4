// One question to one HTTP server, of whose answer only the status counts: resolve, connect, TLS if need be,
// GET, close. For the readiness of nodes. Owned by whoever asks; on one loop's thread; ends in
// HttpProbeOwner::on_http_done(), once, unless it is destroyed first.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "conf/http_address.h"
#include "pooler/health/probe.h"
#include "pooler/net/handle.h"
#include "pooler/net/socket.h"
#include "pooler/server/tls_request.h"

namespace pooler {

struct HttpProbeRequest {
    conf::HttpUrl url;
    TlsPlan tls;  ///< for https; its context decides what is checked
    std::chrono::milliseconds timeout{5'000};
};

struct HttpProbeResult {
    int status = 0;     ///< 100 to 599; 0: there was no answer
    std::string error;  ///< why not
};

class HttpProbe;

class HttpProbeOwner {
 public:
    /// The probe may be destroyed here.
    virtual void on_http_done(HttpProbe& probe, HttpProbeResult result) = 0;

 protected:
    ~HttpProbeOwner() = default;
};

class HttpProbe final : private SocketOwner, private ResolveWaiter {
 public:
    HttpProbe(ProbeContext context, HttpProbeOwner& owner, HttpProbeRequest request);
    HttpProbe(const HttpProbe&) = delete;
    HttpProbe& operator=(const HttpProbe&) = delete;

    /// The owner hears how it ends, never from inside this call.
    void start();

 private:
    // SocketOwner
    void on_readable() override;
    void on_connected(int error) override;
    void on_secured(std::string_view error) override;
    // ResolveWaiter
    void on_resolved(const Resolved& answer) override;

    void send_request();
    void on_timer();
    void fail(std::string why);
    void finish();

    ProbeContext context_;
    HttpProbeOwner* owner_;
    HttpProbeRequest request_;
    HttpProbeResult result_;
    Socket socket_;
    std::string answer_;  ///< the first line of it, as far as it is there
    bool done_ = false;
    Timer timer_;
};

/// The status in "HTTP/1.1 503 Service Unavailable"; 0 if this is no such line. Source: RFC 9112, section
/// "Status Line".
[[nodiscard]] int http_status(std::string_view line);

}  // namespace pooler
