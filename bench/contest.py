# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks have in common: the base of a case, timed commands, the data set, the real servers."""

import contextlib
import os
import pathlib
import resource
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build" / "release" / "bin" / "dataknobs"
FLIGHTS_ROWS = 336_776

import flights  # noqa: E402  (scripts/flights.py; run.py sets the path)
import services  # noqa: E402


class Contest:
    """A benchmark. `contestants`: names; `goals`: (ours, base, least ratio of speeds)."""

    description = ""
    contestants = ()
    goals = ()

    def __init__(self, folder):
        self.folder = folder
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.stack = stack
            self.setup()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        self.stack.close()

    def setup(self):
        """Once, not timed."""

    def prepare(self, name):
        """Before each run of a contestant, not timed."""

    def run(self, name):
        """Runs a contestant once and returns its seconds."""
        raise NotImplementedError

    def extra(self):
        """More results, after all rounds."""
        return {}

    def versions(self):
        return {}


def timed(command, **options):
    """Runs a command; its seconds. Its output is shown only where it fails."""
    command = [str(part) for part in command]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    taken = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return taken


def peak_memory(command, **options):
    """The greatest resident memory of a command, in bytes."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               **options)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {command} failed:\n{errors.decode()}")
    return usage.ru_maxrss * 1024


def flights_csv():
    """The published data set, nulls written NA; made once. 336,776 rows, 29 columns."""
    target = flights.cache_folder() / "flights.csv"
    if not target.exists():
        flights.write_flights(target)
    return target


def peer_python(*packages):
    """A Python with these packages from PyPI, in the cache."""
    folder = flights.cache_folder() / "peers" / "-".join(packages).replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "complete").touch()
    return python


def postgresql(stack):
    """A PostgreSQL server for the benchmark, durable as installed; its URL."""
    return stack.enter_context(services.running(["postgresql"], durable=True))["DATAKNOBS_TEST_POSTGRESQL_URL"]


# The columns of the data set as a person would declare them.
FLIGHTS_COLUMNS = (
    ("id", "bigint primary key"), ("year", "bigint"), ("month", "bigint"), ("day", "bigint"), ("dep_time", "bigint"),
    ("sched_dep_time", "bigint"), ("dep_delay", "bigint"), ("arr_time", "bigint"), ("sched_arr_time", "bigint"),
    ("arr_delay", "bigint"), ("carrier", "text"), ("flight", "bigint"), ("tailnum", "text"), ("origin", "text"),
    ("dest", "text"), ("air_time", "bigint"), ("distance", "bigint"), ("hour", "bigint"), ("minute", "bigint"),
    ("time_hour", "timestamptz"), ("temp", "numeric"), ("dewp", "numeric"), ("humid", "numeric"),
    ("wind_dir", "bigint"), ("wind_speed", "numeric"), ("wind_gust", "numeric"), ("precip", "numeric"),
    ("pressure", "numeric"), ("visib", "numeric"))
# Some pressures are written 1e3, which no decimal is printed as: the type has to be said.
FLIGHTS_OPTIONS = "null=NA&type=pressure:decimal"
FLIGHTS_POSTGRESQL = "create table flights (" + ", ".join(f"{name} {kind}" for name, kind in FLIGHTS_COLUMNS) + ")"
