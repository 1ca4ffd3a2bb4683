"""The facts of a session's pod."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hptui import format as fmt
from hptui.cluster.model import PodStatus
from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell
from hptui.ui.widgets.log_panel import NO_POD


class PodPanel(VerticalScroll):
    DEFAULT_CSS = """
    PodPanel { padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = Static(tell("There is no pod yet.", "dim"))

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, pod: PodStatus | None, warnings: tuple[str, ...]) -> None:
        if pod is not None:
            self._text.update(pod_facts(pod, warnings, datetime.now(UTC)))

    def tell_none(self) -> None:
        """There was none, and there won't be one."""
        self._text.update(tell(NO_POD, "dim"))


def pod_facts(pod: PodStatus, warnings: tuple[str, ...], now: datetime) -> Content:
    """A pod as lines of name and value; pure."""
    container = pod.container
    facts = [
        ("pod", pod.name),
        ("namespace", pod.namespace),
        ("node", pod.node),
        ("account", pod.account),
        ("phase", f"{pod.phase} {pod.reason}".strip()),
        ("image", container.image if container else ""),
        ("container", f"{container.phase} {container.reason}".strip() if container else ""),
        ("created", f"{fmt.moment(pod.created)} ({fmt.age(pod.created, now)} ago)"),
        ("started", fmt.moment(pod.started) if pod.started else ""),
        (
            "deadline",
            f"{fmt.countdown(pod.deadline_seconds)} after start" if pod.deadline_seconds else "none",
        ),
        *(
            (key.removeprefix("hptui.io/"), value)
            for key, value in pod.annotations.items()
            if key.startswith("hptui.io/")
        ),
        ("uid", pod.uid),
    ]
    lines = [join(tell(f"{plain(name):<10} ", "dim"), plain(value)) for name, value in facts if value]
    lines += [
        tell(plain(f"{c.type}={c.status} {c.reason} {c.message}"), "warn")
        for c in pod.conditions
        if c.status != "True" and c.message
    ]
    lines += [tell(f"warning: {plain(warning)}", "warn") for warning in warnings]
    return Content("\n").join(lines)
