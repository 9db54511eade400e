# SPDX-License-Identifier: Apache-2.0
"""The searches of bench/search_contest.cpp on a pandas DataFrame: processor seconds of each, as JSON."""

import json
import statistics
import sys
import time

import pandas

COUNT = int(sys.argv[1])
TIMES = 11
PEOPLE = pandas.DataFrame({
    "name": [f"person {number}" for number in range(COUNT)],
    "age": [number * 7919 % 100 for number in range(COUNT)],
    "city": [f"city {number * 104_729 % 50}" for number in range(COUNT)],
    "score": [number * 15_485_863 % 1_000_003 * 0.5 for number in range(COUNT)],
    "active": [number % 2 == 0 for number in range(COUNT)],
    "email": [f"person{number}@example.org" for number in range(COUNT)],
})
if len(sys.argv) > 2:  # Text as Arrow has it, which pandas compares faster than objects.
    PEOPLE = PEOPLE.astype({name: sys.argv[2] for name in ("name", "city", "email")})


def range_and_text():
    found = PEOPLE[PEOPLE.age.between(30, 39) & (PEOPLE.city == "city 17")]
    return found.nlargest(10, "score")


def sort_alone():
    return PEOPLE.nsmallest(10, "score")


def text_pattern():
    return PEOPLE[PEOPLE.name.str.contains("99999", regex=False)].head(10)


def two_ranges_or_a_text():
    scores = (PEOPLE.score < 100) | (PEOPLE.score > 499_900)
    return PEOPLE[scores & ~(PEOPLE.city == "city 3")].sort_values("name").head(10)


result = {}
for search in (range_and_text, sort_alone, text_pattern, two_ranges_or_a_text):
    seconds = []
    for _ in range(TIMES):
        begin = time.process_time()
        if len(search()) != 10:
            sys.exit(f"{search.__name__}: not ten records")
        seconds.append(time.process_time() - begin)
    result[search.__name__.replace("_", " ")] = statistics.median(seconds)
print(json.dumps(result))
