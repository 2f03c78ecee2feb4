// The texts of 40001, as recorded in tests/wire/crdb: everything a node says about the transaction is there,
// with values of this process's own time and random numbers.
#include <array>
#include <chrono>
#include <cstdio>
#include <random>

#include "tests/support/crdb/error.h"

namespace support::crdb::errors {
namespace {

constexpr const char* kDocs =
    "See: https://www.cockroachlabs.com/docs/v21.2/transaction-retry-error-reference.html";
constexpr const char* kPrefix = "restart transaction: TransactionRetryWithProtoRefreshError: ";

/// What stands in `meta={...}` and behind it.
struct Meta {
    bool with_key = true;
    const char* state = "PENDING";
    int pushed = 1;  ///< logical part of ts
    int writes = 1;  ///< seq
};

template <class... Values>
std::string print(const char* format, Values... values) {
    std::array<char, 512> text{};
    const int length = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string timestamp(std::int64_t nanoseconds, int logical) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    return print("%lld.%09lld,%d", static_cast<long long>(nanoseconds / kSecond),
                 static_cast<long long>(nanoseconds % kSecond), logical);
}

struct Times {
    std::int64_t begin;
    std::int64_t now;
};

Times times() {
    using std::chrono::duration_cast;
    const auto now =
        duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
    constexpr std::int64_t kAge = 1'000'000;
    return {now.count() - kAge, now.count()};
}

std::string meta_text(const Meta& meta, const Times& at) {
    constexpr std::int64_t kUncertainty = 500'000'000;
    constexpr double kPriorities = 1e-9;
    thread_local std::mt19937 random{std::random_device{}()};
    const auto id = static_cast<unsigned>(random());
    const double priority = static_cast<double>(random() % 10'000'000U) * kPriorities;
    return print(
        "\"sql txn\" meta={id=%08x %spri=%.8f epo=0 ts=%s min=%s seq=%d} lock=true stat=%s rts=%s "
        "wto=false gul=%s",
        id, meta.with_key ? "key=/Table/52/1/2/0 " : "", priority,
        timestamp(meta.pushed != 0 ? at.now : at.begin, meta.pushed).c_str(), timestamp(at.begin, 0).c_str(),
        meta.writes, meta.state, timestamp(at.begin, 0).c_str(),
        timestamp(at.begin + kUncertainty, 0).c_str());
}

Error retry_error(const std::string& inner, const std::string& anchor) {
    Error error{"40001", kPrefix + inner};
    error.hint = kDocs + anchor;
    return error;
}

Error forced() {
    Error error{"40001",
                "restart transaction: crdb_internal.force_retry(): TransactionRetryWithProtoRefreshError: "
                "forced by crdb_internal.force_retry()"};
    error.hint = kDocs;
    error.file = "eval.go";
    error.line = "4046";
    error.routine = "MaybeWrapError";
    return error;
}

}  // namespace

Error retry(Reason reason) {
    const auto at = times();
    switch (reason) {
        case Reason::kWriteTooOld:
            return retry_error("WriteTooOldError: write at timestamp " + timestamp(at.begin, 0) +
                                   " too old; wrote at " + timestamp(at.now, 1) + ": " +
                                   meta_text({false, "PENDING", 1, 0}, at),
                               "");
        case Reason::kSerializable:
            return retry_error(
                "TransactionRetryError: retry txn (RETRY_SERIALIZABLE - failed preemptive refresh): " +
                    meta_text({true, "PENDING", 1, 1}, at),
                "#retry_serializable");
        case Reason::kAbortSpan:
            return retry_error(
                "TransactionAbortedError(ABORT_REASON_ABORT_SPAN): " + meta_text({true, "ABORTED", 0, 1}, at),
                "#abort_reason_abort_span");
        case Reason::kPusherAborted:
            return retry_error("TransactionAbortedError(ABORT_REASON_PUSHER_ABORTED): " +
                                   meta_text({true, "ABORTED", 0, 1}, at),
                               "#abort_reason_pusher_aborted");
        case Reason::kForced: break;
    }
    return forced();
}

}  // namespace support::crdb::errors
