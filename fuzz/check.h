// The one assertion of the fuzz targets: kept in every build, and a crash that libFuzzer records.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace fuzz {

inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "fuzz: broken: %s\n", what);
    std::abort();
}

}  // namespace fuzz
