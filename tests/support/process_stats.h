// What the kernel knows about a running process: memory, descriptors, CPU time (Linux, /proc).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>

namespace support {

/// Whether this build, the program under test included, runs under a sanitizer, which keeps freed memory
/// aside: sizes then say nothing about the program.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// Resident memory; 0 if there is no such process.
[[nodiscard]] std::size_t resident_bytes(pid_t pid);

/// Open file descriptors; 0 if there is no such process or it belongs to someone else.
[[nodiscard]] std::size_t open_descriptors(pid_t pid);

/// User and system time of all its threads.
[[nodiscard]] std::chrono::milliseconds cpu_time(pid_t pid);

/// True once each of its threads has stopped: kill(pid, SIGSTOP) returns before they have.
[[nodiscard]] bool all_stopped(pid_t pid);

}  // namespace support
