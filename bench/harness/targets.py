"""What weir is meant to reach, beside what a run has shown: the ratio weir / PgBouncer, or weir's own value."""
from dataclasses import dataclass

from .report_text import number, ratio_text
from .statistics import RUNS_FOR_A_VERDICT


@dataclass(frozen=True)
class Target:
    title: str
    cases: tuple            # keys of cases
    measure: str            # key of a measure
    at_most: float
    absolute: bool = False  # of weir's own value instead of the ratio

    def value(self, row):
        """What is held against the limit: a median. None: this row has none."""
        if self.absolute:
            return row.candidate_median()
        spread = row.spread()
        return spread[1] if spread else None


def cases_of(kind, script, modes, count):
    return tuple(f"{kind}-{script}{mode}-{count}" for mode in modes)


TARGETS = (
    Target("CPU per transaction, 64 clients, simple and extended",
           cases_of("pgbench", "select-", ("simple", "extended"), 64)
           + cases_of("null", "", ("simple", "extended"), 64),
           "cpu_us", 0.90),
    Target("CPU per transaction, 64 clients, prepared",
           cases_of("pgbench", "select-", ("prepared",), 64) + cases_of("null", "", ("prepared",), 64), "cpu_us", 0.95),
    Target("CPU per transaction, 64 clients, TPC-B",
           cases_of("pgbench", "tpcb-", ("simple", "extended", "prepared"), 64)
           + cases_of("null", "tpcb-", ("simple", "extended", "prepared"), 64), "cpu_us", 1.0),
    Target("CPU per transaction, 16 clients",
           cases_of("pgbench", "select-", ("simple", "extended", "prepared"), 16)
           + cases_of("null", "", ("simple", "extended", "prepared"), 16), "cpu_us", 1.0),
    Target("CPU per GB of a large result, null server", ("large",), "cpu_s_per_gb", 0.35),
    Target("CPU per GB of a large result, PostgreSQL", ("large-postgres",), "cpu_s_per_gb", 0.50),
    Target("system calls per select, weir's own number",
           tuple(f"syscalls-{mode}-{count}" for mode in ("simple", "prepared") for count in (16, 64)),
           "syscalls", 4.6, absolute=True),
    Target("memory per idle client", ("idle",), "rss_bytes", 1.0),
    Target("CPU per connection", ("connect",), "connect_cpu_us", 1.0),
    Target("latency added to a direct connection's, 1 client",
           cases_of("null", "", ("simple", "extended", "prepared"), 1)
           + cases_of("pgbench", "select-", ("simple", "extended", "prepared"), 1), "added_p50_us", 1.0),
    Target("CPU while all are idle, % of a core, weir's own number", ("idle",), "idle_cpu_percent", 0.1,
           absolute=True),
)


def lines_for(rows):
    """Lines of a Markdown table: each target that has rows, one line for each case. Empty if there is none."""
    found = []
    for target in TARGETS:
        fitting = [row for row in rows if row.measure.key == target.measure and row.case.key in target.cases]
        found += [line_for(target, row) for row in fitting if target.value(row) is not None]
    head = ["| target | case | at most | measured | min – median – max | |", "|---|---|--:|--:|:-:|---|"]
    return head + found if found else []


def line_for(target, row):
    value = target.value(row)
    spread = "" if target.absolute else ratio_text(row.spread())
    word = "reached" if value <= target.at_most else "missed"
    runs = len(row.candidate)
    few = "" if runs >= RUNS_FOR_A_VERDICT else f", but few runs: {runs}"
    return (f"| {target.title} | {row.case.key} | {target.at_most:.2f} | {number(value)} | {spread} "
            f"| {word}{few} |")
