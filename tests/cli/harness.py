# SPDX-License-Identifier: Apache-2.0
"""Runs the program in a folder of its own."""

import ctypes
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["DATAKNOBS_PROGRAM"])
SOURCE = pathlib.Path(os.environ["DATAKNOBS_SOURCE_DIR"])
POSTGRESQL = os.environ.get("DATAKNOBS_TEST_POSTGRESQL_URL")

# Exit codes: 10 + the number of the error code (include/dataknobs/error.hpp).
USAGE, INVALID_ARGUMENT, NOT_FOUND, DUPLICATE, CONCURRENCY, VALIDATION, QUERY = 2, 11, 12, 13, 14, 15, 16
CONNECTION, TIMEOUT, CANCELLED, CONFIGURATION, UNSUPPORTED = 17, 18, 19, 20, 21
SERIALIZATION, PERMISSION, RESOURCE, VERIFICATION = 22, 23, 24, 26


FILE_BYTES = 200_000


def with_small_files():
    """Files of that size at most, and no signal for a larger one: writes fail as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))


def without_override():
    """Permissions hold for root too: without the capabilities to override them."""
    pr_capbset_drop, cap_dac_override, cap_dac_read_search = 24, 1, 2
    for capability in (cap_dac_override, cap_dac_read_search):
        ctypes.CDLL(None).prctl(pr_capbset_drop, capability, 0, 0, 0)


class ProgramTest(unittest.TestCase):
    """Each test has an empty folder with its own state and cache."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="dataknobs-cli-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / ".home").mkdir()
        self.environment = {**os.environ, "HOME": str(self.folder / ".home"), "LC_ALL": "C.UTF-8",
                            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "DATAKNOBS_CONFIG"):
            self.environment.pop(name, None)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_program(self, *arguments, given="", prepare=None):
        return subprocess.run([str(PROGRAM), *map(str, arguments)], input=given, capture_output=True, text=True,
                              cwd=self.folder, env=self.environment, timeout=120, preexec_fn=prepare)

    def ok(self, *arguments, given="", prepare=None):
        """The standard output of a call that must succeed."""
        done = self.run_program(*arguments, given=given, prepare=prepare)
        self.assertEqual(done.returncode, 0, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def fails(self, code, *arguments, given="", prepare=None, saying=()):
        """The standard error of a call that must fail with that code and say these things."""
        done = self.run_program(*arguments, given=given, prepare=prepare)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        for text in saying:
            self.assertIn(text, done.stderr)
        return done.stderr

    @staticmethod
    def psql(*statements):
        """Runs statements on the test server by other means than the program."""
        commands = [argument for statement in statements for argument in ("-c", statement)]
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", POSTGRESQL, *commands], check=True, timeout=60)
