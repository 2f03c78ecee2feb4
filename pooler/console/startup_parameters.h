// What a console client is told after it has logged in. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "protocol/frame.h"

namespace pooler {

/// ParameterStatus messages, BackendKeyData and ReadyForQuery: all that follows AuthenticationOk on the
/// console. `cancel_key`: process id and secret, as a CancelRequest will bring them back.
void encode_console_greeting(std::string& out, protocol::ByteView cancel_key);

}  // namespace pooler
