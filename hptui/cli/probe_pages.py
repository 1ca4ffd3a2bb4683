"""The list of probes and the page of one, as `hptui probe` prints them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from hptui.cli.table import columns
from hptui.probes.catalogue import Catalogue
from hptui.probes.probe import Parameter, Probe
from hptui.terminal.plain import plain

_WIDTH = 100  # columns
OWN = "Your own"


def list_all(found: Catalogue) -> str:
    """By group, a line each."""
    blocks = []
    for group, probes in groupby(found.probes, key=lambda probe: OWN if probe.own else probe.group):
        rows = columns([[f"  {probe.name}", probe.title] for probe in probes])
        blocks.append(f"{plain(group)}\n{rows}")
    return "\n".join(blocks)


def explain(probe: Probe) -> str:
    return "\n".join(_page(probe)) + "\n"


def _page(probe: Probe) -> Iterator[str]:
    yield f"{probe.name}: {plain(probe.title)}"
    if probe.about:
        yield from ("", *textwrap.wrap(plain(probe.about), _WIDTH))
    if probe.parameters:
        yield from ("", "Parameters, given as --argument KEY=VALUE:")
        yield columns(
            [
                [f"  {parameter.name}", parameter.kind, _default(probe, parameter), parameter.title]
                for parameter in probe.parameters
            ]
        ).rstrip()
    if probe.warning:
        yield from ("", *textwrap.wrap(f"Asked first: {plain(probe.warning)} --yes agrees.", _WIDTH))
    if probe.columns:
        yield from ("", "Columns:")
        yield columns([[f"  {column.key}", column.kind, column.title] for column in probe.columns]).rstrip()
    if probe.sources:
        yield from ("", "Sources:", *(f"  {plain(source)}" for source in probe.sources))
    if probe.unsure:
        yield from ("", "Not yet seen on a real Windows:", *(f"  {plain(each)}" for each in probe.unsure))
    yield from (
        "",
        f"It may take {probe.limit:g} s. `hptui probe {probe.name} --script` prints what runs on the host.",
    )


def _default(probe: Probe, parameter: Parameter) -> str:
    return "(must be given)" if parameter.name in probe.required else f"[{parameter.default}]"
