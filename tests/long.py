#!/usr/bin/env python3
"""Runs the long versions of the tests that `make test` samples, one after the other, at low priority.

    tests/long.py build/dev [--only REGEX] [--scale 0.01] [--shapes 1-3] [--minutes 600] [--list]

What a run printed of its own figures is shown when it ends, all of its output is kept in BUILD/long/. --scale makes the
runs that are told how long to be shorter or longer; --shapes takes some of the kinds of transactions that are cut at every
byte, by their numbers in the table. No run is begun behind --minutes, and none lasts beyond it. The last line is
`N passed, N failed[, N skipped]`; a run that had no time left is skipped.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import time

# A name, the program, its test cases, and how much it is to do: a variable of the environment. None: cut at every byte.
KILL, KILL_CRDB = "integration_replay_kill", "integration_replay_crdb"
RUNS = [
    ("random histories of the replayer", "replay_model_test", "replay model: random*",
     ("WEIR_REPLAY_STEPS", 10_000_000)),
    ("sessions without sockets", "session_model_test", "session model: clients*",
     ("WEIR_SESSION_STEPS", 10_000_000)),
    ("programs of clients", "model_test", "model: every client*", ("WEIR_MODEL_STEPS", 200_000)),
    ("tagged rows under overload", "integration_tagged", "tagged rows:*",
     ("WEIR_TAGGED_SECONDS", 600)),
    ("routed reads", "integration_route_checker", "route checker: 32*",
     ("WEIR_ROUTE_SECONDS", 300)),
    ("servers handed between workers", "integration_handover", "*",
     ("WEIR_HANDOVERS", 1_000_000)),
    ("SQL classes against the parser", "sql_oracle_test", "*", ("WEIR_SQL_ORACLE_ROUNDS", 400_000)),
    ("cut at every byte, CockroachDB, with replay", KILL_CRDB, "crdb kill: with replay a cut*", None),
    ("cut at every byte, CockroachDB, without", KILL_CRDB, "crdb kill: without replay a cut*", None),
    ("a node's own errors in each kind of transaction", KILL_CRDB,
     "crdb kill: without replay errors*,crdb kill: with replay only*,crdb kill: without replay a version*,"
     "crdb kill: with replay a version*", None),
    ("cut at every byte, PostgreSQL, with replay", KILL, "kill: with replay*", None),
    ("cut at every byte, PostgreSQL, without", KILL, "kill: without replay*", None),
    ("cut at every byte, PostgreSQL, commits looked up", KILL, "kill: with commit_resolution*", None),
]
FIGURES = re.compile(r"^(killed: .*|looked up: .*|.*\b\d+ (?:steps|messages|handovers|reads)\b.*)$", re.M)
PASSED = re.compile(r"^All tests passed", re.M)


def find(build, program):
    return next((path for path in build.rglob(program) if path.is_file() and os.access(path, os.X_OK)), None)


def environment(amount, args):
    env = dict(os.environ)
    if amount:
        env[amount[0]] = str(max(1, int(amount[1] * args.scale)))
        return env
    env["WEIR_KILL"] = "full"
    if args.shapes:
        env["WEIR_KILL_SHAPES"] = args.shapes
    return env


def run(program, cases, env, log, seconds):
    """passed, failed, or out of time."""
    with open(log, "w", encoding="utf-8") as out:
        try:
            done = subprocess.run([str(program), cases], env=env, stdout=out, stderr=subprocess.STDOUT, timeout=seconds,
                                  check=False)
        except subprocess.TimeoutExpired:
            return "out of time"
    output = log.read_text(encoding="utf-8", errors="replace")
    return "passed" if done.returncode == 0 and PASSED.search(output) else "failed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="", metavar="REGEX", help="runs whose name matches")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--shapes", metavar="FIRST-LAST")
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    chosen = [one for one in RUNS if re.search(args.only, one[0])]
    if args.list:
        print("\n".join(name for name, *_ in chosen))
        return 0
    os.nice(10)
    logs = args.build / "long"
    logs.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + args.minutes * 60
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for name, path, cases, amount in chosen:
        program, left = find(args.build, path), end - time.monotonic()
        log = logs / (re.sub(r"\W+", "-", name).lower() + ".log")
        began = time.monotonic()
        if program is None or left <= 0:
            result = "skipped: " + ("not built" if program is None else "no time left")
        else:
            print(f"{time.strftime('%H:%M')} {name} ...", flush=True)
            result = run(program, cases, environment(amount, args), log, left)
        kind = "skipped" if result.startswith(("skipped", "out")) else result
        count[kind] += 1
        print(f"{name}: {result} ({time.monotonic() - began:.0f} s)", flush=True)
        if kind != "skipped":
            for line in FIGURES.findall(log.read_text(encoding="utf-8", errors="replace"))[-6:]:
                print(f"    {line}")
        if result == "failed":
            print(f"    see {log}")
    print(f"{count['passed']} passed, {count['failed']} failed" +
          (f", {count['skipped']} skipped" if count["skipped"] else ""))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
