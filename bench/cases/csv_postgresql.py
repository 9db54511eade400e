# SPDX-License-Identifier: Apache-2.0
"""CSV into an existing PostgreSQL table, against psql's \\copy; the memory of the copy against its budget."""

import os
import subprocess

from contest import FLIGHTS_OPTIONS, FLIGHTS_POSTGRESQL, PROGRAM, Contest, flights_csv, peak_memory, postgresql, timed

MEBIBYTE = 1 << 20
BUDGET = 64 * MEBIBYTE


class Case(Contest):
    description = "flights.csv (336,776 x 29) into a PostgreSQL table with a primary key"
    contestants = ("dataknobs", "dataknobs with digest", "psql \\copy")
    goals = (("dataknobs", "psql \\copy", 0.8), ("dataknobs with digest", "dataknobs", 1 / 1.15))

    def setup(self):
        self.csv = flights_csv()
        self.url = postgresql(self.stack)
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}

    def psql(self, *statements):
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", self.url]
        for statement in statements:
            command += ["-c", statement]
        return timed(command, env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})

    def prepare(self, name):
        self.psql("drop table if exists flights", "drop schema if exists dataknobs cascade", FLIGHTS_POSTGRESQL,
                  "checkpoint")

    def copy_command(self, *flags):
        source, target = f"{self.csv}?{FLIGHTS_OPTIONS}", f"{self.url}?table=flights"
        return [PROGRAM, "copy", source, target, "--no-proof", "--progress", "none", "--memory", str(BUDGET), *flags]

    def run(self, name):
        if name == "psql \\copy":
            return self.psql(f"\\copy flights from '{self.csv}' with (format csv, header, null 'NA')")
        flags = [] if name == "dataknobs with digest" else ["--no-digest"]
        return timed(self.copy_command(*flags), env=self.environment)

    def extra(self):
        self.prepare("memory")
        peak = peak_memory(self.copy_command("--no-digest"), env=self.environment)
        return {"peak_memory_above_budget_mib": round((peak - BUDGET) / MEBIBYTE, 1), "memory_goal_mib": 40}

    def versions(self):
        return {"postgresql": subprocess.run(["psql", "--version"], capture_output=True, text=True).stdout.split()[2]}
