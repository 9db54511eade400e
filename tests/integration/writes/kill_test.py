# SPDX-License-Identifier: Apache-2.0
"""A program that writes into files, SQLite or PostgreSQL is killed with SIGKILL, again and again over one database:
every acknowledged write must be there, and of the one that was under way all or nothing.

    kill_test.py PROGRAM SCRIPTS_FOLDER

The seed is printed; DATAKNOBS_TEST_SEED repeats it. DATAKNOBS_TEST_LONG=1 kills many more times.
"""

import contextlib
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

LONG = os.environ.get("DATAKNOBS_TEST_LONG", "") not in ("", "0")
KILLS = 200 if LONG else 10
KINDS = 5
PEOPLE = {0: 5, 1: 3, 2: 1}  # How many records a step of that kind makes.
COLUMNS = "(id TEXT NOT NULL PRIMARY KEY, step INTEGER, part INTEGER, text TEXT)"


class Failure(Exception):
    """What should have been in the database, and was not."""


def apply(state, step):
    """What a step does to the tables, as write_program.cpp has it: step by record id."""
    kind = step % KINDS
    for part in range(PEOPLE.get(kind, 0)):
        state["people"][f"{step}-{part}"] = step
    if kind == 1:
        state["ledger"]["total"] = step
    elif kind == 3:
        state["ledger"]["latest"] = step
    elif kind == 4:
        state["people"].pop(f"{step - 2}-0", None)
    return state


def write_and_kill(program, url, first, generator):
    """Kills at a random moment after a random number of acknowledgements. Returns the last acknowledged step."""
    process = subprocess.Popen([program, "write", url, str(first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    wanted = generator.choice([0, 1, generator.randrange(2, 40), generator.randrange(2, 200)])
    acknowledged = []
    while len(acknowledged) < wanted and (line := process.stdout.readline()):
        acknowledged.append(int(line))
    # There is nothing to wait for: the moment itself is what is random, between two acknowledgements.
    time.sleep(generator.uniform(0, 0.1 if wanted == 0 else 0.005))
    process.kill()
    # By the same reader, which has read ahead: communicate() would leave out what it holds.
    with process:
        rest, error = process.stdout.read(), process.stderr.read()
    if error:
        raise Failure(f"it failed by itself: {error.strip()}")
    # A line that was cut off was not printed.
    acknowledged += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    if acknowledged != list(range(first, first + len(acknowledged))):
        raise Failure(f"odd acknowledgements: {acknowledged}")
    return first + len(acknowledged) - 1


def read(program, url):
    """The tables, as the store gives them."""
    state = {}
    for table in ("people", "ledger"):
        state[table] = {}
        done = subprocess.run([program, "read", url, table], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failure(f"{table} cannot be read: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            name, step, _, whole = line.split("\t")
            if whole != "whole":
                raise Failure(f"{table}: record {name} is torn")
            state[table][name] = int(step)
    return state


class SqliteFile:
    """A database of SQLite with one way to keep its journal."""

    def __init__(self, folder, layout, journal):
        self.path = folder / f"{layout}-{journal}.db"
        self.url = f"sqlite:{self.path}?journal_mode={journal}"
        self.name = f"SQLite, {layout}, {journal}"
        if layout == "columns":
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                for table in ("people", "ledger"):
                    connection.execute(f"CREATE TABLE {table} {COLUMNS}")

    def settle(self):
        """Nothing goes on without the program."""

    def check(self):
        if not self.path.exists():
            return
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise Failure(f"integrity check: {found}")


class FolderOfFiles:
    """Files of one format, each with a journal."""

    def __init__(self, folder, form):
        self.path = folder / form
        self.path.mkdir()
        self.url = f"file:{self.path}?format={form.partition('-')[0]}"
        if form.endswith("-gzip"):
            self.url += "&compression=gzip"
        self.name = f"files, {form}"

    def settle(self):
        """Nothing goes on without the program."""

    def check(self):
        names = {path.name.removesuffix(".dataknobs-journal").removesuffix(".dataknobs") for path in self.path.iterdir()
                 if not path.name.endswith(".dataknobs-fold") and not path.name.startswith(".")}
        if not names <= {"people", "ledger"}:
            raise Failure(f"files that nobody made: {names}")


class PostgresqlSchema:
    """A schema of a server. What the program had sent may still be carried out when it is dead."""

    def __init__(self, psql, url, layout):
        self.psql = psql
        self.schema = f"writes_{os.getpid()}_{layout}"
        self.url = f"{url}?schema={self.schema}&application_name={self.schema}"
        self.name = f"PostgreSQL, {layout}"
        if layout == "columns":
            self.sql(f"create schema {self.schema}")
            for table in ("people", "ledger"):
                self.sql(f"create table {self.schema}.{table} {COLUMNS}")

    def sql(self, statement):
        return subprocess.run([*self.psql, "-c", statement], capture_output=True, text=True, check=True).stdout.strip()

    def settle(self):
        while self.sql(f"select count(*) from pg_stat_activity where application_name = '{self.schema}'") != "0":
            pass

    def check(self):
        """The server checks itself."""

    def drop(self):
        self.sql(f"drop schema if exists {self.schema} cascade")


def kill_often(program, store, generator):
    """Returns how many steps were written in all."""
    expected, step = {"people": {}, "ledger": {}}, 0
    for _ in range(KILLS):
        last = write_and_kill(program, store.url, step, generator)
        for done in range(step, last + 1):
            apply(expected, done)
        step = last + 1
        store.settle()
        # The store reads first: it is the one that must recover what was left.
        found = read(program, store.url)
        store.check()
        if found != expected:
            under_way = apply(expected, step)
            if found != under_way:
                raise Failure(f"after step {last}: {difference(found, under_way)}")
            step += 1
    return step


def difference(found, expected):
    lines = []
    for table in ("people", "ledger"):
        changed = {name for name in found[table].keys() | expected[table].keys()
                   if found[table].get(name) != expected[table].get(name)}
        lines += [f"{table} {name}: step {found[table].get(name)}, not {expected[table].get(name)}"
                  for name in sorted(changed)[:10]]
    return "; ".join(lines)


def stores(stack, folder, services):
    for form in ("ndjson", "json", "csv", "parquet", "ndjson-gzip"):
        yield FolderOfFiles(folder, form)
    for layout in ("document", "columns"):
        for journal in ("wal", "delete"):
            yield SqliteFile(folder, layout, journal)
    environment = stack.enter_context(services.running(["postgresql"]))
    url = environment["DATAKNOBS_TEST_POSTGRESQL_URL"]
    psql = [services.PostgreSQL.find_binaries() / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url]
    for layout in ("document", "columns"):
        schema = PostgresqlSchema(psql, url, layout)
        stack.callback(schema.drop)
        yield schema


def main(program, scripts):
    sys.path.insert(0, scripts)
    import services

    seed = int(os.environ.get("DATAKNOBS_TEST_SEED", random.randrange(10**9)))
    print(f"DATAKNOBS_TEST_SEED={seed}")
    generator = random.Random(seed)
    failed = False
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        os.environ["XDG_STATE_HOME"] = str(pathlib.Path(name, "state"))
        for store in stores(stack, pathlib.Path(name), services):
            try:
                steps = kill_often(program, store, generator)
                print(f"{store.name}: killed {KILLS} times, {steps} steps", flush=True)
            except Failure as failure:
                failed = True
                print(f"FAILED {store.name}: {failure}", flush=True)
    return 1 if failed else 0


sys.exit(main(sys.argv[1], sys.argv[2]))
