"""What runs of this machine that are over have left in a cluster: the journal's entries, each looked for in the cluster itself.

An entry is dropped when its pod is not there, never because of a clock: a deadline ends a pod's processes, but its object stays.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hptui.cluster.port import Cluster
from hptui.errors import ClusterError
from hptui.hostprocess.journal import Entry, address, forget, read_journals
from hptui.hostprocess.sweep import FoundSession, find_sessions

LATE_CREATION = timedelta(minutes=2)
"""So long a request whose sender has died may still make its pod: admission webhooks and proxies can hold it up."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    found: tuple[FoundSession, ...]  # pods of runs that are over, in this cluster
    elsewhere: tuple[Entry, ...]  # of other clusters, not looked at
    problems: tuple[str, ...]  # what could not be read or looked at, in words


async def find_leftovers(cluster: Cluster, folder: Path) -> Leftovers:
    """What is left in this cluster; what is gone is struck out. Never fails: what could not be seen is told."""
    journals = await asyncio.to_thread(read_journals, folder)
    problems = list(journals.problems)
    here = address(cluster.info.server)
    ours = [entry for entry in journals.dead if entry.server == here]
    found: list[FoundSession] = []
    gone: set[str] = set()
    for namespace in sorted({entry.namespace for entry in ours}):
        try:
            there = {pod.session_id: pod for pod in await find_sessions(cluster, [namespace])}
        except ClusterError as error:
            problems.append(f"What a run that is over has left in {namespace} is not known: {error.message}")
            continue
        for entry in (entry for entry in ours if entry.namespace == namespace):
            if entry.session_id in there:
                found.append(there[entry.session_id])
            elif not _may_still_come(entry):
                gone.add(entry.session_id)
    if gone:
        await asyncio.to_thread(forget, folder, gone)
    elsewhere = tuple(entry for entry in journals.dead if entry.server != here)
    return Leftovers(tuple(found), elsewhere, tuple(problems))


async def open_here(folder: Path) -> frozenset[str]:
    """The ids of the sessions that programs running on this machine have open."""
    journals = await asyncio.to_thread(read_journals, folder)
    return frozenset(entry.session_id for entry in journals.living)


def _may_still_come(entry: Entry) -> bool:
    return not entry.uid and datetime.now(UTC) - entry.created_at < LATE_CREATION
