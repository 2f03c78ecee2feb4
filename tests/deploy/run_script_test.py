#!/usr/bin/env python3
"""`make run`: it answers a query, ends without leaving a process, survives being killed, and notices a dead child.

    run_script_test.py PROGRAM     the program to run as weir (PgBouncer works too, with WEIR_CONSOLE=pgbouncer)
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = "weir"
START_SECONDS = 90
STOP_SECONDS = 30


def eventually(condition, seconds):
    """True as soon as the condition holds, False when it did not within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def processes_of(folder):
    """Pids of processes that were started from, work in or name the folder, this one excepted."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            text = (entry / "cmdline").read_bytes().decode(errors="replace")
            text += os.readlink(entry / "cwd") + os.readlink(entry / "exe")
        except OSError:
            continue  # it has ended, or is a process of somebody else
        if str(folder) in text:
            found.append(int(entry.name))
    return found


class Run:
    """deploy/run.sh in a folder of its own."""

    def __init__(self, folder, **more):
        self.folder = folder
        self.output = folder.parent / f"output-{folder.name}-{time.monotonic_ns()}"
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("DATABASE_URL", "PGPASSFILE", "PGUSER", "PGHOST", "PGPORT", "PGDATABASE")}
        environment.update(WEIR_BINARY=PROGRAM, WEIR_RUN_DIR=str(folder), WEIR_DEMO="postgres",
                           WEIR_PORT=str(11000 + os.getpid() % 8000), **more)
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                ["env", "--default-signal=INT,TERM,HUP", str(ROOT / "deploy" / "run.sh")], stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    def text(self):
        return self.output.read_text(errors="replace")

    def wait_ready(self):
        eventually(lambda: "Ctrl-C" in self.text() or self.process.poll() is not None, START_SECONDS)
        lines = dict(re.findall(r"^  (database|console): +(psql .*)$", self.text(), re.M))
        if self.process.poll() is not None or len(lines) != 2:
            raise AssertionError(f"not ready:\n{self.text()}")
        self.database, self.console = lines["database"], lines["console"]

    def stop(self, how):
        self.process.send_signal(how)
        return self.process.wait(STOP_SECONDS)


def answer(psql, sql):
    done = subprocess.run([*shlex.split(psql), "-X", "-A", "-t", "-c", sql], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=20, env=dict(os.environ, PGCONNECT_TIMEOUT="10"))
    return done.stdout.decode().strip()


class RunScript(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="weir-run-test-"))
        self.top.chmod(0o755)
        self.folder = self.top / "run"
        self.run_ = None

    def tearDown(self):
        if self.run_ and self.run_.process.poll() is None:
            self.run_.process.kill()
            self.run_.process.wait()
        eventually(lambda: not processes_of(self.folder), STOP_SECONDS)
        shutil.rmtree(self.top, ignore_errors=True)

    def start(self, **more):
        self.run_ = Run(self.folder, **more)
        self.run_.wait_ready()
        return self.run_

    def assert_nothing_left(self):
        self.assertTrue(eventually(lambda: not processes_of(self.folder), STOP_SECONDS),
                        f"left running: {processes_of(self.folder)}\n{self.run_.text()}")
        self.assertEqual([str(path) for path in self.folder.rglob("*.pid")], [])

    def test_answers_and_ends(self):
        run = self.start()
        self.assertEqual(answer(run.database, "select current_user || ' ' || pg_is_in_recovery()"), "app false")
        self.assertEqual(answer(run.database + "_replica", "select pg_is_in_recovery()"), "t")
        self.assertIn("app", answer(run.console, "SHOW DATABASES"))
        self.assertTrue(processes_of(self.folder), "the check for processes sees none while all run")
        self.assertEqual(run.stop(signal.SIGINT), 0)
        self.assert_nothing_left()

    def test_one_printed_command_shows_the_share_of_reads_on_the_replica(self):
        if os.environ.get("WEIR_CONSOLE") == "pgbouncer":
            self.skipTest("PgBouncer has no replicas")
        run = self.start()
        command = re.search(r"^  reads: +(.*--reads)", run.text(), re.M).group(1)
        share = 0

        def shown():
            nonlocal share
            done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
            text = done.stdout.decode()
            share = int(re.search(r"on the replica \d+ \((\d+) %\)", text).group(1))
            health = json.loads(text.split("/health:\n", 1)[1])
            replicas = next(one for one in health["databases"] if one["name"] == "app")["replicas"]
            return share >= 50 and len(replicas) == 1 and replicas[0]["lag_us"] is not None

        self.assertTrue(eventually(shown, START_SECONDS), f"{share} %")
        self.assertEqual(run.stop(signal.SIGINT), 0)
        self.assert_nothing_left()

    def test_with_tls_the_psql_line_checks_certificates_on_both_sides(self):
        run = self.start(TLS="1")
        self.assertIn("sslmode=verify-full", run.database)
        self.assertEqual(answer(run.database, "select ssl from pg_stat_ssl where pid = pg_backend_pid()"), "t")
        self.assertIn("SSL required", answer(run.database.replace("verify-full", "disable"), "select 1"))
        self.assertEqual(run.stop(signal.SIGINT), 0)
        self.assert_nothing_left()

    def test_tls_with_a_server_of_ones_own_is_refused_and_says_why(self):
        self.run_ = Run(self.folder, TLS="1", DATABASE_URL="postgresql://app@127.0.0.1:1/app")
        self.assertEqual(self.run_.process.wait(START_SECONDS), 1)
        self.assertIn("TLS=1 is for a PostgreSQL that make run starts itself", self.run_.text())
        self.assertFalse(self.folder.exists())

    def test_starts_again_after_it_was_killed(self):
        run = self.start()
        answer(run.database, "create table kept (n int); insert into kept values (42)")
        run.process.kill()
        run.process.wait()
        run = self.start()
        self.assertEqual(answer(run.database, "select n from kept"), "42")
        self.assertEqual(answer(run.database + "_replica", "select n from kept"), "42")
        self.assertEqual(run.stop(signal.SIGTERM), 0)
        self.assert_nothing_left()

    def test_a_second_run_in_the_same_folder_is_refused(self):
        self.start()
        second = Run(self.folder)
        self.assertNotEqual(second.process.wait(START_SECONDS), 0)
        self.assertIn("is running", second.text())
        self.assertEqual(self.run_.stop(signal.SIGHUP), 0)
        self.assert_nothing_left()

    def test_a_server_of_ones_own_is_used_and_left_alone(self):
        own = self.start()
        secret = (self.folder / "secret").read_text().strip()
        port = re.search(r"on port (\d+)", own.text()).group(1)
        url = f"postgresql://app:{secret}@127.0.0.1:{port}/%61pp?sslmode=disable"
        other = Run(self.top / "other", DATABASE_URL=url)
        try:
            other.wait_ready()
            self.assertEqual(answer(other.database, "select current_database()"), "app")
            self.assertEqual(other.stop(signal.SIGINT), 0)
        finally:
            other.process.kill()
        self.assertFalse(processes_of(self.top / "other"))
        self.assertEqual(answer(own.database, "select 7"), "7")

    def test_a_database_that_dies_ends_the_run(self):
        run = self.start()
        primary = int((self.folder / "primary" / "postmaster.pid").read_text().split()[0])
        os.kill(primary, signal.SIGQUIT)
        self.assertEqual(run.process.wait(STOP_SECONDS), 1)
        self.assertIn("primary has ended", run.text())
        self.assert_nothing_left()


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
