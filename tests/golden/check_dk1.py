#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second implementation of the canonical form and digest "dk1", which checks the vectors in dk1.json.

    check_dk1.py            compares every vector; exit code 1 names those that differ
    check_dk1.py --write    fills in the results, after inputs were added to the file

The hash comes from the package xxhash where it is installed, else from the library libxxhash.
"""
import ctypes
import decimal
import json
import math
import pathlib
import re
import struct
import sys
from decimal import Decimal

PATH = pathlib.Path(__file__).with_name("dk1.json")
MASK = (1 << 128) - 1
decimal.getcontext().prec = 4000
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN

try:
    import xxhash

    def hash64(data):
        return xxhash.xxh3_64_intdigest(data)

    def hash128(data, seed=0):
        return xxhash.xxh3_128_intdigest(data, seed)
except ImportError:
    class Hash128(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]

    LIBRARY = ctypes.CDLL("libxxhash.so.0")
    LIBRARY.XXH3_64bits.restype = ctypes.c_uint64
    LIBRARY.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    LIBRARY.XXH3_128bits_withSeed.restype = Hash128
    LIBRARY.XXH3_128bits_withSeed.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]

    def hash64(data):
        return LIBRARY.XXH3_64bits(data, len(data))

    def hash128(data, seed=0):
        result = LIBRARY.XXH3_128bits_withSeed(data, len(data), seed)
        return result.high << 64 | result.low


def shortest(value):
    """D(x): what a finite float counts as."""
    if value == math.trunc(value) and abs(value) < 2.0**63:
        return Decimal(int(value))
    return Decimal(repr(value))


def number(value):
    if isinstance(value, float):
        if math.isnan(value):
            return b"f" + bytes.fromhex("7ff8000000000000")
        if math.isinf(value):
            return b"f" + struct.pack(">d", value)
        value = shortest(value)
    value = Decimal(value)
    if not value:
        return b"i" + bytes(8)
    sign, digits, exponent = value.as_tuple()
    while digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    first = exponent + len(digits) - 1
    if 0 <= exponent and first < 19 and -(2**63) <= int(value) < 2**63:
        return b"i" + struct.pack(">q", int(value))
    nearest = float(value) if -400 < first < 400 else math.inf
    if math.isfinite(nearest) and shortest(nearest) == value:
        return b"f" + struct.pack(">d", nearest)
    return b"d" + (b"-" if sign else b"+") + struct.pack(">i", exponent) + "".join(map(str, digits)).encode()


def framed(data):
    return struct.pack(">I", len(data)) + data


def interval(text):
    match = re.fullmatch(r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?"
                         r"(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?", text)
    if not match or text == "P" or text.endswith("T"):
        return None
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    microseconds = (hours * 3600 + minutes * 60) * 10**6 + int(Decimal(match[7] or 0) * 10**6)
    return b"v" + struct.pack(">iiq", years * 12 + months, weeks * 7 + days, microseconds)


def canonical(value):
    if value is None:
        return b""
    if isinstance(value, bool):
        return b"b" + bytes([value])
    if isinstance(value, (int, float, Decimal)):
        return number(value)
    if isinstance(value, str):
        return b"s" + value.encode()
    if isinstance(value, list):
        return b"[" + b"".join(framed(canonical(element)) for element in value)
    present = {name: member for name, member in value.items() if member is not None}
    members = sorted((name.encode(), canonical(member)) for name, member in present.items())
    return b"{" + b"".join(framed(name) + framed(member) for name, member in members)


def value_of(entry):
    """The canonical bytes of the value that an entry of the file describes."""
    kind, text, logical = entry["type"], entry.get("text"), entry.get("logical")
    if kind == "string":
        if logical == "uuid":
            text = text.lower()
        return logical == "interval" and interval(text) or canonical(text)
    if kind == "boolean":
        return canonical(text == "true")
    if kind == "integer":
        return canonical(int(text))
    if kind == "float":
        return canonical(float(text))
    if kind == "decimal":
        return canonical(Decimal(text))
    if kind == "binary":
        return b"x" + bytes.fromhex(text)
    if kind in ("datetime", "time"):  # Microseconds.
        return (b"t" if kind == "datetime" else b"T") + struct.pack(">q", int(text))
    if kind == "date":  # Days.
        return b"D" + struct.pack(">i", int(text))
    if kind == "vector":
        singles = [struct.pack(">f", float(element)) for element in json.loads(text)]
        return canonical([struct.unpack(">f", single)[0] for single in singles])
    assert kind == "json", kind
    return canonical(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def record_digest(fields):
    row = 0
    for name, entry in fields.items():
        if entry["type"] != "null":
            row += hash128(value_of(entry), hash64(name.encode()))
    return hash128((row & MASK).to_bytes(16, "big"))


def results(entry):
    """What an entry must say, by the names of its members."""
    if "records" in entry:
        total = sum(record_digest(fields) for fields in entry["records"]) & MASK
        return {"total": f"dk1:{len(entry['records'])}:{total:032x}"}
    if "fields" in entry:
        return {"digest": f"{record_digest(entry['fields']):032x}"}
    data = value_of(entry)
    return {"canonical": data.hex(), "digest": f"{hash128(data, hash64(entry['field'].encode())):032x}"}


def main():
    content = json.loads(PATH.read_text())
    assert content["form"] == "dk1", "unknown form"
    wrong = 0
    entries = content["values"] + content["records"] + content["totals"]
    for entry in entries:
        for name, expected in results(entry).items():
            if sys.argv[1:] == ["--write"]:
                entry[name] = expected
            elif entry.get(name) != expected:
                wrong += 1
                print(f"{json.dumps(entry)}\n  {name} should be {expected}")
    if sys.argv[1:] == ["--write"]:
        lists = [f'  "{name}": [\n    ' + ",\n    ".join(map(json.dumps, content[name])) + "\n  ]"
                 for name in ("values", "records", "totals")]
        PATH.write_text('{\n  "form": "dk1",\n' + ",\n".join(lists) + "\n}\n")
    print(f"dk1: {len(entries)} vectors, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
