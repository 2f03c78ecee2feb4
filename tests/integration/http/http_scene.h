// A pooler with its HTTP server on a port of loopback.
#pragma once

#include <string>

#include "tests/integration/scene.h"
#include "tests/support/free_port.h"
#include "tests/support/http_client.h"

namespace scene {

struct HttpWeir {
    explicit HttpWeir(support::WeirConfig config)
        : port{support::free_port()}, weir{config.set("http_listen", "127.0.0.1:" + std::to_string(port))} {}
    HttpWeir() : HttpWeir(before(support::Postgres::shared())) {}

    [[nodiscard]] support::HttpAnswer get(const std::string& path, const std::string& headers = "") const {
        return support::http(port, path, headers);
    }
    [[nodiscard]] int status(const std::string& path, const std::string& headers = "") const {
        return get(path, headers).status;
    }

    std::uint16_t port;
    support::Weir weir;
};

}  // namespace scene
