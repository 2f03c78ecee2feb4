// A request and its answer, as the pages see them.
#pragma once

#include <string>

namespace pooler {

struct HttpRequest {
    std::string method;
    std::string path;  ///< decoded, without the query
    std::string accept;
    std::string authorization;
    bool local = false;  ///< the client is on this machine
};

struct HttpReply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

}  // namespace pooler
