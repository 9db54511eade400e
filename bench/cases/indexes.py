# SPDX-License-Identifier: Apache-2.0
"""Ten searches with indexes, without them, and by reading all records: documents of SQLite and of the memory store."""

import json
import statistics
import subprocess

from contest import PROGRAM, Contest

CONTEST = PROGRAM.parent / "bench" / "index_contest"
SQLITE_COUNT, MEMORY_COUNT = 100_000, 1_000_000
MODES = ("index", "scan", "all")


class Case(Contest):
    description = (f"ten searches of {SQLITE_COUNT} documents in SQLite and {MEMORY_COUNT} in memory; processor "
                   "seconds of the median search")
    contestants = tuple(f"{store}: {mode}" for store in ("sqlite", "memory") for mode in MODES)
    goals = (("sqlite: index", "sqlite: scan", 2), ("sqlite: index", "sqlite: all", 2),
             ("memory: index", "memory: scan", 1000))

    def setup(self):
        self.queries = {}

    def run(self, name):
        store, mode = name.split(": ")
        path = self.folder / "indexes.db"
        for left in self.folder.glob("indexes.db*"):
            left.unlink()
        url = f"sqlite:{path}?table=people" if store == "sqlite" else "memory:"
        count = SQLITE_COUNT if store == "sqlite" else MEMORY_COUNT
        done = subprocess.run([str(CONTEST), str(count), url, mode], capture_output=True, text=True, check=True)
        seconds = json.loads(done.stdout)
        self.queries.setdefault(name, []).append(seconds)
        return statistics.median(seconds)

    def extra(self):
        """How many times as fast each of the ten searches is with indexes as without."""
        result = {}
        for store in ("sqlite", "memory"):
            index, scan = ([statistics.median(times) for times in zip(*self.queries[f"{store}: {mode}"])]
                           for mode in ("index", "scan"))
            result[f"{store}, search by search"] = [round(slow / quick, 1) for quick, slow in zip(index, scan)]
        return result
