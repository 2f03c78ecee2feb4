// The HTTP server of the process: where it listens, what its pages are made of. Owned by the process; main
// thread unless said otherwise; stop() ends its threads.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "conf/configuration.h"
#include "conf/http_address.h"
#include "pooler/metrics/http_pages.h"
#include "pooler/metrics/http_server.h"
#include "pooler/metrics/snapshot_desk.h"

namespace pooler {

class HttpService final : private SnapshotSource {
 public:
    /// `ask`: any thread; is followed by a deliver().
    explicit HttpService(std::function<void()> ask);
    ~HttpService() { stop(); }

    /// Takes up http_listen and http_token. Error: it cannot listen there; text with file and line. Nothing
    /// has changed then.
    [[nodiscard]] tl::expected<void, std::string> apply(const conf::Configuration& configuration);
    void set_readiness(Readiness readiness) { readiness_ = readiness; }
    /// Any thread.
    [[nodiscard]] Readiness readiness() const override { return readiness_; }
    void deliver(SnapshotRef snapshot) { desk_.deliver(std::move(snapshot)); }
    void stop();

 private:
    [[nodiscard]] SnapshotRef snapshot() override;
    [[nodiscard]] ListenResult<ListenSocket> open(const conf::HttpAddress& address) const;
    [[nodiscard]] ListenResult<void> listen(const std::string& where);

    std::atomic<Readiness> readiness_{Readiness::kStarting};
    std::string listening_;  ///< the setting's text; empty: nowhere
    SnapshotDesk desk_;
    HttpPages pages_;
    HttpServer server_;
};

}  // namespace pooler
