# SPDX-License-Identifier: Apache-2.0
"""Writes the support table of docs/backends.md from a run of the conformance suite.

    support_table.py start FOLDER               empties the folder for the outcomes of a run
    support_table.py write FOLDER PROGRAM...    when every test of the programs has run: rewrites the table between its
                                                markers, and fails if that changed the page

The programs append their outcomes to files in the folder; `PROGRAM --describe` tells what each store declares and which
tests belong to it.
"""

import pathlib
import shutil
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "backends.md"
BEGIN = "<!-- support table: written by `./dev test conformance` -->"
END = "<!-- end of the support table -->"
MARKS = {"native": "native", "emulated": "emulated", "absent": "-"}


def described(programs):
    """Stores in order, their capabilities, and the tests of each."""
    stores, support, tests = [], {}, {}
    for program in programs:
        text = subprocess.run([program, "--describe"], capture_output=True, text=True, check=True).stdout
        for line in text.splitlines():
            kind, store, *rest = line.split("\t")
            if kind == "store":
                stores.append(store)
            elif kind == "capability":
                support.setdefault(rest[0], {})[store] = rest[1]
            elif kind == "test":
                tests.setdefault((store, rest[0]), set()).add(rest[1])
    return stores, support, tests


def outcomes(folder):
    found = {}
    for path in sorted(folder.glob("*")) if folder.exists() else []:
        for line in path.read_text().splitlines():
            store, capability, test, outcome = line.split("\t")
            found[store, capability, test] = outcome == "passed"
    return found


def cell(store, capability, support, tests, passed):
    names = tests.get((store, capability), set())
    if not names:
        return MARKS[support]
    failed = [name for name in names if not passed[store, capability, name]]
    tests_text = f"{len(names)} test" + ("s" if len(names) > 1 else "")
    result = f"{len(failed)} of {tests_text} fail" if failed else tests_text
    return f"{MARKS[support]}, {result}"


def table(stores, support, tests, passed):
    rows = [["", *(store.replace("_", ", ") for store in stores)], ["---"] * (len(stores) + 1)]
    for capability, by_store in support.items():
        name = capability.replace("_", " ")
        rows.append([name, *(cell(store, capability, by_store[store], tests, passed) for store in stores)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write(folder, programs):
    stores, support, tests = described(programs)
    passed = outcomes(folder)
    missing = sum((store, capability, name) not in passed
                  for (store, capability), names in tests.items() for name in names)
    if missing:
        print(f"support table: {missing} tests have not run, so it is left as it is")
        return 0
    page = PAGE.read_text()
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        print(f"support table: {PAGE} has not both markers:\n{BEGIN}\n{END}")
        return 1
    fresh = f"{head}{BEGIN}\n{table(stores, support, tests, passed)}\n{END}{tail}"
    if fresh == page:
        print("support table: up to date")
        return 0
    PAGE.write_text(fresh)
    print("support table: docs/backends.md was stale and has been rewritten; commit it")
    return 1


def main():
    command, folder, *programs = sys.argv[1:]
    folder = pathlib.Path(folder)
    if command == "start":
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return 0
    return write(folder, programs)


sys.exit(main())
