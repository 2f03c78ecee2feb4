#include "conf/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

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

}  // namespace

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
