#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/expr/case_folding_table.hpp: Unicode simple case folding (CaseFolding.txt, statuses C and S), and the
simple mappings to upper and lower case (UnicodeData.txt).

Python knows the full folding alone; where that is one code point, it is the simple one too (status C). Where it is
more, the simple folding (status S) is the lower-case letter, if that is a single other one. The simple upper case is
the full one if that is one code point, else the title case if that is one; the simple lower case is the first code
point of the full one (which is more than one code point for U+0130 alone).

    python3 scripts/generate_case_folding.py
"""

import pathlib
import unicodedata

HEAD = """// SPDX-License-Identifier: Apache-2.0
#pragma once
// Made by scripts/generate_case_folding.py from Unicode {version}; do not edit.

#include <array>
#include <cstdint>

namespace dataknobs {{

// Code points first, first + stride ... last are mapped to themselves plus delta.
struct CaseFoldingRange {{
  std::uint32_t first;
  std::uint32_t last;
  std::int32_t delta;
  std::uint32_t stride;
}};

// clang-format off
"""
TABLE = "inline constexpr std::array<CaseFoldingRange, {count}> {name}{{{{\n"
TAIL = """
// clang-format on

}  // namespace dataknobs
"""


def simple_folding() -> dict[int, int]:
    table = {}
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        char = chr(code)
        folded = char.casefold()
        if len(folded) != 1:
            folded = char.lower()
        if len(folded) == 1 and folded != char:
            table[code] = ord(folded)
    return table


def simple_case(mapped) -> dict[int, int]:
    table = {}
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and (char := chr(code)) != mapped(char):
            table[code] = ord(mapped(char))
    return table


def upper(char: str) -> str:
    return next((mapped for mapped in (char.upper(), char.title()) if len(mapped) == 1), char)


def lower(char: str) -> str:
    return char.lower()[0]


def ranges(table: dict[int, int]) -> list[list[int]]:
    found: list[list[int]] = []  # first, last, delta, stride
    for code in sorted(table):
        delta = table[code] - code
        if found and found[-1][2] == delta:
            last = found[-1]
            step = code - last[1]
            if last[0] == last[1] and step <= 2:
                last[3] = step
            if step == last[3]:
                last[1] = code
                continue
        found.append([code, code, delta, 1])
    return found


def main() -> None:
    tables = {"kCaseFolding": simple_folding(), "kUpperCase": simple_case(upper), "kLowerCase": simple_case(lower)}
    texts = []
    for name, table in tables.items():
        rows = ranges(table)
        text = TABLE.format(name=name, count=len(rows))
        for i in range(0, len(rows), 3):
            text += "  " + " ".join(f"{{0x{a:04x}, 0x{b:04x}, {d}, {s}}}," for a, b, d, s in rows[i : i + 3]) + "\n"
        texts.append(text + "}};\n")
    target = pathlib.Path(__file__).resolve().parent.parent / "src/expr/case_folding_table.hpp"
    target.write_text(HEAD.format(version=unicodedata.unidata_version) + "\n".join(texts).rstrip() + TAIL)


if __name__ == "__main__":
    main()
