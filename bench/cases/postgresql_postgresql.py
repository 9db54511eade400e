# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL table to PostgreSQL table, against binary COPY piped from one psql into another."""

import os
import subprocess

from contest import FLIGHTS_POSTGRESQL, PROGRAM, Contest, flights_csv, postgresql, timed


class Case(Contest):
    description = "a table of 336,776 x 29 into another PostgreSQL table with a primary key"
    contestants = ("dataknobs", "dataknobs with digest", "binary COPY piped")
    goals = (("dataknobs", "binary COPY piped", 0.8), ("dataknobs with digest", "dataknobs", 1 / 1.15))

    def setup(self):
        self.url = postgresql(self.stack)
        self.environment = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}
        self.psql(FLIGHTS_POSTGRESQL,
                  f"\\copy flights from '{flights_csv()}' with (format csv, header, null 'NA')",
                  "vacuum analyze flights")

    def psql(self, *statements):
        command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", self.url]
        for statement in statements:
            command += ["-c", statement]
        return timed(command, env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})

    def prepare(self, name):
        self.psql("drop table if exists target", "drop schema if exists dataknobs cascade",
                  FLIGHTS_POSTGRESQL.replace("flights", "target", 1), "checkpoint")

    def run(self, name):
        if name == "binary COPY piped":
            pipe = (f"psql -q '{self.url}' -c 'copy flights to stdout (format binary)' | "
                    f"psql -q '{self.url}' -c 'copy target from stdin (format binary)'")
            return timed(["bash", "-o", "pipefail", "-c", pipe])
        flags = [] if name == "dataknobs with digest" else ["--no-digest"]
        return timed([PROGRAM, "copy", f"{self.url}?table=flights", f"{self.url}?table=target", "--no-proof",
                      "--progress", "none", *flags], env=self.environment)

    def versions(self):
        return {"postgresql": subprocess.run(["psql", "--version"], capture_output=True, text=True).stdout.split()[2]}
