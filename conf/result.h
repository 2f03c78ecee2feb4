// Result alias of the conf library: a value, or a text that names file, line and key at fault.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace conf {

/// What is wrong in a configuration file, ready to be shown to the operator: "weir.ini:12: ...".
struct Error {
    std::string text;
    std::string setting{};  ///< whose value is at fault, where the text does not name it
};

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace conf
