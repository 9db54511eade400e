# SPDX-License-Identifier: Apache-2.0
"""What values of options and conditions that make no sense get."""

import unittest

import harness
from bad_input_test import BadInput


class Options(BadInput):
    def test_choices_of_options(self):
        """All are listed, and the nearest is named."""
        copy, verify = ("copy", "people.csv", "a.parquet"), ("verify", "people.csv", "people.csv")
        query, aggregate = ("query", "people.csv"), ("aggregate", "people.csv", "count()")
        with self.nothing_changes():
            for words in (query, aggregate, copy, verify, ("describe", "people.csv")):
                self.fails(harness.USAGE, *words, "--output", "jsn", saying=["--output", "did you mean 'json'?"])
            for words in (copy, verify):
                self.fails(harness.USAGE, *words, "--progress", "plan", saying=["did you mean 'plain'?"])
            self.fails(harness.USAGE, *copy, "--mode", "insrt", saying=["insert, upsert", "did you mean 'insert'?"])
            error = self.fails(harness.USAGE, *query, "--output", "yaml", saying=["table, json, ndjson, csv, parquet"])
            self.assertNotIn("did you mean", error)
        self.assertIn("{insert,upsert}", self.ok("copy", "--help"))

    def test_numbers_of_options(self):
        """Neither a sign nor more digits than fit turn one into another."""
        with self.nothing_changes():
            for number in ("-1", "1.5", "0x2", "", "18446744073709551615", "99999999999999999999"):
                self.fails(harness.USAGE, "copy", "people.csv", "a.csv", "--limit", number, saying=["--limit"])
                self.fails(harness.USAGE, "verify", "people.csv", "people.csv", "--max-differences", number,
                           saying=["--max-differences"])

    def test_options_that_exclude_each_other(self):
        self.fails(harness.USAGE, "query", "people.csv", "--explain", "--output", "json",
                   saying=["--explain", "--output"])

    def test_options_that_are_empty(self):
        """As by a variable of the shell that is not set: never taken as not given."""
        with self.nothing_changes():
            for words in (("copy", "people.csv", "a.parquet"), ("verify", "people.csv", "people.csv"),
                          ("query", "people.csv")):
                self.fails(harness.QUERY, *words, "--select", "", saying=["empty"])
            self.fails(harness.INVALID_ARGUMENT, "copy", "people.csv", "a.parquet", "--memory", "")
            for words in (("copy", "people.csv", "a.parquet"), ("verify", "people.csv", "people.csv"),
                          ("delete", "people.csv")):
                for empty in ("", " "):
                    self.fails(harness.INVALID_ARGUMENT, *words, "--where", empty, saying=["--where is empty", "hint:"])
            self.fails(harness.INVALID_ARGUMENT, "delete", "people.csv", "1", "--where", "", saying=["not both"])


class Conditions(BadInput):
    def test_a_literal_that_matches_nothing(self):
        """A warning beside the answer, which stays what it is."""
        self.ok("copy", "people.csv?key=id", "sqlite:app.db?table=people")
        for url in ("people.csv", "sqlite:app.db?table=people"):
            for words, answer in ((("query", url, "age = 'old'", "--output", "json"), "[]\n"),
                                  (("count", url, "age = 'old'"), "0\n"),
                                  (("aggregate", url, "count() as n", "age = 'old'", "--output", "csv"), "n\n0\n")):
                self.warns("age = 'old'", answer, *words)
        self.warns("age = 'o\\nld'", "0\n", "delete", "sqlite:app.db?table=people", "--where", "age = 'o\nld'")
        for words in (("count", "people.csv", "age = 36"), ("count", "people.csv", "name = 'old'")):
            done = self.run_program(*words)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "1\n" if "36" in words[2] else "0\n", ""))

    def warns(self, condition, answer, *words):
        done = self.run_program(*words)
        warning = f"warning: '{condition}' can match no value of 'age', which is integer\n"
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, answer, warning), words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
