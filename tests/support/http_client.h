// A plain HTTP client for tests: one request per connection, read to the end, with a deadline. Bytes can be
// sent as they are, so that what no library would send can be tried.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/support/eventually.h"

namespace support {

struct HttpAnswer {
    int status = 0;                              ///< 0: no answer
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

class HttpConnection {
 public:
    /// To a port of 127.0.0.1. Not open if nobody listens there.
    explicit HttpConnection(std::uint16_t port);
    /// To a Unix socket.
    explicit HttpConnection(const std::string& path);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    [[nodiscard]] bool open() const { return descriptor_ >= 0; }
    void send(const std::string& bytes) const;
    /// Everything until the other side closes; what came so far if it does not before the deadline.
    [[nodiscard]] std::string read_to_end(Clock::duration deadline = kDeadline);
    /// The other side has closed, or does before the deadline.
    [[nodiscard]] bool ends(Clock::duration deadline = kDeadline);

 private:
    int descriptor_ = -1;
};

[[nodiscard]] HttpAnswer parse_http(const std::string& bytes);
/// `headers`: whole lines with their ends.
[[nodiscard]] HttpAnswer http(std::uint16_t port, const std::string& path, const std::string& headers = "",
                              const std::string& method = "GET");

}  // namespace support
