"""What the program and the engine process say to each other: frames of MessagePack, four bytes of length before each.

Lines go as the library has written them down. What it can't write is packed: each kind of style stands once in a message,
and a run is three numbers and words in a flat list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import IO, Any

import msgspec

from hptui.terminal.cells import BLANK, CellStyle, Colour, Line, Rgb, Run, Underline
from hptui.terminal.engine_here import Told
from hptui.terminal.state import Cursor
from hptui.terminal.written import Row, Written, line_of_row

_LENGTH = 4  # bytes
_LONGEST = 256 << 20  # bytes of a frame; only a process gone wrong says more


class Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    terminal: int


class Open(Message, frozen=True):
    columns: int
    rows: int
    scrollback: int
    clipboard: bool


class Feed(Message, frozen=True):
    data: bytes
    resets: tuple[int, ...]


class Resize(Message, frozen=True):
    columns: int
    rows: int


class Colours(Message, frozen=True):
    foreground: Rgb
    background: Rgb


class GiveLook(Message, frozen=True):
    pass


class GiveLines(Message, frozen=True):
    start: int
    stop: int


class FindPrompt(Message, frozen=True):
    y: int
    step: int


class Close(Message, frozen=True):
    pass


Request = Open | Feed | Resize | Colours | GiveLook | GiveLines | FindPrompt | Close

# Foreground, background, underline colour, attributes, link.
_Style = tuple[int, int, int, int, str]


class Lines(msgspec.Struct, frozen=True, array_like=True):
    styles: list[_Style]
    lines: list[list[Any]]  # whether wrapped, then text, width and style's number of each run


class Rows(msgspec.Struct, frozen=True, array_like=True):
    written: list[Written | None]
    lines: Lines  # in the places of None


class Seen(msgspec.Struct, frozen=True, array_like=True):
    cursor: Cursor
    numbers: list[int]  # of the rows
    rows: Rows


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """To `Open`, `Feed` and `Resize`; after little output it brings along what it has changed on the screen."""

    told: Told
    seen: Seen | None


class Hello(msgspec.Struct, frozen=True, array_like=True):
    """The first frame of the engine process."""

    version: str  # of the engine; "" where it cannot be loaded


_encoder = msgspec.msgpack.Encoder()


def send(pipe: IO[bytes], message: object) -> None:
    data = _encoder.encode(message)
    pipe.write(len(data).to_bytes(_LENGTH, "little") + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """The next frame. Raises EOFError at the end."""
    head = pipe.read(_LENGTH)
    length = int.from_bytes(head, "little")
    if len(head) < _LENGTH or length > _LONGEST:
        raise EOFError
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def pack_rows(rows: Collection[Row]) -> Rows:
    return Rows(
        [row if isinstance(row, Written) else None for row in rows],
        pack_lines(row for row in rows if isinstance(row, Line)),
    )


def unpack_rows(rows: Rows) -> list[Line]:
    others = iter(unpack_lines(rows.lines))
    return [line_of_row(row) if row is not None else next(others) for row in rows.written]


def pack_lines(lines: Iterable[Line]) -> Lines:
    numbers: dict[CellStyle, int] = {}
    packed: list[list[Any]] = []
    for line in lines:
        row: list[Any] = [line.wrapped]
        for text, width, style in line.runs:
            row += (text, width, numbers.setdefault(style, len(numbers)))
        packed.append(row)
    return Lines([_pack_style(style) for style in numbers], packed)


def unpack_lines(packed: Lines) -> list[Line]:
    styles = [_unpack_style(style) for style in packed.styles]
    lines = []
    for row in packed.lines:
        if len(row) == 1 and not row[0]:
            lines.append(BLANK)
            continue
        runs = [
            Run(text, width, styles[number])
            for text, width, number in zip(row[1::3], row[2::3], row[3::3], strict=True)
        ]
        lines.append(Line(tuple(runs), row[0]))
    return lines


def _pack_style(style: CellStyle) -> _Style:
    flags = (
        style.bold
        | style.faint << 1
        | style.italic << 2
        | style.blink << 3
        | style.inverse << 4
        | style.invisible << 5
        | style.strike << 6
        | style.overline << 7
        | style.underline << 8
    )
    return (
        _pack_colour(style.fg),
        _pack_colour(style.bg),
        _pack_colour(style.underline_colour),
        flags,
        style.link,
    )


@lru_cache(maxsize=4096)
def _unpack_style(packed: _Style) -> CellStyle:
    fg, bg, underline_colour, flags, link = packed
    return CellStyle(
        fg=_unpack_colour(fg),
        bg=_unpack_colour(bg),
        underline_colour=_unpack_colour(underline_colour),
        bold=bool(flags & 1),
        faint=bool(flags & 2),
        italic=bool(flags & 4),
        blink=bool(flags & 8),
        inverse=bool(flags & 16),
        invisible=bool(flags & 32),
        strike=bool(flags & 64),
        overline=bool(flags & 128),
        underline=Underline(flags >> 8),
        link=link,
    )


def _pack_colour(colour: Colour) -> int:
    if colour is None:
        return -1
    if isinstance(colour, int):
        return colour
    return 1 << 24 | colour[0] << 16 | colour[1] << 8 | colour[2]


def _unpack_colour(packed: int) -> Colour:
    if packed < 0:
        return None
    return packed if packed < 1 << 24 else (packed >> 16 & 0xFF, packed >> 8 & 0xFF, packed & 0xFF)
