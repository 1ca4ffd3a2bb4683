"""Who is asked: a node as one account, through a session that is open or through a pod made for the questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hptui.cluster.port import ExecChannel
from hptui.errors import SessionError
from hptui.hostprocess.manifest import SessionSpec
from hptui.hostprocess.session import Session
from hptui.hostprocess.states import LAUNCHING


class AskedHost:
    """`begin` makes a session that the whole program knows of; one made so is `own` and ends with the questions."""

    def __init__(self, node: str, session: Session | None, begin: Callable[[SessionSpec], Session]) -> None:
        self.node = node
        self.session = session
        self.own = False
        self._begin = begin
        self._started = True

    @property
    def account(self) -> str:
        """ "" before it is known."""
        return self.session.spec.account.label if self.session is not None else ""

    @property
    def is_there(self) -> bool:
        """Whether a question needs no new pod, as far as is known."""
        session = self.session
        if session is None:
            return False
        return session.can_attach or (self.own and not self._started)

    @property
    def is_launching(self) -> bool:
        return self.own and self.session is not None and self.session.state in LAUNCHING

    def make_pod(self, spec: SessionSpec) -> Session:
        """The next question starts it."""
        self.session, self.own, self._started = self._begin(spec), True, False
        return self.session

    async def open(self, command: Sequence[str], stdin: bool) -> ExecChannel:
        """A command in the pod, which is launched by the first one. Raises ClusterError, SessionError."""
        if self.session is None:
            raise SessionError("There is no pod on this node to ask.")
        if self._started:
            return await self.session.beside(command, stdin=stdin)
        self._started = True
        return await self.session.start(command=command, tty=False, stdin=stdin)
