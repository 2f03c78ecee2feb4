#include "pooler/health/http_probe.h"

#include "tests/support/catch.h"

using pooler::http_status;

TEST_CASE("http probe: a status line, and what is none") {
    CHECK(http_status("HTTP/1.1 200 OK\r\n") == 200);
    CHECK(http_status("HTTP/1.0 503 Service Unavailable") == 503);
    CHECK(http_status("HTTP/1.1 503\r\n") == 503);
    CHECK(http_status("HTTP/1.1 503") == 503);
    for (const char* line :
         {"", "HTTP/1.1 ", "HTTP/1.1 50", "HTTP/2 200 OK....", "HTTP/1.1 5033", "HTTP/1.1 099 X",
          "HTTP/1.1 600 X", "HTTP/1.1 2x0 OK", "SSH-2.0-OpenSSH", "http/1.1 200 OK"}) {
        CAPTURE(line);
        CHECK(http_status(line) == 0);
    }
}
