#!/usr/bin/env python3
"""What a transaction takes over a slow link: BEGIN, three statements, COMMIT, one by one, direct and through weir.

The link with the delay leads to PostgreSQL. Direct, the client crosses it with every statement; weir stands on the
client's side of it and crosses it as often, less the BEGIN, which it sends along with the first statement
(deferred_begin). For comparison weir also runs with deferred_begin = 0. All run in turn; a ratio is of two medians of one
round.

    bench/delay.py [--build build/release] [--delay-ms 5] [--rounds 7] [--transactions 20]
"""
import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from harness.delay_line import DelayLine
from harness.processes import BenchError, Processes, give_up_signals
from harness.servers import USER, Pooler, Postgres, give_to_service, program
from harness.simple_client import SimpleClient

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRANSACTION = [
    "BEGIN",
    "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 1",
    "SELECT abalance FROM pgbench_accounts WHERE aid = 1",
    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, 1, 1, CURRENT_TIMESTAMP)",
    "COMMIT",
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="build folder with weir")
    parser.add_argument("--delay-ms", type=float, default=5, help="of the link, each way")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--transactions", type=int, default=20, help="for each way in each round")
    return parser.parse_args()


def median_ms(client, transactions):
    taken = []
    for _ in range(transactions):
        start = time.perf_counter()
        for text in TRANSACTION:
            client.query(text)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def compare(ports, options):
    """Way -> the medians of its rounds, in ms."""
    medians = {way: [] for way in ports}
    clients = {way: SimpleClient(port, USER, "bench") for way, port in ports.items()}
    for client in clients.values():
        median_ms(client, 2)
    for _ in range(options.rounds):
        for way, client in clients.items():
            medians[way].append(median_ms(client, options.transactions))
    return medians


def report(medians, options):
    print(f"{' | '.join(TRANSACTION)}\nover a link of {options.delay_ms:g} ms each way, {options.rounds} rounds of "
          f"{options.transactions} transactions, load {os.getloadavg()[0]:.1f}")
    direct = medians["direct"]
    for way, taken in medians.items():
        ratios = [mine / theirs for mine, theirs in zip(taken, direct)]
        print(f"{way:26} median {statistics.median(taken):6.1f} ms   to direct, min - median - max: "
              f"{min(ratios):.2f} - {statistics.median(ratios):.2f} - {max(ratios):.2f}")


def measure(processes, options):
    postgres = Postgres(processes, 1)
    path = program("weir", os.path.join(options.build, "pooler", "weir"))
    with DelayLine(postgres.port, options.delay_ms / 1000) as link:
        ports = {"direct": link.port}
        for value in ("1", "0"):
            pooler = Pooler(processes, f"weir-{value}", "weir", path, 1, {"deferred_begin": value})
            ports[f"weir, deferred_begin = {value}"] = pooler.start(link.port, link.port).port
        report(compare(ports, options), options)


def main():
    options = arguments()
    give_up_signals()
    with tempfile.TemporaryDirectory(prefix="weir-delay-") as directory:
        os.chmod(directory, 0o755)
        give_to_service(directory)
        try:
            with Processes(directory, False) as processes:
                measure(processes, options)
        except BenchError as error:
            print(f"delay.py: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
