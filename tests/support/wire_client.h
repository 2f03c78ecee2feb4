// A client that speaks the protocol byte by byte over its own socket: for everything libpq would never send.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/client.h"
#include "tests/support/eventually.h"
#include "tests/support/wire_message.h"

namespace support {

class WireClient {
 public:
    /// Fails the test if nobody listens on 127.0.0.1:port.
    explicit WireClient(std::uint16_t port);
    /// The same over a Unix socket: the full path of the socket file.
    explicit WireClient(const std::filesystem::path& socket);
    ~WireClient();
    WireClient(WireClient&& other) noexcept;
    WireClient& operator=(WireClient&&) = delete;

    /// Connects, sends the startup message and answers a request for a clear-text password; fails the test if
    /// ReadyForQuery does not come.
    [[nodiscard]] static WireClient logged_in(const Login& login, const wire::Parameters& more = {});
    /// The same for a pooler that may refuse: nothing, and why in `error`.
    [[nodiscard]] static std::optional<WireClient> log_in(const Login& login, const wire::Parameters& more,
                                                          std::string& error);

    /// False if the peer no longer takes bytes.
    bool send(std::string_view bytes);
    /// In pieces, each a packet of its own.
    bool send_in_pieces(std::string_view bytes, std::size_t piece_bytes);

    /// One raw byte, as in the answer to SSLRequest; empty at the end of the stream.
    std::optional<char> read_byte();
    /// The next message; empty at the end of the stream. Fails the test if neither comes before the deadline.
    std::optional<wire::Message> read();
    /// Everything up to and including the first message of this type, or the end of the stream.
    wire::Messages read_until(char type);
    /// The answer to one Query or Sync, without ParameterStatus, which may come at any time.
    wire::Messages read_answer();
    /// Sends, then read_answer().
    wire::Messages exchange(std::string_view bytes);
    /// Everything up to the end of the stream.
    wire::Messages read_to_end();
    /// True if no byte arrives and the peer does not close during `period`.
    [[nodiscard]] bool silent(Clock::duration period);

    /// What has arrived of a message that is not complete.
    [[nodiscard]] std::string_view unread() const { return std::string_view(buffer_).substr(consumed_); }

    /// Shuts the sending half, as a client that dies after its last byte.
    void finish_sending();
    /// Closes with RST instead of FIN.
    void reset();
    void close();

    /// The body of BackendKeyData, after a login.
    [[nodiscard]] const std::string& backend_key() const { return backend_key_; }
    [[nodiscard]] int fd() const { return fd_; }

 private:
    explicit WireClient(int fd) : fd_(fd) {}
    /// False at the end of the stream.
    bool fill(std::size_t bytes);

    int fd_ = -1;
    std::string buffer_;
    std::size_t consumed_ = 0;
    std::string backend_key_;
};

}  // namespace support
