#!/usr/bin/env python3
"""`cmake --install`: the program runs from where it was put, the sample is valid and lets nobody in before somebody sets a
password, an edited configuration is kept.

    install_test.py BUILD
"""
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = "build"


def install(prefix):
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", str(prefix)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise AssertionError(done.stdout.decode())


class Install(unittest.TestCase):
    def setUp(self):
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="weir-install-"))
        self.addCleanup(shutil.rmtree, self.prefix)
        install(self.prefix)
        self.ini = self.prefix / "etc" / "weir" / "weir.ini"

    def test_the_sample_is_valid_for_the_installed_program(self):
        weir = self.prefix / "bin" / "weir"
        done = subprocess.run([weir, "--check", self.ini], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_no_placeholder_is_left_and_paths_exist(self):
        unit = self.prefix / "lib" / "systemd" / "system" / "weir.service"
        for file in (self.ini, unit):
            self.assertNotRegex(file.read_text(), r"@\w+@")
        program, *arguments = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.M).group(1).split()
        self.assertTrue(pathlib.Path(program).is_file(), program)
        self.assertEqual(arguments[-1], str(self.ini))
        userlist = re.search(r"^auth_file = (.*)$", self.ini.read_text(), re.M).group(1)
        self.assertEqual(pathlib.Path(userlist).stat().st_mode & 0o007, 0, "others may read the secrets")

    def start(self):
        """The installed program with the installed sample, on a free port of loopback and without a Unix socket."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        text = re.sub(r"^listen_port = .*$", f"listen_port = {port}", self.ini.read_text(), flags=re.M)
        self.ini.write_text(re.sub(r"^unix_socket_dir = .*$", "unix_socket_dir =", text, flags=re.M))
        account = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in [self.prefix, *self.prefix.rglob("*")]:
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        log = (self.prefix / "log").open("wb")
        self.addCleanup(log.close)
        process = subprocess.Popen([self.prefix / "bin" / "weir", self.ini], stdout=log, stderr=log, **account)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.01)
        self.fail((self.prefix / "log").read_text())

    @unittest.skipUnless(shutil.which("psql"), "psql is not here")
    def test_no_account_of_the_sample_opens_anything(self):
        port = self.start()
        names = set(re.findall(r'^"([^"]*)"', self.ini.with_name("userlist.txt").read_text(), re.M))
        self.assertIn("weir_admin", names)
        for user in sorted(names | {"weir", "pgbouncer", "postgres", "root", "app"}):
            for database in ("weir", "pgbouncer", "app"):
                for password in ("", user, "postgres", "weir"):
                    with self.subTest(user=user, database=database, password=password):
                        done = subprocess.run(
                            ["psql", "-X", "-w", "-c", "SHOW VERSION",
                             f"host=127.0.0.1 port={port} user={user} dbname={database} connect_timeout=20"],
                            env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True, timeout=60)
                        self.assertNotEqual(done.returncode, 0, done.stdout)
                        self.assertRegex(done.stderr, r"authentication failed|not allowed|no password supplied")

    def test_an_edited_configuration_is_kept(self):
        self.ini.write_text("; mine\n")
        userlist = self.ini.with_name("userlist.txt")
        userlist.write_text('"mine" "secret"\n')
        install(self.prefix)
        self.assertEqual(self.ini.read_text(), "; mine\n")
        self.assertEqual(userlist.read_text(), '"mine" "secret"\n')
        self.assertIn("listen_port", self.ini.with_name("weir.ini.sample").read_text())


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main()
