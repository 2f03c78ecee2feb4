#!/usr/bin/env python3
"""tests/run.py reads the summaries of both Catch2 versions, and does not take silence for success."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
import run  # noqa: E402

RULE = "=" * 79


def judged(status, output):
    return run.judge(status, output).line()


class Counting(unittest.TestCase):
    def test_all_passed(self):
        self.assertEqual(judged("run", f"{RULE}\nAll tests passed (9 assertions in 3 test cases)\n\n"),
                         "3 passed, 0 failed")
        self.assertEqual(judged("run", f"{RULE}\nAll tests passed (1 assertion in 1 test case)\n"),
                         "1 passed, 0 failed")

    def test_a_failure_in_either_version(self):
        two = f"{RULE}\ntest cases: 5 | 3 passed | 2 failed\nassertions: 9 | 7 passed | 2 failed\n"
        self.assertEqual(judged("fail", two), "3 passed, 2 failed")
        three = f"{RULE}\ntest cases:  5 |  2 passed | 2 failed | 1 skipped\nassertions: 9 | 9 passed\n"
        self.assertEqual(judged("fail", three), "2 passed, 2 failed, 1 skipped")

    def test_an_expected_failure_is_none(self):
        output = f"{RULE}\ntest cases: 3 | 2 passed | 1 failed as expected\nassertions: 3 | 2 passed\n"
        self.assertEqual(judged("run", output), "3 passed, 0 failed")

    def test_colour_does_not_hide_the_summary(self):
        output = "\x1b[1;32mAll tests passed\x1b[0m (2 assertions in 2 test cases)\n"
        self.assertEqual(judged("run", output), "2 passed, 0 failed")

    def test_a_case_that_skipped_itself(self):
        output = f"skipped: no cockroach binary on PATH\n{RULE}\nAll tests passed (4 assertions in 3 test cases)\n"
        self.assertEqual(judged("run", output), "2 passed, 0 failed, 1 skipped")

    def test_a_crash_after_a_good_summary_is_a_failure(self):
        self.assertEqual(judged("fail", "All tests passed (2 assertions in 2 test cases)\nLeakSanitizer: leaks\n"),
                         "2 passed, 1 failed")

    def test_a_crash_without_a_summary(self):
        self.assertEqual(judged("fail", "terminate called\n"), "0 passed, 1 failed")

    def test_no_case_ran(self):
        self.assertEqual(judged("run", f"{RULE}\nNo tests ran\n\n"), "0 passed, 1 failed")
        self.assertEqual(judged("run", "test cases: 0 | 0 passed\n"), "0 passed, 1 failed")

    def test_a_script(self):
        self.assertEqual(judged("run", "all is well\n"), "1 passed, 0 failed")
        self.assertEqual(judged("run", "12 passed, 0 failed, 2 skipped\n"), "12 passed, 0 failed, 2 skipped")

    def test_python_unittest(self):
        self.assertEqual(judged("run", "...\nRan 3 tests in 0.012s\n\nOK (skipped=1)\n"), "2 passed, 0 failed, 1 skipped")
        self.assertEqual(judged("fail", "Ran 4 tests in 1.2s\n\nFAILED (failures=1, errors=2)\n"), "1 passed, 3 failed")
        self.assertEqual(judged("run", "Ran 0 tests in 0.000s\n\nOK\n"), "0 passed, 1 failed")

    def test_not_run(self):
        self.assertEqual(judged("notrun", "SKIP_RETURN_CODE=77"), "0 passed, 0 failed, 1 skipped")
        self.assertEqual(judged("notrun", "Unable to find executable: x_test"), "0 passed, 1 failed")


if __name__ == "__main__":
    unittest.main()
