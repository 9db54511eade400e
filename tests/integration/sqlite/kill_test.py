# SPDX-License-Identifier: Apache-2.0
"""A program that writes into SQLite is killed with SIGKILL, again and again over one database: every acknowledged write
must be there, and of the one that was under way all or nothing.

    kill_test.py PROGRAM

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
KILLS = 100 if LONG else 6
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


def check_file(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise Failure(f"integrity check: {found}")


def kill_often(program, folder, layout, journal, generator):
    """Returns how many steps were written in all."""
    path = folder / f"{layout}-{journal}.db"
    url = f"sqlite:{path}?journal_mode={journal}"
    if layout == "columns":
        with contextlib.closing(sqlite3.connect(path)) as connection:
            for table in ("people", "ledger"):
                connection.execute(f"CREATE TABLE {table} {COLUMNS}")
    expected, step = {"people": {}, "ledger": {}}, 0
    for _ in range(KILLS):
        last = write_and_kill(program, url, step, generator)
        for done in range(step, last + 1):
            apply(expected, done)
        step = last + 1
        # The store reads first: it is the one that must recover what was left.
        found = read(program, url)
        if path.exists():
            check_file(path)
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


def main(program):
    seed = int(os.environ.get("DATAKNOBS_TEST_SEED", random.randrange(10**9)))
    print(f"DATAKNOBS_TEST_SEED={seed}")
    generator = random.Random(seed)
    failed = False
    with tempfile.TemporaryDirectory() as name:
        for layout in ("document", "columns"):
            for journal in ("wal", "delete"):
                try:
                    steps = kill_often(program, pathlib.Path(name), layout, journal, generator)
                    print(f"{layout}, {journal}: killed {KILLS} times, {steps} steps", flush=True)
                except Failure as failure:
                    failed = True
                    print(f"FAILED {layout}, {journal}: {failure}", flush=True)
    return 1 if failed else 0


sys.exit(main(sys.argv[1]))
