#include "pooler/pool/login_backoff.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/crypto.h"

namespace pooler {

namespace {

/// Refusals in a row after which the pause begins to double, and how often it may.
constexpr unsigned kPatience = 2;
constexpr unsigned kMaxDoublings = 16;

}  // namespace

LoginBackoff::LoginBackoff() {
    constexpr std::size_t kKeyBytes = 32;
    auto key = protocol::random_bytes(kKeyBytes);
    if (!key) std::abort();  // before anything is served
    process_key_ = std::move(*key);
}

std::string LoginBackoff::key_of(const std::vector<std::string_view>& parts) const {
    constexpr std::size_t kMaxSizeDigits = 20;
    std::size_t bytes = 0;
    for (const std::string_view part : parts) bytes += part.size() + kMaxSizeDigits + 1;
    std::string text;
    text.reserve(bytes);  // growing would leave copies behind
    for (const std::string_view part : parts)
        text.append(std::to_string(part.size())).append(":").append(part);
    std::string key{protocol::view_of(protocol::hmac_sha256(process_key_, text))};
    protocol::wipe(text);
    return key;
}

void LoginBackoff::record(const std::string& key, LoginFailure failure, Clock::time_point now,
                          Microseconds pause) {
    const std::lock_guard lock{mutex_};
    if (entries_.size() >= kMaxEntries && !entries_.contains(key)) entries_.clear();
    Entry& entry = entries_[key];
    entry.failure = std::move(failure);
    const unsigned doublings = std::min(std::max(entry.refusals, kPatience) - kPatience, kMaxDoublings);
    ++entry.refusals;
    entry.until = now + std::min(pause * (1U << doublings), std::max(kLongestPause, pause));
    count_ = entries_.size();
}

void LoginBackoff::forget(const std::string& key) {
    const std::lock_guard lock{mutex_};
    entries_.erase(key);
    count_ = entries_.size();
}

std::optional<LoginFailure> LoginBackoff::refused(const std::string& key, Clock::time_point now) const {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(key);
    if (found == entries_.end() || now >= found->second.until) return std::nullopt;
    return found->second.failure;
}

bool is_refused_secret(const LoginFailure& failure) {
    // invalid_password, invalid_authorization_specification
    if (failure.sqlstate == "28P01" || failure.sqlstate == "28000") return true;
    // What CockroachDB says of a wrong password in some versions.
    return failure.at_door && failure.sqlstate == "XXUUU";
}

bool is_outage(const LoginFailure& failure) {
    if (failure.sqlstate.empty()) return failure.message.find("wrong password type") == std::string::npos;
    // operator intervention, insufficient resources, connection exception
    return failure.sqlstate.starts_with("57") || failure.sqlstate.starts_with("53") ||
           failure.sqlstate.starts_with("08");
}

}  // namespace pooler
