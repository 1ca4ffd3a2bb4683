"""Rows of libghostty-vt's screen as lines.

The library hands out a row as packed 64-bit cells. Asking it about each cell costs a microsecond or more; slicing the
packed bytes costs a few microseconds for the whole row. The packing is private to the library, so it is compared with
what the library itself says about a screen that has everything on it (`bits_agree`); if that fails, each cell is asked.

    bits 0-1  what the content is    bits 2-25   the content: a code point or a colour
    26-41     style number           42-43       width      44 protected    45 hyperlink    46-47 prompt
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from weakref import finalize

from pyghostty._ffi import check, ffi, lib
from pyghostty.core import Terminal, init_sized

from hptui.terminal.cells import BLANK, PLAIN, CellStyle, Colour, Line, Run, line_of, style_of

_TAGS = bytes(value & 3 for value in range(256))
_WIDTHS = bytes(value & 3 for value in range(256))
_LINKS = bytes(value >> 3 & 1 for value in range(256))
_SAME = re.compile(rb"(.)\1*", re.DOTALL)

_CODEPOINT, _GRAPHEME, _BACKGROUND_PALETTE, _BACKGROUND_RGB = range(4)
_SPACER_TAIL, _SPACER_HEAD = 2, 3
_MOST_STYLES = 8192  # remembered looks; a rainbow must not grow this for ever


class Columns(NamedTuple):
    """The cells of one row, property by property."""

    tags: bytes
    contents: memoryview  # of 32-bit numbers
    styles: Sequence[int]
    widths: bytes
    links: bytes


def columns_from_bits(data: bytes) -> Columns:
    """Unpack a row. Shifted right by two, every property but the tag begins at a byte."""
    count = len(data) // 8
    shifted = (int.from_bytes(data, "little") >> 2).to_bytes(len(data), "little")
    contents = bytearray(4 * count)
    contents[0::4], contents[1::4], contents[2::4] = shifted[0::8], shifted[1::8], shifted[2::8]
    high = shifted[4::8]
    styles: Sequence[int] = shifted[3::8]
    if high.strip(b"\0"):
        wide_numbers = bytearray(2 * count)
        wide_numbers[0::2], wide_numbers[1::2] = shifted[3::8], high
        styles = memoryview(wide_numbers).cast("H")
    flags = shifted[5::8]
    return Columns(
        data[0::8].translate(_TAGS),
        memoryview(contents).cast("I"),
        styles,
        flags.translate(_WIDTHS),
        flags.translate(_LINKS),
    )


def columns_from_api(data: bytes) -> Columns:
    """The same, by asking the library about every cell."""
    cells = memoryview(data).cast("Q")
    number, flag, colour = ffi.new("uint32_t*"), ffi.new("bool*"), ffi.new("GhosttyColorRgb*")

    def ask(cell: int, key: int, out: Any) -> None:
        check(lib.ghostty_cell_get(cell, key, out), "cell_get")

    tags, contents, styles, widths, links = [], [], [], [], []
    for cell in cells:
        values = []
        for key in (
            lib.GHOSTTY_CELL_DATA_CONTENT_TAG,
            lib.GHOSTTY_CELL_DATA_WIDE,
            lib.GHOSTTY_CELL_DATA_STYLE_ID,
        ):
            number[0] = 0
            ask(cell, key, number)
            values.append(int(number[0]))
        tag, width, style = values
        number[0] = 0
        if tag == _BACKGROUND_RGB:
            ask(cell, lib.GHOSTTY_CELL_DATA_COLOR_RGB, colour)
            number[0] = colour.r | colour.g << 8 | colour.b << 16
        elif tag == _BACKGROUND_PALETTE:
            ask(cell, lib.GHOSTTY_CELL_DATA_COLOR_PALETTE, number)
        else:
            ask(cell, lib.GHOSTTY_CELL_DATA_CODEPOINT, number)
        ask(cell, lib.GHOSTTY_CELL_DATA_HAS_HYPERLINK, flag)
        tags.append(tag)
        contents.append(int(number[0]))
        styles.append(style)
        widths.append(width)
        links.append(int(flag[0]))
    return Columns(bytes(tags), memoryview(array("I", contents)), styles, bytes(widths), bytes(links))


def _colour(colour: Any) -> Colour:
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(colour.value.palette)
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return (int(colour.value.rgb.r), int(colour.value.rgb.g), int(colour.value.rgb.b))
    return None


def _background(tag: int, content: int) -> CellStyle:
    """The style of a cell that holds nothing but a background, as erasing leaves it."""
    if tag == _BACKGROUND_PALETTE:
        return style_of(bg=content & 0xFF)
    return style_of(bg=(content & 0xFF, content >> 8 & 0xFF, content >> 16 & 0xFF))


class RowReader:
    """Reads rows of one terminal's viewport."""

    def __init__(self, terminal: Terminal, *, bits: bool) -> None:
        self._terminal = terminal
        self._columns_of: Callable[[bytes], Columns] = columns_from_bits if bits else columns_from_api
        self._state = ffi.new("GhosttyRenderState*")
        self._rows = ffi.new("GhosttyRenderStateRowIterator*")
        self._cells = ffi.new("GhosttyRenderStateRowCells*")
        check(lib.ghostty_render_state_new(ffi.NULL, self._state), "render_state_new")
        self._frees = [finalize(self, lib.ghostty_render_state_free, self._state[0])]
        check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._rows), "row_iterator_new")
        self._frees.insert(0, finalize(self, lib.ghostty_render_state_row_iterator_free, self._rows[0]))
        check(lib.ghostty_render_state_row_cells_new(ffi.NULL, self._cells), "row_cells_new")
        self._frees.insert(0, finalize(self, lib.ghostty_render_state_row_cells_free, self._cells[0]))
        self._dirty = ffi.new("int*")
        self._y = ffi.new("uint16_t*")
        self._view = ffi.new("GhosttyCellsView*")
        self._raw = ffi.new("GhosttyRow*")
        self._wrap = ffi.new("bool*")
        self._cursor = init_sized("GhosttyRenderStateCursor")
        self._style = init_sized("GhosttyStyle")
        self._style_bytes = ffi.buffer(self._style)
        self._looks: dict[bytes, CellStyle] = {}
        self._length = ffi.new("size_t*")

    def close(self) -> None:
        for free in self._frees:
            free()

    def changed(self) -> Iterator[tuple[int, Line]]:
        """The rows of the viewport that may have changed since the last call, as they are now."""
        state = self._state[0]
        check(lib.ghostty_render_state_update(state, self._terminal._t[0]), "render_state_update")
        check(lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_DIRTY, self._dirty), "dirty")
        if self._dirty[0] == lib.GHOSTTY_RENDER_STATE_DIRTY_FALSE:
            return
        everything = self._dirty[0] == lib.GHOSTTY_RENDER_STATE_DIRTY_FULL
        check(
            lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._rows),
            "rows",
        )
        rows = self._rows[0]
        if everything:
            y = 0
            while lib.ghostty_render_state_row_iterator_next(rows):
                yield y, self._line(y)
                y += 1
        else:
            while lib.ghostty_render_state_row_iterator_next_dirty(rows, self._y):
                yield self._y[0], self._line(self._y[0])
        check(lib.ghostty_render_state_clean(state), "render_state_clean")

    def cursor(self) -> Any:
        """The cursor as of the last `changed`, a GhosttyRenderStateCursor."""
        get = lib.ghostty_render_state_get
        check(get(self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, self._cursor), "cursor")
        return self._cursor

    def raw_cells(self) -> list[bytes]:
        """The packed cells of every row of the viewport."""
        state = self._state[0]
        check(lib.ghostty_render_state_update(state, self._terminal._t[0]), "render_state_update")
        check(
            lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._rows),
            "rows",
        )
        found = []
        while lib.ghostty_render_state_row_iterator_next(self._rows[0]):
            found.append(self._packed())
        return found

    def _packed(self) -> bytes:
        get = lib.ghostty_render_state_row_get
        check(get(self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view), "cells")
        return bytes(ffi.buffer(self._view.ptr, self._view.len * 8)) if self._view.len else b""

    def _line(self, y: int) -> Line:
        get, row = lib.ghostty_render_state_row_get, self._rows[0]
        data = self._packed()
        check(get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_RAW, self._raw), "row")
        check(lib.ghostty_row_get(self._raw[0], lib.GHOSTTY_ROW_DATA_WRAP, self._wrap), "wrap")
        wrapped = bool(self._wrap[0])
        if not wrapped and data == _blank_row(len(data)):
            return BLANK
        columns = self._columns_of(data)
        cells_ready = False

        def style_at(x: int) -> CellStyle:
            nonlocal cells_ready
            if not cells_ready:
                check(get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells), "row cells")
                cells_ready = True
            return self._style_at(x)

        if (
            columns.tags.strip(b"\0") == b""
            and columns.widths.strip(b"\0") == b""
            and columns.links.strip(b"\0") == b""
        ):
            return line_of(_simple_runs(columns, style_at), wrapped)
        check(get(row, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells), "row cells")
        cells_ready = True
        return line_of(self._mixed_runs(columns, y), wrapped)

    def _style_at(self, x: int) -> CellStyle:
        """The style of a cell of the row whose cells were fetched last."""
        check(lib.ghostty_render_state_row_cells_select(self._cells[0], x), "select")
        get = lib.ghostty_render_state_row_cells_get
        check(get(self._cells[0], lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style), "style")
        look = bytes(self._style_bytes)
        style = self._looks.get(look)
        if style is None:
            if len(self._looks) >= _MOST_STYLES:
                self._looks.clear()
            style = self._looks[look] = self._translate("")
        return style

    def _translate(self, link: str) -> CellStyle:
        found = self._style
        return style_of(
            fg=_colour(found.fg_color),
            bg=_colour(found.bg_color),
            underline_colour=_colour(found.underline_color),
            bold=bool(found.bold),
            faint=bool(found.faint),
            italic=bool(found.italic),
            underline=int(found.underline),
            blink=bool(found.blink),
            inverse=bool(found.inverse),
            invisible=bool(found.invisible),
            strike=bool(found.strikethrough),
            link=link,
        )

    def _mixed_runs(self, columns: Columns, y: int) -> list[Run]:
        """Runs of a row with wide characters, clusters, links or bare backgrounds in it."""
        runs: list[Run] = []
        text: list[str] = []
        width, look, style = 0, (-1, -1, ""), PLAIN
        tags, contents, styles, widths, links = columns
        for x in range(len(tags)):
            if widths[x] == _SPACER_HEAD:
                continue  # the blank before a wide character that went to the next row
            if widths[x] == _SPACER_TAIL:
                width += 1
                continue
            tag, link = tags[x], self._link_at(x, y) if links[x] else ""
            bare = contents[x] << 2 | tag if tag >= _BACKGROUND_PALETTE else 0
            if look != (styles[x], bare, link):
                if width:
                    runs.append(Run("".join(text), width, style))
                text, width, look = [], 0, (styles[x], bare, link)
                if bare:
                    style = _background(tag, contents[x])
                elif link:
                    self._style_at(x)
                    style = self._translate(link)
                else:
                    style = self._style_at(x) if styles[x] else PLAIN
            width += 1
            if tag == _GRAPHEME:
                text.append(self._cluster_at(x))
            else:
                text.append(chr(contents[x]) if contents[x] and not bare else " ")
        if width:
            runs.append(Run("".join(text), width, style))
        return runs

    def _cluster_at(self, x: int) -> str:
        cells, get = self._cells[0], lib.ghostty_render_state_row_cells_get
        check(lib.ghostty_render_state_row_cells_select(cells, x), "select")
        check(
            get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._length), "cluster length"
        )
        points = ffi.new("uint32_t[]", max(self._length[0], 1))
        check(get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, points), "cluster")
        return "".join(map(chr, points[0 : self._length[0]]))

    def _link_at(self, x: int, y: int) -> str:
        ref = self._terminal.ref(x, y, "viewport")
        lib.ghostty_grid_ref_hyperlink_uri(ref, ffi.NULL, 0, self._length)
        buffer = ffi.new("uint8_t[]", max(self._length[0], 1))
        check(lib.ghostty_grid_ref_hyperlink_uri(ref, buffer, len(buffer), self._length), "hyperlink")
        return bytes(ffi.buffer(buffer, self._length[0])).decode("utf-8", "replace")


def _simple_runs(columns: Columns, style_at: Callable[[int], CellStyle]) -> list[Run]:
    """Runs of a row in which every cell holds one narrow character or nothing."""
    text = columns.contents.tobytes().decode("utf-32-le", "replace").replace("\0", " ")
    styles = columns.styles
    runs = []
    if isinstance(styles, bytes):
        for same in _SAME.finditer(styles):
            start, end = same.span()
            runs.append(Run(text[start:end], end - start, style_at(start) if styles[start] else PLAIN))
        return runs
    start = 0
    for number, group in groupby(styles):
        end = start + sum(1 for _ in group)
        runs.append(Run(text[start:end], end - start, style_at(start) if number else PLAIN))
        start = end
    return runs


@lru_cache(maxsize=16)
def _blank_row(length: int) -> bytes:
    return bytes(length)


_SAMPLE = (
    "\x1b[1;31mAb\x1b[0m中\x1b[44m \x1b[K\x1b[0m\r\n"
    "é\x1b[4:3;58:5:9mé\x1b[0m\x1b]8;;http://a/\x1b\\L\x1b]8;;\x1b\\\x1b[38;2;1;2;3mz\U0001f600\r\n"
    '\x1b[0;48;2;9;8;7m\x1b[K\r\n\x1b[0m\x1b[1"qprotected\x1b[0"q \u4e2d'
)


@lru_cache(maxsize=1)
def bits_agree() -> bool:
    """Whether packed cells are laid out as this module believes, tried on a screen with everything on it."""
    terminal = Terminal(24, 5, 0)
    many = "".join(f"\x1b[38;2;{n};1;2mx" for n in range(24))
    terminal.feed(_SAMPLE.encode() + many.encode())
    reader = RowReader(terminal, bits=False)
    try:
        rows = reader.raw_cells()
        return len(rows) == 5 and all(_same(columns_from_bits(row), columns_from_api(row)) for row in rows)
    finally:
        reader.close()
        terminal.close()


def _same(one: Columns, other: Columns) -> bool:
    return all(list(a) == list(b) for a, b in zip(one, other, strict=True))
