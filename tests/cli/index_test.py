# SPDX-License-Identifier: Apache-2.0
"""Indexes by the program: made, listed, used, dropped; other tools can write the table all the same."""

import json
import sqlite3
import unittest

import harness
from harness import ProgramTest

URL = "sqlite:app.db?table=people"


class Indexes(ProgramTest):
    def setUp(self):
        super().setUp()
        self.ok("put", URL, '{"id": "1", "name": "Ada", "address": {"city": "Oslo"}}')

    def test_made_listed_and_dropped(self):
        self.assertEqual(self.ok("index", "create", URL, "name"), "people_name_index\n")
        self.ok("index", "create", URL, 'address.city, "x.y"', "--unique", "--name", "places")
        self.assertEqual(self.ok("index", "list", URL),
                         'people_name_index (name)\nplaces (address.city, "x.y") unique\n')
        self.assertEqual(json.loads(self.ok("index", "list", URL, "--output", "json"))[1],
                         {"name": "places", "fields": ["address.city", '"x.y"'], "kind": "ordered", "unique": True})
        self.ok("index", "drop", URL, "places")
        self.assertEqual(self.ok("index", "list", URL), "people_name_index (name)\n")

    def test_what_is_wrong_is_told(self):
        self.ok("index", "create", URL, "name")
        self.fails(harness.NOT_FOUND, "index", "drop", URL, "people_nam_index",
                   saying=["did you mean 'people_name_index'"])
        self.fails(harness.DUPLICATE, "index", "create", URL, "name")
        self.fails(harness.UNSUPPORTED, "index", "create", URL, "name", "--kind", "hash", saying=["ordered"])
        self.fails(harness.UNSUPPORTED, "index", "create", URL, "tags[0]", saying=["tags[0]"])
        self.fails(harness.QUERY, "index", "create", URL, "name,", saying=["empty field name"])
        self.fails(harness.USAGE, "index", "crate", URL, saying=["create"])
        self.write("people.csv", "id,name\n1,Ada\n")
        self.fails(harness.UNSUPPORTED, "index", "create", "people.csv", "name",
                   saying=["cannot keep indexes", "hint:"])

    def test_a_unique_one_names_itself(self):
        self.ok("index", "create", URL, "name", "--unique")
        said = self.fails(harness.DUPLICATE, "put", URL, '{"id": "2", "name": "Ada"}', saying=["people_name_index"])
        self.assertIn("record: 2", said)
        self.assertIn("field: name", said)

    def test_other_tools_write_the_table(self):
        self.ok("index", "create", URL, "name", "--unique")
        with sqlite3.connect(self.folder / "app.db") as connection:
            connection.execute("INSERT INTO people (id, data, version) VALUES ('2', '{\"name\": \"Bob\"}', 1)")
            with self.assertRaises(sqlite3.IntegrityError):
                connection.execute("UPDATE people SET data = '{\"name\": \"Ada\"}' WHERE id = '2'")
        connection.close()
        self.assertEqual(self.ok("count", URL, "name = 'Bob'"), "1\n")

    def test_indexes_that_other_tools_made_are_listed(self):
        with sqlite3.connect(self.folder / "app.db") as connection:
            connection.execute("CREATE INDEX a ON people (json_extract(data,'$.age') DESC, lower(id), version)")
        connection.close()
        self.assertEqual(self.ok("index", "list", URL), "a (json_extract(data,'$.age') DESC, lower(id), version)\n")


if __name__ == "__main__":
    unittest.main()
