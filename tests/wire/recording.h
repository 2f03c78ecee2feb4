// Dialogues of a real CockroachDB node as files: what crdb/README.md describes, read into steps. Pure.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace recording {

struct Step {
    enum class Kind { kSend, kExpect, kEvent };
    Kind kind = Kind::kEvent;
    int line = 0;
    std::string connection;  ///< empty if the file has only one
    std::optional<std::chrono::milliseconds> at;
    std::string text;  ///< name and fields of a message; what happened
    int write = 0;     ///< messages with the same number went out together
    std::string bytes;

    [[nodiscard]] bool says(const std::string& what) const { return text.find(what) != std::string::npos; }
};

/// Empty if the file cannot be read.
[[nodiscard]] std::vector<Step> read(const std::filesystem::path& file);

}  // namespace recording
