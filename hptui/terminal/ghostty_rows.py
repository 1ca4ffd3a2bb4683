"""Rows of libghostty-vt's screen as lines, from the packed cells that the library hands out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple
from weakref import finalize

from pyghostty._ffi import check, ffi, lib
from pyghostty.core import Terminal, init_sized

from hptui.terminal.cells import BLANK, PLAIN, CellStyle, Colour, Line, Run, Underline, line_of
from hptui.terminal.ghostty_cells import (
    BACKGROUND_PALETTE,
    GRAPHEME,
    Columns,
    columns_from_api,
    columns_from_bits,
)

_BARE = bytes(value >> 1 & 1 for value in range(256))  # of tags: a background and nothing else
_SAME = re.compile(rb"(.)\1*", re.DOTALL)

_WRAPPED = 1 << 32  # of a row's own 64 bits
_SPACER_TAIL, _SPACER_HEAD = 2, 3
_MOST_STYLES = 8192  # remembered looks; a rainbow must not grow this for ever


class RawRow(NamedTuple):
    y: int  # in the viewport
    wrapped: bool  # the text goes on in the next row
    cells: bytes  # packed, without those at the end in which nothing is


def _colour(colour: Any) -> Colour:
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(colour.value.palette)
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return (int(colour.value.rgb.r), int(colour.value.rgb.g), int(colour.value.rgb.b))
    return None


def _background(tag: int, content: int) -> CellStyle:
    """The style of a cell that holds nothing but a background, as erasing leaves it."""
    if tag == BACKGROUND_PALETTE:
        return CellStyle(bg=content & 0xFF)
    return CellStyle(bg=(content & 0xFF, content >> 8 & 0xFF, content >> 16 & 0xFF))


class RowReader:
    """Reads rows of one terminal's viewport."""

    def __init__(self, terminal: Terminal, *, bits: bool) -> None:
        self._terminal = terminal
        self._bits = bits
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
        self._wanted = ffi.new(
            "GhosttyRenderStateRowData[]",
            [lib.GHOSTTY_RENDER_STATE_ROW_DATA_RAW, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW],
        )
        self._found = ffi.new("void*[]", [self._raw, self._view])
        self._cursor = init_sized("GhosttyRenderStateCursor")
        self._style = init_sized("GhosttyStyle")
        self._style_bytes = ffi.buffer(self._style)
        self._looks: dict[bytes, CellStyle] = {}
        self._length = ffi.new("size_t*")

    def close(self) -> None:
        for free in self._frees:
            free()

    def changed(self) -> Iterator[RawRow]:
        """The rows of the viewport that may have changed since the last call. The other methods take the one given last."""
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
        rows, y = self._rows[0], -1
        following, following_dirty = (
            lib.ghostty_render_state_row_iterator_next,
            lib.ghostty_render_state_row_iterator_next_dirty,
        )
        while following(rows) if everything else following_dirty(rows, self._y):
            y = y + 1 if everything else self._y[0]
            yield self._row(y)
        check(lib.ghostty_render_state_clean(state), "render_state_clean")

    def _row(self, y: int) -> RawRow:
        wanted = lib.ghostty_render_state_row_get_multi(self._rows[0], 2, self._wanted, self._found, ffi.NULL)
        check(wanted, "row")
        view = self._view
        data = bytes(ffi.buffer(view.ptr, view.len * 8)).rstrip(b"\0") if view.len else b""
        wrapped = bool(self._raw[0] & _WRAPPED) if self._bits else self._is_wrapped()
        return RawRow(y, wrapped, data.ljust(-(-len(data) // 8) * 8, b"\0") if len(data) % 8 else data)

    def _is_wrapped(self) -> bool:
        check(lib.ghostty_row_get(self._raw[0], lib.GHOSTTY_ROW_DATA_WRAP, self._wrap), "wrap")
        return bool(self._wrap[0])

    def widths(self, cells: bytes, runs: int) -> tuple[int, ...]:
        """The cells of each of so many runs, of differing looks; empty where it takes `line` to tell."""
        if runs == 1:
            return (len(cells) // 8,)
        columns = self._columns_of(cells)
        if columns.tags.translate(_BARE).strip(b"\0"):
            return ()
        found = tuple(sum(1 for _ in group) for _, group in groupby(columns.styles))
        return found if len(found) == runs else ()

    def cursor(self) -> Any:
        """The cursor as of the last `changed`, a GhosttyRenderStateCursor."""
        get = lib.ghostty_render_state_get
        check(get(self._state[0], lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, self._cursor), "cursor")
        return self._cursor

    def raw_rows(self) -> list[tuple[bytes, bool]]:
        """The packed cells of every row of the viewport, and whether bits and library agree that it goes on in the next."""
        return [(self._packed(), bool(self._raw[0] & _WRAPPED) == self._is_wrapped()) for _ in self.changed()]

    def _packed(self) -> bytes:
        get = lib.ghostty_render_state_row_get
        check(get(self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, self._view), "cells")
        return bytes(ffi.buffer(self._view.ptr, self._view.len * 8)) if self._view.len else b""

    def line(self, row: RawRow) -> Line:
        """The row, whatever stands in it, from its cells."""
        y, wrapped, _ = row
        get, rows = lib.ghostty_render_state_row_get, self._rows[0]
        data = self._packed()
        if not wrapped and data == _blank_row(len(data)):
            return BLANK
        columns = self._columns_of(data)
        cells_ready = False

        def style_at(x: int) -> CellStyle:
            nonlocal cells_ready
            if not cells_ready:
                check(get(rows, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells), "row cells")
                cells_ready = True
            return self._style_at(x)

        if (
            columns.tags.strip(b"\0") == b""
            and columns.widths.strip(b"\0") == b""
            and columns.links.strip(b"\0") == b""
        ):
            return line_of(_simple_runs(columns, style_at), wrapped)
        check(get(rows, lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells), "row cells")
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
        return CellStyle(
            fg=_colour(found.fg_color),
            bg=_colour(found.bg_color),
            underline_colour=_colour(found.underline_color),
            bold=bool(found.bold),
            faint=bool(found.faint),
            italic=bool(found.italic),
            underline=Underline(found.underline) if 0 <= found.underline <= 5 else Underline.SINGLE,
            blink=bool(found.blink),
            inverse=bool(found.inverse),
            invisible=bool(found.invisible),
            strike=bool(found.strikethrough),
            overline=bool(found.overline),
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
            bare = contents[x] << 2 | tag if tag >= BACKGROUND_PALETTE else 0
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
            if tag == GRAPHEME:
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


SAMPLE = (
    "\x1b[1;31mAb\x1b[0m中\x1b[44m \x1b[K\x1b[0m\r\n"
    "é\x1b[4:3;58:5:9mé\x1b[0m\x1b]8;;http://a/\x1b\\L\x1b]8;;\x1b\\\x1b[38;2;1;2;3mz\U0001f600\r\n"
    '\x1b[0;48;2;9;8;7m\x1b[K\r\n\x1b[0m\x1b[1"qprotected\x1b[0"q \u4e2d\r\n'
    + "".join(f"\x1b[{look}m{look}\x1b[0m " for look in (2, 3, 4, "4:2", "4:4", "4:5", 21, 5))
    + "".join(f"\x1b[{look}m{look}" for look in (7, 8, 9, 53, 97, "48:5:200", "58:2::1:2:3"))
    + "\x1b[0m"
    + "".join(f"\x1b[38;2;{n};1;2mx" for n in range(24))
).encode()


@lru_cache(maxsize=1)
def bits_agree() -> bool:
    """Whether packed cells are laid out as this module believes, tried on a screen with everything on it."""
    terminal = Terminal(24, 8, 0)
    terminal.feed(SAMPLE)
    reader = RowReader(terminal, bits=False)
    try:
        rows = reader.raw_rows()
        return len(rows) == 8 and all(
            agreed and _same(columns_from_bits(row), columns_from_api(row)) for row, agreed in rows
        )
    finally:
        reader.close()
        terminal.close()


def _same(one: Columns, other: Columns) -> bool:
    return all(list(a) == list(b) for a, b in zip(one, other, strict=True))
