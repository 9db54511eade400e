#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs Apache Arrow C++ (headers, libarrow, libparquet, licences) from the pyarrow wheel into the user's cache and
# prints its folder. Does nothing when it is there already. Why a wheel: docs/decisions/001-arrow-from-the-wheel.md
set -euo pipefail

version=20.0.0
soversion=2000
prefix="${XDG_CACHE_HOME:-$HOME/.cache}/dataknobs/arrow-$version"

if [ -e "$prefix/complete" ] && [ -e "$prefix/LICENSE.txt" ]; then
  echo "$prefix"
  exit 0
fi

mkdir -p "$(dirname "$prefix")"
work=$(mktemp -d "$(dirname "$prefix")/arrow-XXXXXX")
trap 'rm -rf "$work"' EXIT

python=/usr/bin/python3
[ -x "$python" ] || python=python3
if ! "$python" -m pip --version >/dev/null 2>&1; then
  python=python3
fi
if ! "$python" -m pip --version >/dev/null 2>&1; then
  echo "install_arrow: pip is missing; install it (Debian: apt-get install python3-pip)" >&2
  exit 1
fi

echo "install_arrow: fetching pyarrow $version with pip" >&2
"$python" -m pip download --quiet --no-deps --only-binary=:all: --implementation cp --python-version 311 --abi cp311 \
  --platform "manylinux_2_28_$(uname -m)" --dest "$work" "pyarrow==$version" >&2

"$python" - "$work" "$soversion" <<'PYTHON'
import pathlib, re, shutil, struct, sys, zipfile


def bind_to_itself(library):
    """Sets DT_SYMBOLIC: the library looks up its own symbols in itself first.

    libparquet exports the OpenSSL it bundles. Without the mark its calls would land in the system's OpenSSL, which
    programs must load first. The mark takes the place of DT_RELACOUNT, a hint that the dynamic linker does not need.
    """
    symbolic, relacount, pt_dynamic = 16, 0x6FFFFFF9, 2
    image = bytearray(library.read_bytes())
    if image[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"install_arrow: {library.name} is not a 64-bit little-endian ELF file")
    (program_headers,) = struct.unpack_from("<Q", image, 32)
    entry_size, entries = struct.unpack_from("<HH", image, 54)
    for header in range(program_headers, program_headers + entry_size * entries, entry_size):
        kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", image, header)
        if kind != pt_dynamic:
            continue
        for entry in range(offset, offset + size, 16):
            if struct.unpack_from("<Q", image, entry)[0] == relacount:
                struct.pack_into("<QQ", image, entry, symbolic, 0)
                library.write_bytes(image)
                return
    sys.exit(f"install_arrow: {library.name} has no place for DT_SYMBOLIC")


work, soversion = pathlib.Path(sys.argv[1]), sys.argv[2]
libraries = [f"pyarrow/lib{name}.so.{soversion}" for name in ("arrow", "parquet")]
with zipfile.ZipFile(next(work.glob("pyarrow-*.whl"))) as wheel:
    for name in wheel.namelist():
        if name in libraries or name.startswith("pyarrow/include/"):
            wheel.extract(name, work)
        elif re.fullmatch(r"pyarrow-[^/]+/(licenses/)?(LICENSE|NOTICE)\.txt", name):
            (work / pathlib.Path(name).name).write_bytes(wheel.read(name))
if not (work / "LICENSE.txt").exists() or not (work / "NOTICE.txt").exists():
    sys.exit("install_arrow: the wheel has no LICENSE.txt and NOTICE.txt")
(work / "lib").mkdir()
shutil.move(work / "pyarrow/include", work / "include")
for library in libraries:
    source = work / library
    target = work / "lib" / source.name
    shutil.move(source, target)
    target.chmod(0o755)
    if "parquet" in target.name:
        bind_to_itself(target)
    (work / "lib" / source.name.removesuffix(f".{soversion}")).symlink_to(target.name)
PYTHON

rm -rf "$work"/pyarrow "$work"/*.whl
touch "$work/complete"
chmod 755 "$work"
# Another build may have installed it meanwhile, and the first one wins; one of an earlier script lacks the licences.
mv -T "$work" "$prefix" 2>/dev/null || { [ -e "$prefix/complete" ] && mv -f "$work"/*.txt "$prefix"; }
echo "$prefix"
