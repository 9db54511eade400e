# SPDX-License-Identifier: Apache-2.0
"""Databases by name, from dataknobs.yaml."""

import json
import os
import unittest
from urllib.parse import urlsplit

import harness
from harness import ProgramTest

PEOPLE = "id,name,age\n1,Ada,36\n2,Grace,85\n3,Alan,\n"


class Names(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)
        self.write("dataknobs.yaml", """
databases:
  people: people.csv?key=id
  app:
    url: sqlite:${APP_DB:app.db}
    table: ${APP_TABLE}
  lines: file:${FOLDER:-.}/out.ndjson
  server:
    url: postgresql://someone@127.0.0.1:1/app
    password: ${SECRET:geheim}
    table: people
""")
        self.environment |= {"DATAKNOBS_CONFIG": str(self.folder / "dataknobs.yaml"), "APP_TABLE": "people"}

    def test_every_command_takes_names(self):
        self.ok("copy", "people", "app")
        self.assertTrue((self.folder / "app.db").exists())
        self.ok("verify", "people", "app")
        self.assertIn("age", self.ok("describe", "app"))
        self.assertEqual(self.ok("count", "app", "age >= 36"), "2\n")
        self.assertEqual(json.loads(self.ok("get", "app", "1")), {"id": 1, "name": "Ada", "age": 36})
        self.assertEqual(json.loads(self.ok("query", "app", "id = 3", "--output", "json"))[0]["name"], "Alan")
        self.ok("put", "app", '{"id": 4, "name": "Edsger"}')
        self.ok("delete", "app", "4")
        self.ok("copy", "app", "lines")
        self.assertEqual(self.ok("count", "lines"), "3\n")

    def test_options_beside_the_name_win(self):
        self.ok("copy", "people", "app?table=others")
        self.assertEqual(self.ok("count", "sqlite:app.db?table=others"), "3\n")

    def test_variables(self):
        self.environment["APP_DB"] = "other.db"
        self.ok("copy", "people", "app")
        self.assertTrue((self.folder / "other.db").exists())
        del self.environment["APP_TABLE"]
        self.fails(harness.CONFIGURATION, "count", "app", saying=["line 6", "APP_TABLE", "${APP_TABLE:default}"])
        self.assertEqual(self.ok("count", "people"), "3\n", "a variable of another store is not asked for")

    def test_unknown_names_and_keys(self):
        self.fails(harness.CONFIGURATION, "count", "poeple", saying=["'people'"])
        self.write("dataknobs.yaml", "datbases:\n  people: people.csv\n")
        self.fails(harness.CONFIGURATION, "count", "people", saying=["line 1", "'datbases'", "'databases'"])
        self.write("dataknobs.yaml", "databases:\n  app:\n    url: sqlite:app.db\n    tabel: people\n")
        self.fails(harness.CONFIGURATION, "count", "app", saying=["tabel", "'table'"])
        self.write("dataknobs.yaml", "databases:\n  app:\n    url: postgresql://ada:hun/ter2@host/app\n")
        error = self.fails(harness.CONFIGURATION, "count", "app", saying=["dataknobs.yaml, line 3", "%2F"])
        self.assertNotIn("ter2", error)
        self.environment["DATAKNOBS_CONFIG"] = "nowhere.yaml"
        self.fails(harness.CONFIGURATION, "count", "people", saying=["nowhere.yaml"])

    def test_a_secret_is_never_shown(self):
        error = self.fails(harness.CONNECTION, "count", "server", saying=["127.0.0.1"])
        self.assertNotIn("geheim", error)


class Files(ProgramTest):
    """Which file applies."""

    def setUp(self):
        super().setUp()
        for folder in ("home/.config/dataknobs", "settings/dataknobs", "work"):
            (self.folder / folder).mkdir(parents=True)
        for number, name in enumerate(("home/.config/dataknobs/dataknobs.yaml", "settings/dataknobs/dataknobs.yaml",
                                       "dataknobs.yaml", "variable.yaml", "option.yaml")):
            self.write(f"{number}.csv", "id\n" + "".join(f"{row}\n" for row in range(number)))
            self.write(name, f"databases: {{rows: {self.folder}/{number}.csv}}")
        self.environment |= {"HOME": str(self.folder / "home"), "XDG_CONFIG_HOME": str(self.folder / "settings"),
                             "DATAKNOBS_CONFIG": "variable.yaml"}

    def test_the_nearest_one_wins(self):
        self.assertEqual(self.ok("--config", "option.yaml", "count", "rows"), "4\n")
        self.assertEqual(self.ok("count", "rows", "--config", "option.yaml"), "4\n")
        self.assertEqual(self.ok("count", "rows"), "3\n")
        del self.environment["DATAKNOBS_CONFIG"]
        self.assertEqual(self.ok("count", "rows"), "2\n")
        (self.folder / "dataknobs.yaml").unlink()
        self.assertEqual(self.ok("count", "rows"), "1\n")
        del self.environment["XDG_CONFIG_HOME"]
        self.assertEqual(self.ok("count", "rows"), "0\n")
        (self.folder / "home/.config/dataknobs/dataknobs.yaml").unlink()
        self.fails(harness.CONFIGURATION, "count", "rows", saying=["'rows'"])

    def test_a_file_that_is_named_must_be_there(self):
        self.fails(harness.USAGE, "--config", "nowhere.yaml", "count", "0.csv", saying=["nowhere.yaml"])

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_file_of_somebody_else(self):
        """It could have commands run."""
        del self.environment["DATAKNOBS_CONFIG"]
        os.chown(self.folder / "dataknobs.yaml", 65534, 65534)
        self.fails(harness.CONFIGURATION, "count", "rows", saying=["another user", "--config"])
        self.assertEqual(self.ok("--config", "dataknobs.yaml", "count", "rows"), "2\n")


class Definitions(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", PEOPLE)

    def config(self, text):
        self.write("dataknobs.yaml", text)

    def test_a_list(self):
        self.config("""
databases:
  - name: people
    backend: file
    path: people.csv
    key: id
  - {name: app, backend: sqlite, path: app.db, table: people, pool: {min: 1, max: 2, idle: 5min, lifetime: 2h,
     warm_up: true}}
""")
        self.ok("copy", "people", "app")
        self.assertEqual(self.ok("count", "app", "age > 36"), "1\n")

    def test_texts_from_elsewhere(self):
        """From a variable, a file beside the configuration, and what a command prints."""
        (self.folder / "settings").mkdir()
        self.write("settings/table", "people\n")
        self.write("settings/app.yaml", """
databases:
  people: {url: people.csv, key: {command: "printf id; echo called >> calls"}}
  app: {backend: sqlite, path: {variable: APP_DB}, table: {file: table}}
  failing: {backend: sqlite, path: app.db, table: {command: "echo secret; exit 3"}}
  missing: {backend: sqlite, path: app.db, table: {file: nowhere}}
""")
        self.environment |= {"APP_DB": "app.db", "DATAKNOBS_CONFIG": "settings/app.yaml"}
        self.ok("copy", "people", "app")
        self.assertEqual(self.ok("count", "sqlite:app.db?table=people"), "3\n")
        calls = self.folder / "calls"
        self.assertTrue(calls.exists())
        calls.unlink()
        self.ok("count", "app")
        self.assertFalse(calls.exists(), "a command of another database is not run")
        error = self.fails(harness.CONFIGURATION, "count", "failing",
                           saying=["settings/app.yaml, line 5", "exit code 3"])
        self.assertNotIn("secret", error.split("exit code")[1])
        self.fails(harness.CONFIGURATION, "count", "missing", saying=["line 6", "settings/nowhere"])
        del self.environment["APP_DB"]
        self.fails(harness.CONFIGURATION, "count", "app", saying=["line 4", "APP_DB"])

    @unittest.skipUnless(harness.POSTGRESQL, "the harness starts PostgreSQL")
    def test_a_server_by_its_keys(self):
        url = urlsplit(harness.POSTGRESQL)
        self.write("password", url.password + "\n")
        self.config(f"""
databases:
  app:
    backend: postgresql
    host: {url.hostname}
    port: {url.port}
    user: {url.username}
    password: {{file: password}}
    dbname: {url.path[1:]}
    table: no_such_table
    pool: {{min: 2, warm_up: true}}
""")
        error = self.fails(harness.NOT_FOUND, "count", "app", saying=["no_such_table"])
        self.assertNotIn(url.password, error)

    def test_what_is_wrong_is_named_with_its_line(self):
        for line, text, saying in (
                (2, "- {name: a, backend: sqlite, path: a.db, tabel: t}", ["sqlite", "'tabel'", "'table'"]),
                (2, "- {name: a, backend: sqlit, path: a.db}", ["sqlit", "'sqlite'"]),
                (2, "- {name: a, url: a.csv, backend: file}", ["'backend'", "leave one"]),
                (2, "- {name: a, url: 'sqlite:a.db?table=t', table: u}", ["'table'", "leave one"]),
                (2, "- {name: a, urll: a.csv}", ["'url'", "'urll'"]),
                (2, "- {url: a.csv}", ["'name'"]),
                (3, "- {name: a, url: a.csv}\n  - {name: a, url: b.csv}", ["'a'", "line 2"]),
                (2, "- {name: a, url: a.csv, pool: {mni: 1}}", ["'mni'", "'min'"]),
                (2, "- {name: a, url: a.csv, pool: 3}", ["min, max"]),
                (2, "- {name: a, url: {comand: x}}", ["'comand'", "'command'"]),
                (2, "- {name: a, url: {file: x, command: y}}", ["variable, file, command"]),
                (2, "[", [])):
            with self.subTest(text):
                self.config("databases:\n  " + text)
                self.fails(harness.CONFIGURATION, "count", "a", saying=[f"dataknobs.yaml, line {line}", *saying])
        for pool, saying in (("{min: 3, max: 2}", "pool_max"), ("{warm_up: true}", "pool_min"),
                             ("{idle: soon}", "10min"), ("{max: 0}", "from 1"), ("{warm_up: maybe}", "true, false")):
            with self.subTest(pool):
                self.config(f"databases: [{{name: a, backend: sqlite, path: a.db, table: t, pool: {pool}}}]")
                self.fails(harness.CONFIGURATION, "count", "a", saying=[saying])


if __name__ == "__main__":
    unittest.main(verbosity=2)
