#!/usr/bin/env python3
"""What reads on replicas cost the pooler: the same select with no replica configured, and routed to a streaming standby.

Two figures for each protocol: CPU time (user and system) per select of two poolers that run the same load in turn, as the
median ratio of the pairs; and instructions of weir alone per select, by callgrind, which do not depend on what else the
machine does and leave the kernel's out. pgbench select-only, one client, one worker.

    bench/route_cost.py [--build build/release] [--rounds 15] [--transactions 3000] [--no-callgrind | --only-callgrind]
"""
import argparse
import os
import pathlib
import re
import signal
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True

from harness.processes import BenchError, Processes, accepts, free_port, give_up_signals, wait_until
from harness.servers import (POOLER_INI, POSTGRES_SETTINGS, USER, Postgres, give_to_service, postgres_program,
                             program)

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 300


def start_standby(processes, primary):
    port, data = free_port(), os.path.join(processes.directory, "standby")
    backup = processes.start([postgres_program("pg_basebackup"), "-D", data, "-R", "-X", "stream", "-c", "fast",
                              "--no-sync", "-h", "127.0.0.1", "-p", str(primary.port), "-U", USER], "load",
                             "basebackup.log", as_service=True)
    if backup.wait(PATIENCE) != 0:
        raise BenchError(f"pg_basebackup failed:\n{processes.tail('basebackup.log')}")
    processes.stop(backup)
    settings = [part for item in POSTGRES_SETTINGS.items() for part in ("-c", "=".join(item))]
    processes.start([postgres_program("postgres"), "-D", data, "-p", str(port), *settings], "load", "standby.log",
                    as_service=True, death_signal=signal.SIGQUIT)
    wait_until(lambda: accepts(port), "the standby listens", PATIENCE)
    return port


def psql(processes, port, database, text):
    return processes.run(["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-c", text,
                          database], PATIENCE)


class Weir:
    """One pooler; `replica` is the standby's port, or None. As a child of callgrind if `traced`."""

    def __init__(self, processes, path, primary, replica, traced, name):
        self.processes, self.name = processes, name
        self.port = free_port()
        userlist, ini = (os.path.join(processes.directory, f"{name}.{end}") for end in ("txt", "ini"))
        pathlib.Path(userlist).write_text(f'"{USER}" ""\n', encoding="utf-8")
        text = POOLER_INI.format(port=self.port, postgres_port=primary.port, null_port=1, null_tls_port=1,
                                 userlist=userlist, pool_size=1, max_clients=10, tls="",
                                 own=f"workers = 1\nadmin_users = {USER}\n")
        if replica:
            text = text.replace("dbname=bench\n", f"dbname=bench replicas='postgresql://127.0.0.1:{replica}/' "
                                                  "replica_kind=streaming\n")
        pathlib.Path(ini).write_text(text, encoding="utf-8")
        command = [path, ini]
        if traced:
            command = [program("valgrind"), "--tool=callgrind",
                       f"--callgrind-out-file={processes.directory}/{name}.out", *command]
        self.process = processes.start(command, "pooler", f"{name}.log", as_service=True)
        wait_until(lambda: self.process.poll() is None and accepts(self.port), f"{name} listens", PATIENCE)
        if replica:
            wait_until(self.routes, "reads go to the standby", PATIENCE)

    def routes(self):
        psql(self.processes, self.port, "bench", "select 1")
        said = psql(self.processes, self.port, "weir", "EXPLAIN ROUTE 'select 1' FOR bench").stdout
        return "replica:1|100|" in said

    def load(self, mode, transactions):
        done = self.processes.run([postgres_program("pgbench"), "-n", "-S", "-M", mode, "-h", "127.0.0.1", "-p",
                                   str(self.port), "-U", USER, "-c", "1", "-t", str(transactions), "bench"], PATIENCE)
        if done.returncode != 0:
            raise BenchError(f"pgbench: {done.stderr}")

    def cpu(self):
        """Seconds of all its threads; the kernel counts in units of nanoseconds here."""
        total = 0
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def end(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)


def instructions(processes, path, primary, replica, mode, transactions):
    name = f"weir-{'on' if replica else 'off'}-{mode}-{transactions}"
    weir = Weir(processes, path, primary, replica, True, name)
    weir.load(mode, transactions)
    weir.end()
    found = re.search(r"Collected : (\d+)", processes.tail(f"{name}.log"))
    if not found:
        raise BenchError(f"callgrind has counted nothing:\n{processes.tail(f'{name}.log')}")
    return int(found.group(1))


def count_instructions(processes, path, primary, standby, few):
    for mode in ("simple", "prepared"):
        off, on = ((instructions(processes, path, primary, replica, mode, 3 * few) -
                    instructions(processes, path, primary, replica, mode, few)) / (2 * few)
                   for replica in (None, standby))
        print(f"{mode}: {off:.0f} instructions without routing, {on:.0f} with, {100 * (on / off - 1):+.1f} %",
              flush=True)


def compare_times(processes, path, primary, standby, rounds, transactions):
    both = [Weir(processes, path, primary, replica, False, name)
            for replica, name in ((None, "weir-off"), (standby, "weir-on"))]
    for mode in ("simple", "prepared"):
        pairs = []
        for number in range(rounds):
            spent = {}
            for weir in both if number % 2 == 0 else reversed(both):
                before = weir.cpu()
                weir.load(mode, transactions)
                spent[weir.name] = (weir.cpu() - before) / transactions * 1e6
            pairs.append((spent["weir-off"], spent["weir-on"]))
        ratios = sorted(on / off for off, on in pairs)
        print(f"{mode}: {statistics.median(off for off, _ in pairs):.1f} us of CPU per select without routing, "
              f"{statistics.median(on for _, on in pairs):.1f} with; ratio {ratios[0]:.3f} - "
              f"{statistics.median(ratios):.3f} - {ratios[-1]:.3f} of {rounds} pairs", flush=True)
    for weir in both:
        weir.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--transactions", type=int, default=3000)
    parser.add_argument("--no-callgrind", action="store_true")
    parser.add_argument("--only-callgrind", action="store_true")
    arguments = parser.parse_args()
    give_up_signals()
    path = program("weir", arguments.build / "pooler/weir")
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as directory:
        give_to_service(directory)
        with Processes(directory, False) as processes:
            primary = Postgres(processes, 1)
            standby = start_standby(processes, primary)
            if not arguments.only_callgrind:
                compare_times(processes, path, primary, standby, arguments.rounds, arguments.transactions)
            if not arguments.no_callgrind:
                count_instructions(processes, path, primary, standby, 500)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"route_cost: {error}")
