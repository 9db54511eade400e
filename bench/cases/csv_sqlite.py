# SPDX-License-Identifier: Apache-2.0
"""CSV into a new SQLite table, against a prepared-insert loop in C++ and the sqlite3 shell."""

import os
import subprocess

from contest import FLIGHTS_COLUMNS, FLIGHTS_OPTIONS, PROGRAM, Contest, flights_csv, timed

INSERT_LOOP = PROGRAM.parent / "bench" / "sqlite_insert_loop"


class Case(Contest):
    description = "flights.csv (336,776 x 29) into a new SQLite table"
    contestants = ("dataknobs", "dataknobs with digest", "prepared-insert loop", "sqlite3 .import")
    goals = (("dataknobs", "prepared-insert loop", 0.6), ("dataknobs with digest", "dataknobs", 1 / 1.15))

    def setup(self):
        self.csv = flights_csv()
        self.database = self.folder / "flights.db"
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}

    def prepare(self, name):
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)

    def run(self, name):
        if name == "prepared-insert loop":
            columns = ",".join(f"{column} {kind}" for column, kind in FLIGHTS_COLUMNS)
            return timed([INSERT_LOOP, self.csv, self.database, columns])
        if name == "sqlite3 .import":
            return timed(["sqlite3", self.database, "-cmd", ".mode csv", f".import {self.csv} flights"])
        flag = "--no-proof" if name == "dataknobs with digest" else "--no-digest"
        source, target = f"{self.csv}?{FLIGHTS_OPTIONS}", f"sqlite:{self.database}?table=flights"
        return timed([PROGRAM, "copy", source, target, "--no-proof", flag, "--progress", "none"], env=self.environment)

    def versions(self):
        shell = subprocess.run(["sqlite3", "--version"], capture_output=True, text=True).stdout.split()[0]
        return {"sqlite": shell}
