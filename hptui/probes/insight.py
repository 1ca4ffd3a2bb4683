"""What hptui knows beyond what a host says: columns of built-in probes that are worked out here, where they can be tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from hptui.probes import admin, agent_lines, pipes
from hptui.probes.asking import Result
from hptui.probes.probe import Probe
from hptui.probes.reader import Record

Insight: TypeAlias = Callable[[Record], Mapping[str, Any]]

_KNOWN: Mapping[str, Insight] = {
    admin.PROBE: admin.judged,
    pipes.PROBE: pipes.described,
    agent_lines.PROBE: agent_lines.described,
}


def insight(probe: Probe) -> Insight:
    """What adds to a record of `probe` what is known of it; a person's own probe is left as it is."""
    return _as_it_is if probe.own else _KNOWN.get(probe.name, _as_it_is)


def records_of(result: Result) -> Sequence[Record]:
    """What an answer holds; for the question about admin rights also where it holds nothing."""
    if result.probe.name == admin.PROBE and not result.probe.own:
        return admin.answered(result)
    return result.answer.records


def _as_it_is(record: Record) -> Record:
    return record


def branches(probe: Probe, records: Sequence[Record]) -> list[tuple[str, ...]] | None:
    """Below what each record stands in a tree that hptui makes of them; None for a probe without one."""
    if probe.own or probe.name != pipes.PROBE:
        return None
    names = (record.get("name") for record in records)
    return pipes.paths(name if isinstance(name, str) else "" for name in names)
