# SPDX-License-Identifier: Apache-2.0
"""Searches of a million records in memory without an index, against pandas."""

import json
import subprocess

from contest import PROGRAM, ROOT, Contest, peer_python

CONTEST = PROGRAM.parent / "bench" / "search_contest"
PEERS = ("pandas==2.2.3", "pyarrow==20.0.0")
COUNT = 1_000_000
SEARCHES = ("range and text", "sort alone", "text pattern", "two ranges or a text")
SIDES = ("dataknobs", "pandas", "pandas with Arrow's strings")


class Case(Contest):
    description = f"searches of {COUNT} records of six fields for ten of them; processor seconds of a search"
    contestants = tuple(f"{search}: {side}" for search in SEARCHES for side in SIDES)
    goals = tuple((f"{search}: dataknobs", f"{search}: {peer}", 1) for search in SEARCHES for peer in SIDES[1:])

    def setup(self):
        self.python = peer_python(*PEERS)
        self.results = {}

    def run(self, name):
        """One process gives all searches; it runs when the first is asked for."""
        search, side = name.split(": ")
        if search == SEARCHES[0]:
            peer = [self.python, ROOT / "bench" / "peers" / "pandas_search.py", COUNT]
            commands = {"dataknobs": [CONTEST, COUNT], "pandas": peer,
                        "pandas with Arrow's strings": [*peer, "string[pyarrow]"]}
            done = subprocess.run([str(part) for part in commands[side]], capture_output=True, text=True, check=True)
            self.results[side] = json.loads(done.stdout)
        return self.results[side][search]

    def versions(self):
        return dict(peer.split("==") for peer in PEERS)
