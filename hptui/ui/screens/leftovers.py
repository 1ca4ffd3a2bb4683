"""At the start: what a run that died has left in this cluster, and the offer to delete it in sight."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from hptui import format as fmt
from hptui.errors import HptuiError
from hptui.hostprocess.journal import forget
from hptui.hostprocess.leftovers import find_leftovers
from hptui.hostprocess.permission import Launching, launching
from hptui.hostprocess.sweep import FoundSession, remove_found
from hptui.settings import Settings
from hptui.terminal.plain import plain
from hptui.ui.keys import KeyGroup
from hptui.ui.widgets.key_line import KeyLine
from hptui.ui.widgets.pod_list import PodLine, PodList

if TYPE_CHECKING:
    from hptui.cluster.port import Cluster

READABLE_AFTER = 0.6
"""Seconds: a key that was typed for the screen below is no answer."""

LEFT = KeyGroup("leftovers", "Left by a run that died")


async def offer(app: App[int], cluster: Cluster, folder: Path, settings: Settings) -> None:
    """Ask, where there is something to ask.

    It is only told where nothing may be deleted, and over anything but the nodes: keys typed there mean other things.
    """
    left = await find_leftovers(cluster, folder)
    for problem in left.problems:
        app.notify(plain(problem), title="The journal", severity="warning", markup=False)
    if not left.found:
        return
    read_only = launching(settings, cluster.info.context) is Launching.NEVER
    if read_only or len(app.screen_stack) > 2:
        many = "A pod" if len(left.found) == 1 else f"{len(left.found)} pods"
        app.notify(
            f"{many} of a run that died can still be found in this cluster; `hptui sessions` names them.",
            title="Left behind",
            severity="warning",
        )
        return
    app.push_screen(LeftoversScreen(left.found, cluster, folder))


class LeftoversScreen(ModalScreen[None]):
    """Names the pods, and deletes them if that is wanted."""

    BINDINGS = [
        LEFT.key("enter", "delete", "Delete them", "Delete these pods and see them gone"),
        LEFT.key("escape", "leave", "Leave them", "Leave them; the next start asks again"),
    ]  # fmt: skip

    def __init__(self, found: Sequence[FoundSession], cluster: Cluster, folder: Path) -> None:
        super().__init__()
        self._found = list(found)
        self._cluster = cluster
        self._folder = folder
        self._list = PodList()
        self._readable = False
        self._deleting = False
        self._states: dict[str, tuple[str, str]] = {}  # by uid: words and their tone
        self._errors: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        with Vertical(id="leftovers"):
            yield self._list
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#leftovers").border_title = "Left behind"
        self._show()
        self.set_timer(READABLE_AFTER, self._become_readable)

    def _become_readable(self) -> None:
        self._readable = True
        self.refresh_bindings()

    @property
    def readable(self) -> bool:
        """Whether keys are answers by now."""
        return self._readable

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._readable and not self._deleting

    def _show(self) -> None:
        many = len(self._found) != 1
        if self._deleting:
            head = "Deleting …"
        elif self._errors:
            head = "Not every pod is seen gone. The deadline set on each ends what runs in it."
        else:
            count = f"these {len(self._found)} sessions were" if many else "this session was"
            head = f"hptui died on this machine while {count} open:"
        now = datetime.now(UTC)
        self._list.show(head, [self._line(pod, now) for pod in self._found])
        self.refresh_bindings()

    def _line(self, pod: FoundSession, now: datetime) -> PodLine:
        state, tone = self._states.get(pod.uid, (pod.state, "warn"))
        where = f"{pod.node} as {pod.account or '?'} · namespace {pod.namespace} · age {fmt.age(pod.created, now)}"
        return PodLine(pod.name, state, tone, where, self._errors.get(pod.uid, ""))

    def action_delete(self) -> None:
        self._deleting = True
        self._errors.clear()
        self._show()
        self._delete_all()

    @work(group="leftovers", exclusive=True)
    async def _delete_all(self) -> None:
        pods = [pod for pod in self._found if self._states.get(pod.uid, ("", ""))[1] != "good"]
        await asyncio.gather(*(self._delete(pod) for pod in pods))
        self._deleting = False
        if self._errors:
            self._show()
            return
        many = "The pod is" if len(self._found) == 1 else f"All {len(self._found)} pods are"
        self.app.notify(f"{many} deleted and seen gone.", title="Nothing is left behind")
        self.pop_until_active()  # the page of keys may lie over it
        self.dismiss()

    async def _delete(self, pod: FoundSession) -> None:
        self._states[pod.uid] = ("… deleting", "warn")
        self._show()
        try:
            gone = await remove_found(self._cluster, pod)
            why = "" if gone else "Its deletion is accepted, but it is still there."
        except HptuiError as error:
            gone, why = False, error.message
        if gone:
            await asyncio.to_thread(forget, self._folder, {pod.session_id})
            self._states[pod.uid] = ("✓ gone", "good")
        else:
            self._states[pod.uid] = ("✗ not removed", "bad")
            self._errors[pod.uid] = why
        self._show()

    def action_leave(self) -> None:
        self.dismiss()
