// Preloaded into a pooler under test: its wall clock is off by as many seconds as the file says that
// WEIR_TEST_CLOCK names (eight bytes, looked at with each question). The monotonic clock is left alone.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

std::int64_t offset() {
    static const volatile std::int64_t* const shared = [] {
        const char* path = std::getenv("WEIR_TEST_CLOCK");
        const int fd = path != nullptr ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
        void* mapped = fd < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof *shared, PROT_READ, MAP_SHARED, fd, 0);
        return mapped == MAP_FAILED ? nullptr : static_cast<const volatile std::int64_t*>(mapped);
    }();
    return shared != nullptr ? *shared : 0;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
    const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, out));
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += offset();
    return result;
}

int gettimeofday(timeval* out, void* /*zone*/) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    constexpr long kNsInUs = 1000;
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / kNsInUs;
    return 0;
}

time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
}
