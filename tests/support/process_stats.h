// What the kernel knows about a running process: memory, descriptors, CPU time (Linux, /proc).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>

namespace support {

/// Resident memory; 0 if there is no such process.
[[nodiscard]] std::size_t resident_bytes(pid_t pid);

/// Open file descriptors; 0 if there is no such process or it belongs to someone else.
[[nodiscard]] std::size_t open_descriptors(pid_t pid);

/// User and system time of all its threads.
[[nodiscard]] std::chrono::milliseconds cpu_time(pid_t pid);

}  // namespace support
