// The 5-byte header in front of every tagged message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace protocol {

/// Raw bytes of the wire. A view never outlives the block it was cut from.
using ByteView = std::string_view;

inline constexpr std::size_t kHeaderBytes = 5;

/// Tag and length of one message. Source: PostgreSQL docs, "Message Formats": the length counts itself, not
/// the tag.
struct FrameHeader {
    char type = 0;
    std::uint32_t length = 0;

    [[nodiscard]] bool valid() const { return length >= 4; }
    [[nodiscard]] std::size_t body_bytes() const { return length - 4; }
    [[nodiscard]] std::size_t total_bytes() const { return std::size_t{length} + 1; }
};

[[nodiscard]] inline std::uint32_t read_uint32(const char* at) {
    const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    return byte(0) << 24U | byte(1) << 16U | byte(2) << 8U | byte(3);
}

/// `bytes` must hold at least kHeaderBytes. The caller checks valid() before using the lengths.
[[nodiscard]] inline FrameHeader read_header(ByteView bytes) {
    return {bytes[0], read_uint32(bytes.data() + 1)};
}

}  // namespace protocol
