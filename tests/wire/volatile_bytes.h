// The bytes of a recorded message that differ from run to run (crdb/README.md, "Volatile bytes"), replaced by
// names. Everything else stays as it is, so that two messages are equal afterwards or differ in earnest.
#pragma once

#include <string>

#include "tests/support/wire_message.h"

namespace recording {

/// Readable, for the report of a difference.
[[nodiscard]] std::string without_volatile(const support::wire::Message& message);
/// The same for an answer of the HTTP endpoint.
[[nodiscard]] std::string without_date(const std::string& http);

}  // namespace recording
