# SPDX-License-Identifier: Apache-2.0
"""`--memory` holds for copies of any size: resident memory stays within the budget and 40 MiB. So do queries, whatever
their output, with the default budget."""

import os
import subprocess
import unittest

from harness import POSTGRESQL, PROGRAM, ProgramTest

MEBIBYTE = 1 << 20
ALLOWANCE = 40 * MEBIBYTE
ROWS = 300_000


class MemoryTest(ProgramTest):
    def setUp(self):
        super().setUp()
        path = self.folder / "big.csv"
        with open(path, "w") as file:
            file.write("id,name,price,moment,note\n")
            for row in range(ROWS):
                file.write(f"{row},name of {row},{row % 1000}.25,2024-02-29T12:{row % 60:02}:00Z,{'x' * 100}\n")
        self.assertGreater(path.stat().st_size, 40 * MEBIBYTE)

    def peak(self, *arguments):
        """The greatest resident memory of the program, in bytes."""
        command = [str(PROGRAM), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder,
                                   env=self.environment)
        errors = process.stderr.read()
        process.stderr.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, errors)
        return usage.ru_maxrss * 1024

    def check(self, source, target, budget):
        peak = self.peak("copy", source, target, "--memory", str(budget), "--progress", "none")
        self.assertLessEqual(peak, budget + ALLOWANCE, f"{source} -> {target}: {peak / MEBIBYTE:.0f} MiB")

    def test_small_budget(self):
        for target in ("sqlite:big.db?table=big", "big.ndjson", "big.parquet", "again.csv"):
            with self.subTest(target):
                self.check("big.csv", target, 16 * MEBIBYTE)

    def test_default_budget(self):
        self.check("big.csv", "sqlite:big.db?table=big", 64 * MEBIBYTE)
        self.check("sqlite:big.db?table=big", "big.ndjson", 64 * MEBIBYTE)
        self.check("sqlite:big.db?table=big", "big.parquet", 64 * MEBIBYTE)
        self.check("big.parquet", "again.csv", 64 * MEBIBYTE)

    def test_output_of_a_query(self):
        self.ok("copy", "big.csv", "big.ndjson", "--progress", "none")
        for source in ("big.csv", "big.ndjson"):
            for output in ("ndjson", "csv", "parquet"):
                with self.subTest(source=source, output=output):
                    peak = self.peak("query", source, "price >= 0", "--output", output)
                    self.assertLessEqual(peak, 64 * MEBIBYTE + ALLOWANCE, f"{peak / MEBIBYTE:.0f} MiB")

    @unittest.skipUnless(POSTGRESQL, "no PostgreSQL")
    def test_postgresql(self):
        table = f"{POSTGRESQL}?table=memory_test_{os.getpid()}"
        self.addCleanup(subprocess.run, ["psql", "-qc", f"drop table if exists memory_test_{os.getpid()}", POSTGRESQL])
        self.check("big.csv", table, 16 * MEBIBYTE)
        self.check(table, "big.ndjson", 64 * MEBIBYTE)

    @unittest.skipUnless(POSTGRESQL, "no PostgreSQL")
    def test_large_records(self):
        """Each is held by the driver too while it is read."""
        names = [f"memory_test_large_{os.getpid()}{suffix}" for suffix in ("", "_copy")]
        for name in names:
            self.addCleanup(subprocess.run, ["psql", "-qc", f"drop table if exists public.{name}", POSTGRESQL])
        text = "(select string_agg(md5(random()::text || i || j), '') from generate_series(1, 150000) j)"
        subprocess.run(["psql", "-qc", f"create table public.{names[0]} as select i as id, {text} as v "
                        "from generate_series(1, 12) i", POSTGRESQL], check=True)
        tables = [f"{POSTGRESQL}?table={name}&schema=public&key=id" for name in names]
        self.check(tables[0], tables[1], 16 * MEBIBYTE)


if __name__ == "__main__":
    unittest.main()
