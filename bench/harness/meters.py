"""CPU, memory and system calls of a running process, as the kernel counts them."""
import re
import shutil
import signal
import subprocess
import time

CPU_CLOCK_SCHED = 2


def cpu_seconds(pid):
    """User and system time of all threads so far, ended ones included.

    The kernel's CPU clock of the process: the same sum as utime + stime in /proc/PID/stat, but in ns where those
    are in ticks of 10 ms.
    """
    return time.clock_gettime(((~pid) << 3) | CPU_CLOCK_SCHED)


def memory_bytes(pid):
    """{"rss": bytes, "pss": bytes}: resident, and the same with shared pages divided among their users."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as text:
        fields = dict(re.findall(r"^(Rss|Pss):\s+(\d+) kB", text.read(), re.M))
    return {"rss": int(fields["Rss"]) * 1024, "pss": int(fields["Pss"]) * 1024}


def settled_memory(pid):
    """memory_bytes once two readings 0.2 s apart agree, or after 2 s."""
    before = memory_bytes(pid)
    for _ in range(10):
        time.sleep(0.2)
        now = memory_bytes(pid)
        if now == before:
            break
        before = now
    return now


class SystemCalls:
    """Counts the system calls of a process in the `with` block. `count` is None if no tool may do it here.

    perf is asked first: it only counts. strace stops the process at each call, which lets more work gather for
    each wake-up, so its figures with many clients are too kind; the report names the tool.
    """

    EVENT = "raw_syscalls:sys_enter"

    def __init__(self, processes, pid):
        self.processes, self.pid, self.count = processes, pid, None
        self.tool = syscall_tool()

    def __enter__(self):
        commands = {"perf": ["perf", "stat", "-x", ",", "-e", self.EVENT, "-p", str(self.pid)],
                    "strace": ["strace", "-c", "-f", "-q", "-p", str(self.pid)]}
        self.process = None
        if self.tool:
            self.process = self.processes.start(commands[self.tool], "load", "syscalls.log",
                                                stderr=subprocess.PIPE, text=True)
            time.sleep(0.3)  # neither tool says when it has attached
        return self

    def __exit__(self, *_):
        if not self.process:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            text = self.process.communicate(timeout=10)[1]
            self.count = read_count(self.tool, text)
        except subprocess.TimeoutExpired:
            pass
        self.processes.stop(self.process)


def read_count(tool, text):
    """The total in what perf stat -x, or strace -c printed; None if there is none."""
    if tool == "perf":
        found = re.search(r"^(\d+),[^,]*," + re.escape(SystemCalls.EVENT), text, re.M)
        return int(found.group(1)) if found else None
    for line in text.splitlines():
        words = line.split()
        if words and words[-1] == "total":
            return int(words[3])
    return None


def syscall_tool():
    """perf, strace or None: the first that is installed and allowed to work."""
    if not hasattr(syscall_tool, "found"):
        syscall_tool.found = None
        probes = (("perf", ["perf", "stat", "-x", ",", "-e", SystemCalls.EVENT, "true"]),
                  ("strace", ["strace", "-c", "-f", "true"]))
        for tool, probe in probes:
            if not shutil.which(tool):
                continue
            done = subprocess.run(probe, capture_output=True, text=True, timeout=10, check=False)
            if done.returncode == 0 and read_count(tool, done.stderr):
                syscall_tool.found = tool
                break
    return syscall_tool.found
