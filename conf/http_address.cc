#include "conf/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace conf {
namespace {

constexpr std::size_t kLongestPath = 107;  // sun_path with its closing 0
constexpr const char* kForms = "; write 127.0.0.1:9127, [::1]:9127 or the path of a Unix socket";

tl::unexpected<Error> refuse(std::string_view text, const std::string& what) {
    return tl::make_unexpected(Error{"'" + std::string{text} + "' " + what});
}

Result<HttpAddress> unix_path(std::string_view text, std::string_view path) {
    if (path.empty() || path.front() != '/') return refuse(text, "is not an absolute path");
    if (path.size() > kLongestPath)
        return refuse(text,
                      "is too long for a Unix socket: " + std::to_string(kLongestPath) + " bytes at most");
    HttpAddress address;
    address.path = path;
    address.local = true;
    return address;
}

/// Numeric addresses only: a name may mean something else tomorrow.
bool set_host(HttpAddress& address, std::string_view host, bool brackets) {
    address.host = host;
    in_addr four{};
    if (!brackets && ::inet_pton(AF_INET, address.host.c_str(), &four) == 1) {
        address.local = (ntohl(four.s_addr) >> 24U) == 127;
        return true;
    }
    in6_addr six{};
    if (!brackets || ::inet_pton(AF_INET6, address.host.c_str(), &six) != 1) return false;
    address.local = IN6_IS_ADDR_LOOPBACK(&six);
    return true;
}

/// "name:port", "[2001:db8::1]:port", either without a port. False: the port is none.
bool take_place(HttpUrl& url, std::string_view place) {
    const auto bracket = place.starts_with('[') ? place.find(']') : std::string_view::npos;
    const bool brackets = bracket != std::string_view::npos;
    const auto colon = place.find(':', brackets ? bracket : 0);
    url.host = brackets ? place.substr(1, bracket - 1) : place.substr(0, colon);
    if (colon == std::string_view::npos) return true;
    const std::string_view port = place.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    return error == std::errc{} && end == port.data() + port.size() && url.port != 0;
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view text, std::string_view host) {
    HttpUrl url;
    url.tls = text.starts_with("https://");
    if (!url.tls && !text.starts_with("http://"))
        return refuse(text, "begins with neither http:// nor https://");
    const auto odd = [](char c) { return c <= ' ' || c > '~' || c == '#' || c == '@'; };
    if (std::any_of(text.begin(), text.end(), odd))
        return refuse(text, "holds a blank, a '#', an '@' or a letter beyond ASCII");
    const std::string_view rest = text.substr(url.tls ? 8 : 7);
    const auto slash = std::min(rest.find_first_of("/?"), rest.size());
    url.path = rest.substr(slash);
    if (!url.path.starts_with('/')) url.path.insert(0, "/");
    url.port = url.tls ? 443 : 80;
    if (!take_place(url, rest.substr(0, slash))) return refuse(text, "has no port between 1 and 65535");
    if (url.host == kHostPlace) url.host = host;
    if (url.host.empty()) return refuse(text, "names no host");
    return url;
}

Result<HttpAddress> parse_http_address(std::string_view text) {
    if (text.starts_with("unix:")) return unix_path(text, text.substr(5));
    if (text.starts_with('/')) return unix_path(text, text);
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse(text, std::string{"has no port"} + kForms);
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (brackets) host = host.substr(1, host.size() - 2);
    HttpAddress address;
    if (!set_host(address, host, brackets))
        return refuse(text, std::string{"has no numeric address"} + kForms);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc{} || end != port.data() + port.size() || address.port == 0)
        return refuse(text, "has no port between 1 and 65535");
    return address;
}

bool is_http_token(std::string_view text) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    return !text.empty() && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace conf
