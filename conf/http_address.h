// What http_listen and http_token may be. Pure; any thread.
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

/// The characters of a bearer token. Source: RFC 6750, section "Authorization Request Header Field".
bool is_http_token(std::string_view text);

}  // namespace conf
