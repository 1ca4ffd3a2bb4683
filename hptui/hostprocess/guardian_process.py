"""The guardian's own side: waits for the end of the program, and then does what the program could not.

Imports next to nothing while it waits: it is there for hours, and its memory is the person's.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from hptui.cluster.connect import ConnectOptions
    from hptui.hostprocess.guardian import SavedTerminal

LIMIT = 120.0  # seconds in which a cluster that does not answer is asked again
LOGGER = "hptui.hostprocess.guardian_process"  # this module itself is called __main__ here
PAUSE = 3.0  # seconds between two tries; more where a login is waited for, because a try may run a credential plugin
LONGEST_PAUSE = 24.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A pod that may exist."""

    namespace: str
    pod_name: str
    session_id: str
    deadline: int  # seconds
    journal: str  # the folder where it is written that this pod may exist
    server: str  # the API server's address, as the journal has it
    options: dict[str, Any]  # of ConnectOptions


class Orders:
    """What the program has said."""

    def __init__(self) -> None:
        self.watched: dict[str, Watched] = {}
        self.terminal: list[Any] | None = None
        self.log: dict[str, str] | None = None  # where the program's log goes
        self.farewell = False
        self.left = False  # the program has ended in good order and could not remove everything

    def read(self, stream: BinaryIO) -> None:
        """Until the stream ends, which it does with the program."""
        for line in stream:
            with suppress(ValueError, TypeError, KeyError, RecursionError):  # the last line may be cut
                self._take(json.loads(line))

    def _take(self, order: dict[str, Any]) -> None:
        if "terminal" in order:
            self.terminal = order["terminal"]
            self.log = order.get("log")
        elif "watch" in order:
            pod = Watched(**order["watch"], options=order["options"])
            for field in fields(pod):
                wanted = {"deadline": int, "options": dict}.get(field.name, str)
                if type(getattr(pod, field.name)) is not wanted:
                    raise TypeError(field.name)
            self.watched[pod.session_id] = pod
        elif "gone" in order:
            self.watched.pop(order["gone"], None)
        elif "farewell" in order:
            self.farewell = True
        elif "left" in order:
            self.left = True


def main() -> int:
    for name in ("SIGINT", "SIGHUP", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    orders = Orders()
    orders.read(sys.stdin.buffer)
    if orders.farewell:
        return 0
    if orders.terminal is not None and not orders.left:
        from hptui.hostprocess.guardian import SavedTerminal

        with suppress(ValueError, TypeError):  # the pods come before the look of a terminal
            saved: SavedTerminal = SavedTerminal.from_json(orders.terminal)
            saved.restore()
    if not orders.watched:
        return 0
    _begin_log(orders)
    if not orders.left:
        many = "one session was" if len(orders.watched) == 1 else f"{len(orders.watched)} sessions were"
        tell(f"hptui: the program has died while {many} open; its guardian deletes what is left …")
    return _clean_up(list(orders.watched.values()))


def _begin_log(orders: Orders) -> None:
    """In the program's log, where that has one: what is done from here on, nobody else can tell."""
    import logging

    from hptui.errors import SettingsError
    from hptui.log import keeping

    with suppress(SettingsError, TypeError, KeyError):
        keeping.begin(**(orders.log or {}))
    pods = ", ".join(pod.pod_name for pod in orders.watched.values())
    how = "left these pods behind" if orders.left else "died while these pods might exist"
    logging.getLogger(LOGGER).warning("The program has %s: %s", how, pods)


def _clean_up(left: list[Watched]) -> int:
    import asyncio
    import logging

    words = asyncio.run(_remove_all(left))
    logging.getLogger(LOGGER).warning("The guardian ends: %s", "; ".join(words) or "nothing is left behind")
    tell("\n".join(words) if words else "hptui: nothing is left behind.")
    return 1 if words else 0


async def _remove_all(left: list[Watched]) -> list[str]:
    """Remove all pods; what to tell about those that could not be seen gone."""
    import asyncio

    results = await asyncio.gather(*(_remove(pod) for pod in left))
    return [words for words in results if words]


async def _remove(pod: Watched) -> str:
    import asyncio

    from hptui.cluster.connect import ConnectOptions
    from hptui.errors import CredentialsError, HptuiError
    from hptui.hostprocess.clean_up import left_behind
    from hptui.terminal.plain import plain

    options = ConnectOptions(**{**pod.options, "as_groups": tuple(pod.options.get("as_groups", ()))})
    loop = asyncio.get_running_loop()
    end = loop.time() + LIMIT
    told, pause = False, PAUSE
    while True:
        try:
            await _try(pod, options)
        except HptuiError as error:
            if loop.time() + pause > end or not _may_pass(error):
                return f"hptui: {plain(error.message)}\n  The pod {pod.pod_name} stays: {left_behind(pod, options)}"
            if isinstance(error.__cause__ or error, CredentialsError):
                if not told:
                    told = True
                    tell(
                        f"hptui: {plain(error.message)}\n  A login within {LIMIT:.0f} s is taken up by the guardian. "
                        f"Without one, {left_behind(pod, options)}"
                    )
                pause = min(2 * pause, LONGEST_PAUSE)
            await asyncio.sleep(pause)
        else:
            return ""


async def _try(pod: Watched, options: ConnectOptions) -> None:
    """Connect anew, which reads the credentials anew, and see the pod gone. Raises HptuiError."""
    from pathlib import Path

    from hptui.cluster.connect import connect
    from hptui.errors import KubeconfigError
    from hptui.hostprocess.clean_up import remove_perhaps_created
    from hptui.hostprocess.journal import address, forget

    cluster = await connect(options)
    try:
        if (
            address(cluster.info.server) != pod.server
        ):  # no such pod is known there, which would pass for gone
            raise KubeconfigError(
                f"The context {cluster.info.context} leads to {cluster.info.server} by now; the pod is at {pod.server}."
            )
        # Where none was there, one may come late, and the next start looks again.
        if await remove_perhaps_created(cluster, pod):
            forget(Path(pod.journal), {pod.session_id})
    finally:
        await cluster.close()


def _may_pass(error: BaseException) -> bool:
    """Whether the cluster did not answer, or wants a login that somebody may make: then it may yet."""
    from hptui.errors import CredentialsError, ServerError, UnreachableError

    return isinstance(error.__cause__ or error, UnreachableError | ServerError | CredentialsError)


def tell(text: str) -> None:
    """To whoever is at the terminal, if it is still there."""
    with suppress(OSError):
        os.write(2, text.replace("\n", "\r\n").encode("utf-8", "replace") + b"\r\n")


if __name__ == "__main__":
    sys.exit(main())
