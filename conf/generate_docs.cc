// Build tool: writes docs/configuration.md and deploy/weir.sample.ini from the tables of this library, or
// checks that they are what it would write. Usage: generate_docs [--check] TEMPLATE PAGE SAMPLE
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "conf/documentation.h"
#include "conf/file.h"

namespace {

bool is_current(const std::string& path, const std::string& wanted) {
    const auto now = conf::read_file(path);
    if (now && *now == wanted) return true;
    std::fprintf(stderr, "%s is out of date; run: cmake --build BUILD --target docs\n", path.c_str());
    return false;
}

bool write(const std::string& path, const std::string& bytes) {
    std::ofstream out{path, std::ios::binary | std::ios::trunc};
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (out) return true;
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
    char** const files = argv + (check ? 2 : 1);
    if (argc != (check ? 5 : 4)) {
        std::fputs("usage: generate_docs [--check] TEMPLATE PAGE SAMPLE\n", stderr);
        return 2;
    }
    const auto page_template = conf::read_file(files[0]);
    if (!page_template) {
        std::fprintf(stderr, "%s\n", page_template.error().text.c_str());
        return 2;
    }
    const auto handle = check ? is_current : write;
    const bool page = handle(files[1], conf::configuration_page(*page_template));
    const bool sample = handle(files[2], conf::sample_ini());
    return page && sample ? 0 : 1;
}
