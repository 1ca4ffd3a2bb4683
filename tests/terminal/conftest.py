"""Terminals for the tests: each behaviour is asked of both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from hptui.terminal.emulator import Emulator, engine_names


@dataclass
class Heard:
    """What a terminal told whoever owns it."""

    replies: list[bytes] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    bells: int = 0
    clipboard: list[str] = field(default_factory=list)

    def ring(self) -> None:
        self.bells += 1


@dataclass
class Terminal:
    emulator: Emulator
    heard: Heard

    def feed(self, text: str | bytes) -> Terminal:
        self.emulator.feed(text.encode() if isinstance(text, str) else text)
        return self

    @property
    def screen(self) -> list[str]:
        """The rows of the screen, without the blank ones at its end."""
        emulator = self.emulator
        start = emulator.history
        rows = [line.text.rstrip() for line in emulator.lines(start, start + emulator.rows)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def at(self) -> tuple[int, int]:
        return self.emulator.cursor.x, self.emulator.cursor.y


@pytest.fixture(params=["ghostty", "bittty"])
def engine(request: pytest.FixtureRequest) -> str:
    name = str(request.param)
    if name not in engine_names():
        pytest.skip(f"{name} does not run here")
    return name


@pytest.fixture
def open_terminal(engine: str) -> Iterator[Callable[..., Terminal]]:
    """Opens terminals on one engine, and closes them afterwards."""
    opened: list[Emulator] = []

    def open_one(
        columns: int = 40, rows: int = 8, *, scrollback: int = 1000, clipboard: bool = False
    ) -> Terminal:
        heard = Heard()
        emulator = Emulator(
            columns,
            rows,
            scrollback=scrollback,
            engine=engine,
            on_reply=heard.replies.append,
            on_title=heard.titles.append,
            on_bell=heard.ring,
            on_clipboard=heard.clipboard.append if clipboard else None,
        )
        opened.append(emulator)
        return Terminal(emulator, heard)

    yield open_one
    for emulator in opened:
        emulator.close()


@pytest.fixture
def terminal(open_terminal: Callable[..., Terminal]) -> Terminal:
    return open_terminal()
