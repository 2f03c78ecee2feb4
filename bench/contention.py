#!/usr/bin/env python3
"""Contention with drivers as they are: errors and throughput directly, through PgBouncer and through weir with replay.

32 clients without a retry loop move money between eight rows of 10,000, SERIALIZABLE, on PostgreSQL with sequential
scans off; psycopg 3, node-postgres and pgJDBC: blind updates (blind), rows locked first (lock), read-modify-write
(rmw). Beside them the same program with a retry loop of its own on a direct connection. In each round each of the
three once, in turn; printed are the medians of what was committed in a second, and the errors of all rounds together.
The sum of the balances and each balance are compared with the transfers that are there. Exit code 0 if they agree
and, with weir, blind and lock see no 40001 and no 40P01.

    bench/contention.py [--build build/release] [--transactions 100] [--rounds 3] [--drivers psycopg,node-postgres,JDBC]
"""
import argparse
import collections
import os
import pathlib
import re
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True

from harness.processes import BenchError, Processes, accepts, free_port, give_up_signals, wait_until
from harness.servers import NO_TLS, POOLER_INI, Pooler, Postgres, give_to_service, program

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests/integration/contention"
CLIENTS = 32
POOL_SIZE = 16
MODES = ("blind", "lock", "rmw")
RETRYABLE = ("40001", "40P01")

SCHEMA = """
CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE transfers (id bigint PRIMARY KEY, a int NOT NULL, b int NOT NULL, amount int NOT NULL);
INSERT INTO accounts SELECT g, 1000 FROM generate_series(1, 10000) g;
GRANT ALL ON accounts, transfers TO app;
ALTER ROLE app SET enable_seqscan = off;
ALTER ROLE app SET deadlock_timeout = 20;
"""
EMPTY = "TRUNCATE transfers; UPDATE accounts SET balance = 1000 WHERE balance <> 1000; VACUUM ANALYZE accounts"
# Divides by zero if money was lost, or a balance is not what the transfers say.
CHECK = """SELECT 1 / (CASE WHEN (SELECT sum(balance) FROM accounts) = 10000000 AND NOT EXISTS (
  SELECT 1 FROM accounts LEFT JOIN (SELECT id, sum(change) AS change FROM (
    SELECT a AS id, -amount AS change FROM transfers UNION ALL SELECT b, amount FROM transfers) moves
    GROUP BY id) moved USING (id) WHERE balance <> 1000 + coalesce(change, 0)) THEN 1 ELSE 0 END)"""

Run = collections.namedtuple("Run", "committed rate errors")


def drivers(build):
    """Name -> command and environment."""
    places = [folder / "tests/integration/drivers/node/node_modules" for folder in (build, ROOT / "build/dev")]
    modules = next((place for place in places if place.is_dir()), places[0])  # the driver tests install it
    return {
        "psycopg": (["/usr/bin/python3", "-B", str(PROGRAMS / "transfers.py")], {}),
        "node-postgres": (["node", str(PROGRAMS / "transfers.js")], {"NODE_PATH": str(modules)}),
        "JDBC": (["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                  "/usr/share/java/postgresql.jar", str(PROGRAMS / "Transfers.java")], {}),
    }


def start_pooler(processes, postgres, name, path, own):
    port = free_port()
    userlist, ini = (os.path.join(processes.directory, f"{name}.{end}") for end in ("txt", "ini"))
    pathlib.Path(userlist).write_text('"app" ""\n', encoding="utf-8")
    text = POOLER_INI.format(port=port, postgres_port=postgres.port, null_port=1, null_tls_port=1, userlist=userlist,
                             pool_size=POOL_SIZE, max_clients=200, tls=NO_TLS, own=own)
    here = f"app = host=127.0.0.1 port={postgres.port} dbname=app"
    pathlib.Path(ini).write_text(text.replace("[databases]", f"[databases]\n{here}"), encoding="utf-8")
    process = processes.start([path, ini], "pooler", f"{name}.log", as_service=True)
    wait_until(lambda: process.poll() is None and accepts(port), f"{name} listens")
    return port


def run_once(processes, postgres, driver, mode, port, options, loop):
    for statement in EMPTY.split(";"):
        postgres.sql(statement, "app")
    command, environment = driver
    arguments = ["127.0.0.1", str(port), mode, str(CLIENTS), str(options.transactions), str(options.seed)]
    done = processes.run([*command, *arguments, *(["retry"] if loop else [])], 900, environment)
    seconds = re.search(r"^done ([\d.]+)$", done.stdout, re.M)
    if done.returncode != 0 or not seconds:
        raise BenchError(f"{command}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    if not postgres.sql(CHECK, "app", check=False):
        raise BenchError(f"{command} {mode}: balances and transfers do not agree")
    committed = len(re.findall(r"^ok ", done.stdout, re.M))
    errors = collections.Counter(re.findall(r"!(\w+)$", done.stdout, re.M))
    return Run(committed, committed / float(seconds.group(1)), errors)


def errors_text(runs):
    errors = sum((run.errors for run in runs), collections.Counter())
    return ", ".join(f"{count} × {code}" for code, count in sorted(errors.items())) or "none"


def compare(processes, postgres, name, driver, mode, ports, options):
    """One row of the table; true if weir hid what it should."""
    runs = {side: [] for side in ports}
    for _ in range(options.rounds):
        for side, port in ports.items():
            runs[side].append(run_once(processes, postgres, driver, mode, port, options, side == "direct"))
    rates = {side: f"{statistics.median(run.rate for run in of_side):.0f}" for side, of_side in runs.items()}
    pairs = [weir.rate / direct.rate for weir, direct in zip(runs["weir"], runs["direct"])]
    committed = sum(run.committed for run in runs["weir"])
    spread = f"{min(pairs):.2f} – {statistics.median(pairs):.2f} – {max(pairs):.2f}"
    beside = errors_text(runs["pgbouncer"]) if "pgbouncer" in runs else "not run"
    print(f"| {name} {mode} | {rates['direct']} | {rates.get('pgbouncer', '–')} | {beside} "
          f"| {rates['weir']} | {errors_text(runs['weir'])} | {spread} |", flush=True)
    hidden = not any(run.errors[code] for run in runs["weir"] for code in RETRYABLE)
    return committed > 0 and (hidden or mode == "rmw")


def run_all(options, directory):
    with Processes(directory, False) as processes:
        postgres = Postgres(processes, 1)
        postgres.sql("CREATE ROLE app LOGIN")
        postgres.sql("CREATE DATABASE app")
        postgres.sql(SCHEMA, "app")
        weir = program("weir", options.build / "pooler/weir")
        ports = {
            "direct": postgres.port,
            "pgbouncer": start_pooler(processes, postgres, "pgbouncer", program("pgbouncer"), ""),
            "weir": start_pooler(processes, postgres, "weir", weir, "workers = 2\ntransaction_replay = 1\n"),
        }
        print(f"load average before: {os.getloadavg()[0]:.1f}; {CLIENTS} clients, {options.transactions} transactions "
              f"each, {options.rounds} rounds, seed {options.seed}")
        print("| | direct with a retry loop, committed/s | PgBouncer, committed/s | its errors | weir, committed/s "
              "| its errors | weir / direct, min – median – max |\n|---|--:|--:|---|--:|---|:-:|", flush=True)
        known = drivers(options.build)
        # pgJDBC names its statements from the fifth use on; behind a PgBouncer that cannot follow them it stands still.
        follows = Pooler(processes, "pgbouncer", "pgbouncer", program("pgbouncer"), 1).prepares
        without = {side: port for side, port in ports.items() if side != "pgbouncer"}
        sides = {name: ports if follows or name != "JDBC" else without for name in options.drivers}
        good = [compare(processes, postgres, name, known[name], mode, sides[name], options)
                for name in options.drivers for mode in options.modes]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    return all(good)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--transactions", type=int, default=100, help="of each client")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drivers", type=lambda text: text.split(","), default=["psycopg", "node-postgres", "JDBC"])
    parser.add_argument("--modes", type=lambda text: text.split(","), default=list(MODES))
    options = parser.parse_args()
    give_up_signals()
    with tempfile.TemporaryDirectory(prefix="weir-bench-") as directory:
        give_to_service(directory)
        return 0 if run_all(options, directory) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        sys.exit(f"contention: {error}")
