# SPDX-License-Identifier: Apache-2.0
"""Files as databases: put, get and delete on them, what is beside them, and what is refused."""

import gzip
import json
import unittest

import harness
from harness import ProgramTest

PEOPLE = {
    "people.ndjson": '{"id": "1", "name": "Ada"}\n{"id": "2",  "name": "Bob"}\n',
    "people.json": '[\n  {"id": "1", "name": "Ada"},\n  {"id": "2",  "name": "Bob"}\n]\n',
    "people.csv": "id,name\n1,Ada\n2,Bob\n",
    "people.tsv": "id\tname\n1\tAda\n2\tBob\n",
}


class Files(ProgramTest):
    def names(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name != ".home")

    def people(self, url):
        return json.loads(self.ok("query", url, "order by id", "--output", "json"))

    def test_put_get_and_delete(self):
        for name, text in PEOPLE.items():
            with self.subTest(name):
                self.write(name, text)
                self.assertEqual(self.ok("put", name, '[{"id": "2", "name": "Bea"}, {"id": "3", "name": "Cyd"}]'
                                         if "json" in name else '[{"id": 2, "name": "Bea"}, {"id": 3, "name": "Cyd"}]'),
                                 "2\n3\n")
                self.assertEqual(json.loads(self.ok("get", name, "3"))["name"], "Cyd")
                self.assertEqual(self.ok("delete", name, "1"), "1\n")
                self.assertEqual([person["name"] for person in self.people(name)], ["Bea", "Cyd"])
                self.assertEqual(self.ok("count", name), "2\n")
                self.assertEqual(self.ok("delete", name, "--where", "name = 'Cyd'"), "1\n")
                self.assertEqual(self.ok("count", name), "1\n")
                self.fails(harness.NOT_FOUND, "get", name, "1")
                self.assertEqual([each for each in self.names() if each.startswith(name)], [name])
                (self.folder / name).unlink()

    def test_what_nobody_changed_stays_as_it_was(self):
        for name, added, wanted in (
                ("people.ndjson", '{"id": "3", "name": "Cyd"}',
                 PEOPLE["people.ndjson"] + '{"id":"3","name":"Cyd"}\n'),
                ("people.json", '{"id": "3", "name": "Cyd"}',
                 PEOPLE["people.json"].replace("\n]", ',\n  {"id":"3","name":"Cyd"}\n]')),
                ("people.csv", '{"id": 3, "name": "Cyd"}', PEOPLE["people.csv"] + "3,Cyd\n")):
            with self.subTest(name):
                path = self.write(name, PEOPLE[name])
                self.ok("put", name, added)
                self.assertEqual(path.read_text(), wanted)
                self.ok("delete", name, "3")
                self.assertEqual(path.read_text(), PEOPLE[name])

    def test_compressed_files(self):
        path = self.folder / "people.ndjson.gz"
        path.write_bytes(gzip.compress(PEOPLE["people.ndjson"].encode()))
        self.ok("put", path.name, '{"id": "3", "name": "Cyd"}')
        self.assertEqual(gzip.decompress(path.read_bytes()).decode(),
                         PEOPLE["people.ndjson"] + '{"id":"3","name":"Cyd"}\n')
        path = self.folder / "people.csv.zst"
        self.ok("put", path.name, '{"id": 3, "name": "Cyd"}')
        self.assertEqual(self.people(path.name), [{"id": 3, "name": "Cyd"}])

    def test_a_new_file(self):
        for name in ("new.json", "new.ndjson", "new.csv", "new.parquet"):
            with self.subTest(name):
                self.assertEqual(self.ok("put", name, '{"id": "7", "name": "Gus"}'), "7\n")
                self.assertEqual(self.people(name), [{"id": "7", "name": "Gus"}])
                self.assertEqual(len(self.ok("put", name, '{"name": "Hal"}').strip()), 36)
                self.assertEqual(self.ok("count", name), "2\n")

    def test_values_of_columns_are_checked(self):
        path = self.write("ages.csv", "id,age\n1,36\n2,\n")
        for given in ('{"id": 3, "age": "old"}', '{"id": 3, "aeg": 5}', '{"id": "x", "age": 5}'):
            done = self.run_program("put", "ages.csv", given)
            self.assertNotEqual(done.returncode, 0, given)
            self.assertEqual(path.read_text(), "id,age\n1,36\n2,\n")
        self.assertEqual(self.names(), ["ages.csv"])

    def test_types_outlive_the_values_that_showed_them(self):
        """The last text that was no number goes: the column stays one of texts."""
        self.write("zip.csv", "id,zip\n1,02139\n2,10001\n")
        self.ok("put", "zip.csv", '{"id": 1, "zip": "94103"}')
        self.assertEqual(self.people("zip.csv"), [{"id": 1, "zip": "94103"}, {"id": 2, "zip": "10001"}])
        self.ok("put", "zip.csv", '{"id": 3, "zip": ""}')
        self.assertEqual(json.loads(self.ok("get", "zip.csv", "3")), {"id": 3, "zip": ""})

    def test_types_by_an_option_of_copy(self):
        self.write("zips.csv", "id,zip,a=b\n1,10001,5\n")
        self.ok("copy", "zips.csv", "zips.ndjson", "--type", "zip=string", "--type", "a=b=decimal")
        self.assertIn('"zip":"10001"', (self.folder / "zips.ndjson").read_text())
        self.fails(harness.CONFIGURATION, "copy", "zips.csv", "x.ndjson", "--type", "zpi=string", saying=["'zip'"])
        self.fails(harness.CONFIGURATION, "copy", "zips.csv?null=NA", "x.ndjson", "--type", "zip=strnig",
                   saying=["'string'"])
        self.fails(harness.INVALID_ARGUMENT, "copy", "zips.csv", "x.ndjson", "--type", "zip", saying=["COLUMN=TYPE"])
        self.assertFalse((self.folder / "x.ndjson").exists())

    def test_without_ids_none_is_written(self):
        for name, text in (("plain.csv", "n\n5\n"), ("plain.ndjson", '{"n": 5}\n')):
            path = self.write(name, text)
            self.fails(harness.UNSUPPORTED, "put", name, '{"n": 6}', saying=["no ids", "key="])
            self.fails(harness.UNSUPPORTED, "delete", name, "1", saying=["no ids", "key="])
            self.assertEqual(path.read_text(), text)
        self.assertEqual(self.ok("put", "plain.csv?key=n", '{"n": 6}'), "6\n")
        self.assertEqual(self.ok("count", "plain.csv"), "2\n")
        self.assertEqual(self.names(), ["plain.csv", "plain.csv.dataknobs", "plain.ndjson"])

    def test_what_cannot_be_written(self):
        self.fails(harness.UNSUPPORTED, "put", "-?format=ndjson", '{"id": "1"}')
        self.write("latin.csv", "id,name\n1,Zo\xeb\n".encode("latin-1"))
        self.fails(harness.UNSUPPORTED, "put", "latin.csv?encoding=latin1", '{"id": 2, "name": "x"}', saying=["UTF-8"])
        closed = self.folder / "closed"
        closed.mkdir()
        (closed / "people.csv").write_text(PEOPLE["people.csv"])
        closed.chmod(0o555)
        try:
            done = self.run_program("put", "closed/people.csv", '{"id": 3, "name": "x"}',
                                    prepare=harness.without_override)
            self.assertEqual(done.returncode, harness.PERMISSION, done.stderr)
        finally:
            closed.chmod(0o755)
        path = self.write("fixed.csv", PEOPLE["people.csv"])
        path.chmod(0o444)
        done = self.run_program("put", "fixed.csv", '{"id": 3, "name": "x"}', prepare=harness.without_override)
        self.assertEqual(done.returncode, harness.PERMISSION, done.stderr)
        self.assertIn("fixed.csv", done.stderr)
        self.assertEqual(path.read_text(), PEOPLE["people.csv"])
        self.assertEqual(list(closed.iterdir()), [closed / "people.csv"])

    def test_torn_files_are_refused_by_every_verb(self):
        for name, text in (("torn.ndjson", '{"id": "1", "n": 1}\n{"id": "2", "n'), ("torn.json", '[{"id": "1"},'),
                           ("torn.csv", 'id,n\n1,"x')):
            path = self.write(name, text)
            for verb in (["put", name, '{"id": 3}'], ["delete", name, "1"], ["get", name, "1"], ["count", name],
                         ["query", name, "n = 1"]):
                self.fails(harness.SERIALIZATION, *verb, saying=[name])
            self.assertEqual(path.read_text(), text)
            self.assertFalse((self.folder / f"{name}.dataknobs-journal").exists())


if __name__ == "__main__":
    unittest.main()
