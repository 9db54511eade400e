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

    def sales(self):
        rows = [("FR", 2024, "2024-01-05", "1.50"), ("FR", 2023, "2023-02-01", ""), ("", 2024, "2024-03-01", "2.00"),
                ("a/b c=d", 2024, "2024-03-02", "10"), ("\u00e4\u20ac", 2024, "2024-03-03", "-0.5"),
                ('""', 2023, "2023-01-01", "7")]
        text = "id,country,year,day,price\n" + "".join(
            f"{number},{country},{year},{day},{price}\n"
            for number, (country, year, day, price) in enumerate(rows * 50))
        return self.write("sales.csv", text)

    def test_csv_to_hive_parquet_and_back(self):
        source = self.sales()
        self.ok("copy", source.name, "p/?format=parquet&partition=country,year")
        folders = sorted(str(path.relative_to(self.folder / "p")) for path in (self.folder / "p").glob("*/*"))
        self.assertEqual(folders, ["country=/year=2023", "country=FR/year=2023", "country=FR/year=2024",
                                   "country=__HIVE_DEFAULT_PARTITION__/year=2024", "country=a%2Fb c%3Dd/year=2024",
                                   "country=\u00e4\u20ac/year=2024"])
        self.assertTrue(list((self.folder / "p/country=FR/year=2024").glob("part-*.parquet")))
        self.ok("verify", source.name, "p")
        self.ok("copy", "p/", "back.csv")
        self.ok("verify", source.name, "back.csv")
        self.ok("copy", "p/", "q/?format=csv&partition=day&part_size=1KiB")
        self.ok("verify", "q/", source.name)
        self.assertIn("finished before", self.run_program("copy", source.name,
                                                   "p?format=parquet&partition=country,year").stderr)
        self.fails(harness.VALIDATION, "copy", "sales.csv", "q/?format=csv",
                   saying=["the folder of CSV files exists already"])
        self.fails(harness.CONFIGURATION, "count", "p/?partition=year", saying=["partition=year was given",
                                                                                "country,year"])

    def test_a_copy_within_its_memory(self):
        rows = "".join(f"{number},{number % 200},{'x' * 100}\n" for number in range(50_000))
        self.write("big.csv", "id,group,text\n" + rows)
        self.ok("copy", "big.csv", "p/?format=parquet&partition=group", "--memory", "16MiB")
        self.assertEqual(len(list((self.folder / "p").glob("*/*.parquet"))), 200)
        self.ok("copy", "big.csv", "flat/?format=ndjson&compression=gzip&part_size=20KiB", "--memory", "16MiB")
        self.assertGreater(len(list((self.folder / "flat").glob("part-*.ndjson.gz"))), 3)
        self.ok("verify", "p/", "flat/")

    def test_what_names_of_folders_do_not_keep(self):
        self.write("odd.ndjson", '{"id": "1", "tags": [1], "any": 1}\n{"id": "2", "tags": [], "any": "x"}\n')
        self.fails(harness.VALIDATION, "copy", "odd.ndjson", "p/?format=csv&partition=tags",
                   saying=["do not become names of folders"])
        self.fails(harness.VALIDATION, "copy", "odd.ndjson", "p/?format=csv&partition=any",
                   saying=["--allow-loss any"])
        self.sales()
        for options in ([], ["--plan"]):
            self.fails(harness.CONFIGURATION, "copy", "sales.csv", "p/?format=csv&partition=yaer", *options,
                       saying=["did you mean 'year'?"])
            self.fails(harness.CONFIGURATION, "copy", "sales.csv", "p/?format=csv&partition=id", "--select", "id",
                       *options, saying=["names all fields"])
        plan = self.run_program("copy", "odd.ndjson", "p/?format=csv&partition=any", "--plan").stdout
        self.assertIn("lossy", plan)
        self.ok("copy", "odd.ndjson", "p/?format=csv&partition=any", "--allow-loss", "any")
        self.fails(harness.SERIALIZATION, "copy", "odd.ndjson", "q/?format=ndjson&partition=tags",
                   saying=["does not become the name of a folder", "record: 1"])
        self.assertFalse((self.folder / "q").exists())
        self.fails(harness.CONFIGURATION, "copy", "odd.ndjson", "p.csv?partition=any", saying=["p.csv/"])
        self.fails(harness.UNSUPPORTED, "put", "new/?format=csv", '{"id": 1}', saying=["one by one"])
        self.assertFalse((self.folder / "new").exists())

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
