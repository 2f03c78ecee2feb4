#!/usr/bin/env python3
"""Compares weir with PgBouncer: the same loads, in turn, with equal pools, on this machine.

Starts PostgreSQL, a null server and both poolers on loopback ports, and ends them again. Writes results.json,
results.md and results.svg. `macro.py --help` names the options, README.md says what the figures mean.
"""
import argparse
import datetime
import fnmatch
import os
import pathlib
import platform
import shutil
import sys
import tempfile
import time

from harness import cases, chart, report, tls
from harness.meters import syscall_tool
from harness.processes import BenchError, Processes, give_up_signals
from harness.servers import Direct, NullServer, Pooler, Postgres, POOL_SIZE, give_to_service, program
from harness.statistics import rows_of
from harness.workloads import DIRECT_KINDS, Setting, run_case

ROOT = pathlib.Path(__file__).resolve().parent.parent
WARM_UP_SECONDS = 0.3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", default=str(ROOT / "build" / "bench-results"), help="folder for the results")
    parser.add_argument("--build", default=str(ROOT / "build" / "release"),
                        help="build folder with weir and the tools")
    parser.add_argument("--candidate", default="weir", help="weir, pgbouncer, or KIND=PATH")
    parser.add_argument("--baseline", default="pgbouncer", help="the same")
    parser.add_argument("--runs", type=int, help="pairs of runs for each case (5; quick: 2)")
    parser.add_argument("--seconds", type=float, help="length of one run (3; quick: 1)")
    parser.add_argument("--workers", type=int, default=1, help="workers of weir; PgBouncer has one thread")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE",
                        help="one more line in the candidate's ini (weir only), repeatable")
    parser.add_argument("--idle-clients", type=int, help="10,000; quick: 2,000")
    parser.add_argument("--scale", type=int, default=10, help="pgbench scale factor")
    parser.add_argument("--only", action="append", help="cases by name or pattern ('null-*'), repeatable")
    parser.add_argument("--list", action="store_true", help="print the names of the cases and stop")
    parser.add_argument("--pin", action="store_true", help="pooler on the first CPU, the rest on the others")
    parser.add_argument("--quick", action="store_true", help="fewer cases, shorter runs")
    parser.add_argument("--no-direct", action="store_true", help="leave out the runs without a pooler")
    return parser.parse_args()


def make_pooler(processes, side, text, options):
    """A Pooler from weir, pgbouncer or KIND=PATH."""
    kind, _, path = text.partition("=")
    if kind not in ("weir", "pgbouncer"):
        raise BenchError(f"--{side}: {text} is neither weir nor pgbouncer")
    own_build = os.path.join(options.build, "pooler", "weir") if kind == "weir" else None
    settings = dict(line.partition("=")[::2] for line in options.setting) if side == "candidate" else {}
    return Pooler(processes, f"{side}-{kind}", kind, program(path or kind, path, own_build), options.workers, settings)


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as text:
            return next(line.split(":", 1)[1].strip() for line in text if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def environment(options, candidate, baseline, postgres):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{cpu_model()}, {len(os.sched_getaffinity(0))} CPUs, "
                   f"{platform.system()} {platform.release()}",
        "load before the start": f"{os.getloadavg()[0]:.2f}",
        "candidate": f"{candidate.version}, {candidate.workers} worker(s)",
        "baseline": baseline.version,
        "server": postgres.version if postgres else "null server only",
        "pools": f"transaction pooling, {POOL_SIZE} servers on each side, TLS where the row says so",
        "runs": f"{options.runs} pairs of {options.seconds:g} s for each case"
                + (", pooler pinned to a CPU of its own" if options.pin else ", not pinned"),
        "system calls counted by": syscall_tool() or "nothing: neither perf nor strace may",
    }


def notes_of(candidate, baseline):
    notes = []
    for side, other in ((candidate, baseline), (baseline, candidate)):
        if not side.prepares and other.prepares:
            notes.append(f"{side.version} cannot follow prepared statements in transaction pooling: in the "
                         "rows named *prepared* it runs its extended mode.")
    return notes


class Pair:
    """Runs the cases on both sides in turn."""

    def __init__(self, setting, candidate, baseline, options):
        self.setting, self.options = setting, options
        self.by_tls = {"": (candidate, baseline)}

    def sides(self, case):
        """With TLS: the same two programs once more, started when the first case wants them."""
        if case.tls not in self.by_tls:
            certificate = tls.start_tls(self.setting.processes, self.setting.null_server.path, case.tls)
            self.by_tls[case.tls] = tuple(side.with_tls(case.tls, certificate) for side in self.by_tls[""])
        return self.by_tls[case.tls]

    def rows(self, case):
        sides = self.sides(case)
        if case.kind not in ("syscalls", "idle"):
            for side in sides:
                run_case(self.setting, side, case, WARM_UP_SECONDS)
        pairs, direct = [], None
        for _ in range(self.options.runs):
            pairs.append(tuple(run_case(self.setting, side, case) for side in sides))
            if self.wants_direct(case, direct):
                direct = run_case(self.setting, Direct(), case)
                add_to_direct(case, pairs[-1], direct)
        return rows_of(case, cases.MEASURES, pairs, direct)

    def wants_direct(self, case, direct):
        """Once for each case; with one client in each round, for what a pooler adds to its latency."""
        if case.kind not in DIRECT_KINDS or case.tls or self.options.no_direct:
            return False
        return direct is None or measures_added_latency(case)


def measures_added_latency(case):
    return case.kind in ("null", "pgbench") and case.clients == 1


def add_to_direct(case, pair, direct):
    if measures_added_latency(case):
        for measures in pair:
            measures["added_p50_us"] = measures["p50_us"] - direct["p50_us"]


def progress(case, rows, started):
    parts = [f"{row.measure.key} {row.spread()[1]:.2f}" for row in rows if row.spread()]
    seconds = time.monotonic() - started
    print(f"[{seconds:6.1f} s] {case.key}: {', '.join(parts) or 'nothing measured'}", flush=True)


def measure(options, chosen, processes):
    """Starts everything, runs the cases, writes the results."""
    build = pathlib.Path(options.build) / "bench"
    candidate = make_pooler(processes, "candidate", options.candidate, options)
    baseline = make_pooler(processes, "baseline", options.baseline, options)
    null_server = NullServer(processes, program("null_server", str(build / "null_server")))
    wanted = any(case.kind == "pgbench" or case.options.get("server") == "postgres" for case in chosen)
    postgres = Postgres(processes, options.scale) if wanted else None
    for side in (candidate, baseline):
        side.start(postgres.port if postgres else null_server.port, null_server.port)
    generator = program("load_generator", str(build / "load_generator"))
    setting = Setting(processes, postgres, null_server, generator, options.seconds,
                      idle_seconds=2.0 if options.quick else 5.0)
    facts = environment(options, candidate, baseline, postgres)
    pair, rows, started = Pair(setting, candidate, baseline, options), [], time.monotonic()
    for case in chosen:
        got = pair.rows(case)
        progress(case, got, started)
        rows += got
    names = (candidate.label(baseline), baseline.label(candidate))
    report.write(options.out, rows, names, facts, notes_of(candidate, baseline),
                 chart.picture(rows, cases.MEASURES, names))
    print(f"written: {options.out}/results.md, results.svg, results.json")


def main():
    options = arguments()
    options.runs = options.runs or (2 if options.quick else 5)
    options.seconds = options.seconds or (1.0 if options.quick else 3.0)
    options.idle_clients = options.idle_clients or (2000 if options.quick else 10000)
    chosen = [case for case in cases.all_cases(options.quick, options.idle_clients)
              if not options.only or any(fnmatch.fnmatch(case.key, pattern) for pattern in options.only)]
    if options.list or not chosen:
        print("\n".join(case.key for case in chosen) or "no case has such a name")
        return 0 if chosen else 1
    give_up_signals()
    directory = tempfile.mkdtemp(prefix="weir-bench-")
    os.chmod(directory, 0o755)
    give_to_service(directory)
    try:
        with Processes(directory, options.pin) as processes:
            measure(options, chosen, processes)
    except BenchError as error:
        print(f"macro.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
