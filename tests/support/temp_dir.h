// A folder that exists while its object does, for tests that need real files; and whole-file reading and
// writing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace support {

/// Under the system's temporary directory, owned by account() so that servers which refuse to run as root can
/// use it; the destructor removes it with all it holds. Paths are short enough for Unix sockets.
class TempDir {
 public:
    /// Fails the test if there is no such place.
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

    /// write_file() into this folder; gives the path.
    std::string write(std::string_view name, std::string_view bytes) const;

 private:
    std::filesystem::path path_;
};

/// Writes the whole file, replacing what was there, and gives it to account(), readable by its owner only.
/// Fails the test on error.
void write_file(const std::filesystem::path& path, std::string_view text);

/// The whole file; empty if there is none.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace support
