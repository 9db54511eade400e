# SPDX-License-Identifier: Apache-2.0
"""Runs benchmarks: ours, the peers and the physical limit side by side.

    ./dev bench                 lists the benchmarks
    ./dev bench NAME [NAME ...] [--rounds N] [--save]

The contestants of a benchmark take turns, round by round, so that other load on the machine meets all of them alike;
what counts is the ratio of medians, never a bare time. `--save` writes bench/results/NAME.json.
"""

import argparse
import importlib
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
sys.path[:0] = [str(BENCH), str(ROOT / "scripts")]


def case_names():
    return sorted(path.stem for path in (BENCH / "cases").glob("*.py") if path.stem != "__init__")


def machine():
    """What the figures were measured on."""
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform(), "compiler": compiler}


def measure(case, rounds):
    """Seconds of each contestant by round, after one round that does not count."""
    seconds = {name: [] for name in case.contestants}
    for number in range(rounds + 1):
        for name in case.contestants:
            case.prepare(name)
            taken = case.run(name)
            if number > 0:
                seconds[name].append(taken)
            print(f"  {'warm-up' if number == 0 else f'round {number}'}: {name}: {taken:.6f} s", file=sys.stderr)
    return seconds


def evaluate(case, seconds):
    """Ratios by the case's own definitions: how many times as fast `ours` is as `base`; above 1 is faster."""
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ratios = []
    for ours, base, goal in case.goals:
        ratio = medians[base] / medians[ours]
        ratios.append({"ours": ours, "against": base, "ratio": round(ratio, 3), "goal": goal, "met": ratio >= goal})
    return medians, ratios


def show(name, case, medians, ratios):
    print(f"\n{name}: {case.description}")
    for contestant, median in sorted(medians.items(), key=lambda item: item[1]):
        best = min(medians.values())
        print(f"  {contestant:<28} {median / best:8.2f} x the fastest")
    for ratio in ratios:
        verdict = "met" if ratio["met"] else "MISSED"
        print(f"  {ratio['ours']} is {ratio['ratio']:.2f} times as fast as {ratio['against']} "
              f"(goal {ratio['goal']:g}: {verdict})")


def run_case(name, rounds, save):
    module = importlib.import_module(f"cases.{name}")
    with tempfile.TemporaryDirectory(prefix="dataknobs-bench-") as folder:
        with module.Case(pathlib.Path(folder)) as case:
            seconds = measure(case, rounds)
            medians, ratios = evaluate(case, seconds)
            extra = case.extra()
    show(name, case, medians, ratios)
    for key, value in extra.items():
        print(f"  {key}: {value}")
    if save:
        result = {"benchmark": name, "description": case.description, "rounds": rounds,
                  "command": f"./dev bench {name} --rounds {rounds}", "machine": machine(), "versions": case.versions(),
                  "relative_medians": {key: round(value / min(medians.values()), 3) for key, value in medians.items()},
                  "ratios": ratios, **extra}
        target = BENCH / "results" / f"{name}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(result, indent=2) + "\n")
    return all(ratio["met"] for ratio in ratios)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    known = case_names()
    unknown = [name for name in arguments.names if name not in known]
    if unknown or not arguments.names:
        print("benchmarks: " + ", ".join(known))
        sys.exit(2 if unknown else 0)
    met = [run_case(name, arguments.rounds, arguments.save) for name in arguments.names]
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
