#include "pooler/metrics/http_service.h"

#include <utility>

namespace pooler {
namespace {

/// A thread of the server waits this long for figures; the process gives up on a worker earlier.
constexpr std::chrono::milliseconds kPatience{2000};
/// Owner and group; who else may look is said by a token on TCP.
constexpr unsigned kPathMode = 0660;
constexpr int kBacklog = 64;

}  // namespace

HttpService::HttpService(std::function<void()> ask)
    : desk_{HttpServer::kThreads - 1},
      pages_{static_cast<SnapshotSource&>(*this)},
      server_{[this](const HttpRequest& request) { return pages_.answer(request); }} {
    desk_.on_request(std::move(ask));
}

SnapshotRef HttpService::snapshot() { return desk_.get(kPatience); }

tl::expected<void, std::string> HttpService::apply(const conf::Configuration& configuration) {
    const auto& settings = configuration.settings;
    if (settings.http_listen != listening_)
        if (const auto done = listen(settings.http_listen); !done)
            return tl::make_unexpected(configuration.complaint("http_listen", done.error()));
    pages_.set_token(settings.http_token);
    return {};
}

ListenResult<ListenSocket> HttpService::open(const conf::HttpAddress& address) const {
    if (!address.path.empty()) return listen_at_path(address.path, kPathMode, kBacklog);
    const auto numeric = parse_numeric(address.host, address.port);
    if (!numeric) return tl::make_unexpected(std::string{"is no address"});
    return listen_at(*numeric, kBacklog);
}

ListenResult<void> HttpService::listen(const std::string& where) {
    ListenSocket socket;
    if (!where.empty()) {
        const auto address = conf::parse_http_address(where);
        if (!address) return tl::make_unexpected(address.error().text);
        auto opened = open(*address);
        if (!opened) return tl::make_unexpected(opened.error());
        socket = *std::move(opened);
    }
    server_.listen(std::move(socket));
    listening_ = where;
    return {};
}

void HttpService::stop() {
    desk_.close();
    server_.stop();
}

}  // namespace pooler
