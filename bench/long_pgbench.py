#!/usr/bin/env python3
"""The long form of the load test: pgbench through weir, a minute for each kind of transaction and protocol.

64 clients over ten servers and two workers, TPC-B and select-only, simple, extended and prepared. No error, sums that
agree with what the history says, and never more than ten server connections. Exit code 0 if all of it held.

    bench/long_pgbench.py [--build build/release] [--seconds 60]
"""
import argparse
import os
import pathlib
import re
import sys
import tempfile
import threading

sys.dont_write_bytecode = True

from harness.processes import BenchError, Processes, give_up_signals
from harness.servers import POOL_SIZE, USER, NullServer, Pooler, Postgres, give_to_service, postgres_program, program

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = 64
SCALE = 10
WATCH_EVERY = 0.2

SUMS = """select (select sum(abalance) from pgbench_accounts), (select sum(tbalance) from pgbench_tellers),
    (select sum(bbalance) from pgbench_branches), (select coalesce(sum(delta), 0) from pgbench_history),
    (select count(*) from pgbench_history)"""
CONNECTIONS = """select count(*) from pg_stat_activity
    where backend_type = 'client backend' and datname = 'bench' and application_name <> 'watch'"""


def ask(processes, postgres, text):
    """The fields of the only row, asked directly."""
    done = processes.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", " ", "-c", text,
                          f"host=127.0.0.1 port={postgres.port} user={USER} dbname=bench application_name=watch"], 60)
    if done.returncode != 0:
        raise BenchError(f"psql: {done.stderr}")
    return [int(field) for field in done.stdout.split()]


class Watch:
    """The largest number of server connections seen while it runs, on a thread."""

    def __init__(self, processes, postgres):
        self.processes, self.postgres = processes, postgres
        self.most = 0
        self.error = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _look(self):
        try:
            while not self._over.wait(WATCH_EVERY):
                self.most = max(self.most, ask(self.processes, self.postgres, CONNECTIONS)[0])
        except BenchError as error:
            self.error = str(error)


def pgbench(processes, port, kind, mode, seconds):
    # pgbench prepares with a blocking call: a thread with several clients could wait for a server that another of
    # its own clients holds, for ever and with any pooler.
    threads = CLIENTS if mode == "prepared" else 2
    command = [postgres_program("pgbench"), "-n", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-c", str(CLIENTS),
               "-j", str(threads), "-T", str(seconds), "-M", mode, *(["-S"] if kind == "select" else []), "bench"]
    return processes.run(command, seconds + 120)


def faults_of(done, watch):
    """What did not hold in one run, as texts."""
    faults = []
    output = done.stdout + done.stderr
    if done.returncode != 0:
        faults.append(f"pgbench ended with {done.returncode}")
    faults += [line for line in output.splitlines() if re.search(r"error|abort|fatal", line, re.I)]
    if not re.search(r"^number of failed transactions: 0 ", output, re.M):
        faults.append("failed transactions")
    if watch.error:
        faults.append(watch.error)
    if not 0 < watch.most <= POOL_SIZE:
        faults.append(f"{watch.most} server connections, {POOL_SIZE} allowed")
    return faults


def number(output, label):
    found = re.search(rf"^{label}[:=]? *=? *([\d.]+)", output, re.M)
    return float(found.group(1)) if found else 0.0


def run_one(processes, postgres, pooler, kind, mode, seconds):
    """One kind and protocol; prints a line and what went wrong. True if nothing did."""
    before = ask(processes, postgres, SUMS)
    with Watch(processes, postgres) as watch:
        done = pgbench(processes, pooler.port, kind, mode, seconds)
    faults = faults_of(done, watch)
    transactions = int(number(done.stdout, "number of transactions actually processed"))
    accounts, tellers, branches, deltas, history = ask(processes, postgres, SUMS)
    if not accounts == tellers == branches == deltas:
        faults.append(f"sums differ: accounts {accounts}, tellers {tellers}, branches {branches}, deltas {deltas}")
    written = history - before[-1]
    if transactions == 0 or written != (transactions if kind == "tpc-b" else 0):
        faults.append(f"{transactions} transactions, {written} of them in the history")
    print(f"{kind:7} {mode:9} {transactions:9} transactions, {number(done.stdout, 'tps'):9.0f} per second, "
          f"at most {watch.most} servers: {'; '.join(faults) or 'ok'}", flush=True)
    return not faults


def run_all(options, directory):
    tools = os.path.join(options.build, "bench")
    with Processes(directory, pin=False) as processes:
        postgres = Postgres(processes, SCALE)
        null = NullServer(processes, program("null_server", os.path.join(tools, "null_server")))
        path = program("weir", os.path.join(options.build, "pooler", "weir"))
        pooler = Pooler(processes, "weir", "weir", path, workers=2).start(postgres.port, null.port)
        good = [run_one(processes, postgres, pooler, kind, mode, options.seconds)
                for kind in ("tpc-b", "select") for mode in ("simple", "extended", "prepared")]
        pooler.stop()
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    return all(good)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="build folder with weir and the tools")
    parser.add_argument("--seconds", type=int, default=60, help="length of each of the six runs")
    options = parser.parse_args()
    give_up_signals()
    try:
        with tempfile.TemporaryDirectory(prefix="weir-pgbench-") as directory:
            os.chmod(directory, 0o711)
            give_to_service(directory)
            return 0 if run_all(options, directory) else 1
    except BenchError as error:
        print(f"long_pgbench: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
