#!/usr/bin/env python3
"""Checks the parts of the benchmark that work without processes: ratios, verdicts, parsing, table and picture."""
import json
import os
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import cases, chart, report, targets  # noqa: E402
from harness.meters import cpu_seconds, memory_bytes, read_count  # noqa: E402
from harness.statistics import Row, rows_of  # noqa: E402
from harness.workloads import percentile  # noqa: E402

NAMES = ("weir", "PgBouncer")


def row(key, candidate, baseline):
    case = cases.null_cases((1,))[0]
    return Row(case, cases.MEASURES[key], candidate, baseline)


class Ratios(unittest.TestCase):
    def test_the_ratio_is_taken_pair_by_pair(self):
        self.assertEqual(row("cpu_us", [1, 2, 6], [2, 2, 2]).spread(), (0.5, 1.0, 3.0))

    def test_a_pair_without_a_baseline_is_left_out(self):
        self.assertEqual(row("idle_cpu_percent", [1, 2], [0, 4]).ratios(), [0.5])
        self.assertIsNone(row("idle_cpu_percent", [1], [0]).spread())

    def test_lower_is_better_for_cpu_and_worse_for_throughput(self):
        half, whole = [1.0] * 5, [2.0] * 5
        self.assertIs(row("cpu_us", half, whole).better(), True)
        self.assertIs(row("tps", half, whole).better(), False)

    def test_no_verdict_when_runs_disagree_or_are_few_or_equal(self):
        self.assertIsNone(row("tps", [1, 1, 1, 1, 3], [2] * 5).better())
        self.assertIsNone(row("tps", [1, 1], [2, 2]).better())
        self.assertIsNone(row("tps", [1.005] * 5, [1] * 5).better())

    def test_a_measure_that_one_side_lacks_gives_no_row(self):
        case = cases.null_cases((1,))[0]
        rows = rows_of(case, cases.MEASURES, [({"tps": 1, "cpu_us": 2}, {"tps": 4})], {"tps": 9})
        self.assertEqual([(one.measure.key, one.direct) for one in rows], [("tps", 9)])


class Readings(unittest.TestCase):
    def test_percentiles_are_entries_of_the_list(self):
        values = list(range(1, 101))
        self.assertEqual((percentile(values, 0.5), percentile(values, 0.99)), (50, 99))
        self.assertEqual(percentile([7], 0.99), 7)

    def test_counts_of_perf_and_strace(self):
        self.assertEqual(read_count("perf", "1234,,raw_syscalls:sys_enter,99,100.00,,\n"), 1234)
        self.assertIsNone(read_count("perf", "<not supported>,,raw_syscalls:sys_enter,0\n"))
        strace = "% time     seconds  usecs/call     calls    errors syscall\n" \
                 "100.00    0.000123           1       321         2 total\n"
        self.assertEqual(read_count("strace", strace), 321)

    def test_the_cpu_clock_of_a_process_runs_with_its_work(self):
        before = cpu_seconds(os.getpid())
        sum(range(300000))
        self.assertGreater(cpu_seconds(os.getpid()), before)
        self.assertGreater(memory_bytes(os.getpid())["pss"], 1 << 20)


class Output(unittest.TestCase):
    def rows(self):
        chosen = cases.all_cases(quick=False, idle=100)
        kinds = {"null": ("tps", "cpu_us"), "pgbench": ("p50_us",), "syscalls": ("syscalls",),
                 "connect": ("connect_cpu_us",), "large": ("mb_per_s",), "idle": ("pss_bytes",)}
        return [Row(case, cases.MEASURES[key], [1.0, 2.0, 1.5], [2.0, 2.5, 0.01], 3.0)
                for case in chosen for key in kinds[case.kind]]

    def test_case_names_are_unique(self):
        for quick in (False, True):
            keys = [case.key for case in cases.all_cases(quick, 100)]
            self.assertEqual(len(keys), len(set(keys)))

    def test_the_picture_is_xml_and_shows_every_case(self):
        rows = self.rows()
        tree = xml.fromstring(chart.picture(rows, cases.MEASURES, NAMES))
        shown = " ".join(element.text or "" for element in tree.iter())
        for one in rows:
            self.assertIn(one.case.title, shown)
        width, height = float(tree.get("width")), float(tree.get("height"))
        for mark in tree.iter("{http://www.w3.org/2000/svg}circle"):
            self.assertTrue(0 < float(mark.get("cx")) < width and 0 < float(mark.get("cy")) < height)

    def test_all_three_files_are_written(self):
        rows = self.rows()
        with tempfile.TemporaryDirectory() as folder:
            report.write(folder, rows, NAMES, {"date": "today"}, ["a note"], "<svg/>")
            read = json.loads(pathlib.Path(folder, "results.json").read_text(encoding="utf-8"))
            table = pathlib.Path(folder, "results.md").read_text(encoding="utf-8")
            self.assertTrue(pathlib.Path(folder, "results.svg").exists())
        self.assertEqual(len(read["rows"]), len(rows))
        self.assertIn("a note", table)
        aims, measured = table.split("## Targets")[1].split("##", 1)
        for part, count in ((aims, len(targets.lines_for(rows)) - 2), (measured, len(rows))):
            heads = part.count("min – median – max")
            self.assertEqual(sum(line.startswith("| ") for line in part.split("\n")) - heads, count)


class Targets(unittest.TestCase):
    def case(self, key):
        return next(case for case in cases.all_cases(quick=False, idle=100) if case.key == key)

    def test_every_target_names_cases_and_measures_that_exist(self):
        keys = {case.key for case in cases.all_cases(quick=False, idle=100)}
        for target in targets.TARGETS:
            self.assertTrue(target.cases and set(target.cases) <= keys, target.title)
            self.assertIn(target.measure, cases.MEASURES)

    def test_a_ratio_is_held_against_its_limit_by_the_median(self):
        for values, word in (([0.8, 0.8, 0.9, 2.0, 2.0], "reached"), ([0.8, 0.8, 0.91, 2.0, 2.0], "missed"),
                             ([0.8], "reached, but few runs: 1")):
            row = Row(self.case("pgbench-select-simple-64"), cases.MEASURES["cpu_us"], values, [1] * 5)
            self.assertTrue(targets.lines_for([row])[2].endswith(f"| {word} |"))

    def test_an_absolute_limit_looks_at_the_candidate_only(self):
        row = Row(self.case("syscalls-simple-16"), cases.MEASURES["syscalls"], [4.5], [1.0])
        self.assertIn("| syscalls-simple-16 | 4.60 | 4.5 |  | reached", targets.lines_for([row])[2])

    def test_a_run_without_such_a_case_says_nothing(self):
        self.assertEqual(targets.lines_for([row("tps", [1], [1])]), [])


if __name__ == "__main__":
    unittest.main()
