# SPDX-License-Identifier: Apache-2.0
"""The store of examples/6_own_backend: built with what is installed, used, and run through the conformance suite; and
docs/adding-a-backend.md, whose code is that of the example."""

import re
import unittest

from harness import SOURCE, PackagingTest

EXAMPLE = SOURCE / "examples" / "6_own_backend"
PAGE = SOURCE / "docs" / "adding-a-backend.md"


def squeezed(code):
    """Without the indentation, which differs between a file and a page."""
    return "\n".join(line.strip() for line in code.strip().splitlines())


class OwnBackendTest(PackagingTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.temporary_folder(cls)
        cls.install(cls.folder / "prefix")

    def test_the_store_is_built_used_and_conforms(self):
        folder = self.folder
        self.run_clean(["cmake", "-G", "Ninja", "-S", EXAMPLE, "-B", folder / "build",
                        f"-DCMAKE_PREFIX_PATH={folder / 'prefix'}"], folder)
        self.run_clean(["cmake", "--build", folder / "build"], folder)
        self.assertEqual(self.run_clean([folder / "build" / "own_backend"], folder), "Persuasion\nEmma\n3 copied\n")
        said = self.run_clean([folder / "build" / "shelf_conformance"], folder)
        passed = int(re.search(r"\[  PASSED  \] (\d+) tests", said)[1])
        self.assertGreater(passed, 100)
        for capability in ("writes", "scans", "conditional_writes", "dataset_creation", "filters", "metadata"):
            self.assertIn(f"shelf/{capability}", said)

    def test_the_page_shows_the_code_of_the_example(self):
        files = {name: squeezed((EXAMPLE / name).read_text())
                 for name in ("shelf.cpp", "main.cpp", "conformance.cpp", "CMakeLists.txt")}
        blocks = re.findall(r"```(?:cpp|cmake)\n(.*?)```", PAGE.read_text(), re.DOTALL)
        self.assertGreater(len(blocks), 5)
        for block in blocks:
            # `...` stands for lines that are left out.
            for part in re.split(r"^\s*(?://|#) \.\.\.$", block, flags=re.MULTILINE):
                self.assertTrue(any(squeezed(part) in text for text in files.values()), part)


if __name__ == "__main__":
    unittest.main()
