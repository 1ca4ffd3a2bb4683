"""The lines around a recording that is played: whose it is and since when above, where one is in it below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from hptui import format as fmt
from hptui.terminal.plain import plain
from hptui.terminal.playback import Recording
from hptui.ui.tones import join, tell

LEAST_TRACK = 10  # columns


def play_time(seconds: float) -> str:
    """0:07, 12:34, 1:02:03."""
    whole = int(max(0.0, seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


class PlayHead(Widget):
    """What the head of the file says, and in plain sight that it is a recording."""

    DEFAULT_CSS = """
    PlayHead { height: 1; padding: 0 1; background: $panel; color: $foreground; dock: top; }
    """

    def __init__(self, file_name: str) -> None:
        super().__init__()
        self._file_name = plain(file_name)
        self._recording: Recording | None = None

    def show(self, recording: Recording) -> None:
        self._recording = recording
        self.refresh()

    def render(self) -> RenderResult:
        badge = Content.styled(" RECORDING ", "bold reverse $accent")
        right = tell(self._file_name, "dim")
        left = join(badge, "  ", " · ".join(part for part in self._parts() if part))
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 2:
            return left.truncate(self.size.width, ellipsis=True)
        return join(left, " " * gap, right)

    def _parts(self) -> Iterable[str]:
        recording = self._recording
        if recording is None:
            return
        about = recording.about
        node, account = about.get("node", ""), about.get("account", "")
        title = plain(recording.title)
        if node:
            name = f"{node} as {account}" if account else node
            yield name
            yield about.get("context", "")
            yield about.get("who", "")
            title = "" if title == name else title
        if recording.timestamp is not None:
            yield fmt.moment(datetime.fromtimestamp(recording.timestamp, UTC))
        yield title


@dataclass(frozen=True, slots=True)
class Standing:
    """What the line below tells."""

    position: float = 0.0  # seconds
    duration: float = 0.0  # seconds
    playing: bool = False
    speed: float = 1.0
    idle_limit: float | None = None  # seconds
    marks: tuple[float, ...] = ()  # seconds
    found: tuple[float, ...] = ()  # seconds, of what was searched for
    note: str = ""  # of what takes a while
    search: str = ""  # how a search stands


class PlayBar(Widget):
    """Where one is; a click on its track goes there."""

    DEFAULT_CSS = """
    PlayBar { height: 1; padding: 0 1; background: $boost; color: $foreground; }
    """

    ALLOW_SELECT = False

    @dataclass
    class Clicked(Message):
        seconds: float

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._standing = Standing()
        self._track = (0, 0)  # its first column, and its width

    def show(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing = standing
            self.refresh()

    def render(self) -> RenderResult:
        now = self._standing
        state = tell("▶", "good") if now.playing else tell("■", "warn")
        ended = now.position >= now.duration and not now.playing
        word = "playing" if now.playing else "at the end" if ended else "paused"
        left = join(state, f" {word:<10} {play_time(now.position)} / {play_time(now.duration)} ")
        idle = "pauses as they were" if now.idle_limit is None else f"pauses ≤ {now.idle_limit:g} s"
        parts = [now.note, now.search, f"{now.speed:g}×", idle]
        right = join(" ", tell(" · ".join(part for part in parts if part), "dim"))
        width = self.size.width - left.cell_length - right.cell_length
        if width < LEAST_TRACK:
            right = join(" ", tell(now.note or now.search or f"{now.speed:g}×", "dim"))
            width = self.size.width - left.cell_length - right.cell_length
        width = max(0, width)
        self._track = (left.cell_length, width)
        return join(left, self._draw_track(width), right)

    def _draw_track(self, width: int) -> Content:
        now = self._standing
        marks = {self._column(at, width) for at in now.marks}
        found = {self._column(at, width) for at in now.found}
        here = self._column(now.position, width)
        cells = []
        for column in range(width):
            if column == here:
                cells.append(tell("●", "key"))
            elif column in found:
                cells.append(tell("▪", "warn"))
            elif column in marks:
                cells.append(tell("◆", "accent"))
            else:
                cells.append(tell("━", "good" if column < here else "dim"))
        return join(*cells)

    def _column(self, seconds: float, width: int) -> int:
        share = seconds / self._standing.duration if self._standing.duration > 0 else 0.0
        return max(0, min(width - 1, round(share * (width - 1))))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        start, width = self._track
        if offset is not None and width > 1 and start <= offset.x < start + width:
            event.stop()
            self.post_message(self.Clicked((offset.x - start) / (width - 1) * self._standing.duration))
