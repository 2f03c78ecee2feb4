"""results.json and results.md."""
import dataclasses
import json
import os
import statistics

from .report_text import number, ratio_text
from .statistics import RUNS_FOR_A_VERDICT
from .targets import lines_for


VERDICTS = {True: "better", False: "worse", None: "no clear difference"}


def verdict(row):
    return VERDICTS[row.better()] if len(row.ratios()) >= RUNS_FOR_A_VERDICT else ""


def environment_lines(environment):
    return [f"- {name}: {value}" for name, value in environment.items()]


def table(rows, names):
    lines = [f"| case | measure | {names[0]} | {names[1]} | ratio min – median – max | runs | | direct |",
             "|---|---|--:|--:|:-:|--:|---|--:|"]
    for row in rows:
        unit = f", {row.measure.unit}" if row.measure.unit else ""
        medians = (number(statistics.median(row.candidate)), number(statistics.median(row.baseline)))
        lines.append(f"| {row.case.title} | {row.measure.title}{unit} | {medians[0]} | {medians[1]} "
                     f"| {ratio_text(row.spread())} "
                     f"| {len(row.candidate)} | {verdict(row)} | {number(row.direct)} |")
    return lines


SECTIONS = (
    (("null",), "Through the pooler to the null server",
     "The far end answers at once, so the pooler is what is measured."),
    (("pgbench",), "pgbench through the pooler to PostgreSQL",
     "fsync off, all on one machine: PostgreSQL and pgbench share the cores with the pooler."),
    (("syscalls",), "System calls of the pooler", "Null server; logins included."),
    (("connect", "large", "idle"), "Logins, large results, idle clients",
     "Null server, except where PostgreSQL is named."),
)


def markdown(rows, names, environment, notes):
    lines = [f"# {names[0]} and {names[1]}, measured in turn", "", *environment_lines(environment), "",
             f"Each ratio is {names[0]} / {names[1]} of two runs made one after the other; the columns of "
             "values hold medians. *direct* is one run without a pooler. A verdict needs at least "
             f"{RUNS_FOR_A_VERDICT} pairs that all fall on one side.", *["", *notes] * bool(notes), "",
             "![ratios](results.svg)"]
    aims = lines_for(rows)
    if aims and names == ("weir", "PgBouncer"):
        lines += ["", "## Targets", "", "By medians; a ratio unless the line says otherwise.", "", *aims]
    for kinds, title, text in SECTIONS:
        part = [row for row in rows if row.case.kind in kinds]
        if part:
            lines += ["", f"## {title}", "", text, "", *table(part, names)]
    return "\n".join(lines) + "\n"


def as_json(rows, names, environment, notes):
    entries = [{"case": row.case.key, "measure": row.measure.key, "unit": row.measure.unit,
                "lower_is_better": row.measure.lower_is_better,
                names[0]: row.candidate, names[1]: row.baseline, "ratio": row.spread(), "direct": row.direct} for row in rows]
    if names[0] == names[1]:
        raise ValueError("the two sides need different names")
    cases = {row.case.key: dataclasses.asdict(row.case) for row in rows}
    return json.dumps({"environment": environment, "notes": notes, "cases": cases, "rows": entries}, indent=1)


def write(folder, rows, names, environment, notes, picture):
    """Writes results.json, results.md and results.svg."""
    os.makedirs(folder, exist_ok=True)
    for name, text in (("results.json", as_json(rows, names, environment, notes)),
                       ("results.md", markdown(rows, names, environment, notes)), ("results.svg", picture)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
