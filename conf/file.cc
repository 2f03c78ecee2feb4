#include "conf/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace conf {

Result<std::string> read_file(const std::string& path) {
    const auto failed = [&] {
        return tl::make_unexpected(Error{"cannot read " + path + ": " + std::strerror(errno)});
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rbe"), &std::fclose};
    if (!file) return failed();
    std::string bytes;
    char block[4096];
    while (const std::size_t got = std::fread(block, 1, sizeof block, file.get())) bytes.append(block, got);
    if (std::ferror(file.get()) != 0) return failed();
    return bytes;
}

}  // namespace conf
