# SPDX-License-Identifier: Apache-2.0
"""Installs this build into temporary folders, and runs what is there without anything of this machine's user."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["DATAKNOBS_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["DATAKNOBS_PROGRAM"]).parent.parent
CONSUMER = SOURCE / "tests" / "packaging" / "consumer"
CONSUMER_SAYS = """2 copied
Ada is 36
3 copied
3 in the file
unknown scheme 'postgresql' (hint: known are file, sqlite, sqlite3 (a file of that name is written ./postgresql:...))
"""


class PackagingTest(unittest.TestCase):
    maxDiff = None

    @staticmethod
    def temporary_folder(owner):
        """Removed by the cleanup of the test, or of the class."""
        holder = tempfile.TemporaryDirectory(prefix="dataknobs-packaging-")
        (owner.addClassCleanup if isinstance(owner, type) else owner.addCleanup)(holder.cleanup)
        return pathlib.Path(holder.name)

    @staticmethod
    def install(prefix, *components):
        for chosen in [["--component", component] for component in components] or [[]]:
            subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(prefix), "--strip", *chosen], check=True,
                           stdout=subprocess.DEVNULL)

    def run_clean(self, command, folder, expected=0, **variables):
        """The output of a command with hardly any environment."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", **variables}
        done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(done.returncode, expected, f"{command}: {done.stdout}")
        return done.stdout

    def configure(self, prefix, folder, components, expected=0):
        return self.run_clean(["cmake", "-G", "Ninja", "-S", CONSUMER, "-B", folder / "build",
                               f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCOMPONENTS={';'.join(components)}"], folder,
                              expected)

    def libraries_elsewhere(self, prefix):
        """The libraries that the program and those of dataknobs load from outside of the prefix."""
        names = set()
        for path in [*prefix.glob("bin/*"), *prefix.glob("lib/*.so.*")]:
            listed = self.run_clean(["ldd", path], pathlib.Path("/"))
            self.assertNotIn("not found", listed, path)
            for name, place in re.findall(r"^\s*(\S+) => (/\S+) ", listed, re.MULTILINE):
                if not pathlib.Path(place).resolve().is_relative_to(prefix.resolve()):
                    names.add(name)
        return names

    def check_find_package(self, prefix):
        """The other project finds dataknobs below that prefix, builds and runs."""
        folder = self.temporary_folder(self)
        self.configure(prefix, folder, ["sqlite", "file"])
        self.run_clean(["cmake", "--build", folder / "build"], folder)
        self.assertEqual(self.run_clean([folder / "build" / "consumer"], folder), CONSUMER_SAYS)

    def check_pkg_config(self, prefix):
        folder = self.temporary_folder(self)
        flags = self.run_clean(["pkg-config", "--cflags", "--libs", "dataknobs-sqlite", "dataknobs-file"], folder,
                               PKG_CONFIG_PATH=str(prefix / "lib" / "pkgconfig")).split()
        self.run_clean(["c++", CONSUMER / "main.cpp", "-o", folder / "consumer", *flags], folder)
        said = self.run_clean([folder / "consumer"], folder, LD_LIBRARY_PATH=str(prefix / "lib"))
        self.assertEqual(said, CONSUMER_SAYS)

    def check_program(self, program):
        """The program copies CSV into SQLite, and that into Parquet."""
        folder = self.temporary_folder(self)
        (folder / "people.csv").write_text("id,name,age\n1,Ada,36\n2,Bob,17\n")
        self.run_clean([program, "copy", "people.csv?key=id", "sqlite:app.db?table=people"], folder)
        self.run_clean([program, "copy", "sqlite:app.db?table=people", "people.parquet"], folder)
        self.assertEqual(self.run_clean([program, "query", "people.parquet", "age > 18", "--output", "csv"], folder),
                         "id,name,age\n1,Ada,36\n")

    def check_no_path_of_this_machine(self, prefix):
        """Arrow's libraries come from elsewhere, and name that place."""
        for path in sorted(prefix.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.parent.name == "dataknobs" and ".so" in path.name:
                continue
            content = path.read_bytes()
            if path.suffix == ".a":
                # cmake strips no archives, and those of a developer's build have debug information.
                stripped = self.temporary_folder(self) / path.name
                subprocess.run(["objcopy", "--strip-debug", path, stripped], check=True)
                content = stripped.read_bytes()
            for own in (SOURCE, BUILD, pathlib.Path.home() / ".cache"):
                self.assertFalse(str(own).encode() in content, f"{path} names {own}")
