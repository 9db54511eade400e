# SPDX-License-Identifier: Apache-2.0
"""Tables that others made: their keys as they come, and columns that the store computes. Alike on SQLite and
PostgreSQL."""

import contextlib
import json
import os
import sqlite3
import unittest

import harness
from harness import ProgramTest


class Tables:
    """The tests; `execute` runs statements on a database of their own, `url` names its table t."""

    def records(self):
        return json.loads(self.ok("query", self.url, "order by id", "--output", "json"))

    def test_a_key_by_another_form_of_its_number(self):
        self.execute("create table t (id integer primary key, v text)")
        for number, form in enumerate(("1", "1.0", "1e0", "1.00")):
            self.assertEqual(self.ok("put", self.url, f'{{"id": {form}, "v": "{number}"}}'), "1\n")
            self.assertEqual(self.records(), [{"id": 1, "v": str(number)}])
        self.fails(harness.SERIALIZATION, "put", self.url, '{"id": 1.5, "v": "x"}', saying=["1.5", "field: id"])

    def test_a_key_by_another_form_of_its_uuid(self):
        self.execute("create table t (id uuid primary key, v text)")
        uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
        for number, form in enumerate((uuid, uuid.upper(), "{%s}" % uuid)):
            self.assertEqual(self.ok("put", self.url, f'{{"id": "{form}", "v": "{number}"}}'), uuid + "\n")
            self.assertEqual(self.records(), [{"id": uuid, "v": str(number)}])


class Sqlite(Tables, ProgramTest):
    url = "sqlite:app.db?table=t"

    def execute(self, *statements):
        with contextlib.closing(sqlite3.connect(self.folder / "app.db", isolation_level=None)) as database:
            for statement in statements:
                database.execute(statement)


@unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
class Postgresql(Tables, ProgramTest):
    def setUp(self):
        super().setUp()
        schema = f"tables_{os.getpid()}"
        self.psql(f"create schema {schema}")
        self.addCleanup(self.psql, f"drop schema {schema} cascade")
        self.schema = schema
        self.url = f"{harness.POSTGRESQL}?table=t&schema={schema}"

    def execute(self, *statements):
        self.psql(f"set search_path to {self.schema}", *statements)


if __name__ == "__main__":
    unittest.main(verbosity=2)
