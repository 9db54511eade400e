# SPDX-License-Identifier: Apache-2.0
"""Adds to the files of a package what they need from this machine: shared libraries, if asked for, and the licences of
those and of the code that is compiled in. The libraries are Debian's, which tells where each comes from.

    python3 scripts/bundle.py [--libraries] PREFIX
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

# What every Debian 12 has, and other systems have a later version of: the C and C++ libraries. Theirs must be used,
# since the dynamic linker belongs to them.
OF_THE_SYSTEM = re.compile(r"ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|stdc\+\+|gcc_s)\.so\.\d+")
# Headers whose code is compiled in. (Boost's licence wants no mention in compiled code.)
COMPILED_IN = ("libcli11-dev",)


def fail(text):
    sys.exit(f"bundle: {text}")


def needed_libraries(prefix):
    """Name and path of each library that the program and the libraries of dataknobs load, below the prefix or not."""
    found = {}
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    for path in sorted([*prefix.glob("bin/*"), *prefix.glob("lib/*.so.*")]):
        listed = subprocess.run(["ldd", str(path)], env=environment, capture_output=True, text=True)
        if listed.returncode != 0 or "not found" in listed.stdout:
            fail(f"{path.relative_to(prefix)} lacks a library:\n{listed.stdout}{listed.stderr}")
        for name, place in re.findall(r"^\s*(\S+) => (/\S+) ", listed.stdout, re.MULTILINE):
            found[name] = pathlib.Path(place)
    return found


def package_of(library):
    """The Debian package that a library of this machine is from; it may list it with or without /usr."""
    for path in dict.fromkeys((library, library.resolve(), pathlib.Path(str(library.resolve()).removeprefix("/usr")))):
        listed = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True)
        if listed.returncode == 0:
            return listed.stdout.split(":")[0]
    fail(f"{library} is of no Debian package, so its licence is not known")


def add_licence(package, papers):
    text = pathlib.Path("/usr/share/doc") / package / "copyright"
    if not text.exists():
        fail(f"the licence of {package} is missing: there is no {text}")
    copy(text, papers / f"{package}.txt")
    # Debian's texts refer to others, which systems of another kind do not have.
    for name in set(re.findall(r"/usr/share/common-licenses/([A-Z][\w.-]*\w)", text.read_text())):
        copy(text.parent.parent.parent / "common-licenses" / name, papers / "common-licenses" / name)


def list_sources(packages, papers):
    """Where the source of each library is: some licences want it said."""
    lines = ["The libraries in lib/dataknobs are Debian's, as they are in these packages. The source of each is the",
             "source package named, of that version, at https://snapshot.debian.org/.", ""]
    shape = "${Package} ${Version}: ${source:Package} ${source:Version}\n"
    for package in packages:
        shown = subprocess.run(["dpkg-query", "-W", "-f", shape, package], capture_output=True, text=True,
                               check=True).stdout
        lines.append(shown.splitlines()[0])
    papers.mkdir(parents=True, exist_ok=True)
    (papers / "SOURCES.txt").write_text("\n".join(lines) + "\n")


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source.resolve(), target)
    target.chmod(0o644)



def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prefix", type=pathlib.Path)
    parser.add_argument("--libraries", action="store_true")
    arguments = parser.parse_args()
    prefix = arguments.prefix.resolve()
    papers = prefix / "share" / "doc" / "dataknobs" / "licenses"
    packages = set()
    if arguments.libraries:
        for name, place in needed_libraries(prefix).items():
            if OF_THE_SYSTEM.fullmatch(name) or place.resolve().is_relative_to(prefix):
                continue
            packages.add(package_of(place))
            copy(place, prefix / "lib" / "dataknobs" / name)
        for name, place in needed_libraries(prefix).items():
            if not OF_THE_SYSTEM.fullmatch(name) and not place.resolve().is_relative_to(prefix):
                fail(f"{name} is still found at {place}")
        list_sources(sorted(packages), papers)
    for package in sorted(packages | set(COMPILED_IN)):
        add_licence(package, papers)


if __name__ == "__main__":
    main()
