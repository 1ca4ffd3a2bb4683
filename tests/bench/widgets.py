"""From bytes to painted strips: hptui's pane against the terminal widgets that Textual apps use today.

References: the widgets of textual-terminal and textual-tty from the package index, each installed into an environment of its
own, fed by its own door in the same headless app, in turns with hptui's. One that can't be installed is skipped, with the reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hptui.terminal.emulator import engine_names
from tests.bench.output import CHUNK, ROWS, SIZE

ENVIRONMENTS = Path(".venv", "peers")
# What to install, and the module that measures it; none where it can only be said why not.
PEERS = {
    # Its last version, of 2023, doesn't start on the Textual of today.
    "textual-terminal": (("textual-terminal==0.3.0", "textual<0.86"), "textual_terminal_widget"),
    "textual-tty": (("textual-tty==0.4.0",), "textual_tty_widget"),
}
NOT_HERE = {"toad (batrachian-toad)": "its terminal is a part of the program, which needs Python 3.14"}
ROUNDS = 3
LIMIT = 240.0  # seconds
APART = "apart"  # the engine in a process of its own, as sessions have it


Found = dict[str, dict[str, Any]]  # by kind of output


def bench() -> Iterator[str]:
    programs = {
        f"hptui on {' '.join(arguments)}": [sys.executable, "-m", "tests.bench.peers.ours", *arguments]
        for engine in engine_names()
        for arguments in ((engine, APART), (engine,))[0 if engine == "ghostty" else 1 :]
    }
    ours = list(programs)
    for name, why in NOT_HERE.items():
        yield f"{name}: skipped: {why}"
    for name, (requirements, module) in PEERS.items():
        try:
            python = _installed(name, requirements)
        except (subprocess.SubprocessError, OSError) as error:
            yield f"{name}: skipped: {_reason(error)}"
        else:
            programs[name] = [str(python), "-m", f"tests.bench.peers.{module}"]
    rounds = [{name: _measure(command) for name, command in programs.items()} for _ in range(ROUNDS)]
    best = {name: _best([each[name] for each in rounds]) for name in programs}
    for name in list(programs)[len(ours) :]:
        for kind, reference in best[name].items():
            yield from _compared(f"{name}, {kind}", reference, {mine: best[mine][kind] for mine in ours})


def _best(rounds: list[Found]) -> Found:
    """The shortest times: what the machine does besides only ever adds to them."""
    return {
        kind: found | {way: min(each[kind][way] for each in rounds) for way in ("chunk", "flood")}
        for kind, found in rounds[0].items()
    }


def _compared(about: str, reference: dict[str, Any], ours: dict[str, dict[str, Any]]) -> Iterator[str]:
    any_of_ours = next(iter(ours.values()))["shown"]
    apart = sum(a != b for a, b in zip(reference["shown"], any_of_ours, strict=True))
    same = "the same text" if not apart else f"another text in {apart} of {ROWS} rows"
    yield (
        f"{about}: {CHUNK >> 10} KiB and {ROWS} strips in {reference['chunk'] * 1000:.1f} ms, "
        f"{SIZE >> 20} MiB shown in {reference['flood']:.2f} s; {same}"
    )
    for engine, found in ours.items():
        chunk, flood = (reference[way] / found[way] for way in ("chunk", "flood"))
        target = "; target: 20" if "ghostty" in engine else ""
        yield (
            f"    {engine:22} {found['chunk'] * 1000:6.2f} ms, {chunk:.1f} times as fast; "
            f"flood {found['flood']:.2f} s, {flood:.1f} times{target}"
        )


def _measure(command: Sequence[str]) -> Found:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def _installed(name: str, requirements: Sequence[str]) -> Path:
    """The Python of the environment that has them, made if need be."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    done = folder / " ".join(requirements)
    if not done.exists():
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", folder], check=True, capture_output=True, timeout=LIMIT
        )
        subprocess.run(
            [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *requirements],
            check=True, capture_output=True, text=True, timeout=LIMIT,
        )  # fmt: skip
        done.touch()
    return python


def _reason(error: Exception) -> str:
    """The last words of what failed."""
    said = getattr(error, "stderr", None) or str(error)
    lines = (said if isinstance(said, str) else said.decode("utf-8", "replace")).strip().splitlines()
    return lines[-1] if lines else str(error)
