// Looks for a text in the memory of another process: what a secret has left there.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace support {

/// Without a pattern, so that only a copy of it looks like it.
[[nodiscard]] std::string random_text(std::size_t bytes);

/// Its last part: of a block that was freed the beginning is overwritten first. Registers that the loader
/// saves on a stack are shorter.
[[nodiscard]] std::string last_part(const std::string& text);

/// Copies of this text that the process has; nullopt: its memory cannot be read here. What a sanitizer keeps
/// of each byte for itself, terabytes of addresses, is left out.
[[nodiscard]] std::optional<int> copies_in(pid_t process, const std::string& text);

}  // namespace support
