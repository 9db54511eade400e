# SPDX-License-Identifier: Apache-2.0
"""Bad input for SQLite, by the program: what cannot be read or written is named, with the reason and what to do, and
nothing has changed."""

import contextlib
import json
import resource
import sqlite3
import subprocess
import unittest

import harness
from harness import ProgramTest, without_override

URL = "sqlite:app.db?table=people"
RECORD = '{"id": "2", "name": "Grace"}'
WIDE = "\n".join(json.dumps({"id": str(number), "text": "x" * 4000}) for number in range(100, 200))


def limit_files(size):
    """For a process: no file may grow beyond that size, as on a full disk."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


class BadDatabase(ProgramTest):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "app.db"

    def make(self, journal="delete"):
        """A database of one record, without a log or journal beside it."""
        self.ok("put", f"{URL}&journal_mode={journal}", '{"id": "1", "name": "Ada"}')
        return self.database.read_bytes()

    def lock(self):
        """Another connection, which keeps all others out. As long as it does, this process must not open and close the
        file elsewhere: that would give up the lock."""
        other = sqlite3.connect(self.database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        return other

    def files(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}

    def make_read_only(self, path, mode):
        before = path.stat().st_mode
        path.chmod(mode)
        self.addCleanup(path.chmod, before)

    def test_a_file_that_is_read_only(self):
        self.make()
        before = self.files()
        self.make_read_only(self.database, 0o444)
        self.fails(harness.PERMISSION, "put", URL, RECORD, prepare=without_override,
                           saying=["app.db", "cannot be written", "hint:", "writable"])
        self.ok("get", URL, "1", prepare=without_override)
        self.assertEqual(self.files(), before)

    def test_a_folder_that_is_read_only(self):
        self.make()
        before = self.files()
        self.make_read_only(self.folder, 0o555)
        self.fails(harness.PERMISSION, "put", URL, RECORD, prepare=without_override,
                           saying=["app.db", "hint:", "folder"])
        self.fails(harness.PERMISSION, "put", "sqlite:new.db?table=people", RECORD, prepare=without_override,
                           saying=["new.db", "hint:", "folder"])
        self.ok("get", URL, "1", prepare=without_override)
        self.assertEqual(self.files(), before)

    def test_a_folder_that_is_read_only_with_a_write_ahead_log(self):
        self.make("wal")
        before = self.files()
        self.make_read_only(self.folder, 0o555)
        self.fails(harness.PERMISSION, "get", URL, "1", prepare=without_override,
                           saying=["app.db", "hint:", "folder"])
        self.assertEqual(self.files(), before)

    def test_a_full_disk(self):
        for journal in ("delete", "wal"):
            with self.subTest(journal):
                self.database.unlink(missing_ok=True)
                self.make(journal)
                self.fails(harness.RESOURCE, "put", URL, "-", given=WIDE, prepare=limit_files(65536),
                                   saying=["app.db cannot be read or written", "hint:", "room"])
                self.assertEqual(self.ok("count", URL), "1\n")
                with contextlib.closing(sqlite3.connect(self.database)) as connection:
                    self.assertEqual(connection.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
                self.ok("put", URL, "-", given=WIDE)
                self.assertEqual(self.ok("count", URL), "101\n")

    def test_a_full_disk_from_the_first_byte_leaves_no_file(self):
        self.fails(harness.RESOURCE, "put", URL, RECORD, prepare=limit_files(0), saying=["app.db", "hint:", "room"])
        self.assertEqual(self.files(), {})

    def test_a_copy_onto_a_full_disk_goes_on_when_there_is_room(self):
        rows = "".join(f"{number},{'x' * 200}\n" for number in range(5000))
        self.write("wide.csv", "id,text\n" + rows)
        self.fails(harness.RESOURCE, "copy", "wide.csv", URL, prepare=limit_files(300_000),
                           saying=["app.db cannot be read or written", "hint:", "room"])
        self.ok("copy", "wide.csv", URL)
        self.ok("verify", "wide.csv", URL)

    def test_a_file_that_is_no_database(self):
        for content in ("hello " * 1000, "short", "SQLite format 3\0" + "x" * 5000):
            self.write("app.db", content)
            before = self.files()
            for arguments in (("get", URL, "1"), ("put", URL, RECORD), ("count", URL), ("describe", URL)):
                self.fails(harness.SERIALIZATION, *arguments,
                           saying=["app.db", "is not an SQLite database", "hint:", "left as it is"])
            self.assertEqual(self.files(), before)

    def test_a_torn_database(self):
        self.ok("put", f"{URL}&journal_mode=delete", "-", given=WIDE)
        whole = self.database.read_bytes()
        half = len(whole) // 2
        for name, content in (("cut", whole[:half]), ("zeroed", whole[:half] + bytes(len(whole) - half)),
                              ("overwritten", whole[:4096] + b"\xa5" * (len(whole) - 4096))):
            with self.subTest(name):
                self.database.write_bytes(content)
                before = self.files()
                for arguments in (("query", URL, "--output", "json"), ("put", URL, "-")):
                    self.fails(harness.SERIALIZATION, *arguments, given=WIDE,
                               saying=["app.db", "is damaged", "hint:", "integrity_check"])
                self.assertEqual(self.files(), before)

    def test_a_database_that_is_locked(self):
        self.make()
        before = self.files()
        with contextlib.closing(self.lock()):
            for arguments in (("put", f"{URL}&busy_timeout=100ms", RECORD), ("count", f"{URL}&busy_timeout=100ms")):
                self.fails(harness.TIMEOUT, *arguments, saying=["app.db", "locked", "hint:", "busy_timeout="])
        self.assertEqual(self.files(), before)

    def test_a_lock_is_waited_for(self):
        self.make()
        with contextlib.closing(self.lock()) as other:
            waiting = subprocess.Popen([str(harness.PROGRAM), "put", f"{URL}&busy_timeout=60s", RECORD],
                                       cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)
            with self.assertRaises(subprocess.TimeoutExpired):
                waiting.wait(timeout=0.5)
            other.execute("COMMIT")
            self.assertEqual(waiting.communicate(timeout=60)[0], "2\n")
        self.assertEqual(self.ok("count", URL), "2\n")

    def test_a_large_copy_within_a_database_that_has_no_write_ahead_log(self):
        """There a reader keeps writers from committing: it is said after the time that a lock is waited for, not after
        that time for each page that does not fit into the cache."""
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("create table people(id integer primary key, text)")
            database.executemany("insert into people values (?, ?)", ((i, "x" * 60) for i in range(250_000)))
            database.commit()
        self.fails(harness.TIMEOUT, "copy", f"{URL}&busy_timeout=200ms",
                   "sqlite:app.db?table=others&busy_timeout=200ms", saying=["app.db", "locked", "journal_mode=wal"])
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            database.execute("pragma journal_mode=wal")
        self.ok("copy", URL, "sqlite:app.db?table=others")
        self.ok("verify", URL, "sqlite:app.db?table=others")

    def test_a_folder_that_is_missing(self):
        for arguments in (("put", "sqlite:no/such/app.db?table=people", RECORD),
                          ("count", "sqlite:no/such/app.db?table=people")):
            self.fails(harness.NOT_FOUND, *arguments, saying=["no/such/app.db", "hint:", "folder"])
        self.assertFalse((self.folder / "no").exists())

    def test_no_table(self):
        """Whether there is a file or not."""
        for _ in range(2):
            for words in (("count", "sqlite:app.db"), ("put", "sqlite:app.db", RECORD), ("query", "sqlite:app.db")):
                self.fails(harness.CONFIGURATION, *words, saying=["the URL names no table", "table="])
            self.ok("put", URL, RECORD)

    def test_columns_that_no_table_of_sqlite_has(self):
        (self.folder / "wide.csv").write_text(",".join(f"c{i}" for i in range(2001)) + "\n" + "," * 2000 + "\n")
        self.fails(harness.UNSUPPORTED, "copy", "wide.csv", "sqlite:app.db?table=wide",
                   saying=["too many columns", "hint:", "layout=document"])

    def test_a_refused_record_is_named_by_its_key(self):
        """Not by its position in the file that it comes from."""
        (self.folder / "tags.csv").write_text("code,name\na,x\nb,\n")
        with sqlite3.connect(self.database) as database:
            database.execute("create table tags (code text primary key, name text not null)")
        self.fails(harness.VALIDATION, "copy", "tags.csv", "sqlite:app.db?table=tags",
                   saying=["record: b", "field: name"])

    def test_a_folder_in_the_place_of_the_file(self):
        self.database.mkdir()
        for arguments in (("put", URL, RECORD), ("count", URL)):
            self.fails(harness.INVALID_ARGUMENT, *arguments, saying=["app.db", "is a folder"])
        self.assertEqual(list(self.database.iterdir()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
