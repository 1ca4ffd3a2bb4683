"""Rows of libghostty-vt's screen and history as it writes them down itself: all of them in one call.

That takes it a few hundredths of a millisecond for a whole screen, with the looks; asking for each cell's takes a hundred
times as long.
"""

from __future__ import annotations

from functools import lru_cache

from pyghostty._ffi import check, ffi, lib, union_fn
from pyghostty.core import Terminal, init_sized

from hptui.terminal.ghostty_cells import gaps, linked, wide_or_linked
from hptui.terminal.ghostty_rows import SAMPLE, RawRow, RowReader, bits_agree
from hptui.terminal.written import NOTHING, Row, Written, line_of_row, run_count

_FIRST_ROOM = 256 << 10  # bytes

_grid_ref = union_fn(
    "ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)"
)


class TextReader:
    """Reads rows of one terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._selection = init_sized("GhosttySelection")
        self._first, self._last = (ffi.addressof(self._selection, end) for end in ("start", "end"))
        self._options = init_sized("GhosttyFormatterTerminalOptions")
        self._options.emit = lib.GHOSTTY_FORMATTER_FORMAT_VT
        self._options.selection = self._selection
        self._point = ffi.new("GhosttyPointS*")
        self._formatter = ffi.new("GhosttyFormatter*")
        self._length = ffi.new("size_t*")
        self._buffer = ffi.new("uint8_t[]", _FIRST_ROOM)

    def screen(self, columns: int, rows: int) -> list[bytes]:
        return self._rows(lib.GHOSTTY_POINT_TAG_ACTIVE, 0, columns, rows)

    def lines(self, start: int, columns: int, rows: int) -> list[bytes]:
        """So many lines of history and screen from line `start` on."""
        return self._rows(lib.GHOSTTY_POINT_TAG_SCREEN, start, columns, rows)

    def _rows(self, tag: int, start: int, columns: int, rows: int) -> list[bytes]:
        point, terminal = self._point, self._terminal._t[0]
        point.tag = tag
        for end, x, y in ((self._first, 0, start), (self._last, columns - 1, start + rows - 1)):
            point.value.x, point.value.y = x, y
            check(_grid_ref(terminal, point[0], end), "grid_ref")
        check(
            lib.ghostty_formatter_terminal_new(ffi.NULL, self._formatter, terminal, self._options[0]),
            "formatter_new",
        )
        try:
            written = self._written().split(b"\r\n")
        finally:
            lib.ghostty_formatter_free(self._formatter[0])
        return written + [b""] * (rows - len(written))  # it leaves out blank rows at the end

    def _written(self) -> bytes:
        write, length = lib.ghostty_formatter_format_buf, self._length
        length[0] = 0
        if write(self._formatter[0], self._buffer, len(self._buffer), length):
            # Too small, it says what it needs.
            self._buffer = ffi.new("uint8_t[]", 2 * length[0])
            check(write(self._formatter[0], self._buffer, len(self._buffer), length), "format")
        return bytes(ffi.buffer(self._buffer, length[0]))


def row_as_written(reader: RowReader, row: RawRow, data: bytes | None, columns: int) -> Row:
    """The row, which the reader is at, as `data` says if it says everything, else from the cells.

    The library writes down neither links nor rows of nothing but a background, nor blanks at the end, and gaps within a row as
    if they looked like what is before them. How wide it takes what isn't ASCII to be isn't in there either."""
    wrapped, cells = row.wrapped, row.cells
    if data and data.isascii():
        if not wide_or_linked(cells) and not (wrapped and len(cells) != 8 * columns):
            return Written(data, wrapped, gaps=gaps(cells) if b"\x1b" in data else ())
    elif data:
        plain = not wrapped and not linked(cells) and not gaps(cells)
        if plain and (widths := reader.widths(cells, run_count(data))):
            return Written(data, widths=widths)
    elif not cells and not wrapped:
        return NOTHING
    return reader.line(row)


@lru_cache(maxsize=1)
def text_agrees() -> bool:
    """Whether the library writes down its screen as this program reads it, tried on a screen with everything on it."""
    if not bits_agree():
        return False
    columns, rows = 24, 8
    terminal = Terminal(columns, rows, 0)
    reader = RowReader(terminal, bits=True)
    terminal.feed(SAMPLE)
    try:
        written = TextReader(terminal).screen(columns, rows)
        return len(written) == rows and all(
            line_of_row(row_as_written(reader, row, written[row.y], columns)) == reader.line(row)
            for row in reader.changed()
        )
    finally:
        reader.close()
        terminal.close()
