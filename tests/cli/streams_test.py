# SPDX-License-Identifier: Apache-2.0
"""Standard input and output as stores: `-?format=csv` or `file:-?format=csv`."""

import json
import os
import pty
import signal
import subprocess
import unittest

import harness
from harness import ProgramTest

PEOPLE = 'id,name,age\n1,Ada,36\n2,"Grace, B.",\n3,Alan,41\n'
LINES = [{"id": "1", "name": "Ada", "age": 36}, {"id": "2", "name": "Grace, B."},
         {"id": "3", "name": "Alan", "age": 41}]


def records(text):
    """Records by id, without nulls."""
    found = [json.loads(line) for line in text.splitlines()]
    return [{name: str(value) if name == "id" else value for name, value in record.items() if value is not None}
            for record in found]


class StandardStreams(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def run_shell(self, command, **streams):
        return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=self.folder, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **streams)

    def check_output(self, done, text=None):
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"digest", done.stderr)
        if text is not None:
            self.assertEqual(done.stdout.decode(), text)

    def test_each_text_format_to_standard_output(self):
        for target in ("-?format=csv", "file:-?format=csv"):
            self.check_output(self.run_shell(f"dataknobs copy people.csv '{target}' </dev/null"), PEOPLE)
        tsv = self.run_shell("dataknobs copy people.csv '-?format=tsv'")
        self.check_output(tsv, PEOPLE.replace('"', "").replace(",", "\t", 2).replace("1,Ada,36", "1\tAda\t36")
                          .replace("2,Grace, B.,", "2\tGrace, B.\t").replace("3,Alan,41", "3\tAlan\t41"))
        lines = self.run_shell("dataknobs copy people.csv '-?format=ndjson'")
        self.check_output(lines)
        self.assertEqual(records(lines.stdout.decode()), LINES)
        array = self.run_shell("dataknobs copy people.csv '-?format=json'")
        self.check_output(array)
        self.assertEqual(len(json.loads(array.stdout)), 3)

    def test_parquet_to_standard_output(self):
        done = self.run_shell("dataknobs copy people.csv '-?format=parquet'")
        self.check_output(done)
        self.write("people.parquet", done.stdout)
        self.ok("verify", "people.csv", "people.parquet")

    def test_through_a_pipe(self):
        done = self.run_shell("cat people.csv | dataknobs copy '-?format=csv' '-?format=ndjson' --progress none")
        self.check_output(done)
        self.assertEqual(records(done.stdout.decode()), LINES)
        done = self.run_shell("dataknobs copy people.csv '-?format=parquet' | "
                              "dataknobs copy '-?format=parquet' '-?format=csv'")
        self.check_output(done, PEOPLE)

    def test_each_format_from_standard_input(self):
        for name in ("csv", "tsv", "ndjson", "json", "parquet"):
            with self.subTest(name):
                done = self.run_shell(f"dataknobs copy people.csv '-?format={name}' | "
                                      f"dataknobs copy '-?format={name}' '-?format=csv'")
                self.check_output(done, PEOPLE)
                done = self.run_shell(f"dataknobs copy people.csv '-?format={name}' | "
                                      f"dataknobs count '-?format={name}' 'age >= 36'")
                self.assertEqual(done.stdout, b"2\n", done.stderr.decode())

    def test_from_a_store_with_standard_input_closed_or_a_terminal(self):
        self.ok("copy", "people.csv", "sqlite:people.db?table=people")
        command = "dataknobs copy 'sqlite:people.db?table=people' '-?format=csv'"
        self.check_output(self.run_shell(f"{command} <&-"), PEOPLE)
        leader, follower = pty.openpty()
        try:
            self.check_output(self.run_shell(command, stdin=follower), PEOPLE)
        finally:
            os.close(leader)
            os.close(follower)

    def test_the_bar_of_a_stage_ends_with_its_last_state(self):
        leader, follower = pty.openpty()
        try:
            done = subprocess.run([str(harness.PROGRAM), "copy", "people.csv", "people.ndjson"], cwd=self.folder,
                                  env=self.environment, stdout=subprocess.PIPE, stderr=follower, timeout=120)
            shown = os.read(leader, 65536).decode()
        finally:
            os.close(leader)
            os.close(follower)
        self.assertEqual(done.returncode, 0, shown)
        # What a line showed last, before the next one began.
        lines = [line.rstrip("\r").split("\r")[-1] for line in shown.split("\n")]
        for stage in ("copying", "proving"):
            last, = (line for line in lines if stage in line)
            self.assertRegex(last, r"100 %  3 records", shown)

    def test_plain_lines_where_there_is_no_terminal(self):
        error = self.run_shell("dataknobs copy people.csv people.ndjson").stderr.decode()
        self.assertNotRegex(error, "[\r\x1b]")
        lines = error.splitlines()
        for stage in ("planning", "copying", "proving"):
            self.assertTrue(any(line.startswith(stage) for line in lines), error)
        quiet = self.run_shell("dataknobs copy people.csv again.ndjson --progress none").stderr.decode()
        self.assertTrue(quiet.startswith("copied:"), quiet)

    def test_closed_standard_output_harms_no_file(self):
        self.ok("copy", "people.csv", "sqlite:people.db?table=people")
        before = (self.folder / "people.db").read_bytes()
        done = self.run_shell("dataknobs copy 'sqlite:people.db?table=people' '-?format=csv' >&-")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"standard output", done.stderr)
        self.assertEqual((self.folder / "people.db").read_bytes(), before)
        done = self.run_shell("dataknobs copy '-?format=csv' out.ndjson <&-")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"standard input", done.stderr)

    def test_a_full_standard_output_is_told(self):
        for command in ("copy people.csv '-?format=csv'", "query people.csv --output json",
                        "query people.csv --output csv"):
            done = self.run_shell(f"dataknobs {command} >/dev/full")
            self.assertEqual(done.returncode, harness.RESOURCE, command)
            self.assertIn(b"standard output", done.stderr)

    def test_the_certificate_leaves_standard_output_alone(self):
        done = self.run_shell("dataknobs copy people.csv '-?format=csv' --output json --progress none")
        self.assertEqual(done.stdout.decode(), PEOPLE)
        certificate = json.loads(done.stderr)
        self.assertEqual((certificate["written"], certificate["proof"]), (3, "none"))

    def test_a_plan_for_a_pipe_reads_nothing(self):
        text = self.ok("copy", "people.csv", "-?format=csv", "--plan")
        self.assertIn("none", text)

    def test_the_format_is_wanted(self):
        self.fails(harness.CONFIGURATION, "copy", "people.csv", "-", saying=["format=csv"])
        self.fails(harness.CONFIGURATION, "copy", "people.csv", "-?format=cvs", saying=["'csv'"])

    def test_a_malformed_line_of_standard_input(self):
        self.fails(harness.SERIALIZATION, "copy", "-?format=ndjson", "out.csv", given='{"a":1}\n{"a":\n',
                   saying=["standard input", "line 2"])
        self.assertFalse((self.folder / "out.csv").exists())

    def test_waiting_for_input_can_be_stopped(self):
        for arguments in (["copy", "-?format=csv", "out.ndjson"], ["put", "sqlite:app.db?table=a", "-"]):
            process = subprocess.Popen([harness.PROGRAM, *arguments], cwd=self.folder, env=self.environment,
                                       stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # More than a pipe holds: once it is written, the program reads, and waits for the end.
            process.stdin.write(" " * (1 << 20))
            process.stdin.flush()
            process.send_signal(signal.SIGINT)
            while "stopping" not in (line := process.stderr.readline()):
                self.assertNotEqual(line, "")
            # The first one is told; the read cannot be called off, so the second one ends the process.
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(timeout=60), -signal.SIGINT)
            process.stdin.close()
            process.stderr.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
