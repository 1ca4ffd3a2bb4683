"""The line at the top: which cluster, as whom, and whether what is shown is live."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from hptui import format as fmt
from hptui.cluster.model import ClusterInfo, Connection, Live, Stale
from hptui.hostprocess.login import Notice, Stage
from hptui.hostprocess.permission import Launching
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell


class Header(Widget):
    """Context, namespace and user on the left; the state of the connection and a summary on the right."""

    DEFAULT_CSS = """
    Header {
        height: 1;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        dock: top;
    }
    """

    info: reactive[ClusterInfo | None] = reactive(None)
    connection: reactive[Connection | None] = reactive(None)
    nodes: reactive[int] = reactive(0)
    able: reactive[int] = reactive(0)  # how many of them can run HostProcess
    demo: reactive[bool] = reactive(False)
    failed: reactive[bool] = reactive(False)
    launching: reactive[Launching] = reactive(Launching.FREE)
    login: reactive[Notice | None] = reactive(None)  # that somebody has to log in again

    def on_mount(self) -> None:
        # "stale for 40 s, retrying in 4 s" counts on by itself.
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if isinstance(self.connection, Stale):
            self.refresh()

    def render(self) -> RenderResult:
        left = self._left()
        right = self._right()
        if left.cell_length + right.cell_length >= self.size.width:
            right = self._right(short=True)
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 1:
            left = left.truncate(max(0, self.size.width - right.cell_length - 1), ellipsis=True)
            gap = max(1, self.size.width - left.cell_length - right.cell_length)
        return join(left, " " * gap, right)

    def _left(self) -> Content:
        brand = join(
            tell("hptui", "title"), Content.styled(" DEMO ", "bold reverse $warning") if self.demo else ""
        )
        if self.info is None:
            return brand
        parts = [plain(part) for part in (self.info.context, self.info.namespace, self.info.user) if part]
        if self.info.impersonated:
            parts[-1] = f"{plain(self.info.impersonated)} (as, by {parts[-1]})"
        return join(brand, self._rule(), "  ", " · ".join(parts))

    def _rule(self) -> Content:
        match self.launching:
            case Launching.NEVER:
                return Content.styled(" READ-ONLY ", "bold reverse $accent")
            case Launching.ASK:
                return Content.styled(" PROTECTED ", "bold reverse $warning")
        return Content("")

    def _right(self, *, short: bool = False) -> Content:
        state = self._state()
        if self.login is not None:
            state = join(login_sign(self.login), tell(" · ", "dim"), state)
        if not self.nodes:
            return state
        able, nodes = self.able, self.nodes
        text = f"{able} of {nodes} able" if short else f"{nodes} Windows nodes · {able} can run HostProcess"
        return join(state, tell(" · ", "dim"), text)

    def _state(self) -> Content:
        match self.connection:
            case Live():
                return tell("● live", "good")
            case Stale(since=since, retry_at=retry_at):
                now = datetime.now(UTC)
                text = f"○ stale for {fmt.age(since, now)}"
                if retry_at is not None:
                    text += f", retrying in {fmt.span((retry_at - now).total_seconds())}"
                return tell(text, "bad")
        return tell("○ not connected", "bad") if self.failed else tell("connecting …", "dim")


def login_sign(notice: Notice) -> Content:
    """In a line that holds other things too."""
    return tell(f"⚠ {plain(notice.short)}", "bad" if notice.stage >= Stage.SOON else "warn")
