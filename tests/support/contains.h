// Whether a text holds another: what most checks of errors, logs and pages ask.
#pragma once

#include <string_view>

namespace support {

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace support
