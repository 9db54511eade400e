# SPDX-License-Identifier: Apache-2.0
"""Runs the README and the page of semantics: each ```console block line by line in one folder, comparing what is
printed; and the C++ program of the README."""

import re
import subprocess
import unittest

import harness
from harness import ProgramTest

# Commands of developers, which the other tests run all the time.
DEVELOPER = ("./dev", "git ", "cd ")


def blocks(text):
    return re.findall(r"```console\n(.*?)```", text, re.DOTALL)


def commands(block):
    """Pairs of a command and the output that the README shows for it."""
    pairs = []
    for line in block.splitlines():
        if line.startswith("$ "):
            pairs.append((line[2:], []))
        elif pairs and pairs[-1][0].endswith("\\"):
            pairs[-1] = (pairs[-1][0] + "\n" + line, [])
        elif pairs:
            pairs[-1][1].append(line)
    return pairs


class Readme(ProgramTest):
    def run_shell(self, command):
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=120)

    def run_page(self, name):
        seen = 0
        for block in blocks((harness.SOURCE / name).read_text()):
            for command, expected in commands(block):
                if command.startswith(DEVELOPER):
                    continue
                done = self.run_shell(command)
                self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
                shown = "\n".join(expected).rstrip()
                if shown:
                    self.assertEqual(done.stdout.rstrip(), shown, command)
                seen += 1
        self.assertGreater(seen, 5)

    def test_the_tour(self):
        self.run_page("README.md")

    def test_the_semantics(self):
        self.run_page("docs/semantics.md")

    def test_the_program(self):
        done = self.run_shell(str(harness.PROGRAM.parent / "readme_example"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Ada", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
