"""`make fuzz`: random cases through every door, in rounds, until there have been as many as wanted.

Each round is a pytest of its own, because what Hypothesis remembers of a test grows with its cases. A round that fails is the
last: it shows the smallest case, and the command that runs it again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROUND = 50_000  # cases


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="in all (default: a million)")
    parser.add_argument(
        "--seed", type=int, default=None, help="of the first round; one more for each after it"
    )
    parser.add_argument("--jobs", default=str(os.cpu_count() or 1), help="processes")
    parser.add_argument("doors", nargs="*", help="test files, or pytest's names of tests; else all of them")
    asked = parser.parse_args()
    first = seed = random.randrange(1 << 31) if asked.seed is None else asked.seed
    ran: Counter[str] = Counter()
    began = time.monotonic()
    while ran.total() < asked.cases:
        wanted = min(ROUND, asked.cases - ran.total())
        failed, found = play_round(wanted, seed, asked.jobs, asked.doors)
        ran.update(found)
        print(f"fuzz: {ran.total():,} of {asked.cases:,} cases, {time.monotonic() - began:.0f} s", flush=True)
        if failed or not found:
            again = f"python -m tests.fuzz --cases {wanted} --seed {seed} --jobs {asked.jobs}"
            print(f"fuzz: this round again: {' '.join([again, *asked.doors])}", flush=True)
            return 1
        seed += 1
    for name, number in sorted(ran.items()):
        print(f"{number:>9,}  {name}")
    print(
        f"fuzz: {ran.total():,} cases in {time.monotonic() - began:.0f} s, nothing found; seeds {first} to {seed - 1}"
    )
    return 0


def play_round(cases: int, seed: int, jobs: str, doors: list[str]) -> tuple[bool, dict[str, int]]:
    """Whether it failed, and how many cases each test ran."""
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-n",
            jobs,
            "--dist",
            "worksteal",
        ]
        command += [f"--fuzz-cases={cases}", f"--fuzz-report={report}", f"--hypothesis-seed={seed}"]
        done = subprocess.run([*command, *(doors or [str(here)])], check=False, cwd=here.parent.parent)
        return done.returncode != 0, json.loads(report.read_text()) if report.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
