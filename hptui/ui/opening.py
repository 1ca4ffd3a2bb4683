"""The ways to a session in a tab: by the dialog, at once, again, anew. Whether a person may is asked first, in each.

What a session needs beside its pane (the screen, the terminal, the launch's dialog) is imported when it is wanted: the first
paint waits for none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from hptui.errors import HptuiError, TerminalError
from hptui.hostprocess.origin import new_session_id
from hptui.hostprocess.session import Session

if TYPE_CHECKING:
    from hptui.cluster.model import Node, NodeImage, PodStatus
    from hptui.cluster.port import Cluster
    from hptui.hostprocess.manifest import SessionSpec
    from hptui.ui.app import HptuiApp


def _nothing() -> None: ...


class Opening:
    """Of one program."""

    def __init__(self, app: HptuiApp) -> None:
        self._app = app

    def launch(self, node: Node, *, at_once: bool) -> None:
        """Open a session on `node`: by the dialog, or at once with the default choices."""
        self.if_allowed(node.name, partial(self._launch, node, at_once))

    def open_again(self, spec: SessionSpec) -> None:
        """A new session with the choices of one that is over."""
        if self._app.cluster is not None:
            self.if_allowed(spec.node, partial(self._open, _anew(spec)))

    def open_beside(self, session: Session) -> None:
        """One more shell in a session of this program, in a tab of its own."""
        if session.can_attach:
            self._show(session)
        else:
            self._app.notify(f"There is no running pod for another shell; this session is {session.state}.")

    def join(self, node: str, pods: Sequence[PodStatus]) -> None:
        """A shell in a session of one's own that runs on a node, whichever of one's programs made it."""
        from hptui.ui.screens.join import join

        app = self._app
        if app.cluster is not None:
            app.run_worker(join(app, self, app.cluster, node, pods), group="join", exclusive=True)

    def open_joined(self, pod: PodStatus) -> None:
        """A shell in the pod of another hptui."""
        from hptui.hostprocess.joined import JoinedSession

        app = self._app
        if app.cluster is None:
            return
        try:
            session = JoinedSession(app.cluster, pod)
        except HptuiError as error:
            app.tell_error(error)
            return
        self.if_allowed(session.spec.node, partial(self._show, session))

    def renew(self, session: Session, then: Callable[[Session], None]) -> None:
        """A session with the choices of one that goes on: `then` is to start it."""

        def start() -> None:
            fresh = Session(session.cluster, _anew(session.spec))
            self._app.hold(fresh)
            then(fresh)

        self.if_allowed(session.spec.node, start)

    def if_allowed(
        self, node: str, then: Callable[[], None], otherwise: Callable[[], None] = _nothing
    ) -> None:
        """Launch, unless the person's own settings want the cluster's name typed first, or forbid it."""
        from hptui.hostprocess.permission import Launching, launching, read_only_error
        from hptui.ui.screens.confirm import ConfirmScreen

        app = self._app
        if app.cluster is None:
            otherwise()
            return
        context = app.cluster.info.context
        match launching(app.settings, context):
            case Launching.FREE:
                then()
            case Launching.ASK:
                app.push_screen(ConfirmScreen(context, node), lambda yes: then() if yes else otherwise())
            case Launching.NEVER:
                app.tell_error(read_only_error(app.settings, context))
                otherwise()

    def _launch(self, node: Node, at_once: bool) -> None:
        from hptui.hostprocess.images import needs_node_images
        from hptui.ui.screens.launch import LaunchScreen

        app = self._app
        if app.cluster is None:
            return
        if not at_once:
            app.push_screen(LaunchScreen(node, app.cluster, app.settings), self._open)
        elif needs_node_images(app.settings.image):
            app.run_worker(self._look_and_open(node, app.cluster), group="launch", exclusive=True)
        else:
            self._open_default(node, app.cluster)

    async def _look_and_open(self, node: Node, cluster: Cluster) -> None:
        """The settings want an image that the node already has, so the node is asked first."""
        try:
            images = await cluster.node_images(node.name)
        except HptuiError as error:
            self._app.tell_error(error)
        else:
            self._open_default(node, cluster, images)

    def _open_default(self, node: Node, cluster: Cluster, images: Sequence[NodeImage] = ()) -> None:
        from hptui.ui.screens.launch import default_spec

        try:
            self._open(default_spec(node, self._app.settings, cluster.info, images))
        except HptuiError as error:
            self._app.tell_error(error)

    def _open(self, spec: SessionSpec | None) -> None:
        if spec is not None and self._app.cluster is not None:
            self._show(Session(self._app.cluster, spec))

    def _show(self, session: Session) -> None:
        from hptui.ui.widgets.session_pane import SessionPane

        app = self._app
        try:
            pane = SessionPane(session, app.settings, app.node(session.spec.node), app.engine_process)
        except TerminalError as error:
            app.tell_error(error)
            return
        app.hold(session)
        app.show_pane(pane)


def _anew(spec: SessionSpec) -> SessionSpec:
    return replace(spec, session_id=new_session_id())
