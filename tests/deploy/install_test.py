#!/usr/bin/env python3
"""`cmake --install`: the program runs from where it was put, the sample is valid, an edited configuration is kept.

    install_test.py BUILD
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
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
