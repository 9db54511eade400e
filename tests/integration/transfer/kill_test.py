# SPDX-License-Identifier: Apache-2.0
"""Copies that are killed with SIGKILL and started again by the same command must end as if nothing had happened.

    kill_test.py PROGRAM SCRIPTS_FOLDER

Each pair of stores is killed at every named point of src/transfer/kill_point.hpp and at random times (the seed is
printed; DATAKNOBS_TEST_SEED repeats it). DATAKNOBS_TEST_LONG=1 does many more.
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

# Wide rows: a table is split only where its parts are worth it, PostgreSQL from a mebibyte.
ROWS = 18_000
CHUNK = 3_000
FILLER = 200
POINTS = ["before-journal", "after-journal:2", "in-chunk", "in-chunk:5", "before-commit:3", "after-commit:3",
          "last-chunk", "before-publish", "after-publish", "in-digest", "in-digest:2", "before-done"]
# In the commit itself: so many microseconds after it began.
COMMIT_MICROSECONDS = 3_000
LONG = os.environ.get("DATAKNOBS_TEST_LONG", "") not in ("", "0")
RANDOM_KILLS = 200 if LONG else 10


class Failure(Exception):
    """What a copy should have done, and did not."""


class Runner:
    def __init__(self, program, folder):
        self.program = program
        self.environment = os.environ | {"XDG_STATE_HOME": str(folder / "state")}

    def start(self, *arguments, kill_at=None):
        environment = self.environment | ({"DATAKNOBS_KILL_AT": kill_at} if kill_at else {})
        return subprocess.Popen([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=environment)

    def run(self, *arguments, kill_at=None):
        process = self.start(*arguments, kill_at=kill_at)
        out, error = process.communicate(timeout=300)
        return process.returncode, out, error

    def run_killed(self, seconds, *arguments):
        """Runs and kills after that time; the return code is that of a process that may have been quicker."""
        process = self.start(*arguments)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        process.send_signal(signal.SIGKILL)
        out, error = process.communicate(timeout=300)
        return process.returncode, out, error


def write_csv(path, generator):
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,name,price,day,note\n")
        for number in range(ROWS):
            price = f"{generator.randrange(10**6)}.{generator.randrange(100):02d}"
            day = f"20{generator.randrange(10, 30)}-{generator.randrange(1, 13):02d}-{generator.randrange(1, 29):02d}"
            note = generator.choice(["", '""', '"a, ""quoted"" one\nin two lines"', "plain", "\u00e4\u00f6\u00fc"])
            note = note if note.startswith('"') else note + "x" * FILLER
            file.write(f"{number},name {generator.randrange(10**9)},{price},{day},{note}\n")


def check(runner, source, target, name, resumed_hint):
    """Runs the command until it ends well, and compares."""
    code, out, error = runner.run("copy", source, target, str(CHUNK))
    if code != 0:
        raise Failure(f"{name}: the resumed copy failed with {code}: {error.strip()}")
    report = json.loads(out)
    if report["read"] != ROWS or report["written"] != ROWS:
        raise Failure(f"{name}: {report['read']} read and {report['written']} written of {ROWS}")
    code, out, error = runner.run("verify", source, target)
    if code != 0:
        raise Failure(f"{name}: not equal: {out}{error}")
    resumed_hint.append(report["resumed"])


def kill_everywhere(runner, name, source, new_target, generator):
    """Every named point, then random times. Returns how many of the runs were killed, and how many had resumed."""
    resumed = []

    def killed_at(point):
        target = new_target()
        code, _, error = runner.run("copy", source, target, str(CHUNK), kill_at=point)
        if code not in (0, -signal.SIGKILL):
            raise Failure(f"{name} at {point}: ended with {code}: {error.strip()}")
        # A transaction makes the target visible: only files have a point at which that is done.
        # A kill that is timed comes after the end, or never where there are fewer chunks.
        expected = "+" not in point and (target.startswith("file:") or not point.endswith("-publish"))
        if code == 0 and expected:
            raise Failure(f"{name}: the point {point} was not met")
        check(runner, source, target, f"{name} at {point}", resumed)
        return code != 0

    killed = sum(killed_at(point) for point in POINTS)
    # A commit may be quicker: then the kill comes later, or not at all.
    killed += sum(killed_at(f"before-commit:{chunk}+{generator.randrange(1, COMMIT_MICROSECONDS)}")
                  for chunk in (1, 2, 4))
    started = time.monotonic()
    code, _, error = runner.run("copy", source, new_target(), str(CHUNK))
    if code != 0:
        raise Failure(f"{name}: failed with {code}: {error.strip()}")
    whole = time.monotonic() - started
    at_random = 0
    while at_random < RANDOM_KILLS:
        target = new_target()
        kills = 0
        for _ in range(generator.randrange(1, 4)):
            seconds = generator.uniform(0.0, whole)
            code, _, error = runner.run_killed(seconds, "copy", source, target, str(CHUNK))
            if code not in (0, -signal.SIGKILL):
                raise Failure(f"{name} killed after {seconds:.3f} s: ended with {code}: {error.strip()}")
            kills += code != 0
        at_random += kills
        check(runner, source, target, f"{name} killed {kills} times", resumed)
    return killed + at_random, sum(1 for count in resumed if count > 0)


def kill_while_catching_up(runner, server, source):
    """The source changes while the copy is interrupted, and the call that mends it is killed too."""
    table = f"killed_{os.getpid()}_source"
    target = f"{server.url}?table=killed_{os.getpid()}_mended"
    code, _, error = runner.run("copy", source, f"{server.url}?table={table}", str(ROWS))
    if code != 0:
        raise Failure(f"catching up: no source: {error.strip()}")
    table_url = f"{server.url}?table={table}"
    for number, point in enumerate(("in-catch-up", "before-caught-up")):
        server.sql(f"drop table if exists killed_{os.getpid()}_mended")
        code, _, error = runner.run("copy", table_url, target, str(CHUNK), kill_at="after-commit")
        if code != -signal.SIGKILL:
            raise Failure(f"catching up: not killed, but ended with {code}: {error.strip()}")
        server.sql(f"update {table} set name = 'changed {number}' where id < 10; "
                   f"delete from {table} where id = {20 + number}")
        code, out, error = runner.run("copy", table_url, target, str(CHUNK), kill_at=point)
        if code != -signal.SIGKILL:
            raise Failure(f"catching up at {point}: not killed, but ended with {code}: {out}{error.strip()}")
        code, out, error = runner.run("copy", table_url, target, str(CHUNK))
        if code != 0 or json.loads(out)["written"] != ROWS - 1 - number:
            raise Failure(f"catching up at {point}: the resumed copy ended with {code}: {out}{error}")
        code, out, error = runner.run("verify", table_url, target)
        if code != 0:
            raise Failure(f"catching up at {point}: not equal: {out}{error}")
    print("a source that changed: killed twice while it was caught up with", flush=True)


class Server:
    """The PostgreSQL server, and a role that may write to tables which others made, and keep nothing beside them."""

    def __init__(self, services, url):
        self.url = url
        self.psql = [services.PostgreSQL.find_binaries() / "psql", "-XqAt", url, "-c"]
        self.role = f"killed_{os.getpid()}_guest"
        self.sql(f"create role {self.role} login password 'guest'")
        before, after = url.split("@", 1)
        self.guest_url = f"{before.split('//')[0]}//{self.role}:guest@{after}"

    def sql(self, statement):
        return subprocess.run([*self.psql, statement], capture_output=True, text=True, check=True).stdout

    def make_table(self, name):
        self.sql(f"create table public.{name} (id bigint primary key, name text, price numeric, day date, note text); "
                 f"grant select, insert, delete on public.{name} to {self.role}")

    def clean(self):
        """Removes what the pairs have left on a server that may outlive this test."""
        like = f"relname ~ '^(killed|people)_{os.getpid()}'"
        drops = self.sql(f"select 'drop table ' || oid::regclass from pg_class where relkind = 'r' and {like}")
        for drop in filter(None, drops.split("\n")):
            self.sql(drop)
        self.sql(f"drop role {self.role}")


def pairs(folder, server):
    """Name, source, and a function that names a new target each time."""
    numbers = iter(range(1, 1_000_000))

    def sqlite_target():
        return f"sqlite:{folder}/target{next(numbers)}.db?table=people"

    def table_beside():
        return f"sqlite:{folder}/people.db?table=people{next(numbers)}"

    def postgresql_target():
        return f"{server.url}?table=killed_{os.getpid()}_{next(numbers)}"

    def guest_target():
        name = f"killed_{os.getpid()}_{next(numbers)}"
        server.make_table(name)
        return f"{server.guest_url}?table={name}"

    def equal_target():
        name = f"killed_{os.getpid()}_{next(numbers)}"
        server.make_table(name)
        return f"{server.url}?table={name}"

    def parquet_target():
        return f"file:{folder}/target{next(numbers)}.parquet"

    def csv_target():
        return f"file:{folder}/target{next(numbers)}.csv"

    def compressed_target():
        return f"file:{folder}/target{next(numbers)}.ndjson.gz"

    def folder_target():
        return f"file:{folder}/target{next(numbers)}/?format=ndjson&compression=zstd&part_size=100KiB"

    def hive_target():
        return f"file:{folder}/target{next(numbers)}/?format=parquet&partition=note"

    csv = f"file:{folder}/people.csv"
    ndjson = f"file:{folder}/people.ndjson"
    sqlite = f"sqlite:{folder}/people.db?table=people"
    yield "CSV to SQLite", csv, sqlite_target, None
    yield "CSV to compressed NDJSON", csv, compressed_target, None
    yield "NDJSON to Parquet", ndjson, parquet_target, (csv, ndjson)
    yield "SQLite to Parquet", sqlite, parquet_target, (csv, sqlite)
    yield "CSV to a folder of NDJSON", csv, folder_target, None
    yield "CSV to Hive folders of Parquet", csv, hive_target, None
    yield "SQLite within one file", sqlite, table_beside, None
    table = f"{server.url}?table=people_{os.getpid()}"
    yield "CSV to PostgreSQL", csv, postgresql_target, None
    yield "CSV to PostgreSQL with a local journal", csv, guest_target, None
    yield "SQLite to PostgreSQL", sqlite, postgresql_target, None
    yield "PostgreSQL to SQLite", table, sqlite_target, (csv, table)
    yield "PostgreSQL to PostgreSQL", table, postgresql_target, None
    yield "PostgreSQL to PostgreSQL as the bytes come", table, equal_target, None
    yield "PostgreSQL to Parquet", table, parquet_target, None
    parquet = f"file:{folder}/people.parquet"
    yield "Parquet to CSV", parquet, csv_target, (table, parquet)


def main(program, scripts):
    sys.path.insert(0, scripts)
    import services

    seed = int(os.environ.get("DATAKNOBS_TEST_SEED", random.randrange(10**9)))
    print(f"DATAKNOBS_TEST_SEED={seed}")
    generator = random.Random(seed)
    failures = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        environment = os.environ
        if "DATAKNOBS_TEST_POSTGRESQL_URL" not in os.environ:
            environment = stack.enter_context(services.running(["postgresql"]))
        server = Server(services, environment["DATAKNOBS_TEST_POSTGRESQL_URL"])
        stack.callback(server.clean)
        write_csv(folder / "people.csv", generator)
        runner = Runner(program, folder)
        wanted = os.environ.get("DATAKNOBS_TEST_PAIR", "")
        for title, source, new_target, prepare in pairs(folder, server):
            if prepare and (code := runner.run("copy", *prepare, str(ROWS)))[0] != 0:
                failures.append(f"{title}: no source: {code[2]}")
                continue
            if wanted not in title:
                continue
            try:
                killed, resumed = kill_everywhere(runner, title, source, new_target, generator)
                print(f"{title}: killed {killed} times, {resumed} runs went on from a committed chunk", flush=True)
                if resumed == 0:
                    failures.append(f"{title}: no run went on from a committed chunk")
            except Failure as failure:
                failures.append(str(failure))
                print(failure, flush=True)
        if not wanted:
            try:
                kill_while_catching_up(runner, server, f"file:{folder}/people.csv")
            except Failure as failure:
                failures.append(str(failure))
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


sys.exit(main(sys.argv[1], sys.argv[2]))
