# SPDX-License-Identifier: Apache-2.0
"""Folders of files as one dataset."""

import json
import unittest

import harness
from harness import ProgramTest


class Folders(ProgramTest):
    def put(self, name, content):
        """Writes a file in folders that are made for it."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        return self.write(name, content)

    def records(self, *arguments):
        return [json.loads(line) for line in self.ok("query", *arguments, "--output", "ndjson").splitlines()]

    def test_hive_folders_of_parquet_files(self):
        for country, year, numbers in (("FR", 2023, [1, 2]), ("FR", 2024, [3]), ("DE", 2024, [4.5])):
            self.write("part.csv", "\n".join(map(str, ["n", *numbers])) + "\n")
            (self.folder / f"p/country={country}/year={year}").mkdir(parents=True)
            self.ok("copy", "part.csv", f"p/country={country}/year={year}/0.parquet")
        self.assertEqual([(record["country"], record["year"], record["n"]) for record in self.records("p/")],
                         [("DE", 2024, 4.5), ("FR", 2023, 1), ("FR", 2023, 2), ("FR", 2024, 3)])
        self.assertEqual(self.ok("count", "p", "country = 'FR' and year >= 2024"), "1\n")
        explained = self.ok("query", "p", "year = 2024 and n > 3 order by n limit 1", "--explain")
        self.assertIn("scan of 2 of 3 files in p", explained)
        self.assertIn("year = 2024: exact: by the names of folders", explained)
        self.assertEqual(self.ok("aggregate", "p", "year, count() as n", "year > 0 order by year", "--output", "csv"),
                         "year,n\n2023,2\n2024,2\n")
        described = json.loads(self.ok("describe", "p", "--output", "json"))
        self.assertEqual(described["kind"], "folder of Parquet files")
        self.assertEqual([column["name"] for column in described["columns"]], ["n", "country", "year"])

    def test_a_copy_reads_a_folder_in_chunks(self):
        for part in range(3):
            rows = "".join(f"{part * 1000 + row},{'x' * 20}\n" for row in range(1000))
            self.put(f"p/day=2024-01-0{part + 1}/a b.csv", "id,text\n" + rows)
        self.ok("copy", "p", "sqlite:app.db?table=t")
        self.ok("verify", "p", "sqlite:app.db?table=t")
        self.ok("copy", "p", "one.parquet", "--where", "day >= '2024-01-02'")
        self.assertEqual(self.ok("count", "one.parquet", "day exists and text exists"), "2000\n")

    def test_columns_that_do_not_fit_together(self):
        for name, text in (("a", "n,t\n1,x\n"), ("b", "n,t\nx,y\n")):
            self.write("part.csv", text)
            (self.folder / "p").mkdir(exist_ok=True)
            self.ok("copy", "part.csv", f"p/{name}.parquet")
        self.fails(harness.SERIALIZATION, "count", "p/",
                   saying=["'n' is integer in p/a.parquet and string in p/b.parquet"])

    def test_bad_input(self):
        self.put("mix/a.csv", "a\n1\n")
        self.put("mix/b.ndjson", "{}\n")
        self.put("odd/a.csv", "a\n1\n")
        self.put("odd/a.cvs", "a\n2\n")
        self.put("torn/x=1/a.csv", "a,b\n1,2\n")
        self.put("torn/x=2/a.csv", "a,b\n1,2\n3\n")
        self.put("deep/a.csv", "a\n1\n")
        self.put("deep/sub/a.csv", "a\n1\n")
        self.put("both/a=1/a.csv", "a\n1\n")
        self.put("good/x=1/a.csv", "a\n1\n")
        (self.folder / "empty").mkdir()
        for code, url, saying in (
                (harness.CONFIGURATION, "mix/", ["mix/a.csv (csv)", "mix/b.ndjson (ndjson)"]),
                (harness.CONFIGURATION, "odd/", ["odd/a.cvs is no file of data"]),
                (harness.SERIALIZATION, "torn/", ["torn/x=2/a.csv, line 3"]),
                (harness.CONFIGURATION, "deep/", ["deep/sub is a folder within deep"]),
                (harness.SERIALIZATION, "both/", ["both/a=1/a.csv", "folder a=1"]),
                (harness.CONFIGURATION, "empty/", ["no files in empty/"]),
                (harness.CONFIGURATION, "none/", ["no files in none/"]),
                (harness.NOT_FOUND, "none/?format=csv", ["none"]),
                (harness.CONFIGURATION, "good/?format=parquet", ["format=parquet was given"]),
                (harness.CONFIGURATION, "good/?format=cvs", ["did you mean 'csv'?"]),
                (harness.CONFIGURATION, "good/?type=y:integer", ["no column 'y'"]),
                (harness.CONFIGURATION, "good/?key=y", ["no column 'y'"]),
                (harness.NOT_FOUND, "good/x=1/a.csv/", ["Not a directory"])):
            with self.subTest(url):
                for call in (["count", url], ["query", url], ["copy", url, "out.csv"],
                             ["verify", url, "good/x=1/a.csv"]):
                    self.fails(code, *call, saying=saying)
                self.assertFalse((self.folder / "out.csv").exists())

    def test_what_may_not_be_read(self):
        self.put("p/a.csv", "a\n1\n").chmod(0)
        self.fails(harness.PERMISSION, "count", "p/", prepare=harness.without_override, saying=["p/a.csv"])
        (self.folder / "p").chmod(0o111)
        self.addCleanup((self.folder / "p").chmod, 0o777)
        self.fails(harness.PERMISSION, "count", "p/", prepare=harness.without_override, saying=["cannot list p"])

    def test_single_records_are_not_written(self):
        path = self.put("p/a.csv", "id,n\n1,2\n")
        for call in (["put", "p/", '{"id": 2, "n": 3}'], ["delete", "p/", "1"], ["delete", "p/", "--where", "n = 2"]):
            self.fails(harness.UNSUPPORTED, *call, saying=["one by one", "hint:"])
        self.assertEqual(path.read_text(), "id,n\n1,2\n")
        self.assertEqual(json.loads(self.ok("get", "p/", "1")), {"id": 1, "n": 2})


if __name__ == "__main__":
    unittest.main()
