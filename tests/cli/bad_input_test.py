# SPDX-License-Identifier: Apache-2.0
"""What bad input gets: the place, the nearest known name, an exit code of its kind, and nothing is changed."""

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import unittest
from urllib.parse import urlsplit

import harness
from harness import ProgramTest

PEOPLE = """id,name,age,born,balance
1,Ada,36,1815-12-10,10.50
2,Grace,,1906-12-09,0.10
3,Alan,41,1912-06-23,
4,"Dijkstra, Edsger",72,1930-05-11,100
"""


class BadInput(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def content(self):
        """The digest of every file of the folder."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.folder.rglob("*")
                if path.is_file() and ".home" not in path.parts}

    @contextlib.contextmanager
    def nothing_changes(self):
        before = self.content()
        yield
        self.assertEqual(self.content(), before)


class Words(BadInput):
    def test_commands_and_options(self):
        with self.nothing_changes():
            self.fails(harness.USAGE, "qury", "people.csv", saying=["query"])
            self.fails(harness.USAGE, "query", "people.csv", "--otput", "json", saying=["--output"])
            self.fails(harness.USAGE, "query", "people.csv", "--output", "jsn", saying=["json"])
            self.fails(harness.USAGE, "copy", "people.csv", saying=["target"])
            self.fails(harness.USAGE, saying=["--help"])
            self.fails(harness.USAGE, "frobnicate", "people.csv", saying=["'frobnicate'"])

    def test_paths_where_whole_fields_are_wanted(self):
        with self.nothing_changes():
            for words in (("copy", "people.csv", "a.parquet"), ("verify", "people.csv", "people.csv")):
                self.fails(harness.QUERY, *words, "--select", "name.first", saying=["name.first", "whole fields"])

    def test_schemes_and_keys(self):
        with self.nothing_changes():
            self.fails(harness.CONFIGURATION, "count", "sqlit:app.db?table=a", saying=["sqlite"])
            self.fails(harness.CONFIGURATION, "count", "postgres1://h/app?table=a", saying=["postgres"])
            self.fails(harness.CONFIGURATION, "count", "sqlite:app.db?tabel=a", saying=["table"])
            self.fails(harness.CONFIGURATION, "count", "people.csv?delimitr=;", saying=["delimiter"])
            self.fails(harness.CONFIGURATION, "count", "people.cvs", saying=[".csv"])
            self.fails(harness.CONFIGURATION, "count", "people.csv?key=idd", saying=["'id'"])
            for target in ("sqlite:new.db?table=a&key=nmae", "new.parquet?key=nmae", "memory:?table=a&key=nmae"):
                self.fails(harness.VALIDATION, "copy", "people.csv", target, saying=["'nmae'", "it has 'name'"])
            self.fails(harness.CONFIGURATION, "copy", "people.csv", "sqlite:app.db?table=a&layout=colums",
                       saying=["columns"])
            self.fails(harness.CONFIGURATION, "copy", "people.csv", "sqlite:app.db?table=a&busy_timeout=soon",
                       saying=["busy_timeout"])

    def test_fields_and_operators(self):
        with self.nothing_changes():
            self.fails(harness.QUERY, "query", "people.csv", "age >= 30 and nme = 'x'", saying=["name"])
            self.fails(harness.QUERY, "query", "people.csv", "name lke 'A%'", saying=["like"])
            for words in (("query", "people.csv"), ("count", "people.csv"), ("query", "people.csv", "--explain")):
                self.fails(harness.QUERY, *words, "order by nme", saying=["did you mean name?"])
            self.fails(harness.QUERY, "query", "people.csv", "--select", "nme", saying=["name"])
            self.fails(harness.QUERY, "query", "people.csv", "age = null", saying=["is null"])
            self.fails(harness.QUERY, "query", "people.csv", "name regex '['", saying=["["])
            self.fails(harness.QUERY, "query", "people.csv", "age >= 30 limit -1", saying=["-1"])
            copy = ("copy", "people.csv", "sqlite:a.db?table=a")
            self.fails(harness.QUERY, *copy, "--where", "agee > 1", saying=["age"])
            self.fails(harness.QUERY, *copy, "--select", "nme", saying=["name"])
            self.fails(harness.INVALID_ARGUMENT, "copy", "people.csv", "sqlite:a.db?table=a", "--memory", "64Mib",
                       saying=["64MiB"])

    def test_fields_of_a_target(self):
        self.ok("copy", "people.csv?key=id", "sqlite:app.db?table=people")
        self.write("other.csv", "id,nmae\n9,Eve\n")
        with self.nothing_changes():
            self.fails(harness.VALIDATION, "copy", "other.csv", "sqlite:app.db?table=people", saying=["nmae", "'name'"])
            self.fails(harness.VALIDATION, "put", "sqlite:app.db?table=people", '{"id": 9, "nmae": "Eve"}',
                       saying=["nmae", "'name'"])


    def test_a_record_without_its_key(self):
        """Only what is missing is named, and the store."""
        with contextlib.closing(sqlite3.connect(self.folder / "app.db")) as database:
            database.execute("create table t (a integer, b text, v integer, primary key (b, a)) without rowid")
        url = "sqlite:app.db?table=t"
        with self.nothing_changes():
            for given in ('{"b": "x", "v": 1}', '{"a": null, "b": "x", "v": 1}'):
                self.fails(harness.SERIALIZATION, "put", url, given,
                           saying=["no value is given for a\n", f"store: {url}", "field: a"])
            self.fails(harness.SERIALIZATION, "put", url, '{"a": "one", "b": "x"}',
                       saying=["'one'", f"store: {url}", "field: a"])
            self.fails(harness.CONFIGURATION, "query", f"{url}&key=a,a", saying=["'a' twice", f"store: {url}"])


class Rows(BadInput):
    def test_csv(self):
        cases = {"1,Ada\n2,Grace,extra\n": ["line 3", "Grace"], "1,Ada\n2\n": ["line 3"],
                 '1,Ada\n2,"open\n': ["line 3", "open"], "1,Ada\n2,Gr\"ace\n": ["line 3", "column", 'Gr"ace'],
                 "1,Ada\n\n2,Grace\n": ["line 3"]}
        for rows, places in cases.items():
            self.write("ragged.csv", "id,name\n" + rows)
            with self.nothing_changes():
                self.fails(harness.SERIALIZATION, "copy", "ragged.csv", "sqlite:a.db?table=a",
                           saying=["ragged.csv", *places])
                self.fails(harness.SERIALIZATION, "copy", "ragged.csv", "a.parquet", saying=["ragged.csv", *places])

    def test_bytes_that_are_no_text(self):
        self.write("latin.csv", "id,name\n1,Ada\n2,Andr\u00e9\n".encode("latin-1"))
        with self.nothing_changes():
            self.fails(harness.SERIALIZATION, "query", "latin.csv", saying=["latin.csv", "line 3", "\\xe9"])

    def test_ndjson(self):
        cases = {'{"a": 1}\n{"a": }\n': ["line 2", "column 7"], '{"a": 1}\n[1]\n': ["line 2"],
                 '{"a": 1, "a": 2}\n': ["line 1", '"a"'], '{"a": "\\ud800"}\n': ["line 1"],
                 '{"a": 1}\n{"a"': ["line 2"]}
        for lines, places in cases.items():
            self.write("torn.ndjson", lines)
            self.fails(harness.SERIALIZATION, "copy", "torn.ndjson", "sqlite:a.db?table=a", "--fresh",
                       saying=["torn.ndjson", *places])
            # The run is known and may be resumed, but no record of it is there.
            done = self.run_program("count", "sqlite:a.db?table=a")
            self.assertIn((done.returncode, done.stdout), [(0, "0\n"), (harness.NOT_FOUND, "")])

    def test_json_on_the_command_line(self):
        with self.nothing_changes():
            self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", '{"id": "1", "name": }',
                       saying=["column"])
            self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", "[1]", saying=["object"])

    def test_control_characters_stay_on_their_line(self):
        """Names and values that the user or a file gave: no line or terminal command of theirs."""
        error = self.fails(harness.NOT_FOUND, "get", "people.csv?key=name", "a\nb\x1b[31m",
                           saying=["a\\nb\\x1b[31m"])
        self.assertNotIn("\x1b", error)

    def test_json_of_a_file(self):
        secret = self.write(".home/secret.json", "{}")
        secret.chmod(0)
        self.addCleanup(secret.chmod, 0o600)
        (self.folder / "folder").mkdir()
        with self.nothing_changes():
            self.fails(harness.NOT_FOUND, "put", "sqlite:app.db?table=people", "@none.json", saying=["none.json"])
            self.fails(harness.SERIALIZATION, "put", "sqlite:app.db?table=people", "@folder",
                       saying=["folder", "directory"])
            self.fails(harness.PERMISSION, "put", "sqlite:app.db?table=people", "@.home/secret.json",
                       saying=["secret.json"], prepare=harness.without_override)

    def test_a_value_that_does_not_fit(self):
        self.ok("copy", "people.csv?key=id", "sqlite:app.db?table=people")
        self.write("more.csv", "id,name,age\n5,Eve,20\n6,Bob,old\n")
        before = self.ok("query", "sqlite:app.db?table=people", "order by id")
        self.fails(harness.VALIDATION, "copy", "more.csv", "sqlite:app.db?table=people",
                   saying=["record: 6", "field: age", "old", "INTEGER"])
        self.fails(harness.VALIDATION, "put", "sqlite:app.db?table=people", '{"id": 7, "name": "Eve", "age": "old"}',
                   saying=["record: 7", "field: age", "old", "integer"])
        self.assertEqual(self.ok("query", "sqlite:app.db?table=people", "order by id"), before)


class Files(BadInput):
    def test_no_such_file_or_table(self):
        self.ok("put", "sqlite:app.db?table=people", '{"id": "1"}')
        with self.nothing_changes():
            error = self.fails(harness.NOT_FOUND, "query", "nobody.csv", saying=["nobody.csv", "check the path\n"])
            self.assertNotIn("first write", error)
            for name in ("peple.csv", "peple.parquet", "people.json"):
                for call in (["query", name], ["describe", name], ["copy", name, "out.csv"]):
                    self.fails(harness.NOT_FOUND, *call, saying=["hint: did you mean 'people.csv'?"])
            path = self.folder / "peple.csv"
            self.fails(harness.NOT_FOUND, "count", path, saying=[f"did you mean '{self.folder}/people.csv'?"])
            self.fails(harness.NOT_FOUND, "count", "none/people.csv", saying=["check the path: there is no folder"])
            self.fails(harness.NOT_FOUND, "get", "sqlite:new.db?table=a", "1", saying=["hint: the store is empty"])
            self.fails(harness.NOT_FOUND, "query", "sqlite:app.db?table=peple", saying=["peple", "sqlite:app.db"])
            self.fails(harness.NOT_FOUND, "copy", "nobody.csv", "sqlite:b.db?table=b", saying=["nobody.csv"])

    def test_each_verb_tells_what_there_is_instead(self):
        self.ok("put", "sqlite:app.db?table=people", '{"id": "1"}')
        self.write("people.csv", "id\n1\n")
        missing = "sqlite:app.db?table=peple"
        with self.nothing_changes():
            for call in (["query", missing], ["query", missing, "--explain"], ["get", missing, "1"], ["count", missing],
                         ["delete", missing, "1"], ["delete", missing, "--where", "a = 1"], ["describe", missing],
                         ["copy", missing, "out.csv"], ["verify", missing, "people.csv"],
                         ["verify", "people.csv", missing]):
                with self.subTest(call):
                    self.fails(harness.NOT_FOUND, *call,
                               saying=["there is no 'peple'", "store: sqlite:app.db", "did you mean 'people'?"])

    def test_torn_files_are_refused_and_left(self):
        self.ok("copy", "people.csv", "whole.parquet")
        self.ok("copy", "people.csv", "sqlite:whole.db?table=people")
        parquet = (self.folder / "whole.parquet").read_bytes()
        database = (self.folder / "whole.db").read_bytes()
        self.write("zeros.parquet", b"PAR1" + b"\0" * 100)
        self.write("cut.parquet", parquet[:len(parquet) * 2 // 3])
        self.write("text.parquet", "hello " * 100)
        self.write("cut.db", database[:len(database) // 2])
        self.write("text.db", "hello " * 1000)
        self.write("cut.json", '[{"id": 1}, {"id": 2')
        self.write("more.csv", "id,name\n9,Eve\n")
        with self.nothing_changes():
            for name in ("zeros.parquet", "cut.parquet", "text.parquet", "cut.json"):
                self.fails(harness.SERIALIZATION, "query", name, saying=[name])
                self.fails(harness.SERIALIZATION, "copy", name, "out.csv", saying=[name])
            for name in ("cut.db", "text.db"):
                self.fails(harness.SERIALIZATION, "query", f"sqlite:{name}?table=people", saying=[name])
                self.fails(harness.SERIALIZATION, "copy", "more.csv", f"sqlite:{name}?table=people", saying=[name])

    def test_an_existing_file_is_not_replaced(self):
        self.write("out.csv", "id\n17\n")
        with self.nothing_changes():
            done = self.run_program("copy", "people.csv", "out.csv")
            self.assertIn(done.returncode, (harness.DUPLICATE, harness.VALIDATION))
            self.assertIn("exists", done.stderr)

    def test_options_that_a_new_file_does_not_fulfil(self):
        with self.nothing_changes():
            self.fails(harness.CONFIGURATION, "copy", "people.csv", "a.csv?type=name:integer",
                       saying=["name", "string", "integer"])
            self.fails(harness.CONFIGURATION, "copy", "people.csv", "a.csv?type=nmae:string", saying=["'name'"])
            self.fails(harness.CONFIGURATION, "describe", "people.csv?type=id:integer,name:string",
                       saying=["give type= once for each column"])
            self.fails(harness.VALIDATION, "copy", "people.csv", "a.ndjson?key=nmae", saying=["nmae", "record: 1"])
        self.ok("copy", "people.csv", "b.csv?type=name:string")

    def test_a_file_takes_no_upserts(self):
        """It is written as a whole: records of one id would be doubled."""
        self.write("twice.csv", "id,name\n1,Ada\n1,Eve\n")
        with self.nothing_changes():
            for target in ("a.csv", "a.ndjson", "a.parquet"):
                self.fails(harness.UNSUPPORTED, "copy", "twice.csv", target, "--mode", "upsert")

    def test_missing_folder(self):
        with self.nothing_changes():
            self.fails(harness.NOT_FOUND, "copy", "people.csv", "no/such/folder/people.parquet", saying=["no/such"])
            self.fails(harness.NOT_FOUND, "copy", "people.csv", "sqlite:no/such/people.db?table=a", saying=["no/such"])

    def test_a_read_only_folder(self):
        (self.folder / "closed").mkdir(mode=0o555)
        with self.nothing_changes():
            for target in ("closed/people.parquet", "closed/people.csv", "closed/people.ndjson",
                           "sqlite:closed/people.db?table=people"):
                done = self.run_program("copy", "people.csv", target, prepare=harness.without_override)
                self.assertEqual(done.returncode, harness.PERMISSION, done.stderr)
                self.assertIn("closed", done.stderr)

    def test_a_full_disk_leaves_nothing_half_written(self):
        # Digests, so that no format makes the file small.
        lines = "".join(f"{number},{hashlib.sha256(str(number).encode()).hexdigest()}\n" for number in range(20_000))
        self.write("many.csv", "id,text\n" + lines)
        before = self.content()["many.csv"]
        for target in ("out.csv", "out.ndjson", "out.json", "out.parquet", "sqlite:out.db?table=out"):
            done = self.run_program("copy", "many.csv", target, "--progress", "none", prepare=harness.with_small_files)
            self.assertEqual(done.returncode, harness.RESOURCE, f"{target}: {done.stderr}")
            self.assertIn("out.", done.stderr)
            if target.startswith("sqlite"):
                continue
            # What a resume needs may stay; the target's name is not taken.
            self.assertFalse((self.folder / target).exists(), target)
        self.assertEqual(self.content()["many.csv"], before)
        # With room again the same commands end well.
        for target in ("out.csv", "out.ndjson", "out.json", "out.parquet", "sqlite:out.db?table=out"):
            self.ok("copy", "many.csv", target, "--progress", "none")
            self.ok("verify", "many.csv", target)
        self.assertEqual([path.name for path in self.folder.iterdir() if "dataknobs" in path.name], [])

    def test_a_full_disk_of_its_own(self):
        """A small file system, where the machine lets this process mount one; then it grows, and the copies go on."""
        targets = ["small/out.csv", "small/out.ndjson", "small/out.parquet", "sqlite:small/out.db?table=out"]
        self.write("script", """
            mount -t tmpfs -o size=400k tmpfs small || exit 77
            for target in "$@"; do dataknobs copy many.csv "$target" --progress none; echo "$?"; done
            ls small | grep -v out.db
            echo room
            mount -o remount,size=64m small
            for target in "$@"; do
              dataknobs copy many.csv "$target" --progress none && dataknobs verify many.csv "$target" > verified
              echo "$?"
            done
            """)
        self.write("many.csv", "id,text\n" + "".join(
            f"{number},{hashlib.sha256(str(number).encode()).hexdigest()}\n" for number in range(20_000)))
        (self.folder / "small").mkdir()
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "bash", "script", *targets],
                              cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300)
        if done.returncode == 77 or "unshare:" in done.stderr:
            self.skipTest(f"no file system can be mounted: {done.stderr}")
        full = [str(harness.RESOURCE)] * len(targets)
        self.assertEqual(done.stdout.split(), [*full, "room", *["0"] * len(targets)], done.stderr)


class Targets(BadInput):
    """A target that changes what is written into it."""

    def check_altered(self, url):
        error = self.fails(harness.VERIFICATION, "copy", "people.csv", url, saying=["record: 3", "field: name", "Eve"])
        self.assertIn("verify", error)
        done = self.run_program("verify", "people.csv", url)
        self.assertEqual(done.returncode, harness.VERIFICATION)
        self.assertIn('3: name: "Alan" | "Eve"', done.stdout)

    def test_a_row_altered_before_the_proof_fails_the_run(self):
        with contextlib.closing(sqlite3.connect(self.folder / "app.db")) as database:
            database.execute("create table people (id integer primary key, name text, age integer, born text, "
                             "balance text)")
            database.execute("create trigger altered after insert on people when new.id = 3 begin "
                             "update people set name = 'Eve' where id = 3; end")
        self.check_altered("sqlite:app.db?table=people")

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_a_row_altered_in_postgresql(self):
        table = f"altered_{os.getpid()}"
        self.psql(f"create table {table} (id integer primary key, name text, age integer, born date, balance numeric)",
                  f"create function {table}() returns trigger language plpgsql as "
                  "$$ begin if new.id = 3 then new.name := 'Eve'; end if; return new; end $$",
                  f"create trigger altered before insert on {table} for each row execute function {table}()")
        try:
            self.check_altered(f"{harness.POSTGRESQL}?table={table}")
        finally:
            self.psql(f"drop table {table}", f"drop function {table}")

    def test_a_lost_row_is_named(self):
        with contextlib.closing(sqlite3.connect(self.folder / "app.db")) as database:
            database.execute("create table people (id integer primary key, name text, age integer, born text, "
                             "balance text)")
            database.execute("create trigger lost after insert on people when new.id = 3 begin "
                             "delete from people where id = 3; end")
        self.fails(harness.VERIFICATION, "copy", "people.csv", "sqlite:app.db?table=people",
                   saying=["record: 3", "missing"])


class Servers(BadInput):
    def test_an_unreachable_server_never_shows_the_password(self):
        url = "postgresql://someone:geheim@127.0.0.1:1/app?table=a"
        for words in (["count"], ["copy", "people.csv"], ["describe"], ["verify", "people.csv"]):
            error = self.fails(harness.CONNECTION, *words, url, saying=["127.0.0.1", "hint"])
            self.assertNotIn("geheim", error)

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_no_such_database_table_or_role(self):
        url = urlsplit(harness.POSTGRESQL)
        server = f"{url.scheme}://{url.netloc}"
        self.fails(harness.NOT_FOUND, "count", f"{harness.POSTGRESQL}?table=nobody_{os.getpid()}",
                   saying=[f"nobody_{os.getpid()}"])
        self.fails(harness.NOT_FOUND, "count", f"{server}/nowhere?table=a", saying=["nowhere", "hint"])

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_a_wrong_password(self):
        role = f"cli_{os.getpid()}"
        self.psql(f"create role {role} login password 'right'")
        try:
            url = urlsplit(harness.POSTGRESQL)
            host = url.netloc.rpartition("@")[2]
            error = self.fails(harness.PERMISSION, "count", f"postgresql://{role}:geheim@{host}{url.path}?table=a",
                               saying=[host.rpartition(":")[0], "hint"])
            self.assertNotIn("geheim", error)
        finally:
            self.psql(f"drop role {role}")

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_without_the_right(self):
        role, table = f"cli_{os.getpid()}", f"private_{os.getpid()}"
        self.psql(f"create role {role} login password 'right'", f"create table public.{table} (id integer primary key)")
        try:
            url = urlsplit(harness.POSTGRESQL)
            host = url.netloc.rpartition("@")[2]
            self.fails(harness.PERMISSION, "count", f"postgresql://{role}:right@{host}{url.path}?table={table}",
                       saying=[table, "hint"])
        finally:
            self.psql(f"drop table public.{table}", f"drop role {role}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
