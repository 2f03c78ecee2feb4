#!/usr/bin/env python3
"""What further workers bring: the same load against the null server through weir with 1, 2, ... workers, in turn.

With few cores the load and the far end need as much of the machine as the pooler; so the CPU time of all three is
printed beside the rate. The last column is the longest time that a client of a pooler waited, over all of its runs,
while another worker had an idle server (SHOW HANDOVERS); beyond its bound the exit code is 1.

    bench/scale.py [--build build/release] [--workers 2] [--clients 64] [--seconds 2] [--runs 5]
"""
import argparse
import os
import pathlib
import resource
import shutil
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True

from harness.meters import cpu_seconds
from harness.processes import BenchError, Processes, give_up_signals
from harness.servers import USER, NullServer, Pooler, give_to_service, program
from harness.simple_client import SimpleClient
from harness.workloads import Setting, run_generator

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODES = ("simple", "prepared")
# Beyond what the machine itself keeps a thread waiting, it is one turn of the other worker's loop.
MISSED_WAIT_BOUND_MS = 100


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"))
    parser.add_argument("--workers", type=int, default=2, help="the most")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def one_run(setting, pooler, mode, options):
    """{name: value}: rate, and how many cores each of the three used."""
    before = (cpu_seconds(pooler.pid), children_cpu(), cpu_seconds(setting.null_server.process.pid))
    got = run_generator(setting, pooler, "--mode", mode, "--clients", str(options.clients), "--threads", "2",
                        "--seconds", str(options.seconds))
    after = (cpu_seconds(pooler.pid), children_cpu(), cpu_seconds(setting.null_server.process.pid))
    cores = [(b - a) / got["seconds"] for a, b in zip(before, after)]
    return {"tps": got["tps"], "pooler": cores[0], "load": cores[1], "null": cores[2],
            "cpu_us": cores[0] / got["tps"] * 1e6, "p99_us": got["latency_us"]["p99"]}


def longest_missed_wait_ms(pooler):
    with SimpleClient(pooler.port, USER, "pgbouncer") as console:
        return max(int(row[3]) for row in console.query("SHOW HANDOVERS")) / 1000


def measure(options, processes):
    """Whether the bound of the missed wait was held."""
    build = pathlib.Path(options.build)
    null_server = NullServer(processes, program("null_server", str(build / "bench" / "null_server")))
    setting = Setting(processes, None, null_server, program("x", str(build / "bench" / "load_generator")),
                      options.seconds, idle_seconds=0)
    poolers = []
    for workers in range(1, options.workers + 1):
        pooler = Pooler(processes, f"workers-{workers}", "weir", str(build / "pooler" / "weir"), workers,
                        {"admin_users": USER})
        poolers.append(pooler.start(null_server.port, null_server.port))
    print("| mode | workers | tps | to one worker, min – median – max | cores: pooler | load | null server "
          "| µs of CPU per transaction | p99 µs | longest missed wait, ms |\n"
          "|---|--:|--:|:-:|--:|--:|--:|--:|--:|--:|")
    for mode in MODES:
        runs = [[one_run(setting, pooler, mode, options) for pooler in poolers] for _ in range(options.runs)]
        for at, pooler in enumerate(poolers):
            ratios = sorted(run[at]["tps"] / run[0]["tps"] for run in runs)
            middle = {key: statistics.median(run[at][key] for run in runs) for key in runs[0][at]}
            print(f"| {mode} | {pooler.workers} | {middle['tps']:,.0f} | {ratios[0]:.2f} – "
                  f"{statistics.median(ratios):.2f} – {ratios[-1]:.2f} | {middle['pooler']:.2f} "
                  f"| {middle['load']:.2f} | {middle['null']:.2f} | {middle['cpu_us']:.1f} "
                  f"| {middle['p99_us']:,.0f} | {longest_missed_wait_ms(pooler):.1f} |", flush=True)
    longest = max(longest_missed_wait_ms(pooler) for pooler in poolers)
    held = longest <= MISSED_WAIT_BOUND_MS
    print(f"\nno client waits longer than {MISSED_WAIT_BOUND_MS} ms beside an idle server: "
          f"{'held' if held else 'NOT held'}, {longest:.1f} ms")
    return held


def main():
    options = arguments()
    give_up_signals()
    directory = tempfile.mkdtemp(prefix="weir-scale-")
    os.chmod(directory, 0o755)
    give_to_service(directory)
    try:
        with Processes(directory, False) as processes:
            return 0 if measure(options, processes) else 1
    except BenchError as error:
        print(f"scale.py: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
