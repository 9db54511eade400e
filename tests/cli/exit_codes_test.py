# SPDX-License-Identifier: Apache-2.0
"""Each exit code of the table in `dataknobs --help` is met by what it stands for."""

import contextlib
import re
import signal
import sqlite3
import subprocess
import unittest

import harness
from harness import ProgramTest

PEOPLE = "id,name,age\n1,Ada,36\n2,Grace,85\n"
TARGET = "sqlite:app.db?table=people"


class ExitCodes(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def fill(self):
        self.ok("copy", "people.csv", TARGET, "--progress", "none")

    @contextlib.contextmanager
    def locked(self):
        """The target is locked by another program."""
        with contextlib.closing(sqlite3.connect(self.folder / "app.db", isolation_level=None)) as database:
            database.execute("begin exclusive")
            yield
            database.execute("rollback")

    def test_the_table_is_whole(self):
        # 1 (internal) is a defect of ours, and 25 (migration) waits for its command: all others have a test here.
        table = {int(code) for code in re.findall(r"^ +(\d+)  ", self.ok("--help"), re.MULTILINE)}
        tested = {int(code) for name in dir(self) for code in re.findall(r"^test_(\d+)_", name)}
        self.assertEqual(table - {1, 25}, tested)

    def test_0_done(self):
        self.fill()
        self.ok("verify", "people.csv", TARGET)

    def test_2_wrong_call(self):
        self.fails(2, "copy", "people.csv", TARGET, "--jobs", "many")

    def test_11_invalid_argument(self):
        self.fails(11, "delete", TARGET, saying=["--where"])

    def test_12_not_found(self):
        self.fails(12, "count", "nobody.csv")

    def test_13_duplicate_record(self):
        self.fill()
        self.write("more.csv", "id,name,age\n3,Alan,41\n1,Eve,20\n")
        self.fails(13, "copy", "more.csv", TARGET, saying=["1"])
        self.assertEqual(self.ok("count", TARGET), "2\n")

    def test_14_concurrency(self):
        self.fill()
        self.write("people.csv", PEOPLE + "3,Alan,41\n")
        self.fails(14, "copy", "people.csv", TARGET, saying=["--fresh"])

    def test_15_validation(self):
        self.fill()
        self.write("more.csv", "id,name,age\n3,Alan,old\n")
        self.fails(15, "copy", "more.csv", TARGET, saying=["old"])

    def test_16_query(self):
        self.fails(16, "count", "people.csv", "age >")

    def test_17_connection(self):
        self.fails(17, "count", "postgresql://127.0.0.1:1/app?table=people")

    def test_18_timeout(self):
        self.fill()
        with self.locked():
            self.fails(18, "put", f"{TARGET}&busy_timeout=1ms", '{"id": 3, "name": "Alan"}', saying=["busy_timeout"])
        self.assertEqual(self.ok("count", TARGET), "2\n")

    def test_19_cancelled(self):
        self.fill()
        self.write("more.csv", "id,name,age\n3,Alan,41\n")
        arguments = ["copy", "more.csv", f"{TARGET}&busy_timeout=600s"]
        with self.locked():
            process = subprocess.Popen([harness.PROGRAM, *arguments], cwd=self.folder, env=self.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # The first line of its progress; it cannot get further than the lock.
            line = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            out, error = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 19, line + out + error)
        self.assertIn("the same command goes on", error)
        self.ok(*arguments)
        self.assertEqual(self.ok("count", TARGET), "3\n")

    def test_20_configuration(self):
        self.fails(20, "count", "people.csv?delimiter=;;")

    def test_21_unsupported(self):
        self.write("numbers.csv", "n\n1\n")
        self.fails(21, "delete", "numbers.csv", "1", saying=["no ids", "key="])
        self.assertEqual((self.folder / "numbers.csv").read_text(), "n\n1\n")

    def test_22_serialization(self):
        self.write("torn.json", '[{"id": 1')
        self.fails(22, "count", "torn.json", saying=["torn.json"])

    def test_23_permission(self):
        (self.folder / "people.csv").chmod(0)
        done = self.run_program("count", "people.csv", prepare=harness.without_override)
        self.assertEqual(done.returncode, 23, done.stderr)
        self.assertIn("people.csv", done.stderr)

    def test_24_resource(self):
        command = f"{harness.PROGRAM} query people.csv --output csv > /dev/full"
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, 24, done.stderr)

    def test_26_verification(self):
        self.fill()
        self.ok("delete", TARGET, "2")
        done = self.run_program("verify", "people.csv", TARGET)
        self.assertEqual(done.returncode, 26, done.stderr)
        self.assertIn("2: only left", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
