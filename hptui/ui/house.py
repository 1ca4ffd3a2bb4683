"""What the screens ask of the app that they live in: the way up without a way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from hptui.cluster.port import Cluster
from hptui.errors import HptuiError
from hptui.hostprocess.session import Session
from hptui.settings import Settings

if TYPE_CHECKING:
    from hptui.ui.opening import Opening
    from hptui.ui.questions import Questions


class House(Protocol):
    settings: Settings
    demo: bool
    cluster: Cluster | None
    questions: Questions
    opening: Opening

    def connect(self) -> None:
        """Connect from the kubeconfig, again where it was done before."""
        ...

    def forget(self, session: Session) -> None: ...

    def tell_error(self, error: HptuiError) -> None:
        """An error that does not end what is shown."""
        ...

    def show_object(self, title: str, path: str) -> None: ...

    def copy_to_clipboard(self, text: str) -> None: ...

    def action_sessions(self) -> None: ...

    def action_fleet(self) -> None: ...
