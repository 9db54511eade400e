# SPDX-License-Identifier: Apache-2.0
"""Runs the commands and the code of the README and of pages of docs/, and compares what they print: see pages.py."""

import os
import re
import subprocess
import unittest
import urllib.parse

import harness
import pages
from harness import ProgramTest

# Commands of developers, which the other tests run all the time.
DEVELOPER = ("./dev", "git ", "cd ")
# What a terminal wipes again.
PROGRESS = re.compile(r"^(planning|copying|publishing|proving|comparing|locating)\b.*\n", re.MULTILINE)
SECONDS = 120


class Pages(ProgramTest):
    def run_shell(self, command):
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True,
                              text=True, timeout=SECONDS)

    def run_commands(self, block):
        for command, shown in pages.commands(block):
            if command.startswith(DEVELOPER):
                continue
            done = self.run_shell(command)
            printed = done.stdout + PROGRESS.sub("", done.stderr)
            fails = re.search(r"^error: ", shown, re.MULTILINE) and "| " not in command
            with self.subTest(command):
                self.assertEqual(done.returncode != 0, bool(fails), printed)
                if shown and not pages.is_as_shown(shown, printed):
                    self.assertEqual(printed.rstrip(), shown)

    def printed(self, program):
        """What the program prints before it stops again, or ends."""
        text = ""
        for line in program.stdout:
            text += line
            if text.endswith(pages.MARK + "\n"):
                return text.removesuffix(pages.MARK + "\n")
        self.assertEqual(program.wait(), 0, text)
        return text

    def check_printed(self, step, output, program):
        program.stdin.write("\n")
        program.stdin.flush()
        printed = self.printed(program)
        with self.subTest(f"line {step.line}"):
            if output is not None and not pages.is_as_shown(output.text, printed):
                self.assertEqual(printed, output.text)

    def run_page(self, name, program=None):
        """Runs a page; `program` is that of its C++."""
        found = pages.blocks(harness.SOURCE / name)
        if any("postgresql:///" in block.text for block in found):
            self.with_server()
        running = None
        if program:
            running = self.enterContext(subprocess.Popen(
                [harness.PROGRAM.parent / program], cwd=self.folder, env=self.environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
            self.addCleanup(running.kill)
            self.printed(running)
        for block, after in zip(found, [*found[1:], None]):
            if block.kind == "console":
                self.run_commands(block)
            elif block.is_step():
                self.check_printed(block, after if after and after.kind == "output" else None, running)
            elif block.title and block.kind != "cpp":
                self.write(block.title, block.text)
        self.assertTrue(program or not any(block.is_step() for block in found), "the C++ of this page is not run")
        self.assertGreater(len(found), 1)

    def with_server(self):
        """The server of the tests as a person has one: named by libpq's variables, with a database `app`."""
        server = urllib.parse.urlsplit(harness.POSTGRESQL)
        self.psql("set client_min_messages to warning", "drop database if exists app with (force)",
                  "create database app")
        self.addCleanup(self.psql, "drop database app with (force)")
        self.environment |= {"PGHOST": server.hostname, "PGPORT": str(server.port), "PGUSER": server.username,
                             "PGPASSWORD": urllib.parse.unquote(server.password)}

    def test_readme(self):
        self.run_page("README.md", "page_readme")

    def test_home(self):
        self.run_page("docs/index.md", "page_home")

    def test_semantics(self):
        self.run_page("docs/semantics.md")

    def test_getting_started(self):
        self.run_page("docs/guides/getting-started.md", "page_getting_started")

    def test_choosing_a_store(self):
        self.run_page("docs/guides/choosing-a-store.md", "page_choosing_a_store")

    def test_queries(self):
        self.run_page("docs/guides/queries.md", "page_queries")

    def test_async(self):
        self.run_page("docs/guides/async.md", "page_async")

    def test_from_sql(self):
        self.run_page("docs/guides/from-sql.md", "page_from_sql")

    def test_from_dataknobs_data(self):
        self.run_page("docs/guides/from-dataknobs-data.md")

    def test_all_pages_are_run(self):
        """A new page with commands or C++ has its test, here or elsewhere."""
        tests = "".join(path.read_text() for path in (harness.SOURCE / "tests").rglob("*_test.py"))
        for path in sorted((harness.SOURCE / "docs").rglob("*.md")):
            if any(block.kind in ("console", "cpp") for block in pages.blocks(path)):
                self.assertIn(f'{path.name}"', tests)


if __name__ == "__main__":
    unittest.main(verbosity=2)
