# SPDX-License-Identifier: Apache-2.0
"""The program as a person uses it: what each subcommand prints."""

import contextlib
import json
import os
import sqlite3
import subprocess
import unittest

import harness
from harness import ProgramTest

PEOPLE = """id,name,age,born,balance
1,Ada,36,1815-12-10,10.50
2,Grace,,1906-12-09,0.10
3,Alan,41,1912-06-23,
4,"Dijkstra, Edsger",72,1930-05-11,1e3
"""


class Records(ProgramTest):
    def test_put_get_query_delete(self):
        url = "sqlite:app.db?table=people"
        self.assertEqual(self.ok("put", url, '{"id": "1", "name": "Ada", "age": 36}'), "1\n")
        lines = '{"id": "2", "name": "Grace", "age": 85}\n{"id": "3", "name": null}\n'
        self.assertEqual(self.ok("put", url, "-", given=lines), "2\n3\n")
        self.assertEqual(json.loads(self.ok("get", url, "1")), {"id": "1", "name": "Ada", "age": 36})
        self.assertEqual(json.loads(self.ok("query", url, "age > 40", "--output", "json")),
                         [{"id": "2", "name": "Grace", "age": 85}])
        self.assertEqual(self.ok("count", url, "age is null"), "1\n")
        self.assertEqual(self.ok("delete", url, "--where", "age is null"), "1\n")
        self.assertEqual(self.ok("delete", url, "1"), "1\n")
        self.assertEqual(self.ok("count", url), "1\n")

    def test_put_of_a_file(self):
        self.write("people.json", '[{"id": "1", "name": "Ada"}, {"id": "2", "name": "Grace"}]')
        self.assertEqual(self.ok("put", "sqlite:app.db?table=people", "@people.json"), "1\n2\n")
        self.assertEqual(json.loads(self.ok("get", "sqlite:app.db?table=people", "2")), {"id": "2", "name": "Grace"})

    def test_put_of_a_file_that_a_copy_wrote(self):
        """Its types are in members of its own: refused rather than stored as they stand, and a copy keeps them."""
        self.write("people.csv", "id,born,balance\n1,1815-12-10,10.50\n2,1906-12-09,0.10\n")
        for name, place in (("people.json", "element 0 of the array"), ("people.ndjson", "line 1")):
            self.ok("copy", "people.csv?type=balance:decimal&key=id", name)
            for words, given in ((f"@{name}", ""), ("-", (self.folder / name).read_text())):
                self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", words, given=given,
                           saying=[place, "dataknobs wrote", "hint: copy the file"])
            self.assertFalse((self.folder / "app.db").exists())
            self.ok("copy", name, f"sqlite:{name}.db?table=people", "--mode", "upsert")
            self.assertEqual(self.ok("get", f"sqlite:{name}.db?table=people", "1"),
                             '{"id": 1, "born": "1815-12-10", "balance": 10.50}\n')
        # A member of that name alone is the user's own.
        self.ok("put", "sqlite:own.db?table=people", '{"id": "1", "$dataknobs": 1}')
        self.assertIn('"$dataknobs": 1', self.ok("get", "sqlite:own.db?table=people", "1"))

    def test_put_replaces_by_id(self):
        url = "sqlite:app.db?table=people"
        self.ok("put", url, '{"id": "1", "name": "Ada", "age": 36}')
        self.ok("put", url, '{"id": "1", "name": "Ada L."}')
        self.assertEqual(json.loads(self.ok("get", url, "1")), {"id": "1", "name": "Ada L."})

    def test_put_takes_what_get_prints(self):
        """Also where JSON has no word for a value, into a column that says what it is."""
        self.write("typed.csv", "id,day,at,price\n1,2020-02-29,2020-02-29T12:30:00Z,9.50\n")
        url = "sqlite:app.db?table=typed"
        self.ok("copy", "typed.csv", url)
        printed = self.ok("get", url, "1")
        self.assertEqual(self.ok("put", url, printed), "1\n")
        self.ok("verify", "typed.csv", url)
        self.fails(harness.VALIDATION, "put", url, '{"id": 1, "day": "2020-02-30"}',
                   saying=["field: day", "2020-02-30"])

    def test_put_into_a_table_with_another_key(self):
        """A column `id` beside it is a column like others."""
        with sqlite3.connect(self.folder / "app.db") as database:
            database.execute("create table tags (code text primary key, id text)")
        url = "sqlite:app.db?table=tags"
        self.assertEqual(self.ok("put", url, '{"code": "a", "id": "x"}'), "a\n")
        self.assertEqual(json.loads(self.ok("get", url, "a")), {"code": "a", "id": "x"})

    def test_put_takes_an_equal_key(self):
        self.write("people.csv", PEOPLE)
        self.ok("copy", "people.csv", "sqlite:app.db?table=people")
        self.assertEqual(self.ok("put", "sqlite:app.db?table=people", '{"id": 1.0, "name": "Ada L."}'), "1\n")
        self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", '{"id": "1"}',
                   saying=["'1' (string)", "integer"])

    def test_composite_ids(self):
        """An id is a JSON array; it is never taken apart."""
        with sqlite3.connect(self.folder / "app.db") as database:
            database.execute("create table pairs (a text, b int, primary key (a, b))")
            database.execute("insert into pairs values ('x', 1), ('x', 2), ('y', 1)")
            database.execute("create table numbers (id integer primary key)")
            database.execute("insert into numbers values (1), (2)")
        self.assertEqual(json.loads(self.ok("get", "sqlite:app.db?table=pairs", '["x",2]')), {"a": "x", "b": 2})
        self.assertEqual(self.ok("delete", "sqlite:app.db?table=pairs", '["x",2]', '["y",1]'), "2\n")
        self.assertEqual(json.loads(self.ok("query", "sqlite:app.db?table=pairs")), {"a": "x", "b": 1})
        self.fails(harness.NOT_FOUND, "delete", "sqlite:app.db?table=numbers", "[1,2]", saying=["[1,2]"])
        self.assertEqual(self.ok("count", "sqlite:app.db?table=numbers"), "2\n")

    def test_missing_record(self):
        url = "sqlite:app.db?table=people"
        self.ok("put", url, '{"id": "1"}')
        self.fails(harness.NOT_FOUND, "get", url, "17", saying=["17"])
        self.fails(harness.NOT_FOUND, "delete", url, "17", saying=["17"])

    def test_bad_json_names_the_place(self):
        self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", '{"id": "1", "name": }',
                   saying=["column"])
        self.assertFalse((self.folder / "app.db").exists())
        self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", '{\n"id": "1",\n"name": }\n',
                   saying=["line 3, column"])
        self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", "-", given='{"id": "1"}\n{"id": }\n',
                   saying=["line 2"])

    def test_put_of_a_text_with_a_byte_order_mark(self):
        self.assertEqual(self.ok("put", "sqlite:app.db?table=people", "-", given='\ufeff{"id": "1"}'), "1\n")


class Queries(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def test_formats(self):
        arguments = ("query", "people.csv", "age >= 36 order by age desc limit 2")
        self.assertEqual([row["id"] for row in json.loads(self.ok(*arguments, "--output", "json"))], [4, 3])
        lines = self.ok(*arguments, "--output", "ndjson").splitlines()
        self.assertEqual([json.loads(line)["id"] for line in lines], [4, 3])
        table = self.ok(*arguments, "--output", "table").splitlines()
        self.assertIn("Dijkstra, Edsger", table[2])
        csv = self.ok(*arguments, "--output", "csv", "--select", "id, name")
        self.assertEqual(csv, 'id,name\n4,"Dijkstra, Edsger"\n3,Alan\n')

    def test_queries_as_json(self):
        self.write("people.csv", "id,name,age\n1,Ada,36\n2,Grace,85\n3,Alan,41\n")
        query = {"filters": [{"field": "age", "operator": ">", "value": 40}],
                 "sort": [{"field": "name", "order": "asc"}], "limit": 1, "fields": ["name"]}
        self.assertEqual(self.ok("query", "people.csv", json.dumps(query), "--output", "ndjson"), '{"name": "Alan"}\n')
        self.assertEqual(self.ok("count", "people.csv", json.dumps({"filters": query["filters"]})), "2\n")
        self.fails(harness.QUERY, "count", "people.csv", '{"filters": [{"field": "age", "operator": "lik"}]}',
                   saying=["filters[0].operator", "'like'"])

    def test_select_of_the_id(self):
        url = "sqlite:app.db?table=documents"
        self.ok("put", url, '[{"id": "1", "name": "Ada"}, {"name": "Bob"}]')
        rows = [json.loads(line) for line in self.ok("query", url, "order by name", "--select", "id").splitlines()]
        self.assertEqual([list(row) for row in rows], [["id"], ["id"]])
        self.assertEqual(rows[0], {"id": "1"})
        self.assertEqual(self.ok("query", url, "name = 'Ada'", "--select", "name, id", "--output", "csv"),
                         "name,id\nAda,1\n")
        self.assertEqual(self.ok("query", url, "name = 'Ada'", "--select", "id, name, id", "--output", "csv"),
                         "id,name\n1,Ada\n")

    def test_no_record_as_csv_and_parquet(self):
        """The columns are there all the same."""
        self.assertEqual(self.ok("query", "people.csv", "age > 99", "--output", "csv"), "id,name,age,born,balance\n")
        self.assertEqual(self.ok("query", "people.csv", "limit 0", "--select", "name, id", "--output", "csv"),
                         "name,id\n")
        self.ok("copy", "people.csv", "people.parquet")
        done = subprocess.run([str(harness.PROGRAM), "query", "people.parquet", "limit 0", "--output", "parquet"],
                              cwd=self.folder, env=self.environment, capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.write("none.parquet", done.stdout)
        columns = [json.loads(self.ok("describe", name, "--output", "json"))["columns"]
                   for name in ("people.parquet", "none.parquet")]
        types = [[(column["name"], column["type"]) for column in listed] for listed in columns]
        self.assertEqual(types[0], types[1])
        self.ok("put", "sqlite:app.db?table=documents", '{"id": "1"}')
        self.assertEqual(self.ok("query", "sqlite:app.db?table=documents", "a = 1", "--output", "csv"), "id\n")

    def test_values_of_several_types_as_csv(self):
        self.write("mixed.ndjson", '{"a": 1}\n{"a": {"x": 1}}\n{"a": "s"}\n{"a": 2.5}\n')
        self.assertEqual(self.ok("query", "mixed.ndjson", "--output", "csv"), 'a\n1\n"{""x"":1}"\ns\n2.5\n')

    def test_values_of_other_classes_than_their_column_as_csv(self):
        with sqlite3.connect(self.folder / "mixed.db") as database:
            database.execute("create table t (id integer primary key, n integer, s text, r real)")
            database.executemany("insert into t values (?, ?, ?, ?)",
                                 [(1, 7, "a", 1e-5), (2, "seven", b"\x00\xff", 1e22), (3, 2.5, "", None)])
        database.close()
        self.assertEqual(self.ok("query", "sqlite:mixed.db?table=t", "order by id", "--output", "csv"),
                         'id,n,s,r\n1,7,a,1e-05\n2,seven,AP8=,1e+22\n3,2.5,"",\n')

    def test_parquet_output_is_read_back(self):
        self.write("people.ndjson", '{"a": 1, "b": {"c": [1, null]}}\n'
                   '{"b": {}, "d\\n\\t\\u0000": "\\n\\"", "e": null}\n')
        for source in ("people.csv", "people.ndjson"):
            done = subprocess.run([str(harness.PROGRAM), "query", source, "--output", "parquet"], cwd=self.folder,
                                  env=self.environment, capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.write(f"{source}.parquet", done.stdout)
            self.ok("verify", source, f"{source}.parquet", *(["--key", "a"] if source == "people.ndjson" else []))

    def test_no_room_for_records_that_wait(self):
        self.write("records.ndjson", '{"a": 1}\n')
        self.environment["TMPDIR"] = "no/such/folder"
        for output in ("csv", "parquet"):
            self.fails(harness.RESOURCE, "query", "records.ndjson", "--output", output,
                       saying=["temporary file", "TMPDIR"])

    def test_quoted_and_embedded_cells(self):
        self.write("odd.csv", 'id,text\r\n1,"a ""b""\r\nc"\r\n2,""\r\n3,\r\n')
        rows = json.loads(self.ok("query", "odd.csv", "order by id", "--output", "json"))
        self.assertEqual([row["text"] for row in rows], ['a "b"\r\nc', "", None])

    def test_explain_says_what_stays_here(self):
        self.ok("copy", "people.csv", "sqlite:people.db?table=people")
        text = self.ok("query", "sqlite:people.db?table=people", "age >= 36", "--explain")
        self.assertIn("age >= 36", text)

    def test_closed_pipe_ends_quietly_with_an_error(self):
        self.write("many.csv", "id\n" + "\n".join(map(str, range(200_000))) + "\n")
        command = f"{harness.PROGRAM} query many.csv --output ndjson | head -n 1"
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.stdout, '{"id": 0}\n')


class Copies(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def test_csv_to_sqlite_to_parquet_to_csv(self):
        self.ok("copy", "people.csv", "sqlite:people.db?table=people")
        self.ok("verify", "people.csv", "sqlite:people.db?table=people")
        self.ok("copy", "sqlite:people.db?table=people", "people.parquet")
        self.ok("verify", "people.csv", "people.parquet")
        self.ok("copy", "people.parquet", "again.ndjson")
        self.assertEqual(self.ok("count", "again.ndjson"), "4\n")

    def test_condition_fields_and_limit(self):
        self.ok("copy", "people.csv", "some.csv", "--where", "age > 36", "--select", "id, name", "--limit", "1")
        self.assertEqual((self.folder / "some.csv").read_text(), "id,name\n3,Alan\n")

    def test_without_proof_or_digest(self):
        for option, digest in (("--no-proof", True), ("--no-digest", False)):
            done = self.run_program("copy", "people.csv", f"sqlite:{option}.db?table=people", option)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual("dk1:" in done.stderr, digest, done.stderr)
            self.assertIn("proof:       none", done.stderr)

    def test_a_warning_is_an_error_with_strict(self):
        copy = ("copy", "people.csv", "some.csv", "--where", "age != 'old'")
        self.fails(harness.VALIDATION, *copy, "--strict", saying=["can match no value of 'age'"])
        self.assertFalse((self.folder / "some.csv").exists())
        done = self.run_program(*copy)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("warning: 'age != 'old'' can match no value of 'age'", done.stderr)

    def test_key_of_a_new_file(self):
        """The members that it names are the ids, not those that the source has."""
        for target in ("out.csv", "out.ndjson", "out.json", "out.parquet"):
            self.ok("copy", "people.csv", f"{target}?key=name")
            self.assertEqual(json.loads(self.ok("get", target, "Ada"))["id"], 1, target)
            self.ok("verify", "people.csv", target, "--key", "id")

    def test_verify_names_what_differs(self):
        self.ok("copy", "people.csv", "sqlite:people.db?table=people")
        self.ok("delete", "sqlite:people.db?table=people", "3")
        self.write("changed.csv", PEOPLE.replace("Ada,36", "Ada,37"))
        done = self.run_program("verify", "changed.csv", "sqlite:people.db?table=people")
        self.assertEqual(done.returncode, harness.VERIFICATION, done.stderr)
        self.assertIn("age", done.stdout)
        self.assertIn("37", done.stdout)

    def test_verify_shows_records_without_a_key_as_they_are(self):
        self.write("left.ndjson", '{"a": 1, "b": null}\n')
        self.write("right.ndjson", '{"a": "1", "b": ""}\n')
        done = self.run_program("verify", "left.ndjson", "right.ndjson")
        self.assertEqual(done.returncode, harness.VERIFICATION, done.stderr)
        self.assertIn('{"a":1,"b":null}: only left', done.stdout)
        self.assertIn('{"a":"1","b":""}: only right', done.stdout)

    def test_plan_changes_nothing(self):
        text = self.ok("copy", "people.csv", "sqlite:people.db?table=people", "--plan")
        self.assertIn("exact", text)
        self.assertFalse((self.folder / "people.db").exists())

    def test_columns_without_a_type_take_that_of_their_values(self):
        """Whether something is lost is judged by the values."""
        with contextlib.closing(sqlite3.connect(self.folder / "open.db")) as database:
            database.executescript("""
                create table t(id integer primary key, number, word, empty, mixed);
                insert into t values (1, 5, 'a', null, 1), (2, null, 'b', null, 'one');""")
        source = "sqlite:open.db?table=t"
        error = self.fails(harness.VALIDATION, "copy", source, "all.csv", saying=["field 'mixed' would lose"])
        self.assertNotIn("'number'", error)
        self.ok("copy", source, "typed.csv", "--select", "id,number,word,empty")
        self.assertEqual((self.folder / "typed.csv").read_text(), "id,number,word,empty\n1,5,a,\n2,,b,\n")
        self.ok("verify", source, "typed.csv", "--select", "id,number,word,empty")

    def test_standard_input(self):
        self.ok("copy", "-?format=csv", "out.ndjson", "--progress", "none", given="id,a\n1,x\n")
        rows = json.loads(self.ok("query", "out.ndjson", "--output", "json"))
        self.assertEqual([(str(row["id"]), row["a"]) for row in rows], [("1", "x")])

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_postgresql_there_and_back(self):
        url = f"{harness.POSTGRESQL}?table=cli_{os.getpid()}"
        self.ok("copy", "people.csv", url)
        self.ok("verify", "people.csv", url)
        self.ok("copy", url, "sqlite:people.db?table=people")
        self.ok("verify", "people.csv", "sqlite:people.db?table=people")
        self.psql(f"drop table cli_{os.getpid()}")


class Stores(ProgramTest):
    def test_a_folder_lists_its_files(self):
        (self.folder / "data").mkdir()
        for name in ("b.csv", "a.ndjson", "notes.txt"):
            self.write(f"data/{name}", "")
        self.assertEqual(self.ok("describe", "data").splitlines(), ["data/a.ndjson", "data/b.csv"])
        self.assertEqual(json.loads(self.ok("describe", "data", "--output", "json")), ["data/a.ndjson", "data/b.csv"])
        self.fails(harness.CONFIGURATION, "query", "data", saying=["several formats", "data/a.ndjson", "data/b.csv"])

    def test_a_store_without_tables_lists_nothing(self):
        sqlite3.connect(self.folder / "empty.db").close()
        self.assertEqual(self.ok("describe", "sqlite:empty.db"), "")
        self.assertEqual(json.loads(self.ok("describe", "sqlite:empty.db", "--output", "json")), [])


class Aggregates(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)
        self.ok("copy", "people.csv", "sqlite:app.db?table=people")

    def test_groups_and_functions(self):
        for url in ("people.csv", "sqlite:app.db?table=people"):
            answer = self.ok("aggregate", url, "count(), count(age), avg(age) as mean, sum(age)", "--output", "json")
            self.assertEqual(json.loads(answer),
                             [{"count()": 4, "count(age)": 3, "mean": 49.666666666666664, "sum(age)": 149}])
            self.assertEqual(self.ok("aggregate", url, "age, count() as n, min(name)", "born < '1912-01-01' order by n",
                                     "--output", "csv"), "age,n,min(name)\n36,1,Ada\n,1,Grace\n")
            table = self.ok("aggregate", url, "name", "order by name desc limit 3", "--output", "table")
            self.assertIn("Dijkstra", table)
            self.assertNotIn("Ada", table)

    def test_what_is_wrong_is_said(self):
        self.fails(15, "aggregate", "people.csv", "sum(name)", saying=["is a string and no number", "record: 1"])
        self.fails(16, "aggregate", "people.csv", "sum(nam)", saying=["unknown field nam", "name"])
        self.fails(16, "aggregate", "people.csv", "total(age)", saying=["unknown function 'total'"])
        self.fails(16, "aggregate", "people.csv", "age, max(name) as age", saying=["called 'age'"])
        self.fails(16, "aggregate", "people.csv", "age, count() as n", "order by m", saying=["unknown field m"])


class Help(ProgramTest):
    def test_every_subcommand_has_help(self):
        for name in ("copy", "verify", "query", "get", "put", "update", "delete", "count", "aggregate", "describe",
                     "backends"):
            self.assertIn("Usage", self.ok(name, "--help"))
        self.assertIn("26  verification", self.ok("--help"))

    def test_backends_lists_all_stores(self):
        text = self.ok("backends")
        for name in ("memory", "file", "sqlite", "postgresql"):
            self.assertIn(f"{name}:", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
