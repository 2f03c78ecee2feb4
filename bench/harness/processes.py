"""Processes the benchmark starts, and ends again: each by its own handle, never by name."""
import contextlib
import ctypes
import os
import pwd
import resource
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
START_SECONDS = 15
STOP_SECONDS = 10


class BenchError(Exception):
    """Something the person at the keyboard has to know; ends the run with its text."""


def give_up_signals():
    """SIGTERM and SIGHUP end the script the way Ctrl-C does: through every `finally`."""
    def leave(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def free_port():
    """A loopback port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def service_user():
    """(uid, gid) for PostgreSQL, which refuses to run as root, and the poolers. None if we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise BenchError("running as root, and there is neither a user postgres nor nobody to run the servers as")


def wait_until(condition, what, seconds=START_SECONDS):
    """Calls condition until it is true; BenchError with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Processes:
    """Starts processes and remembers them; a context manager that ends them all, last first."""

    def __init__(self, directory, pin):
        self.directory = directory
        self.pin = pin
        self._running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(list(self._running)):
            self.stop(process)

    def cpus_for(self, role):
        """With --pin the pooler has the first CPU to itself, the rest the others. None: no restriction."""
        everything = sorted(os.sched_getaffinity(0))
        if not self.pin or len(everything) < 2:
            return None
        return everything[:1] if role == "pooler" else everything[1:]

    def _prepare(self, role, death_signal):
        cpus = self.cpus_for(role)

        def in_child():
            # If this script is killed, the kernel ends what it started.
            LIBC.prctl(PR_SET_PDEATHSIG, death_signal)
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            if cpus:
                os.sched_setaffinity(0, cpus)
        return in_child

    def start(self, command, role, log, as_service=False, death_signal=signal.SIGKILL, **pipes):
        """Starts `command`; its stderr (and stdout, unless piped) goes to `log` in the run's directory."""
        user = service_user() if as_service else None
        identity = {"user": user[0], "group": user[1], "extra_groups": []} if user else {}
        with open(os.path.join(self.directory, log), "ab") as output:
            arguments = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **pipes, **identity}
            process = subprocess.Popen(command, cwd=self.directory,
                                       preexec_fn=self._prepare(role, death_signal), **arguments)
        self._running.append(process)
        return process

    def run(self, command, timeout, environment=None):
        """Runs a command to its end, on the load's CPUs; gives its CompletedProcess, also if it failed."""
        process = subprocess.Popen(command, cwd=self.directory, stdin=subprocess.DEVNULL, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env={**os.environ, **(environment or {})},
                                   preexec_fn=self._prepare("load", signal.SIGKILL))
        self._running.append(process)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as late:
            raise BenchError(f"no end after {timeout} s: {' '.join(command)}") from late
        finally:
            self.stop(process)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def stop(self, process, with_signal=signal.SIGTERM):
        """Ends one process of ours; the hard way if it does not listen."""
        if process in self._running:
            self._running.remove(process)
        if process.poll() is None:
            process.send_signal(with_signal)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()

    def tail(self, log):
        """The last lines of a log, for an error message."""
        try:
            with open(os.path.join(self.directory, log), encoding="utf-8", errors="replace") as text:
                return "".join(text.readlines()[-15:])
        except OSError:
            return ""
