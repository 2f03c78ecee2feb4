// Whether the servers say of themselves, over HTTP, that they are ready (readiness_url): asked for every
// health_check_retry, since a node that drains says so for a few seconds only. An answer of 503 marks the
// address as draining, one of 2xx takes that back; others, and none, are no verdict. Owned by the process,
// its thread only; close() before the loop ends. Nothing of this waits: HttpProbe works on the process's
// loop.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "pooler/health/http_probe.h"
#include "pooler/process/health_desk.h"

namespace pooler {

class ReadinessOwner {
 public:
    /// An address of the database's primary changed its mind.
    virtual void on_readiness(const std::string& database, const std::string& host, bool ready) = 0;

 protected:
    ~ReadinessOwner() = default;
};

class ReadinessDesk final : private HttpProbeOwner {
 public:
    using ConfigurationRef = std::shared_ptr<const conf::Configuration>;

    ReadinessDesk(uv_loop_t* loop, ProcessShared& shared, HealthDesk& health, ReadinessOwner& owner);

    /// At start and after each change: what is known of addresses that stay is kept.
    void configure(ConfigurationRef configuration, TlsContexts::Ref tls);
    void take_tls(TlsContexts::Ref tls) { tls_ = std::move(tls); }
    /// Asked of the primary's addresses; others are always ready.
    [[nodiscard]] bool draining(std::string_view database, std::string_view target,
                                std::string_view host) const;
    void close();

 private:
    struct Asked {
        std::string database;
        std::string host;
        conf::HttpUrl url;
        bool ready = true;
        int unanswered = 0;  ///< in a row
        std::string last_error;
        std::unique_ptr<HttpProbe> probe;
        Clock::time_point due;
    };
    void on_http_done(HttpProbe& probe, HttpProbeResult result) override;
    void on_timer();
    void arm();
    void start(Asked& asked);
    [[nodiscard]] std::unique_ptr<Asked> take_or_make(const std::string& database, const std::string& host);
    void note_error(Asked& asked, const std::string& error) const;
    void enter(Asked& asked, bool ready);
    void note_bad_hosts(const std::string& database);

    ProcessShared* shared_;
    HealthDesk* health_;
    ReadinessOwner* owner_;
    ConfigurationRef configuration_;
    TlsContexts::Ref tls_;
    std::vector<std::unique_ptr<Asked>> asked_;
    Timer timer_;
    std::mt19937 random_{std::random_device{}()};
};

}  // namespace pooler
