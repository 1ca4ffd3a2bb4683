"""Rows of packed cells, unpacked.

libghostty-vt hands out a row as 64-bit cells. Asking it about each cell costs a microsecond or more; slicing the packed bytes
costs a few microseconds for the whole row. The packing is private to the library, so it is compared with what the library
itself says about a screen that has everything on it (`ghostty_rows.bits_agree`); if that fails, each cell is asked.

    bits 0-1  what the content is    2-25 the content: a code point or a colour    26-41 style number
    42-43     width                  44   protected                                45    hyperlink       46-47 prompt
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

from pyghostty._ffi import check, ffi, lib

_TAGS = bytes(value & 3 for value in range(256))
_WIDTHS = bytes(value & 3 for value in range(256))
_LINKS = bytes(value >> 3 & 1 for value in range(256))
_WIDE_OR_LINKED = bytes(value & 0b101100 for value in range(256))
_LINKED = bytes(value & 0b100000 for value in range(256))
_NOTHING = bytes(8)

_CODEPOINT, GRAPHEME, BACKGROUND_PALETTE, _BACKGROUND_RGB = range(4)


def gaps(cells: bytes) -> tuple[int, ...]:
    """The cells that were never written to."""
    if _NOTHING not in cells:  # which is found in other places as well, now and then
        return ()
    return tuple(x for x, cell in enumerate(memoryview(cells).cast("Q")) if not cell)


def wide_or_linked(cells: bytes) -> bool:
    """Whether there are wide characters, of which blanks may be some, or links."""
    return bool(cells[5::8].translate(_WIDE_OR_LINKED).strip(b"\0"))


def linked(cells: bytes) -> bool:
    return bool(cells[5::8].translate(_LINKED).strip(b"\0"))


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
        elif tag == BACKGROUND_PALETTE:
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
