# SPDX-License-Identifier: Apache-2.0
"""What values of options that make no sense get."""

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


if __name__ == "__main__":
    unittest.main(verbosity=2)
