# SPDX-License-Identifier: Apache-2.0
"""The workload of bench/memory_contest.cpp on the predecessor's memory backend: processor seconds, as JSON."""

import json
import sys
import time

from dataknobs_data import Query, Record, database_factory

COUNT = int(sys.argv[1])


def make(number):
    return {"name": f"person {number}", "age": number % 100, "city": f"city {number % 50}", "score": number * 0.5,
            "active": number % 2 == 0, "email": f"person{number}@example.org"}


def timed(work, operations):
    begin = time.process_time()
    work()
    return (time.process_time() - begin) / operations


database = database_factory.create(backend="memory")
database.connect()
records = [Record(make(number)) for number in range(COUNT)]
ids = []
result = {"create": timed(lambda: ids.extend(database.create(record) for record in records), COUNT)}


def read_all():
    for record_id in ids:
        if database.read(record_id) is None:
            sys.exit("a record is missing")


def search():
    found = len(database.search(Query().filter("age", ">=", 90)))
    if found != COUNT // 10:
        sys.exit(f"{found} records found")


result["read"] = timed(read_all, COUNT)
result["search"] = timed(search, 1)
print(json.dumps(result))
