"""What is run through a pooler, and what is measured while it runs: each function gives {measure: number}."""
import glob
import json
import math
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

from .meters import SystemCalls, cpu_seconds, settled_memory
from .processes import BenchError
from .servers import USER, postgres_program

# Rows of 1 to 8 kB, as the null server's.
LARGE_ROW_BYTES = 4500
LARGE_QUERY = "select repeat('x', 1000 + i % 7001) from generate_series(1, {rows}) i"
SLACK_SECONDS = 60  # what a run may take beyond the time it was asked for


@dataclass(frozen=True)
class Case:
    """One row of the report."""
    key: str                # unique, also the name in results.json
    title: str
    kind: str               # the function that runs it: see RUNNERS
    mode: str = "simple"    # query protocol: simple, extended, prepared
    clients: int = 1
    options: dict = field(default_factory=dict, hash=False)
    tls: str = ""           # kind of certificate, see harness.tls; empty: no TLS


@dataclass
class Setting:
    """What all runs share."""
    processes: object
    postgres: object
    null_server: object
    generator: str
    seconds: float
    idle_seconds: float


def port_and_database(setting, target, backend):
    if target.kind != "direct":
        return target.port, backend
    if backend == "nulltls":
        raise BenchError("cases with TLS have no direct run")
    return (setting.postgres.port, "bench") if backend == "bench" else (setting.null_server.port, "null")


def mode_for(case, target):
    """A pooler that cannot follow named statements in transaction pooling runs extended mode instead."""
    return "extended" if case.mode == "prepared" and not target.prepares else case.mode


def percentile(ordered, share):
    """Of a sorted list; the value that `share` of the entries do not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def with_cpu(target, work):
    """The measures of work(), with the pooler's CPU time per unit of work added."""
    before = cpu_seconds(target.pid) if target.pid else None
    measures, units, cpu_name, scale = work()
    if before is not None and units:
        measures[cpu_name] = (cpu_seconds(target.pid) - before) / units * scale
    return measures


def tls_of(case):
    """What the load generator is told of a case, as keywords: TLS to the pooler, and which null server is behind."""
    return {"tls": bool(case.tls), "backend": "nulltls" if case.options.get("server_tls") else "null"}


def generator_command(setting, target, *arguments, backend="null", tls=False):
    port, database = port_and_database(setting, target, backend)
    return [setting.generator, *(["--tls"] if tls else []), "--port", str(port), "--user", USER, "--database",
            database, *arguments]


def run_generator(setting, target, *arguments, seconds=None, backend="null", tls=False):
    """The load generator's result; BenchError if something went wrong: such a figure means nothing."""
    timeout = (seconds or setting.seconds) + SLACK_SECONDS
    done = setting.processes.run(generator_command(setting, target, *arguments, backend=backend, tls=tls), timeout)
    if done.returncode != 0:
        raise BenchError(f"load generator against {target.name} ({' '.join(arguments)}): "
                         f"{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def speed(result):
    latency = result["latency_us"]
    return {"tps": result["tps"], "p50_us": latency["p50"], "p99_us": latency["p99"]}


def shape(case):
    """What a transaction of the load generator consists of."""
    return [f"--{name}" for name in ("begin", "tpcb") if case.options.get(name)]


def null_load(setting, target, case, seconds):
    """The load generator through the pooler to the null server: the pooler itself is the bottleneck."""
    def work():
        got = run_generator(setting, target, "--mode", mode_for(case, target), "--clients", str(case.clients),
                            "--seconds", str(seconds), *shape(case), **tls_of(case))
        return speed(got), got["transactions"], "cpu_us", 1e6
    return with_cpu(target, work)


def connects(setting, target, case, seconds):
    """Connect, log in, one query, disconnect."""
    resume = ["--resume"] if case.options.get("resume") else []

    def work():
        got = run_generator(setting, target, "--mode", "connect", "--clients", str(case.clients), "--seconds",
                            str(seconds), *resume, **tls_of(case))
        latency = got["latency_us"]
        measures = {"connects_per_s": got["tps"], "connect_p50_us": latency["p50"],
                    "connect_p99_us": latency["p99"]}
        if resume and got["logins"]:
            measures["resumed_percent"] = 100 * got["resumed"] / got["logins"]
        return measures, got["transactions"], "connect_cpu_us", 1e6
    return with_cpu(target, work)


def large_result(setting, target, case, seconds):
    """One client reads results of many MB; CPU in seconds for each GB, and MB per second."""
    megabytes, where = case.options["megabytes"], tls_of(case)
    request = ("--large", str(megabytes))
    if case.options.get("server") == "postgres":
        where["backend"] = "bench"
        request = ("--sql", LARGE_QUERY.format(rows=megabytes * 1_000_000 // LARGE_ROW_BYTES))

    def work():
        got = run_generator(setting, target, *request, "--seconds", str(seconds), **where)
        rate = got["bytes_in"] / got["seconds"] / 1e6
        return {"mb_per_s": rate}, got["bytes_in"], "cpu_s_per_gb", 1e9
    return with_cpu(target, work)


def system_calls(setting, target, case, _seconds):
    """System calls of the pooler for each transaction, over a fixed number of them, logins included."""
    transactions = case.options["transactions"]
    with SystemCalls(setting.processes, target.pid) as calls:
        run_generator(setting, target, "--mode", mode_for(case, target), "--clients", str(case.clients),
                      "--transactions", str(transactions), *shape(case))
    return {} if calls.count is None else {"syscalls": calls.count / transactions}


def idle_clients(setting, target, case, _seconds):
    """Many clients that are logged in and do nothing: memory for each, and CPU while they sit there.

    The pooler is fresh: memory that an earlier peak left behind would hide what these clients cost.
    """
    fresh = target.fresh()
    holder = None
    try:
        run_generator(setting, fresh, "--transactions", "20", **tls_of(case))
        before = settled_memory(fresh.pid)
        holder = setting.processes.start(
            generator_command(setting, fresh, "--mode", "idle", "--clients", str(case.clients), **tls_of(case)),
            "load", "idle.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        held = json.loads(holder.stdout.readline() or '{"idle":0}')["idle"]
        if held != case.clients:
            raise BenchError(f"{target.name}: {held} of {case.clients} clients could log in")
        after = settled_memory(fresh.pid)
        cpu_before, started = cpu_seconds(fresh.pid), time.monotonic()
        time.sleep(setting.idle_seconds)
        cpu = (cpu_seconds(fresh.pid) - cpu_before) / (time.monotonic() - started)
        grown = {name: (after[name] - before[name]) / held for name in after}
        return {"rss_bytes": grown["rss"], "pss_bytes": grown["pss"], "idle_cpu_percent": cpu * 100}
    finally:
        if holder:
            setting.processes.stop(holder)
        fresh.stop()


def pgbench(setting, target, case, seconds):
    """pgbench through the pooler to a real PostgreSQL."""
    if case.options["script"] == "tpcb":
        setting.postgres.tidy()

    def work():
        with tempfile.TemporaryDirectory(dir=setting.processes.directory) as logs:
            measures, transactions = run_pgbench(setting, target, case, seconds, logs)
        return measures, transactions, "cpu_us", 1e6
    return with_cpu(target, work)


def run_pgbench(setting, target, case, seconds, logs):
    port, database = port_and_database(setting, target, "bench")
    # pgbench prepares with a call that blocks its thread: clients that share one could wait for each other for
    # ever when there are fewer servers than clients. Both sides of a pair get the same number.
    threads = case.clients if case.mode == "prepared" else min(2, case.clients)
    command = [postgres_program("pgbench"), "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-n", "-M",
               mode_for(case, target), "-c", str(case.clients), "-j", str(threads),
               "-T", str(max(1, round(seconds))), "-l", "--log-prefix", os.path.join(logs, "latency"),
               *(["-S"] if case.options["script"] == "select" else []), database]
    done = setting.processes.run(command, seconds + SLACK_SECONDS,
                                 {"PGSSLMODE": "disable", "PGGSSENCMODE": "disable"})
    tps = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
    count = re.search(r"^number of transactions actually processed: (\d+)", done.stdout, re.M)
    if done.returncode != 0 or not tps or not count:
        raise BenchError(f"pgbench against {target.name} ({case.key}): {done.stdout}{done.stderr}")
    latencies = read_latencies(logs)
    return {"tps": float(tps.group(1)), "p50_us": percentile(latencies, 0.5),
            "p99_us": percentile(latencies, 0.99)}, int(count.group(1))


def read_latencies(logs):
    """Sorted, in µs: the third column of pgbench's transaction logs."""
    latencies = []
    for name in glob.glob(os.path.join(logs, "latency*")):
        with open(name, encoding="ascii") as lines:
            latencies += [int(line.split(None, 3)[2]) for line in lines]
    return sorted(latencies)


RUNNERS = {"null": null_load, "pgbench": pgbench, "connect": connects, "large": large_result,
           "syscalls": system_calls, "idle": idle_clients}
# Kinds that say something without a pooler, too.
DIRECT_KINDS = ("null", "pgbench", "connect", "large")


def run_case(setting, target, case, seconds=None):
    return RUNNERS[case.kind](setting, target, case, seconds or setting.seconds)
