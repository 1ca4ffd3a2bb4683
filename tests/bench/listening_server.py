"""The simulated cluster, telling when what is typed comes to it: `python -m tests.bench.listening_server FILE [OPTIONS...]`.

For each piece of a process's stdin a line with the time, by the clock that all processes share, goes to FILE.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hptui.demo import server
from hptui.demo.runtime.containers import Stdin


def main(arguments: list[str]) -> int:
    with Path(arguments[0]).open("w", buffering=1) as arrivals:
        write = Stdin.write

        async def noted(stdin: Stdin, data: bytes) -> None:
            arrivals.write(f"{time.monotonic()}\n")
            await write(stdin, data)

        Stdin.write = noted  # type: ignore[method-assign, assignment]
        return server.main(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
