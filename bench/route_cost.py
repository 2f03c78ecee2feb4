#!/usr/bin/env python3
"""What reads on replicas cost the pooler: the same selects with no replica configured, and routed to a standby.

CPU: two poolers run the same load in turn (off, on, on, off: one round). Both read from the same streaming standby,
which is the only server of the one without replicas; pgbench select-only, as many servers as clients, so that nobody
waits. Told are CPU time (user and system, the clock of the process) per select, and of the ratios of the rounds the
median with its 95 % interval (bootstrap over the rounds). What the poolers do when nobody asks them for anything,
probes of the replica included, is in these figures, and told by itself.

Instructions of weir alone per select, one client, by callgrind: without the kernel's, and without what runs beside by
the clock.

    bench/route_cost.py [--build build/release] [--rounds 40] [--clients 12] [--transactions 1000]
                        [--no-callgrind | --only-callgrind]
"""
import argparse
import os
import pathlib
import random
import re
import signal
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from harness.meters import cpu_seconds
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

    def __init__(self, processes, path, server, replica, traced, name, clients=1):
        self.processes, self.name = processes, name
        self.port = free_port()
        userlist, ini = (os.path.join(processes.directory, f"{name}.{end}") for end in ("txt", "ini"))
        pathlib.Path(userlist).write_text(f'"{USER}" ""\n', encoding="utf-8")
        text = POOLER_INI.format(port=self.port, postgres_port=server, null_port=1, null_tls_port=1,
                                 userlist=userlist, pool_size=clients, max_clients=2 * clients + 10, tls="",
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

    def load(self, mode, transactions, clients=1):
        """`transactions` of each client."""
        done = self.processes.run([postgres_program("pgbench"), "-n", "-S", "-M", mode, "-h", "127.0.0.1", "-p",
                                   str(self.port), "-U", USER, "-c", str(clients), "-t", str(transactions), "bench"],
                                  PATIENCE)
        if done.returncode != 0:
            raise BenchError(f"pgbench: {done.stderr}")

    def spends(self, mode, transactions, clients):
        """Microseconds of CPU per select."""
        before = cpu_seconds(self.process.pid)
        self.load(mode, transactions, clients)
        return (cpu_seconds(self.process.pid) - before) / (transactions * clients) * 1e6

    def end(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(PATIENCE)


def instructions(processes, path, server, replica, mode, transactions, idle=0.0):
    """Of a whole run, and for how many seconds it was up; `idle` of them with nothing to do."""
    name = f"weir-{'on' if replica else 'off'}-{mode}-{transactions}-{idle:.0f}"
    began = time.monotonic()
    weir = Weir(processes, path, server, replica, True, name)
    weir.load(mode, transactions)
    time.sleep(idle)
    weir.end()
    found = re.search(r"Collected : (\d+)", processes.tail(f"{name}.log"))
    if not found:
        raise BenchError(f"callgrind has counted nothing:\n{processes.tail(f'{name}.log')}")
    return int(found.group(1)), time.monotonic() - began


def per_select(processes, path, server, replica, mode, few):
    """Without what runs beside by the clock, of which there is more for each select under callgrind."""
    once, seconds = instructions(processes, path, server, replica, mode, few)
    idle, idle_seconds = instructions(processes, path, server, replica, mode, few, 10)
    more, more_seconds = instructions(processes, path, server, replica, mode, 5 * few)
    beside = (idle - once) / (idle_seconds - seconds)
    return (more - once - beside * (more_seconds - seconds)) / (4 * few)


def count_instructions(processes, path, primary, standby, few):
    for mode in ("simple", "prepared"):
        off, on = (per_select(processes, path, server, replica, mode, few)
                   for server, replica in ((standby, None), (primary.port, standby)))
        print(f"{mode}: {off:.0f} instructions without routing, {on:.0f} with, {100 * (on / off - 1):+.1f} %",
              flush=True)


def interval(values, draws=4000):
    """The median and where 95 % of the medians of as many values, drawn from these, lie."""
    chance = random.Random(1)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(draws))
    return statistics.median(values), medians[draws // 40], medians[-draws // 40]


def compare_times(processes, path, primary, standby, arguments):
    off, on = (Weir(processes, path, server, replica, False, name, arguments.clients)
               for server, replica, name in ((standby, None, "weir-off"), (primary.port, standby, "weir-on")))
    load = arguments.transactions, arguments.clients
    for mode in ("simple", "prepared"):
        for weir in (off, on):
            weir.spends(mode, *load)  # its servers are open and know the statement
        rounds = []
        for number in range(arguments.rounds):
            spent = {off: 0, on: 0}
            for weir in (off, on, on, off) if number % 2 == 0 else (on, off, off, on):
                spent[weir] += weir.spends(mode, *load) / 2
            rounds.append((spent[off], spent[on]))
        tell(mode, rounds)
    for weir in (off, on):
        before = cpu_seconds(weir.process.pid)
        time.sleep(5)
        idle = (cpu_seconds(weir.process.pid) - before) / 5 * 1e6
        print(f"{weir.name} with nothing to do: {idle:.0f} us of CPU a second", flush=True)
        weir.end()


def tell(mode, rounds):
    off, on = (statistics.median(values) for values in zip(*rounds))
    middle, low, high = interval([with_replica / without for without, with_replica in rounds])
    print(f"{mode}: {off:.2f} us of CPU per select without routing, {on:.2f} with; ratio {middle:.3f}, "
          f"95 % of {low:.3f} to {high:.3f}; {len(rounds)} rounds", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--transactions", type=int, default=1000, help="of each client in one run")
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
                compare_times(processes, path, primary, standby, arguments)
            if not arguments.no_callgrind:
                count_instructions(processes, path, primary, standby, 500)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"route_cost: {error}")
