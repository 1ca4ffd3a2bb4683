"""What may follow the leader key: shown while it waits, taken by its own bindings.

In a session every key belongs to the host. After the leader key one belongs to hptui, and this says which ones there are.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Offset, Size
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.straight_out import show_straight

SESSION = KeyGroup("session", "In a session, after the leader key")


MOST_LINES = 6
SIDES = 2  # columns of padding


class LeaderBar(KeyLine):
    """Display only: the screen hands it the key that followed and runs what it means."""

    DEFAULT_CSS = f"""
    LeaderBar {{
        layer: overlay; dock: bottom; display: none;
        height: auto; max-height: {MOST_LINES}; padding: 0 {SIDES // 2}; background: $panel;
    }}
    LeaderBar.-open {{ display: block; }}
    """

    REPEATS = frozenset(
        {"less_than_sign", "greater_than_sign", "left_square_bracket", "right_square_bracket"}
    )
    # They bring another screen or a line to type into, which is what the keys after them are meant for.
    OPENERS = frozenset(
        {"d", "q", "ctrl+q", "question_mark", "colon", "ctrl+p", "y", "slash", "w", "a", "b", "h"}
    )

    KEYS = [
        SESSION.key("d", "screen.fleet", "nodes", "Back to the nodes; the sessions stay open"),
        SESSION.key("n,tab", "screen.next", "next", "The next session", shown="n"),
        SESSION.key("p,shift+tab", "screen.previous", "previous", "The previous session", shown="p"),
        SESSION.key("z", "screen.zoom", "zoom", "Only the terminal, over the whole screen; again to undo"),
        SESSION.key("l", "screen.side", "side", "Fold or unfold logs, events, usage and pod"),
        SESSION.key("less_than_sign", "screen.widen(2)", "wider side", "Give the side panel more room; repeatable", shown="<"),
        SESSION.key("greater_than_sign", "screen.widen(-2)", "narrower", "Give the terminal more room; repeatable", shown=">"),
        SESSION.key("o", "screen.show('logs')", "logs", "Show the pod's log at the side"),
        SESSION.key("e", "screen.show('events')", "events", "Show the pod's events at the side"),
        SESSION.key("u", "screen.show('usage')", "usage", "Show cpu and memory over time at the side"),
        SESSION.key("i", "screen.show('pod')", "pod", "Show the pod's facts at the side"),
        SESSION.key("a", "screen.ask('admin')", "admin?", "Whether this account is an administrator on the host, and why"),
        SESSION.key("b", "screen.ask('pipes')", "pipes", "The host's named pipes"),
        SESSION.key("h", "screen.ask", "ask host", "A question to the host: processes, services, network and more"),
        SESSION.key("y", "screen.yaml", "yaml", "The pod as the API server has it"),
        SESSION.key("c,ctrl+c", "screen.copy_selection", "copy", "Copy what the mouse has selected here", shown="c"),
        SESSION.key("s", "screen.scroll_back", "scroll", "Scroll back one page; shift+page up and the wheel do it too"),
        SESSION.key("slash", "screen.search", "search", "Search what the terminal shows and has shown", shown="/"),
        SESSION.key("left_square_bracket", "screen.prompt(-1)", "prompt up", "To the previous prompt; repeatable", shown="["),
        SESSION.key("right_square_bracket", "screen.prompt(1)", "prompt down", "To the next prompt; repeatable", shown="]"),
        SESSION.key("g", "screen.top", "top", "Scroll to the oldest line"),
        SESSION.key("G", "screen.bottom", "bottom", "Scroll to the end, as typing does", shown="G"),
        SESSION.key("w", "screen.save", "write", "Write the terminal's text, all that can be scrolled to, to a file"),
        SESSION.key("r", "screen.record", "record", "Record this session to a file, or end the recording"),
        SESSION.key("R", "screen.reconnect", "reconnect", "A new shell in the same pod, after a loss", shown="R"),
        SESSION.key("S", "screen.another", "second shell", "One more shell in this session, in a tab of its own", shown="S"),
        SESSION.key("N", "screen.renew", "renew", "A fresh pod in this tab, as no deadline can be moved", shown="N"),
        SESSION.key("k", "screen.end_old_shell", "old shell", "End the process of a shell whose link was lost; asks first"),
        SESSION.key("x", "screen.end", "end", "End this session: its pod is deleted"),
        SESSION.key("colon,ctrl+p", "app.command_palette", "commands", "The command palette", shown=":"),
        SESSION.key("question_mark", "app.help", "help", "All keys", shown="?"),
        SESSION.key("q,ctrl+q", "app.quit", "quit", "Quit; asks when sessions are open", shown="q"),
        SESSION.key("escape", "screen.nothing", "back", "Back to the host, without what is told in the corner"),
        *(SESSION.key(str(n), f"screen.go({n})", f"session {n}", f"Session {n}", show=False) for n in range(1, 10)),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._ahead: tuple[tuple[int, Style], list[Strip]] | None = None

    def show(self, shown: bool) -> None:
        only_painted = self.has_class("-open") and self not in self.screen._compositor.visible_widgets
        self.set_class(shown, "-open")
        if not shown and only_painted:
            self.screen.refresh()  # hidden before Textual knew of it, it would stay where it was painted
        if shown and (width := self.screen.size.width) > SIDES:
            strips = self.strips(width)
            show_straight(self.screen, Offset(0, self.screen.size.height - len(strips)), strips)

    def strips(self, width: int) -> list[Strip]:
        """What the bar is going to look like, before Textual has laid it out: that takes until its next frame."""
        key = (width, self.visual_style)
        if self._ahead is None or self._ahead[0] != key:
            text = Content("\n").join(self._lines(width - SIDES))
            lines = Visual.to_strips(self, text, width - SIDES, MOST_LINES, self.visual_style, pad=True)
            background = RichStyle.from_color(None, self.visual_style.rich_style.bgcolor)
            margin = Segment(" " * (SIDES // 2), background)
            strips = [Strip([margin, *line, margin], width) for line in lines]
            for each in self.get_line_filters():
                strips = [strip.apply_filter(each, self.background_colors[1]) for strip in strips]
            self._ahead = key, strips
        return self._ahead[1]

    def meaning(self, key: str) -> str | None:
        """The action of `key`; None where it means nothing."""
        for binding in Binding.make_bindings(self.KEYS):
            if binding.key == key:
                return binding.action
        return None

    def keys(self) -> Iterable[tuple[Binding, bool]]:
        return [(binding, True) for binding in self.KEYS if binding.show]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> RenderResult:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        """All keys, on as many lines as they need."""
        self._places = []
        lines = [Content("")]
        for pair in self.keys():
            longer = self._append(lines[-1], pair, width, len(lines) - 1)
            if longer is None:
                lines.append(Content(""))
                longer = self._append(lines[-1], pair, width, len(lines) - 1)
            lines[-1] = longer or lines[-1]
        return lines
