"""Runs all benches, or those named: `python -m tests.bench [NAME...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from tests import bench


def main(names: list[str]) -> int:
    known = [found.name for found in pkgutil.iter_modules(bench.__path__) if found.name != "__main__"]
    if unknown := set(names) - set(known):
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        module = importlib.import_module(f"tests.bench.{name}")
        print(f"{name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        for line in module.bench():
            print(f"  {line}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
