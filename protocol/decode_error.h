// What can be wrong with bytes from the wire. Small and trivially copyable: it is made on the path of a
// query.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace protocol {

enum class DecodeFault : std::uint8_t {
    kShort,               ///< the message ends inside a field
    kNoTerminator,        ///< a string (or a list of strings) has no zero byte at its end
    kTrailingBytes,       ///< bytes are left after the last field
    kBadLength,           ///< a length or count that cannot be
    kBadValue,            ///< a field with a value outside its set
    kProtocolTwo,         ///< start-up with protocol 2.0
    kUnsupportedVersion,  ///< start-up with another major version or an unknown request code
};

struct DecodeError {
    DecodeFault fault = DecodeFault::kShort;
    std::uint32_t offset = 0;  ///< bytes from the start of what was decoded

    friend bool operator==(const DecodeError&, const DecodeError&) = default;
};

/// "Need more bytes" is a state of the caller, never an error here.
template <class T>
using Result = tl::expected<T, DecodeError>;

/// For logs and tests.
[[nodiscard]] std::string_view name_of(DecodeFault fault);

}  // namespace protocol
