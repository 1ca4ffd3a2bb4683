"""What the cluster says about the pod: its events, newest last, repeats folded into one with their count."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import Event, EventsSeen, EventUpdate, Stale
from hptui.errors import HptuiError
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.log_panel import NO_POD

KEPT = 200


class EventsPanel(VerticalScroll):
    DEFAULT_CSS = """
    EventsPanel { padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._events: dict[str, Event] = {}
        self._text = Static(
            tell("No event yet: the cluster reports scheduling, pulls and starts here.", "dim")
        )
        self._note = ""

    def compose(self) -> ComposeResult:
        yield self._text

    def apply(self, update: EventUpdate) -> None:
        match update:
            case EventsSeen(events=events):
                for event in events:
                    self._events.pop(event.uid, None)
                    self._events[event.uid] = event
                while len(self._events) > KEPT:
                    del self._events[next(iter(self._events))]
            case Stale(reason=reason):
                self._note = f"Events are interrupted, retrying: {plain(reason)}"
            case _:
                self._note = ""
        self._show()

    def tell_none(self) -> None:
        """There was no pod, and there won't be one."""
        self._note = NO_POD
        self._show()

    def fail(self, error: HptuiError) -> None:
        self._note = plain(error.sentence)
        self._show()

    def _show(self) -> None:
        lines = [event_lines(event) for event in self._events.values()]
        if self._note:
            lines.append(tell(self._note, "dim"))
        if not lines:
            return
        at_end = self.max_scroll_y - self.scroll_offset.y <= 1
        self._text.update(Content("\n").join(lines))
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)


def event_lines(event: Event) -> Content:
    """An event as two lines; pure."""
    tone = "warn" if event.type == "Warning" else "good"
    times = f" ×{event.count}" if event.count > 1 else ""
    head = join(
        tell(f"{fmt.clock(event.last or event.first)} ", "dim"), tell(f"{plain(event.reason)}{times}", tone)
    )
    return join(head, "\n  ", plain(event.message))
