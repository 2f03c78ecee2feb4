#!/usr/bin/env python3
"""What transaction_replay costs when nothing goes wrong: instructions of weir per transaction, counted by callgrind.

One client, pgbench TPC-B (also extended) and select-only, simple and prepared, with transaction_replay = 0 and 1. Two runs of different
length for each figure, so that start and login drop out. Instructions do not depend on what else the machine does;
those in the kernel are not counted.

    bench/replay_cost.py [--build build/release] [--transactions 500]
"""
import argparse
import os
import pathlib
import re
import signal
import sys
import tempfile

sys.dont_write_bytecode = True

from harness.processes import BenchError, Processes, accepts, free_port, give_up_signals, wait_until
from harness.servers import POOLER_INI, USER, Postgres, give_to_service, postgres_program, program

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 120


def start(processes, weir, postgres, replay, name):
    port = free_port()
    userlist, ini = (os.path.join(processes.directory, f"{name}.{end}") for end in ("txt", "ini"))
    pathlib.Path(userlist).write_text(f'"{USER}" ""\n', encoding="utf-8")
    pathlib.Path(ini).write_text(POOLER_INI.format(
        port=port, postgres_port=postgres.port, null_port=1, null_tls_port=1, userlist=userlist, pool_size=1,
        max_clients=10, tls="", own=f"workers = 1\ntransaction_replay = {replay}\n"), encoding="utf-8")
    command = [program("valgrind"), "--tool=callgrind", f"--callgrind-out-file={processes.directory}/{name}.out",
               weir, ini]
    process = processes.start(command, "pooler", f"{name}.log", as_service=True)
    wait_until(lambda: process.poll() is None and accepts(port), f"{name} listens", PATIENCE)
    return process, port


def instructions(processes, weir, postgres, replay, load, transactions):
    """Of one process from its start to its end."""
    name = f"weir-{replay}-{'-'.join(load).strip('-')}-{transactions}"
    process, port = start(processes, weir, postgres, replay, name)
    done = processes.run([postgres_program("pgbench"), "-n", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-c", "1",
                          "-t", str(transactions), *load, "bench"], PATIENCE)
    if done.returncode != 0:
        raise BenchError(f"pgbench: {done.stderr}")
    process.send_signal(signal.SIGQUIT)
    process.wait(PATIENCE)
    found = re.search(r"Collected : (\d+)", processes.tail(f"{name}.log"))
    if not found:
        raise BenchError(f"callgrind has counted nothing:\n{processes.tail(f'{name}.log')}")
    return int(found.group(1))


def per_transaction(processes, weir, postgres, replay, load, transactions):
    few, many = (instructions(processes, weir, postgres, replay, load, n)
                 for n in (transactions, 3 * transactions))
    return (many - few) / (2 * transactions)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--transactions", type=int, default=500)
    arguments = parser.parse_args()
    give_up_signals()
    weir = program("weir", arguments.build / "pooler/weir")
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as directory:
        give_to_service(directory)
        with Processes(directory, False) as processes:
            postgres = Postgres(processes, 1)
            for label, load in (("TPC-B, simple", ["-M", "simple"]), ("TPC-B, extended", ["-M", "extended"]),
                                ("TPC-B, prepared", ["-M", "prepared"]),
                                ("select-only, simple", ["-S", "-M", "simple"]),
                                ("select-only, prepared", ["-S", "-M", "prepared"])):
                off, on = (per_transaction(processes, weir, postgres, replay, load, arguments.transactions)
                           for replay in (0, 1))
                print(f"{label}: {off:.0f} instructions off, {on:.0f} on, {100 * (on / off - 1):+.1f} %", flush=True)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"replay_cost: {error}")
