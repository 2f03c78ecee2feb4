"""The rows of the report, and what the figures are called."""
from dataclasses import dataclass

from . import tls
from .workloads import Case

MODES = ("simple", "extended", "prepared")


@dataclass(frozen=True)
class Measure:
    key: str
    title: str
    unit: str
    lower_is_better: bool


MEASURES = {measure.key: measure for measure in (
    Measure("tps", "transactions per second", "1/s", False),
    Measure("p50_us", "latency, median", "µs", True),
    Measure("added_p50_us", "added median latency", "µs", True),
    Measure("p99_us", "latency, 99th percentile", "µs", True),
    Measure("cpu_us", "CPU per transaction", "µs", True),
    Measure("syscalls", "system calls per transaction", "", True),
    Measure("connects_per_s", "connections per second", "1/s", False),
    Measure("connect_p50_us", "time of one, median", "µs", True),
    Measure("connect_p99_us", "time of one, 99th percentile", "µs", True),
    Measure("connect_cpu_us", "CPU per connection", "µs", True),
    Measure("resumed_percent", "connections that resumed a session", "%", False),
    Measure("mb_per_s", "throughput", "MB/s", False),
    Measure("cpu_s_per_gb", "CPU per GB", "s", True),
    Measure("rss_bytes", "memory per idle client (RSS)", "bytes", True),
    Measure("pss_bytes", "memory per idle client (PSS)", "bytes", True),
    Measure("idle_cpu_percent", "CPU while all are idle", "% of a core", True),
)}


def clients_text(count):
    return f"{count:,} client" + ("s" if count != 1 else "")


def null_cases(clients):
    cases = [Case(f"null-{mode}-{count}", f"select, {mode}, {clients_text(count)}", "null", mode, count)
             for mode in MODES for count in clients]
    cases += [Case(f"null-tpcb-{mode}-{count}", f"TPC-B, {mode}, {clients_text(count)}", "null", mode, count,
                   {"tpcb": True}) for mode in MODES for count in clients]
    return cases + [Case(f"null-begin-{count}", f"begin; select; commit, {clients_text(count)}", "null",
                         "simple", count, {"begin": True}) for count in clients]


def pgbench_cases(clients):
    titles = {"select": "select-only", "tpcb": "TPC-B"}
    return [Case(f"pgbench-{script}-{mode}-{count}", f"{title}, {mode}, {clients_text(count)}", "pgbench",
                 mode, count, {"script": script})
            for script, title in titles.items() for mode in MODES for count in clients]


def syscall_cases(clients, transactions):
    cases = [Case(f"syscalls-{mode}-{count}", f"system calls: select, {mode}, {clients_text(count)}",
                  "syscalls", mode, count, {"transactions": transactions}) for mode in ("simple", "prepared")
             for count in clients]
    return cases + [Case("syscalls-begin-1", "system calls: begin; select; commit, 1 client", "syscalls",
                         "simple", 1, {"transactions": transactions, "begin": True})]


def resource_cases(idle, megabytes):
    return [Case("connect", "connect, log in, query, disconnect; 4 at once", "connect", clients=4),
            Case("large", f"large results ({megabytes} MB each)", "large", options={"megabytes": megabytes}),
            Case("large-postgres", f"large results from PostgreSQL ({megabytes} MB each)", "large",
                 options={"megabytes": megabytes, "server": "postgres"}),
            Case("idle", f"{idle:,} idle clients", "idle", clients=idle)]


def tls_cases(kind, megabytes, idle):
    """Both poolers show the same certificate; where the server has TLS too, it is that one."""
    shown = tls.KEYS[kind][0]

    def case(name, title, runner, clients, certificate=kind, **options):
        return Case(f"tls-{kind}-{name}", f"TLS, {shown}: {title}", runner, "simple", clients, options, certificate)
    return [
        case("select-client", "select, 16 clients, TLS with clients", "null", 16),
        case("select-both", "select, 16 clients, TLS on both sides", "null", 16, server_tls=True),
        case("connect", "connect with a full handshake, query, disconnect; 4 at once", "connect", 4),
        case("resume", "the same, resuming sessions where the pooler lets", "connect", 4, resume=True),
        case("connect-signed", "connect with a full handshake, certificate and clients of one authority; 4 at once",
             "connect", 4, kind + tls.SIGNED),
        case("large", f"large results ({megabytes} MB each), TLS on both sides", "large", 1, server_tls=True,
             megabytes=megabytes),
        case("idle", f"{idle:,} idle TLS clients", "idle", idle)]


def all_cases(quick, idle):
    """Quick: fewer client counts and smaller amounts, the same kinds."""
    if quick:
        return (null_cases((1, 16)) + pgbench_cases((1, 16)) + syscall_cases((1, 16), 2000)
                + resource_cases(idle, 50) + tls_cases("ecdsa", 50, idle))
    return (null_cases((1, 16, 64)) + pgbench_cases((1, 16, 64)) + syscall_cases((1, 16, 64), 10000)
            + resource_cases(idle, 200)
            + [case for kind in tls.KEYS for case in tls_cases(kind, 200, idle)])
