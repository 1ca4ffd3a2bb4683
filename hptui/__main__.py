"""The only place that ends the process with an exit code."""

from __future__ import annotations

import sys


def main() -> None:
    from hptui.cli import run

    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
