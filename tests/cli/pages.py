# SPDX-License-Identifier: Apache-2.0
"""Pages that are run: the README and those of docs/ with commands and code.

A page is one story in one folder, told by its fenced blocks, in their order:

- console: lines with `$ ` are commands of a shell, and the lines below one are what it prints: its standard output,
  then what it says on standard error, without progress. Within a line `...` stands for anything, as a line for any
  lines. If nothing is shown, nothing is compared. A command that shows `error:` must fail, any other must not.
- cpp: all of a page make one program. A block of functions, classes or includes stands in it as it is; statements run
  one block after the other, in one function, a coroutine where one of them has co_await; a `main` is called in its
  place.
- output: what the block of C++ above it prints.
- any other with title="NAME": that file, written into the folder.

As a program, `pages.py PAGE FILE` writes the program of a page.
"""

import pathlib
import re
import sys

FENCE = re.compile(r"^```(\w*)(.*)\n((?:(?!^```).*\n)*)^```$", re.MULTILINE)
# The first line of code that is no statement: an include, a type or a function.
DEFINITION = re.compile(r"#include|namespace|using namespace|struct|class|enum|template|[\w:<>,&* ]+ \w+\([^;]*\{$")
# A program stops before each block of statements until it is told to go on, and marks where the one before ended.
MARK = "\x1e"
HEAD = """#include <dataknobs/dataknobs.hpp>

#include <cstdio>
#include <iostream>
#include <string>

using namespace dataknobs;

static void next_block() {
  std::cout << "\\x1e" << std::endl;
  std::string line;
  std::getline(std::cin, line);
}
"""


class Block:
    def __init__(self, kind, options, text, line):
        self.kind, self.text, self.line = kind, text, line
        title = re.search(r'title="([^"]+)"', options)
        self.title = title[1] if title else None

    def is_program(self):
        return self.kind == "cpp" and re.search(r"^int main\(\)", self.text, re.MULTILINE)

    def is_definition(self):
        code = [line for line in self.text.splitlines() if line and not line.startswith("//")]
        return self.kind == "cpp" and bool(code) and bool(DEFINITION.match(code[0]))

    def is_step(self):
        """The page's program stops before it."""
        return self.kind == "cpp" and (self.is_program() or not self.is_definition())


def blocks(page):
    text = pathlib.Path(page).read_text()
    return [Block(found[1], found[2], found[3], text.count("\n", 0, found.start(3)) + 1)
            for found in FENCE.finditer(text)]


def commands(block):
    """Pairs of a command of a console block and the output that is shown for it."""
    pairs = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            pairs.append((line[2:], []))
        elif pairs and pairs[-1][0].endswith("\\"):
            pairs[-1] = (pairs[-1][0] + "\n" + line, [])
        elif pairs:
            pairs[-1][1].append(line)
    return [(command, "\n".join(shown).rstrip()) for command, shown in pairs]


def without_blanks(text):
    """Without blanks at the ends of lines, and one line end at the end."""
    return "".join(line.rstrip() + "\n" for line in text.rstrip().splitlines())


def is_as_shown(shown, printed):
    lines = [r"(?:.*\n)*" if line == "..." else re.escape(line).replace(re.escape("..."), ".*") + r"\n"
             for line in without_blanks(shown).splitlines()]
    return re.fullmatch("".join(lines), without_blanks(printed)) is not None


def program(page):
    """The program of a page's C++."""
    page = pathlib.Path(page).resolve()
    code = [block for block in blocks(page) if block.kind == "cpp"]
    steps = [block for block in code if block.is_step()]
    place = lambda block: f'#line {block.line} "{page}"\n'  # noqa: E731
    text = HEAD
    for block in code:
        if block.is_program():
            text += place(block) + re.sub(r"(?m)^int main\(\)", f"static auto main_{block.line}()", block.text)
        elif block.is_definition():
            text += place(block) + block.text
    is_coroutine = any("co_await" in block.text for block in steps if not block.is_program())
    text += f"static {'Task<void>' if is_coroutine else 'void'} page() {{\n"
    for block in steps:
        text += "next_block();\n" + place(block)
        text += f"main_{block.line}();\n" if block.is_program() else block.text
    text += "next_block();\n}\n"
    return text + f"int main() {{ {'run(page())' if is_coroutine else 'page()'}; }}\n"


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_text(program(sys.argv[1]))
