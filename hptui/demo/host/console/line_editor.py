"""Editing one line at the prompt: keys change it, and only what changed on the screen is painted.

Painting goes as ConPTY's does: the cells that differ from what is there, with the cursor set by row and column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hptui.demo.host.console.console import END_OF_INPUT, RESIZED, Console
from hptui.demo.host.console.keys import Key
from hptui.demo.host.console.widths import char_width

_RESET = "\x1b[m"
_COMPLETING = ("tab", "shift+tab", "ctrl+space")
Highlighter = Callable[[str], Sequence[str]]
"""The colour (an SGR sequence, or nothing) of each character of a line."""
Completer = Callable[[str, int], tuple[int, list[str]]]
"""For a line and the cursor in it: where the word starts, and what it can become."""


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    colour: str
    width: int


class LineEnded(Exception):
    """The shell's terminal has gone: no more lines."""


class LineEditor:
    """Reads one line. `history` is oldest first."""

    def __init__(
        self,
        console: Console,
        prompt: str,
        history: Sequence[str],
        highlight: Highlighter,
        complete: Completer,
    ) -> None:
        self._console = console
        self._prompt = prompt
        self._history = [*history, ""]
        self._place = len(history)
        self._highlight = highlight
        self._complete = complete
        self._text = ""
        self._cursor = 0
        self._shown: list[_Cell] = []
        self._origin = (1, 1)  # row and column of the first cell, from 1
        self._at = (1, 1)
        self._completions: tuple[int, list[str], int] | None = None
        self._done = False
        self._actions: dict[str, Callable[[], None]] = {
            "left": lambda: self._move(self._cursor - 1),
            "right": lambda: self._move(self._cursor + 1),
            "home": lambda: self._move(0),
            "end": lambda: self._move(len(self._text)),
            "ctrl+left": lambda: self._move(self._word_left()),
            "ctrl+right": lambda: self._move(self._word_right()),
            "backspace": lambda: self._delete(self._cursor - 1, self._cursor),
            "ctrl+backspace": lambda: self._delete(self._word_left(), self._cursor),
            "ctrl+w": lambda: self._delete(self._word_left(), self._cursor),
            "delete": lambda: self._delete(self._cursor, self._cursor + 1),
            "alt+d": lambda: self._delete(self._cursor, self._word_right()),
            "alt+.": self._insert_last_argument,
            "f8": self._recall_beginning,
            "ctrl+delete": lambda: self._delete(self._cursor, self._word_right()),
            "ctrl+home": lambda: self._delete(0, self._cursor),
            "ctrl+end": lambda: self._delete(self._cursor, len(self._text)),
            "ctrl+u": lambda: self._replace(""),
            "escape": lambda: self._replace(""),
            "up": lambda: self._recall(self._place - 1),
            "down": lambda: self._recall(self._place + 1),
        }

    async def read(self) -> str | None:
        """The line; None when it was cancelled with Ctrl+C. Raises LineEnded."""
        console = self._console
        await console.show(self._prompt)
        await console.flush()
        self._origin = self._at = console.transcript.cursor()
        console.editing = True
        try:
            while True:
                key = await console.next_key()
                answer = await self._handle(key)
                if self._done:
                    return answer
        finally:
            console.editing = False

    async def _handle(self, key: Key) -> str | None:
        if key is END_OF_INPUT:
            raise LineEnded
        if key is RESIZED:
            await self._repaint_all()
            return None
        if key.name not in _COMPLETING:
            self._completions = None
        if key.name in ("enter", "newline") or (key.name == "ctrl+c"):
            return await self._finish("" if key.name != "ctrl+c" else "^C")
        if key.name == "ctrl+l":
            await self._clear_screen()
        elif key.name == "ctrl+r":
            await self._search()
        elif key.name in _COMPLETING:
            self._next_completion(-1 if key.name == "shift+tab" else 1)
        elif key.name in self._actions:
            self._actions[key.name]()
        elif key.text:
            self._insert(key.text)
        if not self._console.keys_waiting():
            await self._paint()
        return None

    async def _finish(self, mark: str) -> str | None:
        self._cursor = len(self._text)
        await self._paint()
        coloured = "".join(
            cell.colour + cell.text + (_RESET if cell.colour else "") for cell in self._cells()
        )
        self._console.transcript.replace_last(self._console.transcript.last + coloured)
        await self._console.show(mark + "\r\n")
        self._done = True
        return None if mark else self._text

    # Changes

    def _move(self, place: int) -> None:
        self._cursor = max(0, min(place, len(self._text)))

    def _insert(self, text: str) -> None:
        self._text = self._text[: self._cursor] + text + self._text[self._cursor :]
        self._cursor += len(text)

    def _delete(self, start: int, end: int) -> None:
        start, end = max(0, start), min(end, len(self._text))
        self._text = self._text[:start] + self._text[end:]
        self._cursor = start

    def _replace(self, text: str) -> None:
        self._text = text
        self._cursor = len(text)

    def _recall(self, place: int) -> None:
        if not 0 <= place < len(self._history):
            return
        if self._place == len(self._history) - 1:
            self._history[-1] = self._text
        self._place = place
        self._replace(self._history[place])

    def _recall_beginning(self) -> None:
        """The newest line before this one that begins with what stands before the cursor."""
        cursor = self._cursor
        for place in range(self._place - 1, -1, -1):
            line = self._history[place]
            if line.lower().startswith(self._text[:cursor].lower()) and line != self._text:
                self._recall(place)
                self._cursor = min(cursor, len(self._text)) or len(self._text)
                return

    def _insert_last_argument(self) -> None:
        words = self._history[-2].split() if len(self._history) > 1 else []
        self._insert(words[-1] if words else "")

    def _word_left(self) -> int:
        place = self._cursor
        while place > 0 and not self._text[place - 1].isalnum():
            place -= 1
        while place > 0 and self._text[place - 1].isalnum():
            place -= 1
        return place

    def _word_right(self) -> int:
        place = self._cursor
        while place < len(self._text) and self._text[place].isalnum():
            place += 1
        while place < len(self._text) and not self._text[place].isalnum():
            place += 1
        return place

    def _next_completion(self, step: int) -> None:
        if self._completions is None:
            start, words = self._complete(self._text, self._cursor)
            if not words:
                return
            self._completions = (start, words, 0 if step > 0 else len(words) - 1)
        else:
            start, words, index = self._completions
            self._completions = (start, words, (index + step) % len(words))
        start, words, index = self._completions
        self._text = self._text[:start] + words[index] + self._text[self._cursor :]
        self._cursor = start + len(words[index])

    async def _search(self) -> None:
        """Ctrl+R: the newest line that holds what is typed; Ctrl+R again goes further back."""
        typed, found = "", len(self._history) - 1
        before = self._text
        while True:
            await self._paint(tail=f"   bck-i-search: {typed}_")
            key = await self._console.next_key()
            if key is END_OF_INPUT:
                raise LineEnded
            if key.text:
                typed += key.text
                found = len(self._history) - 1
            elif key.name == "backspace":
                typed, found = typed[:-1], len(self._history) - 1
            elif key.name == "ctrl+c":
                self._replace(before)
                return
            elif key.name != "ctrl+r":
                if key.name == "enter":
                    self._console.put_back(key)
                return
            match = next(
                (n for n in range(found - 1, -1, -1) if typed and typed.lower() in self._history[n].lower()),
                None,
            )
            if match is not None:
                found = match
                self._replace(self._history[match])

    # Painting

    def _cells(self, tail: str = "") -> list[_Cell]:
        colours = self._highlight(self._text)
        cells = [
            _Cell(
                char if char >= " " else "^" + chr(ord(char) + 64) if char != "\t" else " ",
                colour,
                max(1, char_width(char)),
            )
            for char, colour in zip(self._text, colours, strict=True)
            if char_width(char) or char < " "
        ]
        return cells + [_Cell(char, "\x1b[90m", char_width(char)) for char in tail]

    def _advance(self, place: tuple[int, int], cell: _Cell) -> tuple[tuple[int, int], tuple[int, int]]:
        """Where a cell stands that comes at `place`, and where the next one comes."""
        row, column = place
        columns = self._console.columns
        if column + cell.width - 1 > columns:
            row, column = row + 1, 1
        after = column + cell.width
        return (row, column), ((row + 1, 1) if after > columns else (row, after))

    async def _paint(self, tail: str = "") -> None:
        cells = self._cells(tail)
        same = 0
        while same < min(len(cells), len(self._shown)) and cells[same] == self._shown[same]:
            same += 1
        places, end = self._places(cells)
        shift = max(0, end[0] - self._console.rows)
        out: list[str] = []
        if same < len(cells) or same < len(self._shown):
            start = places[same] if same < len(cells) else end
            out.append(self._go(start))
            if shift:
                # The line grows past the bottom: the screen moves up under it.
                out.append("\x1b[m")
            self._write_cells(out, cells[same:], places[same:])
            if len(cells) < len(self._shown) or self._width(cells) < self._width(self._shown):
                out.append("\x1b[J")
            # Behind a full row the terminal still waits at its last column: the next move has to be spoken out.
            self._at = end if end[1] > 1 else (0, 0)
        if shift:
            out.append(
                f"\x1b[{self._console.rows};{self._console.columns}H\n" if end[1] == 1 and places else ""
            )
            self._origin = (self._origin[0] - shift, self._origin[1])
            places = [(row - shift, column) for row, column in places]
            end = (end[0] - shift, end[1])
            self._at = (0, 0)
        self._shown = cells
        cursor = self._cursor_cell()
        out.append(self._go(places[cursor] if cursor < len(places) else end))
        if any(out):
            await self._console.send(
                f"\x1b[?25l{''.join(out)}\x1b[?25h"
                if len(out) > 2 and len(cells) - same > 1
                else "".join(out)
            )

    def _places(self, cells: list[_Cell]) -> tuple[list[tuple[int, int]], tuple[int, int]]:
        places, place = [], self._origin
        for cell in cells:
            own, place = self._advance(place, cell)
            places.append(own)
        return places, place

    def _cursor_cell(self) -> int:
        return sum(1 for char in self._text[: self._cursor] if char_width(char) or char < " ")

    @staticmethod
    def _width(cells: list[_Cell]) -> int:
        return sum(cell.width for cell in cells)

    def _go(self, place: tuple[int, int]) -> str:
        if place == self._at:
            return ""
        self._at = place
        return f"\x1b[{place[0]};{place[1]}H"

    def _write_cells(self, out: list[str], cells: list[_Cell], places: list[tuple[int, int]]) -> None:
        colour = ""
        before = 0
        for cell, (_, column) in zip(cells, places, strict=True):
            if cell.width == 2 and column == 1 and before == self._console.columns - 1:
                # A wide character that does not fit in the last column leaves it blank.
                out.append(" ")
            before = column + cell.width - 1
            if cell.colour != colour:
                out.append((_RESET if colour else "") + cell.colour)
                colour = cell.colour
            out.append(cell.text)
        if colour:
            out.append(_RESET)

    async def _clear_screen(self) -> None:
        transcript = self._console.transcript
        transcript.clear()
        transcript.write(self._prompt)
        await self._repaint_all()

    async def _repaint_all(self) -> None:
        """Everything above, the prompt and the line, as after a resize."""
        transcript = self._console.transcript
        prompt_line = transcript.last
        coloured = "".join(
            cell.colour + cell.text + (_RESET if cell.colour else "") for cell in self._cells()
        )
        transcript.replace_last(prompt_line + coloured)
        await self._console.repaint()
        end = transcript.cursor()
        transcript.replace_last(prompt_line)
        cells = self._cells()
        # The line's first cell stands as far above its end as the line is long.
        self._origin = (1, transcript.cursor()[1])
        _, relative = self._places(cells)
        self._origin = (end[0] - relative[0] + 1, self._origin[1])
        self._shown = cells
        self._at = end
        places, last = self._places(cells)
        cursor = self._cursor_cell()
        await self._console.send(self._go(places[cursor] if cursor < len(places) else last))
