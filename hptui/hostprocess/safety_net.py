"""Who else knows of a session while its pod may exist: the guardian, if the program dies, and the journal, if all does."""

from __future__ import annotations

from hptui.cluster.port import Cluster
from hptui.hostprocess.guardian import Guardian
from hptui.hostprocess.journal import Journal, address, entry_for
from hptui.hostprocess.session import Session, State


class SafetyNet:
    """One for a program. Nothing here raises: a session goes on without a net."""

    def __init__(self, guardian: Guardian, journal: Journal) -> None:
        self.journal = journal
        self._guardian = guardian

    def hold(self, session: Session, cluster: Cluster) -> str:
        """From before its pod is created until that is seen gone. The answer is a warning, empty when all is well.

        Where creating it broke off and no pod was there, one may come later still: the next start looks again.
        """
        spec = session.spec
        warning = self.journal.add(entry_for(cluster.info, spec))
        self._guardian.watch(cluster.options, spec, self.journal.folder, address(cluster.info.server))
        seen = ""

        def changed(session: Session) -> None:
            nonlocal seen
            pod = session.pod
            if pod is not None and pod.uid != seen:
                seen = pod.uid
                self.journal.seen(spec.session_id, pod.uid)
            if session.state is State.GONE and not session.may_come_late:
                self.journal.gone(spec.session_id)
                self._guardian.gone(spec)

        session.subscribe(changed)
        return warning

    def close(self, *, left: bool = False) -> bool:
        """The program ends in good order. With `left`, pods are left; the answer is whether the guardian goes on with them."""
        self.journal.close()
        return self._guardian.close(left=left)
