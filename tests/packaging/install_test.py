# SPDX-License-Identifier: Apache-2.0
"""`cmake --install`, and another project that uses what it leaves."""

import unittest

from harness import PackagingTest


class InstallTest(PackagingTest):
    @classmethod
    def setUpClass(cls):
        folder = cls.temporary_folder(cls)
        cls.install(folder / "first")
        # Nothing may depend on where it was installed.
        cls.prefix = (folder / "first").rename(folder / "moved")

    def test_a_project_finds_it_by_find_package(self):
        self.check_find_package(self.prefix)

    def test_a_project_finds_it_by_pkg_config(self):
        self.check_pkg_config(self.prefix)

    def test_the_program_runs(self):
        self.check_program(self.prefix / "bin" / "dataknobs")

    def test_no_file_names_this_machine(self):
        self.check_no_path_of_this_machine(self.prefix)

    def test_headers_are_those_of_dataknobs_alone(self):
        self.assertEqual([path.name for path in (self.prefix / "include").iterdir()], ["dataknobs"])
        for header in (self.prefix / "include").rglob("*.hpp"):
            self.assertNotRegex(header.read_text(), r'#include (<(arrow|fmt|re2|simdjson|sqlite3)|"(?!dataknobs/))',
                                header)

    def test_the_licences_come_with_it(self):
        papers = self.prefix / "share" / "doc" / "dataknobs"
        self.assertIn("Apache License", (papers / "LICENSE").read_text())
        bundled = (self.prefix / "lib" / "dataknobs" / "libarrow.so.2000").exists()
        self.assertEqual((papers / "licenses" / "arrow-LICENSE.txt").exists(), bundled)

    def test_components_are_apart(self):
        folder = self.temporary_folder(self)
        self.install(folder / "prefix", "core", "sqlite", "development")
        self.assertFalse((folder / "prefix" / "bin").exists())
        self.configure(folder / "prefix", folder, ["sqlite"])
        said = self.configure(folder / "prefix", folder, ["sqlite", "postgresql"], expected=1)
        self.assertIn("the component 'postgresql' of dataknobs is not installed", " ".join(said.split()))
        said = self.configure(folder / "prefix", folder, ["oracle"], expected=1)
        self.assertIn("has no component 'oracle'; it has core, testing, memory, file, sqlite", " ".join(said.split()))

    def test_the_component_of_files_is_one_too(self):
        folder = self.temporary_folder(self)
        self.install(folder, "file")
        found = sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith("libdataknobs_file.so."), found)

    def test_the_program_needs_its_own_component_alone(self):
        folder = self.temporary_folder(self)
        self.install(folder, "cli")
        self.check_program(folder / "bin" / "dataknobs")


if __name__ == "__main__":
    unittest.main()
