// HTTP/1.1 without sockets: the bytes of a request's head in, the bytes of the answer out. The only part that
// knows cpp-httplib. One per process; may be used by several threads at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "pooler/metrics/http_message.h"

namespace pooler {

class HttpEngine {
 public:
    using Answer = std::function<HttpReply(const HttpRequest&)>;

    explicit HttpEngine(Answer answer);
    ~HttpEngine();
    HttpEngine(const HttpEngine&) = delete;
    HttpEngine& operator=(const HttpEngine&) = delete;

    /// `head`: up to and with the empty line. `local`: the client is on this machine. The answer ends the
    /// connection. Empty: what came is nothing that could be answered.
    [[nodiscard]] std::string respond(std::string head, bool local) const;

 private:
    class Server;
    std::unique_ptr<Server> server_;
};

}  // namespace pooler
