// The tail of a Bind on the console: no parameters, and in which format the columns shall come. Pure
// function. Source: PostgreSQL docs, "Message Formats", Bind.
#pragma once

#include <cstddef>
#include <vector>

#include "pooler/console/command.h"
#include "pooler/console/result_wire.h"
#include "protocol/frame.h"

namespace pooler {

/// `rest`: everything behind the two names. Errors: 08P01 for parameters, or for a number of formats that is
/// neither 0, 1 nor `column_count` (which does not matter to commands without rows); 22023 for an unknown
/// format.
[[nodiscard]] ConsoleResult<std::vector<Format>> read_bind_formats(protocol::ByteView rest,
                                                                   std::size_t column_count);

}  // namespace pooler
