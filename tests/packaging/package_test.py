# SPDX-License-Identifier: Apache-2.0
"""The .tar.gz and the .deb: made from this build, unless DATAKNOBS_PACKAGES names a folder with them, and used."""

import os
import pathlib
import re
import subprocess
import tarfile
import unittest

from harness import BUILD, PackagingTest

# On every Debian 12, however bare: the packages libc6, libgcc-s1 and libstdc++6.
OF_DEBIAN = r"lib(c|m|dl|rt|pthread|resolv|util|stdc\+\+|gcc_s)\.so\.\d+"


def control_of(package):
    """The fields of a .deb's control file."""
    text = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^([\w-]+): (.*(?:\n .*)*)", text, re.MULTILINE))


class PackageTest(PackagingTest):
    @classmethod
    def setUpClass(cls):
        packages = os.environ.get("DATAKNOBS_PACKAGES")
        if not packages:
            packages = cls.temporary_folder(cls)
            subprocess.run(["cpack", "-G", "TGZ;DEB", "--config", BUILD / "CPackConfig.cmake", "-B", packages,
                            "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"], check=True, stdout=subprocess.DEVNULL)
        (cls.archive,) = pathlib.Path(packages).glob("dataknobs-*.tar.gz")
        (cls.debian,) = pathlib.Path(packages).glob("dataknobs_*.deb")
        folder = cls.temporary_folder(cls)
        with tarfile.open(cls.archive) as archive:
            archive.extractall(folder / "archive")
        (cls.unpacked,) = (folder / "archive").iterdir()
        subprocess.run(["dpkg", "-x", cls.debian, folder / "root"], check=True)
        cls.root = folder / "root"

    def test_the_archive_has_all_it_needs(self):
        self.check_program(self.unpacked / "bin" / "dataknobs")
        for name in self.libraries_elsewhere(self.unpacked):
            self.assertRegex(name, f"^{OF_DEBIAN}$")

    def test_projects_use_the_archive(self):
        self.check_find_package(self.unpacked)
        self.check_pkg_config(self.unpacked)

    def test_the_archive_has_the_licences_of_what_is_in_it(self):
        papers = self.unpacked / "share" / "doc" / "dataknobs" / "licenses"
        sources = (papers / "SOURCES.txt").read_text()
        for package in ("libpq5", "libssl3", "libsqlite3-0", "libre2-9"):
            self.assertTrue((papers / f"{package}.txt").read_text(), package)
            self.assertIn(f"\n{package} ", sources)
        for text in papers.glob("*.txt"):
            for name in re.findall(r"/usr/share/common-licenses/([A-Z][\w.-]*\w)", text.read_text()):
                self.assertTrue((papers / "common-licenses" / name).read_text(), f"{text.name}: {name}")
        listed = [line.split()[0] for line in sources.splitlines()[3:]]
        self.assertEqual(sorted(path.stem for path in papers.glob("lib*.txt")), sorted([*listed, "libcli11-dev"]))

    def test_no_file_names_this_machine(self):
        self.check_no_path_of_this_machine(self.unpacked)
        self.check_no_path_of_this_machine(self.root)

    def test_the_debian_package_runs_and_is_found(self):
        self.check_program(self.root / "usr" / "bin" / "dataknobs")
        self.check_find_package(self.root / "usr")
        self.check_pkg_config(self.root / "usr")

    def test_the_debian_package_depends_on_what_it_loads(self):
        control = control_of(self.debian)
        depends = set(re.findall(r"(?:^|, )([\w.+-]+)", control["Depends"]))
        loaded = set()
        for path in self.root.rglob("*.so.*"):
            loaded.update(re.findall(r"NEEDED\s+(\S+)", subprocess.run(
                ["objdump", "-p", path], capture_output=True, text=True, check=True).stdout))
        wanted = {"libc.so.6": "libc6", "libpq.so.5": "libpq5", "libsqlite3.so.0": "libsqlite3-0",
                  "libssl.so.3": "libssl3", "libre2.so.9": "libre2-9", "libstdc++.so.6": "libstdc++6"}
        for library, package in wanted.items():
            self.assertIn(library, loaded)
            self.assertIn(package, depends)

    def test_the_control_data_is_as_debian_wants_it(self):
        control = control_of(self.debian)
        architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True).stdout.strip()
        self.assertEqual((control["Package"], control["Architecture"]), ("dataknobs", architecture))
        self.assertEqual(self.debian.name, f"dataknobs_{control['Version']}_{architecture}.deb")
        self.assertRegex(control["Version"], r"^\d+\.\d+\.\d+$")
        self.assertRegex(control["Maintainer"], r"^[^<>]+ <[^<>@\s]+@[^<>\s]+>$")
        synopsis, *extended = control["Description"].split("\n")
        self.assertLess(len(synopsis), 80)
        self.assertTrue(extended)
        for line in extended:
            self.assertLessEqual(len(line), 80, line)
        size = sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())
        self.assertGreaterEqual(int(control["Installed-Size"]) * 1024, size)

    def test_the_files_of_the_debian_package_are_in_their_places(self):
        listing = subprocess.run(["dpkg-deb", "--contents", self.debian], check=True, capture_output=True,
                                 text=True).stdout
        for line in listing.splitlines():
            mode, owner, _, _, _, path = line.split(maxsplit=5)
            self.assertTrue(path.startswith("./usr/"), line)
            self.assertFalse(path.startswith("./usr/local/"), line)
            self.assertEqual(owner, "root/root", line)
            self.assertIn(mode, ("drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"), line)
        papers = self.root / "usr" / "share" / "doc" / "dataknobs"
        self.assertTrue((papers / "copyright").read_text().startswith("Format: "))
        self.assertTrue((papers / "licenses" / "libcli11-dev.txt").exists())
        sums = subprocess.run(["dpkg-deb", "--info", self.debian, "md5sums"], check=True, capture_output=True,
                              text=True).stdout
        subprocess.run(["md5sum", "--check", "--quiet"], input=sums, cwd=self.root, text=True, check=True)


if __name__ == "__main__":
    unittest.main()
