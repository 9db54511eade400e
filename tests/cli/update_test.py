# SPDX-License-Identifier: Apache-2.0
"""`dataknobs update`: new values in what a query finds, computed from each record as it was."""

import os
import unittest

import harness
from harness import ProgramTest

SHOPS = "code,city,price\nA,Oslo,10\nB,Lima,20\nC,,30\n"


class Update(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("shops.csv", SHOPS)
        self.ok("copy", "shops.csv?key=code", "sqlite:app.db?table=shops")
        self.ok("copy", "shops.csv?key=code", "documents.ndjson")
        self.urls = ("shops.csv?key=code", "sqlite:app.db?table=shops", "documents.ndjson")

    def prices(self, url):
        return self.ok("query", url, "price > 0 order by price", "--select", "city, price", "--output", "csv")

    def test_computed_values(self):
        for url in self.urls:
            with self.subTest(url):
                count = self.ok("update", url, "--where", "price >= 20", "--set", "price = price + 1",
                                "--set", "city = coalesce(city, 'nowhere')")
                self.assertEqual(count, "2\n")
                self.assertEqual(self.prices(url), "city,price\nOslo,10\nLima,21\nnowhere,31\n")

    def test_several_in_one_and_a_limit(self):
        for url in self.urls:
            with self.subTest(url):
                self.assertEqual(self.ok("update", url, "--where", "price > 0 order by price limit 1",
                                         "--set", "price = 1, city = upper(city)"), "1\n")
                self.assertEqual(self.prices(url), "city,price\nOSLO,1\nLima,20\n,30\n")

    def test_all(self):
        for url in self.urls:
            self.assertEqual(self.ok("update", url, "--all", "--set", "price = price * 2"), "3\n")
            self.assertEqual(self.prices(url), "city,price\nOslo,20\nLima,40\n,60\n")
            self.assertEqual(self.ok("update", url, "--where", "price > 100", "--set", "price = 0"), "0\n")

    def test_every_record_needs_a_word(self):
        for url in self.urls:
            before = self.prices(url)
            self.fails(harness.INVALID_ARGUMENT, "update", url, "--set", "price = 0", saying=["--where", "--all"])
            self.fails(harness.INVALID_ARGUMENT, "update", url, "--all", "--where", "price = 1", "--set", "price = 0",
                       saying=["not both"])
            self.fails(harness.INVALID_ARGUMENT, "update", url, "--where", "", "--set", "price = 0",
                       saying=["--where is empty"])
            self.assertEqual(self.prices(url), before)

    def test_what_is_wrong_is_said(self):
        for url in self.urls:
            with self.subTest(url):
                before = self.prices(url)
                self.fails(harness.USAGE, "update", url, "--all", saying=["--set"])
                self.fails(harness.QUERY, "update", url, "--all", "--set", "price", saying=["'='"])
                self.fails(harness.QUERY, "update", url, "--all", "--set", "price = uper(city)", saying=["upper"])
                self.fails(harness.QUERY, "update", url, "--all", "--set", "price = 1", "--set", "price = 2",
                           saying=["'price' is given two values"])
                self.fails(harness.QUERY, "update", url, "--all", "--set", "id = 'x'", saying=["cannot be changed"])
                self.fails(harness.VALIDATION, "update", url, "--where", "price > 10", "--set", "price = price div 0",
                           saying=["price div 0", "record: "])
                self.assertEqual(self.prices(url), before)
        self.fails(harness.NOT_FOUND, "update", "sqlite:app.db?table=shosp", "--all", "--set", "price = 0",
                   saying=["did you mean 'shops'?"])
        self.fails(harness.QUERY, "update", "sqlite:app.db?table=shops", "--where", "prcie > 1", "--set", "price = 0",
                   saying=["price"])
        self.fails(harness.VALIDATION, "update", "sqlite:app.db?table=shops", "--all", "--set", "prcie = 0",
                   saying=["prcie", "price"])
        self.fails(harness.VALIDATION, "update", "sqlite:app.db?table=shops", "--all", "--set", "price = 'dear'",
                   saying=["dear", "price"])

    def test_a_literal_that_matches_nothing_is_warned_of(self):
        done = self.run_program("update", "sqlite:app.db?table=shops", "--where", "price = 'dear'",
                                "--set", "price = 0")
        self.assertEqual((done.returncode, done.stdout), (0, "0\n"))
        self.assertIn("can match no value of 'price'", done.stderr)

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_in_postgresql(self):
        url = f"{harness.POSTGRESQL}?table=update_{os.getpid()}"
        self.addCleanup(self.psql, f"drop table if exists update_{os.getpid()}")
        self.ok("copy", "shops.csv?key=code", url)
        self.assertEqual(self.ok("update", url, "--where", "city is null",
                                 "--set", "city = 'nowhere', price = price - 1"), "1\n")
        self.assertEqual(self.prices(url), "city,price\nOslo,10\nLima,20\nnowhere,29\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
