# SPDX-License-Identifier: Apache-2.0
"""Four processes create 1,000 records each in one file: there are exactly 4,000. Then four go on while two others are
killed in the middle of the same: nobody waits for the dead, and every record is whole.

    crowd_test.py PROGRAM
"""

import os
import pathlib
import subprocess
import sys
import tempfile

PROCESSES, RECORDS, MORE = 4, 1000, 100


class Crowd:
    def __init__(self, program, url):
        self.program, self.url = program, url

    def start(self, count):
        return subprocess.Popen([self.program, "create", self.url, str(count)])

    def create(self, count):
        writers = [self.start(count) for _ in range(PROCESSES)]
        codes = [writer.wait(timeout=300) for writer in writers]
        if codes != [0] * PROCESSES:
            sys.exit(f"{self.url}: the writers ended with {codes}")

    def records(self):
        done = subprocess.run([self.program, "read", self.url, "people"], capture_output=True, text=True, timeout=60,
                              check=True)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        torn = [row[0] for row in rows if row[3] != "whole"]
        if torn or len({row[0] for row in rows}) != len(rows):
            sys.exit(f"{self.url}: {len(torn)} torn ones of {len(rows)} records")
        return len(rows)

    def run(self):
        self.create(RECORDS)
        found = self.records()
        if found != PROCESSES * RECORDS:
            sys.exit(f"{self.url}: {found} records")
        doomed = [self.start(10**9) for _ in range(2)]
        while self.records() < found + MORE:
            pass  # They write as fast as they can, until they die in the middle of it.
        for process in doomed:
            process.kill()
            process.wait()
        before = self.records()
        self.create(MORE)
        if self.records() != before + PROCESSES * MORE:
            sys.exit(f"{self.url}: {self.records()} records, not {before + PROCESSES * MORE}")


def main(program):
    for form in ("ndjson", "csv"):
        with tempfile.TemporaryDirectory() as name:
            os.environ["XDG_STATE_HOME"] = str(pathlib.Path(name, "state"))
            pathlib.Path(name, "data").mkdir()
            Crowd(program, f"file:{name}/data?format={form}").run()
            print(f"{form}: good", flush=True)


main(sys.argv[1])
