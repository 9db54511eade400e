#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of keys in docs/configuration.md, from what the program declares.

    configuration_page.py PROGRAM [--check]

Writes the page, or with --check ends with 1 if it is not as it should be.
"""

import json
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "configuration.md"
BEGIN, END = "<!-- keys: begin, by scripts/configuration_page.py -->", "<!-- keys: end -->"


def cell(text):
    return text.replace("|", "\\|")


def tables(program):
    done = subprocess.run([program, "backends", "--output", "json"], capture_output=True, text=True, check=True)
    lines = []
    for store in json.loads(done.stdout):
        lines += ["", f"### {store['name']}", "", f"{store['description']}. Example: `{store['example']}`"
                  + (f", or with {', '.join('`%s:`' % alias for alias in store['aliases'])}"
                     if store["aliases"] else "") + ".", "", "| key | of the | meaning |", "|---|---|---|"]
        for key in store["keys"]:
            notes = [text for flag, text in (("repeatable", "may be repeated"), ("secret", "never shown")) if key[flag]]
            meaning = cell(key["description"]) + (f" ({', '.join(notes)})" if notes else "")
            lines.append(f"| `{key['name']}` | {key['of']} | {meaning} |")
    return "\n".join(lines) + "\n\n"


def main():
    program, *options = sys.argv[1:]
    text = PAGE.read_text()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    wanted = head + BEGIN + "\n" + tables(program) + END + tail
    if "--check" not in options:
        PAGE.write_text(wanted)
        return 0
    if text == wanted:
        return 0
    print(f"{PAGE.name} is not what the program declares: run scripts/configuration_page.py PROGRAM")
    return 1


if __name__ == "__main__":
    sys.exit(main())
