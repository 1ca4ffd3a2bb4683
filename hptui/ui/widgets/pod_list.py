"""Pods that are to be deleted or are being deleted, one under the other: what is asked, and how it goes with each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from hptui.terminal.plain import plain
from hptui.ui.tones import join, tell


@dataclass(frozen=True, slots=True)
class PodLine:
    """One pod. All texts may be another's words: they are shown plain."""

    name: str
    state: str
    tone: str = ""
    where: str = ""
    error: str = ""


class PodList(Static):
    """A sentence and the pods that it is about."""

    DEFAULT_CSS = """
    PodList { height: auto; }
    """

    def show(self, head: str, pods: Iterable[PodLine]) -> None:
        lines = [tell(head, "strong"), Content("")]
        for pod in pods:
            lines.append(join("  ", plain(pod.name), "  ", tell(plain(pod.state), pod.tone)))
            if pod.where:
                lines.append(tell(f"      {plain(pod.where)}", "dim"))
            if pod.error:
                lines.append(tell(f"      {plain(pod.error)}", "bad"))
        self.update(Content("\n").join(lines))
