// What follows a message of an extended batch in the bytes that have come with it. Pure functions; views into
// their arguments.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/message_type.h"

namespace pooler {

/// `bytes` begin with a whole message of this type: takes it off and returns its body.
[[nodiscard]] std::optional<std::string_view> take_body(std::string_view& bytes, protocol::FrontendType type);

struct ExecutedNext {
    bool described = false;  ///< the portal is described first
};

/// [Describe of this portal,] Execute of it, Sync.
[[nodiscard]] std::optional<ExecutedNext> executed_next(std::string_view ahead, std::string_view portal);

}  // namespace pooler
