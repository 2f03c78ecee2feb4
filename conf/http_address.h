// What http_listen, http_token and readiness_url may be. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "conf/result.h"

namespace conf {

struct HttpAddress {
    std::string host;        ///< numeric, without brackets; empty for a Unix socket
    std::uint16_t port = 0;  ///< never 0 beside a host
    std::string path;        ///< of the Unix socket; empty for TCP
    bool local = false;      ///< only this machine can reach it: loopback or Unix socket
};

/// "127.0.0.1:9127", "[::1]:9127", "/run/weir/http.sock", "unix:/run/weir/http.sock". Error: what is wrong,
/// and what to write instead.
Result<HttpAddress> parse_http_address(std::string_view text);

/// An address to be asked: "http://192.0.2.1:8080/health?ready=1".
struct HttpUrl {
    bool tls = false;
    std::string host;  ///< name or address, without brackets
    std::uint16_t port = 0;
    std::string path;  ///< with the query; at least "/"
};

/// Where `readiness_url` stands for several hosts.
inline constexpr std::string_view kHostPlace = "{host}";

/// `host` takes the place of "{host}". Error: what is wrong.
Result<HttpUrl> parse_http_url(std::string_view text, std::string_view host = {});

/// The characters of a bearer token. Source: RFC 6750, section "Authorization Request Header Field".
bool is_http_token(std::string_view text);

}  // namespace conf
