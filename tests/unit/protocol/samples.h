// One well-formed sample of every message that has a decoder, for tests that break them in every way.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/decode_error.h"

namespace samples {

struct Sample {
    std::string name;
    std::string message;  ///< as on the wire, header included
    /// The decoder applied to a body (start-up packets: to the whole packet); the error, if any.
    std::function<std::optional<protocol::DecodeError>(std::string_view)> decode;
    std::size_t header_bytes = 5;

    [[nodiscard]] std::string_view body() const { return std::string_view{message}.substr(header_bytes); }
};

[[nodiscard]] std::vector<Sample> all();

}  // namespace samples
