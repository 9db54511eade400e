# SPDX-License-Identifier: Apache-2.0
"""The commands of ./dev. Standard library only."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import venv
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
PRESETS = ("dev", "release", "asan", "tsan", "coverage")
KINDS = ("unit", "conformance", "integration", "cli", "packaging", "python")
CLANG_FORMAT = "clang-format-19"
PROGRAM = "dataknobs_cli"  # The target of the command line.
JOBS = str(os.cpu_count() or 2)

sys.path.insert(0, str(SCRIPTS))
import services  # noqa: E402  (lives beside this file)


class DevError(Exception):
    """A step failed; the text tells which."""


def say(text):
    print(f"dev: {text}", flush=True)


def run(command, **options):
    """Runs a command, shown, and raises DevError where it fails."""
    command = [str(part) for part in command]
    say(" ".join(command))
    if not shutil.which(command[0]):
        raise DevError(f"there is no {command[0]}")
    done = subprocess.run(command, cwd=ROOT, **options)
    if done.returncode != 0:
        raise DevError(f"{command[0]} failed with exit code {done.returncode}")


# --- what must be installed ------------------------------------------------------------------------------------------


def missing_packages(names):
    if not shutil.which("dpkg-query"):
        return []
    listed = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
                            capture_output=True, text=True).stdout
    installed = {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def install_packages(names):
    missing = missing_packages(names)
    if not missing:
        return
    say(f"installing with apt: {' '.join(missing)}")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    run([*sudo, "apt-get", "update", "-qq"])
    run([*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq",
         "--no-install-recommends", *missing])


def setup():
    """Installs what is missing: quick when nothing is."""
    lines = (SCRIPTS / "packages.txt").read_text().splitlines()
    install_packages([line for line in lines if line and not line.startswith("#")])
    done = subprocess.run([SCRIPTS / "install_arrow.sh"], stdout=subprocess.DEVNULL)
    if done.returncode != 0:
        raise DevError("Arrow could not be installed")


# --- building --------------------------------------------------------------------------------------------------------


def build(preset, targets=("all",)):
    folder = ROOT / "build" / preset
    configured = subprocess.run(["cmake", "--preset", preset], cwd=ROOT, capture_output=True, text=True)
    if configured.returncode != 0:
        print(configured.stdout + configured.stderr)
        raise DevError(f"cmake --preset {preset} failed")
    run(["cmake", "--build", folder, "--target", *targets])
    return folder


# --- testing ---------------------------------------------------------------------------------------------------------


class Totals:
    """Sums the results of all phases and prints the last line."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []

    def add_junit(self, phase, path, exit_code):
        failures_before = self.failed
        if path.exists():
            for case in ElementTree.parse(path).getroot().iter("testcase"):
                if case.find("failure") is not None or case.find("error") is not None:
                    self.failed += 1
                    self.failures.append(f"{phase}: {case.get('name')}")
                elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                    self.skipped += 1
                else:
                    self.passed += 1
        if exit_code != 0 and self.failed == failures_before:
            self.add_failure(phase, f"the test run ended with exit code {exit_code}")

    def add_failure(self, phase, text):
        self.failed += 1
        self.failures.append(f"{phase}: {text}")

    def report(self):
        for failure in self.failures:
            print(f"FAILED {failure}")
        if self.skipped:
            print(f"{self.skipped} skipped")
        if self.passed + self.failed == 0:
            print("no test ran")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.passed and not self.failed else 1


def run_quietly(command, environment):
    """Runs ctest and shows what failed, and of what passed each hundredth as a sign of life."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, errors="replace")
    for line in process.stdout:
        result = re.match(r" *(\d+)/\d+ Test +#\d+: .* Passed ", line)
        shown = int(result[1]) % 100 == 0 if result else not re.match(r" +Start +\d+: ", line)
        if shown:
            print(line, end="", flush=True)
    return process.wait()


def ctest(totals, phase, folder, environment, selection, long):
    junit = folder / "junit.xml"
    junit.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", str(folder), "--output-on-failure", "-j", JOBS, "--no-tests=ignore",
               "--output-junit", str(junit), *selection]
    if not long:
        command += ["-LE", "^long$"]
    say(f"{phase}: {' '.join(command)}")
    started = time.monotonic()
    exit_code = run_quietly(command, environment)
    totals.add_junit(phase, junit, exit_code)
    say(f"{phase}: {time.monotonic() - started:.0f} s")


def python_tests(totals, preset, environment):
    """The Python package brings its own runner, python/test.py, which writes JUnit results."""
    runner = ROOT / "python" / "test.py"
    if not runner.exists():
        return
    junit = ROOT / "build" / preset / "junit-python.xml"
    junit.unlink(missing_ok=True)
    command = [sys.executable, str(runner), "--preset", preset, "--junit", str(junit)]
    say(f"python: {' '.join(command)}")
    done = subprocess.run(command, cwd=ROOT, env=environment)
    totals.add_junit("python", junit, done.returncode)


def label_phase(arguments, totals, preset, label, environment):
    """Builds and runs the tests of one label, or all with None."""
    phase = preset if label in (None, preset) else f"{preset} {label}"
    try:
        folder = build(preset, ["all"] if label is None else [f"tests_{label}"])
    except DevError as error:
        totals.add_failure(phase, str(error))
        return
    selection = ["-L", f"^{label}$"] if label else []
    if arguments.regex:
        selection += ["-R", arguments.regex]
    ctest(totals, phase, folder, environment, selection, arguments.long)


def test_everything(arguments, totals, environment):
    label_phase(arguments, totals, "dev", None, environment)
    python_tests(totals, "dev", environment)
    label_phase(arguments, totals, "asan", "asan", environment)
    label_phase(arguments, totals, "tsan", "tsan", environment)


def command_test(arguments):
    setup()
    totals = Totals()
    preset = arguments.preset or "dev"
    needs_services = arguments.kind not in ("unit", "packaging")
    try:
        with services.running(services.SERVICES if needs_services else ()) as environment:
            if arguments.long:
                environment["DATAKNOBS_TEST_LONG"] = "1"
            if arguments.kind == "python":
                build(preset)
                python_tests(totals, preset, environment)
            elif arguments.kind or arguments.regex or arguments.preset:
                label_phase(arguments, totals, preset, arguments.kind, environment)
            else:
                test_everything(arguments, totals, environment)
    except services.ServiceError as error:
        totals.add_failure("services", str(error))
    except DevError as error:
        totals.add_failure("build", str(error))
    return totals.report()


# --- the other commands ----------------------------------------------------------------------------------------------


def command_setup(_arguments):
    setup()
    say("everything is there")


def command_build(arguments):
    setup()
    folder = build(arguments.preset or "release", [arguments.target])
    say(f"built {folder.relative_to(ROOT)}")


def command_bench(arguments):
    setup()
    build("release", [PROGRAM, "benchmarks"])
    run([sys.executable, ROOT / "bench" / "run.py", *arguments.arguments])


def command_package(_arguments):
    """Makes the packages, in a folder of their own since cpack works beside them, and checks them."""
    setup()
    folder = build("package", ["dataknobs_installed"])
    made = folder / "packages"
    shutil.rmtree(made, ignore_errors=True)
    run(["cpack", "--config", folder / "CPackConfig.cmake", "-B", made])
    environment = {**os.environ, "DATAKNOBS_PACKAGES": str(made), "DATAKNOBS_SOURCE_DIR": str(ROOT),
                   "DATAKNOBS_PROGRAM": str(folder / "bin" / "dataknobs")}
    run([sys.executable, ROOT / "tests" / "packaging" / "package_test.py"], env=environment)
    (ROOT / "dist").mkdir(exist_ok=True)
    for package in sorted(path for path in made.iterdir() if path.is_file()):
        shutil.copy(package, ROOT / "dist")
        say(f"dist/{package.name}: {package.stat().st_size / 1e6:.0f} MB")


def command_demo(arguments):
    setup()
    build("release", [PROGRAM])
    run([SCRIPTS / "demo.sh", *arguments.arguments])


def command_services(arguments):
    setup()
    os.execv(sys.executable, [sys.executable, str(SCRIPTS / "services.py"), *arguments.arguments])


def tracked_files(*patterns):
    """Files of the repository, new ones that git does not ignore included."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout
    return sorted({line for line in listed.splitlines() if (ROOT / line).exists()})


def command_format(arguments):
    install_packages([CLANG_FORMAT])
    files = arguments.paths or tracked_files("*.cpp", "*.hpp")
    if not files:
        return
    mode = ["--dry-run", "-Werror"] if arguments.check else ["-i"]
    done = subprocess.run([CLANG_FORMAT, *mode, *files], cwd=None if arguments.paths else ROOT)
    if done.returncode != 0:
        raise DevError("the format differs; run ./dev format")
    say(f"format: {len(files)} files")


def command_lint(arguments):
    done = subprocess.run([sys.executable, SCRIPTS / "tidy.py"], cwd=ROOT)
    if arguments.clang_tidy:
        install_packages(["clang-tidy-19"])
        setup()
        build("dev")
        files = arguments.paths or tracked_files("src/*.cpp", "cli/*.cpp")
        pattern = "|".join(f"^{re.escape(str((ROOT / file).resolve()))}$" for file in files)
        # The precompiled header is g++'s, so its options mean nothing to clang.
        run(["run-clang-tidy-19", "-quiet", "-p", "build/dev", "-j", JOBS, "-extra-arg=-Wno-ignored-gch",
             "-extra-arg=-Wno-unknown-warning-option", "-extra-arg=-Wno-ignored-optimization-argument", pattern])
    if done.returncode != 0:
        raise DevError("scripts/tidy.py found something")


def docs_python():
    """A Python with what builds the site, in the versions that are pinned."""
    wanted = (SCRIPTS / "docs" / "requirements.txt").read_text()
    folder = ROOT / "build" / "docs" / "venv"
    complete = folder / "complete"
    if not complete.exists() or complete.read_text() != wanted:
        say("installing MkDocs with pip")
        venv.create(folder, with_pip=True, clear=True)
        run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r",
             SCRIPTS / "docs" / "requirements.txt"])
        complete.write_text(wanted)
    return folder / "bin" / "python"


def command_docs(_arguments):
    setup()
    python = docs_python()
    run(["doxygen", SCRIPTS / "docs" / "Doxyfile"])
    run([python, "-m", "mkdocs", "build", "--strict"], env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    say("the site is build/docs/site/index.html")


def command_cover(arguments):
    setup()
    install_packages(["gcovr"])
    totals = Totals()
    arguments.regex, arguments.long = None, False
    with services.running() as environment:
        for label in ("unit", "conformance"):
            label_phase(arguments, totals, "coverage", label, environment)
    run(["gcovr", "--root", ".", "--filter", "src/", "--filter", "include/", "--exclude-throw-branches",
         "--html-details", "build/coverage/coverage.html", "--print-summary", "build/coverage"])
    say("report: build/coverage/coverage.html")
    return totals.report()


def command_fuzz(arguments):
    setup()
    folder = build("asan", ["fuzzers"]) / "bin" / "fuzz"
    found = sorted(path.name for path in folder.glob("*")) if folder.exists() else []
    unknown = [name for name in arguments.names if name not in found]
    if unknown:
        raise DevError(f"there is no fuzzer {', '.join(unknown)}; there are: {', '.join(found) or 'none'}")
    failed = []
    for name in arguments.names or found:
        command = [str(folder / name), "--seconds", str(arguments.seconds), "--artifacts", str(folder.parent),
                   *(["--seed", str(arguments.seed)] if arguments.seed is not None else []),
                   str(ROOT / "tests" / "fuzz" / "corpus" / name)]
        say(" ".join(command))
        if subprocess.run(command, cwd=ROOT).returncode != 0:
            failed.append(name)
    if failed:
        raise DevError(f"fuzzers failed: {', '.join(failed)}")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev", description="The one front door for developers of dataknobs.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name, function, description):
        command = commands.add_parser(name, help=description, description=description)
        command.set_defaults(function=function)
        return command

    preset = {"choices": PRESETS, "help": "the CMake preset (default: release)"}
    add("setup", command_setup, "install what is missing")
    command = add("build", command_build, "build; the program is build/<preset>/bin/dataknobs")
    command.add_argument("target", nargs="?", default=PROGRAM, help="default: the program; `all`: tests too")
    command.add_argument("--preset", **preset)
    command = add("test", command_test,
                  "run all tests, then unit and memory tests under ASan and UBSan, and threads under TSan; or one kind")
    command.add_argument("kind", nargs="?", choices=KINDS)
    command.add_argument("--preset", **preset)
    command.add_argument("--long", action="store_true", help="long random runs, and tests labelled long")
    command.add_argument("-R", dest="regex", metavar="REGEX", help="only tests whose name matches")
    add("package", command_package, "make dist/*.deb and dist/*.tar.gz of the release build, and test them")
    command = add("bench", command_bench, "run a benchmark: ours, the peers and the physical limit")
    command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="NAME ...")
    command = add("lint", command_lint, "check the rules of the house")
    command.add_argument("--clang-tidy", action="store_true", help="clang-tidy too (minutes)")
    command.add_argument("paths", nargs="*", help="files for clang-tidy (default: all)")
    command = add("format", command_format, "format the C++ code")
    command.add_argument("--check", action="store_true", help="only say whether it is formatted")
    command.add_argument("paths", nargs="*")
    add("docs", command_docs, "build the site of the documentation; warnings are errors")
    add("cover", command_cover, "measure test coverage")
    command = add("fuzz", command_fuzz, "fuzz the parsers")
    command.add_argument("names", nargs="*", metavar="NAME")
    command.add_argument("--seconds", type=int, default=30, help="per fuzzer (default: 30)")
    command.add_argument("--seed", type=int, help="repeat a run")
    command = add("services", command_services, "start the servers for tests, print their URLs, wait for Ctrl-C")
    command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="NAME ...")
    command = add("demo", command_demo, "see what dataknobs does")
    command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        return arguments.function(arguments) or 0
    except (DevError, services.ServiceError) as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
