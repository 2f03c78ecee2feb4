// What is answered to a request: who may see which page, and the pages. Owned by the process; called by the
// HTTP threads, several at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "pooler/metrics/http_message.h"
#include "pooler/metrics/metrics_page.h"
#include "pooler/metrics/snapshot.h"

namespace pooler {

class HttpPages {
 public:
    explicit HttpPages(SnapshotSource& source) : source_{&source} {}

    /// Main thread. Empty: none is asked for, and only this machine may look.
    void set_token(std::string token);
    [[nodiscard]] HttpReply answer(const HttpRequest& request);

 private:
    [[nodiscard]] bool authorized(const HttpRequest& request);
    [[nodiscard]] HttpReply page(const HttpRequest& request);
    [[nodiscard]] HttpReply readyz() const;
    [[nodiscard]] HttpReply health();
    [[nodiscard]] HttpReply metrics(const HttpRequest& request);
    [[nodiscard]] HttpReply unavailable(std::string_view why);

    SnapshotSource* source_;
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<std::uint64_t> unauthorized_{0};
    std::atomic<std::uint64_t> unavailable_{0};
    std::mutex mutex_;
    std::string token_;
    MetricsLimits limits_;
};

}  // namespace pooler
