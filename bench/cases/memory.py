# SPDX-License-Identifier: Apache-2.0
"""The memory store's create, read and search against the predecessor and a bare map."""

import json
import subprocess

from contest import PROGRAM, ROOT, Contest, peer_python

CONTEST = PROGRAM.parent / "bench" / "memory_contest"
PEER = "dataknobs-data==0.4.13"
COUNT = 10_000
OPERATIONS = ("create", "read", "search")
SIDES = ("dataknobs", "dataknobs-data", "bare map")


class Case(Contest):
    description = f"{COUNT} records of six fields; search finds a tenth of them; processor seconds per operation"
    contestants = tuple(f"{operation}: {side}" for operation in OPERATIONS for side in SIDES)
    goals = tuple((f"{operation}: dataknobs", f"{operation}: dataknobs-data", 50) for operation in OPERATIONS)

    def setup(self):
        self.python = peer_python(PEER)
        self.results = {}

    def run(self, name):
        """One process gives all three operations; it runs when the first is asked for."""
        operation, side = name.split(": ")
        if operation == OPERATIONS[0]:
            if side == "dataknobs-data":
                command = [self.python, ROOT / "bench" / "peers" / "dataknobs_data_memory.py", COUNT]
            else:
                command = [CONTEST, "map" if side == "bare map" else side, COUNT]
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
            self.results[side] = json.loads(done.stdout)
        return self.results[side][operation]

    def versions(self):
        return {"dataknobs-data": PEER.split("==")[1]}
