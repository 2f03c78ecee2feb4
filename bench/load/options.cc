#include "bench/load/options.h"

#include <getopt.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

namespace bench {

namespace {

constexpr std::array kModes{
    std::pair{"simple", LoadMode::kSimple},     std::pair{"extended", LoadMode::kExtended},
    std::pair{"prepared", LoadMode::kPrepared}, std::pair{"connect", LoadMode::kConnect},
    std::pair{"idle", LoadMode::kIdle},
};

// getopt's own result codes for the long options.
enum Key : int {
    kHost = 'h',
    kPort = 'p',
    kUser = 'U',
    kDatabase = 'd',
    kMode = 'm',
    kSql = 'q',
    kClients = 'c',
    kThreads = 'j',
    kTransactions = 't',
    kSeconds = 'T',
    kBegin = 1000,
    kTpcb,
    kLarge,
    kLogins,
    kGiveUp,
    kTls,
    kResume
};

const std::array<option, 18> kOptions{{
    {"host", required_argument, nullptr, kHost},
    {"port", required_argument, nullptr, kPort},
    {"user", required_argument, nullptr, kUser},
    {"database", required_argument, nullptr, kDatabase},
    {"mode", required_argument, nullptr, kMode},
    {"sql", required_argument, nullptr, kSql},
    {"clients", required_argument, nullptr, kClients},
    {"threads", required_argument, nullptr, kThreads},
    {"transactions", required_argument, nullptr, kTransactions},
    {"seconds", required_argument, nullptr, kSeconds},
    {"begin", no_argument, nullptr, kBegin},
    {"tpcb", no_argument, nullptr, kTpcb},
    {"large", required_argument, nullptr, kLarge},
    {"logins-at-once", required_argument, nullptr, kLogins},
    {"tls", no_argument, nullptr, kTls},
    {"resume", no_argument, nullptr, kResume},
    {"give-up-after", required_argument, nullptr, kGiveUp},
    {nullptr, 0, nullptr, 0},
}};

template <class Number>
bool read_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

bool read_mode(std::string_view text, LoadMode& out) {
    const auto found =
        std::find_if(kModes.begin(), kModes.end(), [&](const auto& one) { return one.first == text; });
    if (found == kModes.end()) return false;
    out = found->second;
    return true;
}

bool read_seconds(std::string_view text, std::optional<std::chrono::milliseconds>& out) {
    double seconds = 0;
    if (!read_number(text, seconds) || seconds <= 0 || seconds > 86400) return false;
    out = std::chrono::milliseconds{std::llround(seconds * 1000)};
    return true;
}

struct Endpoint {
    std::string host = "127.0.0.1";
    int port = 0;
};

// False if the value cannot be read.
bool take(int key, const char* value, LoadOptions& out, Endpoint& endpoint) {
    std::int64_t seconds = 0;
    switch (key) {
        case kHost: endpoint.host = value; return true;
        case kPort: return read_number(std::string_view{value}, endpoint.port);
        case kUser: out.user = value; return true;
        case kDatabase: out.database = value; return true;
        case kMode: return read_mode(value, out.mode);
        case kSql: out.sql = value; return true;
        case kClients: return read_number(std::string_view{value}, out.clients);
        case kThreads: return read_number(std::string_view{value}, out.threads);
        case kTransactions: return read_number(std::string_view{value}, out.transactions);
        case kSeconds: return read_seconds(value, out.duration);
        case kTls: out.tls = true; return true;
        case kResume: out.tls = out.resume = true; return true;
        case kBegin: out.in_transaction = true; return true;
        case kTpcb: out.tpcb = true; return true;
        case kLarge: out.sql = "select 'bench_large:" + std::string{value} + "'"; return true;
        case kLogins: return read_number(std::string_view{value}, out.logins_at_once);
        case kGiveUp:
            if (!read_number(std::string_view{value}, seconds)) return false;
            out.give_up_after = std::chrono::seconds{seconds};
            return true;
        default: return false;
    }
}

}  // namespace

Result<LoadOptions> parse_load_options(int argc, char** argv) {
    LoadOptions out;
    Endpoint endpoint;
    constexpr const char* kShorts = "h:p:U:d:m:q:c:j:t:T:";
    for (int key = getopt_long(argc, argv, kShorts, kOptions.data(), nullptr); key != -1;
         key = getopt_long(argc, argv, kShorts, kOptions.data(), nullptr)) {
        if (!take(key, optarg, out, endpoint)) return tl::make_unexpected(std::string{"bad option or value"});
    }
    if (optind != argc) return tl::make_unexpected(std::string{"unexpected argument "} + argv[optind]);
    auto address = parse_address(endpoint.host, endpoint.port);
    if (!address) return tl::make_unexpected(address.error());
    out.target = *address;
    if (out.target.port == 0) return tl::make_unexpected(std::string{"--port is missing"});
    if (out.clients == 0 || out.threads == 0 || out.logins_at_once == 0) {
        return tl::make_unexpected(std::string{"clients, threads and logins-at-once start at 1"});
    }
    out.threads = std::min(out.threads, out.clients);
    const bool unbounded = out.transactions == 0 && !out.duration;
    if (unbounded && out.mode != LoadMode::kIdle) out.duration = std::chrono::seconds{1};
    return out;
}

const char* mode_name(LoadMode mode) {
    const auto found =
        std::find_if(kModes.begin(), kModes.end(), [&](const auto& one) { return one.second == mode; });
    return found == kModes.end() ? "" : found->first;
}

const char* load_usage() {
    return "usage: load_generator --port N [--host 127.0.0.1] [--user bench] [--database bench]\n"
           "  [--mode simple|extended|prepared|connect|idle] [--sql TEXT | --large MEGABYTES]\n"
           "  [--begin | --tpcb] [--clients N] [--threads N] [--transactions TOTAL | --seconds S]\n"
           "  [--logins-at-once N] [--give-up-after SECONDS]\n"
           "Without --transactions and --seconds: one second; idle holds its connections until stdin "
           "closes.\n";
}

}  // namespace bench
