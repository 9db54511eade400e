# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that a machine can check. Prints file:line: what is wrong, and what to do instead."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

MAX_COLUMNS = 120
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = {"include": 400, "src": 450, "cli": 450, "tests": 900}
MAX_BLOB_BYTES = 256 * 1024

CPP = {".cpp", ".hpp"}
SOURCE = CPP | {".py", ".sh", ".cmake"}
PRODUCT = ("include/", "src/", "cli/")
LIBRARY = ("include/", "src/")

# (folders, pattern in a line of C++ without comments and string contents, what to do)
BANNED = [
    (LIBRARY, r"\bstd::(cout|cerr|clog)\b|\b(std::)?f?printf\(", "the library prints nothing: return it or log it"),
    (LIBRARY, r"(?<![\w.>:])(std::)?(abort|exit|_exit)\(", "the library does not end the process: throw an Error"),
    (LIBRARY, r"\bstd::async\b", "run blocking work on the offload pool of src/runtime"),
    (PRODUCT, r"\bstd::regex\b", "use RE2"),
    (PRODUCT, r"\b(sleep_for|sleep_until|usleep)\(", "wait for the event, or on an Asio timer"),
    (PRODUCT, r"catch \(\.\.\.\) *\{ *\}", "handle the exception or let it pass"),
    (PRODUCT, r"#include <boost/asio\.hpp>", "include the one header that is needed"),
    (("include/",), r"^\s*using namespace\b", "no using-directive in a header"),
    (("include/",), r"#include <arrow/(?!type_fwd\.h|c/abi\.h)", "public headers see arrow/type_fwd.h at most"),
    (("",), r"co_await [\w.:>\-<]+\(\{", "g++ 12 destroys it twice: name the argument first"),
    (("",), r"co_await \([^()]*\?", "g++ 12 destroys its temporaries twice: choose before the call"),
    (("",), r"co_await \[", "g++ 12 destroys its captures twice: name the lambda first"),
]
NOTE = re.compile(r"\b(TODO|FIXME|XXX)\b")
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


def listed_files():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                           check=True).stdout.splitlines()
    return sorted({name for name in names if (ROOT / name).is_file()})


def is_source(name):
    path = pathlib.PurePath(name)
    return path.suffix in SOURCE or path.name == "CMakeLists.txt" or name in ("dev", ".ci/run")


def without_comment(line):
    """The code of a line of C++: string contents emptied, a trailing comment cut."""
    return LITERAL.sub('""', line).split("//")[0]


def check_text(name, lines):
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
        yield 1, "the SPDX line is missing: SPDX-License-Identifier: Apache-2.0"
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns; at most {MAX_COLUMNS}"
        if not line.isascii():
            yield number, "not ASCII: plain words in a comment, an escape such as \\u00e9 in a string"
        if line != line.rstrip() or "\t" in line:
            yield number, "trailing blanks or a tab"
        if NOTE.search(line) and name != "scripts/tidy.py":
            yield number, "a note to do later: do it, or open an issue"


def check_banned(name, lines):
    rules = [(re.compile(pattern), advice) for folders, pattern, advice in BANNED if name.startswith(folders)]
    for number, line in enumerate(lines, 1):
        code = without_comment(line) if not line.lstrip().startswith("#include") else line
        for pattern, advice in rules:
            if pattern.search(code):
                yield number, advice


def check_size(name, lines):
    limit = MAX_FILE_LINES.get(name.split("/")[0])
    if limit and len(lines) > limit:
        yield 1, f"{len(lines)} lines; at most {limit}: would a reader find two rooms in one?"


def check_functions(lines):
    """Function bodies, found by their braces: the code is formatted, so this holds."""
    statement, stack, inside = "", [], 0
    for number, line in enumerate(lines, 1):
        code = without_comment(line)
        if code.lstrip().startswith("#"):
            continue
        code = re.sub(r"'(\\.|[^'\\])'", "''", code)
        for character in code:
            if character == "{":
                scope = re.match(r"\s*(inline\s+)?(namespace|extern|class|struct|enum|union)\b", statement)
                function = not inside and not scope and ")" in statement
                stack.append((number, function))
                inside += function
                statement = ""
            elif character == "}":
                if stack:
                    start, function = stack.pop()
                    inside -= function
                    if function and number - start + 1 > MAX_FUNCTION_LINES:
                        yield start, f"a function of {number - start + 1} lines; at most {MAX_FUNCTION_LINES}"
                statement = ""
            elif character == ";":
                statement = ""
            else:
                statement += character
        statement += " "


def check_listed(names):
    """Every .cpp of a folder with explicit source lists must be built."""
    built = "\n".join((ROOT / name).read_text() for name in names
                      if pathlib.PurePath(name).name == "CMakeLists.txt" or name.endswith(".cmake"))
    for name in names:
        if name.endswith(".cpp") and name.startswith(("src/", "cli/", "tests/")) and name != "tests/fuzz/driver.cpp":
            if not re.search(rf"(?<![\w.-]){re.escape(pathlib.PurePath(name).name)}\b", built):
                yield name, 1, "no CMakeLists.txt and no .cmake file names it"


def findings():
    names = listed_files()
    for name in names:
        content = (ROOT / name).read_bytes()
        if len(content) > MAX_BLOB_BYTES:
            yield name, 1, f"{len(content)} bytes; at most {MAX_BLOB_BYTES}: generate it, or fetch it with its client"
        if not is_source(name):
            continue
        text = content.decode("utf-8", errors="replace")
        lines = text.splitlines()
        if text and not text.endswith("\n"):
            yield name, len(lines), "no newline at the end"
        checks = [check_text(name, lines), check_size(name, lines)]
        if pathlib.PurePath(name).suffix in CPP:
            checks += [check_banned(name, lines), check_functions(lines)]
        for check in checks:
            for number, message in check:
                yield name, number, message
    yield from check_listed(names)


def main():
    count = 0
    for name, number, message in findings():
        print(f"{name}:{number}: {message}")
        count += 1
    print(f"tidy: {count} findings" if count else "tidy: clean")
    return 1 if count else 0


sys.exit(main())
