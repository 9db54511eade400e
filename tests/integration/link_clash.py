# SPDX-License-Identifier: Apache-2.0
"""Fails when the dynamic linker binds a symbol between Arrow's libraries and those that the pyarrow wheel bundles too.

Usage: link_clash.py PROGRAM [ARGUMENT...]

The program runs under LD_DEBUG=bindings with all symbols bound at start. A binding between libarrow or libparquet on
one side and libre2, libsimdjson, libssl or libcrypto on the other, in either direction, means that one of them runs
code of another copy of itself. Instances of std:: templates do not count: they are the same code in each.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile

ARROW = {"libarrow", "libparquet"}
BUNDLED = {"libre2", "libsimdjson", "libssl", "libcrypto"}
BINDING = re.compile(r"binding file (\S+) \[\d+\] to (\S+) \[\d+\]: \w+ symbol `([^']+)'")
STANDARD = re.compile(r"_Z(N|NK|GV|TV|TI|TS)?(S[tabsiod]|9__gnu_cxx)")


def library(path):
    return os.path.basename(path).split(".so")[0]


def main():
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, LD_DEBUG="bindings", LD_BIND_NOW="1", LD_DEBUG_OUTPUT=f"{folder}/log")
        done = subprocess.run(sys.argv[1:], env=environment, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"link_clash: {sys.argv[1]} failed with exit code {done.returncode}")
        text = "".join(open(f"{folder}/{name}", errors="replace").read() for name in sorted(os.listdir(folder)))

    seen, clashes = collections.Counter(), collections.defaultdict(set)
    for source, target, symbol in BINDING.findall(text):
        pair = library(source), library(target)
        seen.update(set(pair))
        if (pair[0] in ARROW and pair[1] in BUNDLED) or (pair[0] in BUNDLED and pair[1] in ARROW):
            if not STANDARD.match(symbol):
                clashes[pair].add(symbol)

    missing = (ARROW | BUNDLED) - set(seen)
    if missing:
        sys.exit(f"link_clash: {sys.argv[1]} does not use {', '.join(sorted(missing))}, so it proves nothing")
    for (source, target), symbols in sorted(clashes.items()):
        print(f"{source} -> {target}: {len(symbols)} symbols, for example {', '.join(sorted(symbols)[:5])}")
    if clashes:
        sys.exit("link_clash: list ssl, crypto, simdjson and re2 before parquet and arrow (cmake/FindArrowWheel.cmake)")
    print(f"no clash in {sum(seen.values())} bindings")


main()
