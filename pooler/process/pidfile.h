// The pidfile: says who runs, refuses to start a second time. Main thread; the file is removed when the
// object dies.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace pooler {

class Pidfile {
 public:
    Pidfile() = default;
    ~Pidfile();
    Pidfile(const Pidfile&) = delete;
    Pidfile& operator=(const Pidfile&) = delete;

    /// Error: the file names a process that lives, or cannot be understood. A file of a dead process is
    /// removed.
    [[nodiscard]] static tl::expected<void, std::string> check(const std::string& path);
    /// Creates the file with our pid.
    [[nodiscard]] tl::expected<void, std::string> write(const std::string& path);

 private:
    std::string path_;
};

}  // namespace pooler
