#include "pooler/metrics/http_pages.h"

#include <utility>

#include "pooler/metrics/health_page.h"
#include "protocol/crypto.h"

namespace pooler {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kNotAllowed = 405;
constexpr int kUnavailable = 503;

HttpReply text(int status, std::string_view body) {
    HttpReply reply;
    reply.status = status;
    reply.body = std::string{body} + "\n";
    return reply;
}

/// The token in "Bearer <token>"; empty if there is none. The scheme's case does not matter.
/// Sources: RFC 6750, "Authorization Request Header Field"; RFC 9110, "Authentication Scheme".
std::string_view bearer(std::string_view header) {
    constexpr std::string_view kScheme = "bearer ";
    if (header.size() < kScheme.size()) return {};
    for (std::size_t i = 0; i < kScheme.size(); ++i)
        if ((header[i] | 0x20) != kScheme[i]) return {};
    header.remove_prefix(kScheme.size());
    while (header.starts_with(' ')) header.remove_prefix(1);
    return header;
}

}  // namespace

void HttpPages::set_token(std::string token) {
    const std::lock_guard lock{mutex_};
    token_ = std::move(token);
}

bool HttpPages::authorized(const HttpRequest& request) {
    const std::lock_guard lock{mutex_};
    if (token_.empty()) return request.local;
    return protocol::equal_constant_time(bearer(request.authorization), token_);
}

HttpReply HttpPages::answer(const HttpRequest& request) {
    answered_.fetch_add(1, std::memory_order_relaxed);
    if (request.path == "/livez" || authorized(request)) return page(request);
    unauthorized_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock{mutex_};
    if (token_.empty()) return text(kForbidden, "only from this machine");
    return text(kUnauthorized, "a token is needed: Authorization: Bearer ...");
}

HttpReply HttpPages::page(const HttpRequest& request) {
    const std::string& path = request.path;
    const bool known = path == "/livez" || path == "/readyz" || path == "/health" || path == "/metrics";
    if (!known) return text(kNotFound, "there are /livez, /readyz, /health and /metrics");
    if (request.method != "GET" && request.method != "HEAD")
        return text(kNotAllowed, "only GET and HEAD are answered");
    if (path == "/livez") return text(200, "alive");
    if (path == "/readyz") return readyz();
    return path == "/health" ? health() : metrics(request);
}

HttpReply HttpPages::readyz() const {
    const Readiness readiness = source_->readiness();
    return text(readiness == Readiness::kReady ? 200 : kUnavailable, word_of(readiness));
}

HttpReply HttpPages::unavailable(std::string_view why) {
    unavailable_.fetch_add(1, std::memory_order_relaxed);
    return text(kUnavailable, why);
}

HttpReply HttpPages::health() {
    const SnapshotRef snapshot = source_->snapshot();
    if (!snapshot) return unavailable("the figures did not come in time");
    HealthPage made = health_page(*snapshot);
    HttpReply reply;
    reply.status = made.health == Overall::kDown ? kUnavailable : 200;
    reply.content_type = "application/json";
    reply.body = std::move(made.json);
    return reply;
}

/// Sums that lack a worker would look like counters that went backwards: rather no page at all.
HttpReply HttpPages::metrics(const HttpRequest& request) {
    const SnapshotRef snapshot = source_->snapshot();
    if (!snapshot) return unavailable("the figures did not come in time");
    if (snapshot->process.silent_workers > 0) return unavailable("not all workers have answered in time");
    const TextFormat format = format_for(request.accept);
    HttpCounts counts;
    counts.answered = answered_;
    counts.unauthorized = unauthorized_;
    counts.unavailable = unavailable_;
    HttpReply reply;
    reply.content_type = content_type(format);
    const std::lock_guard lock{mutex_};
    reply.body = metrics_page(*snapshot, counts, limits_, format);
    return reply;
}

}  // namespace pooler
