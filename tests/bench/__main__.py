"""Runs all benches, or those named: `python -m tests.bench [NAME...]`."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable

from tests import bench


def main(names: list[str]) -> int:
    known = benches()
    if unknown := set(names) - set(known):
        print(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        about, run = known[name]
        print(f"{name}: {about} (load {os.getloadavg()[0]:.1f})", flush=True)
        for line in run():
            print(f"  {line}", flush=True)
    return 0


def benches() -> dict[str, tuple[str, Callable[[], Iterable[str]]]]:
    """The first line of each module's docstring and its bench."""
    found = {}
    for each in pkgutil.iter_modules(bench.__path__):
        if each.ispkg or each.name == "__main__":
            continue
        module = importlib.import_module(f"tests.bench.{each.name}")
        if hasattr(module, "bench"):
            found[each.name] = ((module.__doc__ or "").splitlines()[0], module.bench)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
