// TCP ports for servers under test.
#pragma once

#include <cstdint>

namespace support {

/// A port on 127.0.0.1 that nothing listens on and that no other test process will be given before this one
/// ends. It lies below the range that the system uses for outgoing connections, so load cannot take it
/// either.
[[nodiscard]] std::uint16_t free_port();

}  // namespace support
