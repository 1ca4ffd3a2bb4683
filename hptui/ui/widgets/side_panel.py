"""Beside the terminal: the pod's log, its events, usage over time and the pod's facts, each kept up to date by itself."""

from __future__ import annotations

import asyncio
from contextlib import closing

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TabbedContent, TabPane

from hptui.cluster.model import Node, Usage
from hptui.errors import ForbiddenError, HptuiError, NotFoundError
from hptui.hostprocess.manifest import CONTAINER
from hptui.hostprocess.session import Session
from hptui.ui.widgets.events_panel import EventsPanel
from hptui.ui.widgets.log_panel import LogPanel
from hptui.ui.widgets.pod_panel import PodPanel
from hptui.ui.widgets.usage_panel import UsagePanel


class SidePanel(Vertical):
    """Starts to follow once the session has a pod."""

    DEFAULT_CSS = """
    SidePanel TabbedContent { height: 1fr; }
    SidePanel TabPane { padding: 0; height: 1fr; }
    SidePanel ContentSwitcher { height: 1fr; }
    """

    def __init__(self, session: Session, node: Node | None, log_tail: int, usage_interval: float) -> None:
        super().__init__()
        self.session = session
        self.cluster = session.cluster
        self._log_tail = log_tail
        self._usage_interval = usage_interval
        self._following = False
        self._log, self._events, self._usage, self._pod = (
            LogPanel(),
            EventsPanel(),
            UsagePanel(node),
            PodPanel(),
        )

    def compose(self) -> ComposeResult:
        with TabbedContent():
            with TabPane("Logs", id="logs"):
                yield self._log
            with TabPane("Events", id="events"):
                yield self._events
            with TabPane("Usage", id="usage"):
                yield self._usage
            with TabPane("Pod", id="pod"):
                yield self._pod

    def show_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    @property
    def page(self) -> str:
        return self.query_one(TabbedContent).active

    def session_changed(self) -> None:
        """The session has told of a change; the first with a pod starts everything."""
        pod = self.session.pod
        if not self.is_mounted:
            return
        if pod is None:
            if self.session.was_refused:
                for panel in (self._log, self._events, self._usage, self._pod):
                    panel.tell_none()
            return
        self._pod.show(pod, self.session.warnings)
        if not self._following:
            self._following = True
            self._follow_log()
            self._follow_events(pod.uid)
            self._poll_usage()

    @work(group="log", exclusive=True)
    async def _follow_log(self) -> None:
        spec = self.session.spec
        stream = self.cluster.follow_log(
            spec.namespace, spec.pod_name, container=CONTAINER, tail=self._log_tail
        )
        try:
            with closing(stream):
                async for update in stream:
                    self._log.apply(update)
        except HptuiError as error:
            self._log.fail(error)

    @work(group="events", exclusive=True)
    async def _follow_events(self, uid: str) -> None:
        spec = self.session.spec
        try:
            with closing(self.cluster.watch_events(spec.namespace, name=spec.pod_name, uid=uid)) as stream:
                async for update in stream:
                    self._events.apply(update)
        except HptuiError as error:
            self._events.fail(error)

    @work(group="usage", exclusive=True)
    async def _poll_usage(self) -> None:
        while True:
            pod, node = await asyncio.gather(self._pod_usage(), self._node_usage())
            self._usage.apply(pod, node, self._usage_interval)
            if isinstance(pod, ForbiddenError) and isinstance(node, ForbiddenError):
                return
            await asyncio.sleep(self._usage_interval)

    async def _pod_usage(self) -> Usage | HptuiError:
        spec = self.session.spec
        try:
            return await self.cluster.pod_usage(spec.namespace, spec.pod_name)
        except HptuiError as error:
            return error

    async def _node_usage(self) -> Usage | HptuiError:
        node = self.session.spec.node
        try:
            found = (await self.cluster.node_usage()).get(node)
        except HptuiError as error:
            return error
        return found or NotFoundError(f"There is no sample of {node}.")
