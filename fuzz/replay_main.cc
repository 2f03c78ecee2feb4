// Runs a fuzz target once over every file of the folders given: the known inputs as an ordinary test.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::filesystem::path> files_of(const char* folder) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
        if (entry.is_regular_file(error)) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// The input is copied to a block of exactly its size, so that a sanitizer sees a byte read beyond it.
void replay(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, {}};
    const auto block = std::make_unique<std::uint8_t[]>(content.size());
    std::copy(content.begin(), content.end(), block.get());
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);  // names the culprit if the next line crashes
    LLVMFuzzerTestOneInput(block.get(), content.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t replayed = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& file : files_of(argv[i])) {
            replay(file);
            ++replayed;
        }
    }
    std::printf("%zu inputs replayed\n", replayed);
    return replayed == 0 ? 1 : 0;  // an empty or missing corpus tests nothing
}
