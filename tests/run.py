#!/usr/bin/env python3
"""Runs ctest in a build folder and sums what the programs under it counted.

ctest counts executables; a developer wants test cases. So the summary that Catch2 prints at the end of each
program is read ("All tests passed (9 assertions in 3 test cases)" or "test cases: 3 | 2 passed | 1 failed"),
the last lines of Python's unittest, or a line "N passed, N failed" printed by a script. Anything else counts as one test. A program that died or
timed out without a summary counts as one failure. The last line is `N passed, N failed[, N skipped]`.

    tests/run.py build/dev [--totals FILE] [-- further ctest arguments]
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ALL_PASSED = re.compile(r"^All tests passed \(.*? in (\d+) test cases?\)\s*$", re.M)
TEST_CASES = re.compile(r"^test cases:\s*(\d+)\s*\|(.*)$", re.M)
PLAIN = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s\s+(?:OK|FAILED)(?: \((.*)\))?\s*$", re.M)
NOTHING_RAN = re.compile(r"^No tests ran|^Ran 0 tests|^test cases:\s*0\s*\||in 0 test cases", re.M)
# Printed by a test case that cannot run here, one line for each: "skipped: no cockroach binary on PATH".
SKIPPED_CASE = re.compile(r"^\s*skipped: .+$", re.M)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


# A sanitizer's report ends the program, with an exit code that tells which it was. What the caller has set wins.
SANITIZERS = {
    "ASAN_OPTIONS": "halt_on_error=1:exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:"
                    "check_initialization_order=1:strict_string_checks=1",
    "LSAN_OPTIONS": "exitcode=96",
    "UBSAN_OPTIONS": "halt_on_error=1:exitcode=98:print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:exitcode=97:second_deadlock_stack=1:"
                    f"suppressions={pathlib.Path(__file__).resolve().parent / 'thread_sanitizer.supp'}",
}


class Totals:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def column(columns, name):
    found = re.search(rf"(\d+) {name}", columns)
    return int(found.group(1)) if found else 0


def counts(output):
    """What a program said it ran, or None when it said nothing we know."""
    output = COLOUR.sub("", output)
    skipped = len(SKIPPED_CASE.findall(output))
    found = ALL_PASSED.findall(output)
    if found:
        return Totals(int(found[-1]) - skipped, 0, skipped)
    found = TEST_CASES.findall(output)
    if found:
        columns = found[-1][1]
        # A failure that was expected ([!mayfail]) is no failure.
        passed = column(columns, "passed") + column(columns, "failed as expected") - skipped
        return Totals(passed, column(columns, "failed(?! as)"), column(columns, "skipped") + skipped)
    found = UNITTEST.findall(output)
    if found:
        ran, details = int(found[-1][0]), dict(re.findall(r"(\w+)=(\d+)", found[-1][1]))
        failed = sum(int(details.get(kind, 0)) for kind in ("failures", "errors"))
        return Totals(ran - failed - int(details.get("skipped", 0)), failed, int(details.get("skipped", 0)))
    found = PLAIN.findall(output)
    if found:
        return Totals(*(int(number or 0) for number in found[-1]))
    return None


def judge(status, output):
    """Totals of one ctest entry. `status` is ctest's: run, fail, notrun or disabled."""
    said = counts(output)
    if status in ("notrun", "disabled"):
        # An executable that is not there is a failure; one that asked to be skipped is not.
        missing = "Unable to find executable" in output or "Could not find executable" in output
        return Totals(failed=1) if missing else Totals(skipped=1)
    if status == "fail":
        totals = said or Totals()
        totals.failed = max(totals.failed, 1)
        return totals
    if NOTHING_RAN.search(output):
        return Totals(failed=1)
    return said or Totals(passed=1)


def run_ctest(build, junit, extra):
    command = ["ctest", "--test-dir", str(build), "--output-on-failure", "--no-tests=error", "-j2",
               "--output-junit", str(junit), "--test-output-size-passed", "4000000",
               "--test-output-size-failed", "4000000", *extra]
    environment = {**SANITIZERS, **os.environ}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--totals", type=pathlib.Path, help="write the three numbers there, for a later sum")
    arguments, extra = parser.parse_known_args()
    extra = [word for word in extra if word != "--"]

    junit = (arguments.build / "junit.xml").resolve()
    junit.unlink(missing_ok=True)
    code = run_ctest(arguments.build, junit, extra)

    totals = Totals()
    failures = []
    if junit.exists():
        for case in ElementTree.parse(junit).getroot().iter("testcase"):
            one = judge(case.get("status"), case.findtext("system-out") or "")
            totals.add(one)
            if one.failed:
                failures.append(f"{case.get('name')}: {one.line()}")
    for failure in failures:
        print(f"failed: {failure}")
    if totals.failed == 0 and (code != 0 or totals.passed == 0):
        print(f"failed: ctest ended with {code} after {totals.passed} tests")
        totals.failed = 1
    if arguments.totals:
        arguments.totals.write_text(f"{totals.passed} {totals.failed} {totals.skipped}\n")
    print(totals.line(), flush=True)
    return 1 if totals.failed else 0


if __name__ == "__main__":
    sys.exit(main())
