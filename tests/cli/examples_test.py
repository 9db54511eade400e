# SPDX-License-Identifier: Apache-2.0
"""Runs each program of examples/ in an empty folder and compares what it prints with what it says at its end."""

import pathlib
import re
import subprocess
import unittest

import harness
from harness import ProgramTest

SOURCES = sorted((harness.SOURCE / "examples").glob("*.cpp"))
PROGRAMS = pathlib.Path(harness.PROGRAM).parent / "examples"
MARK = "// It prints:\n"


def promised(source):
    """What the last comment of the program says."""
    text = source.read_text()
    lines = text[text.index(MARK) + len(MARK):].splitlines()
    assert all(re.match(r"//(   \S|$)", line) for line in lines), f"{source.name}: a line of the output is no comment"
    return "".join(f"{line[5:]}\n" for line in lines)


class Examples(ProgramTest):
    def test_each_prints_what_it_says(self):
        self.assertGreaterEqual(len(SOURCES), 5)
        for source in SOURCES:
            with self.subTest(source.name):
                done = subprocess.run([PROGRAMS / source.stem], cwd=self.folder, env=self.environment,
                                      capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout, promised(source))
                self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
