"""The page of the documentation that is made from the probes' heads: `python -m hptui.probes.page > docs/probes.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby

from hptui.probes.actions import deeds
from hptui.probes.catalogue import built_in
from hptui.probes.pipe_catalogue import CATALOGUE
from hptui.probes.probe import Probe

_HEAD = """\
# What a host can be asked

Made from the heads of `hptui/probes/scripts/*.ps1` by `make docs`. `hptui probe NAME NODE` asks, `hptui probe NAME --script`
prints what would run.

Probes are Windows PowerShell 5.1 that only reads, with nothing but what Server Core 2019, 2022 and 2025 have. Each line
was held against the pages and source files that are named with it. **None has met a real Windows yet.** What no page settles
is said with each; `hptui probe --self-test NODE` asks a node everything in one pod and prints, for each probe, whether it was
answered, what it could not see, and which columns hold nothing or the wrong kind of thing.

Scripts of more than 3,000 characters go by stdin, behind `-InputFormat None`: the page of powershell.exe lists only Text and XML
there, so that this, too, needs a real Windows to be sure.

Kinds of columns: text, number, bytes, seconds, percent, time (UTC in the data), flag (yes or no), list.
"""


def as_markdown(probes: Sequence[Probe]) -> str:
    return "\n".join(_page(probes)) + "\n"


def _page(probes: Sequence[Probe]) -> Iterator[str]:
    yield _HEAD
    for group, members in groupby(probes, key=lambda probe: probe.group):
        yield f"## {group}\n"
        for probe in members:
            yield from _entry(probe)
    yield from _deeds()
    yield from _pipes()


def _entry(probe: Probe) -> Iterator[str]:
    yield f'### {probe.title}: `{probe.name}` <a id="{probe.name}"></a>\n'
    yield f"{probe.about}\n"
    if probe.warning:
        yield f"**Asked first.** {probe.warning}\n"
    if probe.parameters:
        yield "Parameters:\n"
        for parameter in probe.parameters:
            default = (
                "must be given" if parameter.name in probe.required else f"`{parameter.default or '(empty)'}`"
            )
            yield f"- `{parameter.name}` ({parameter.kind}, {default}): {parameter.title}"
        yield ""
    columns = ", ".join(f"{column.title} (`{column.key}`, {column.kind})" for column in probe.columns)
    yield f"Columns: {columns}.\n"
    if probe.follow is not None:
        yield f"- Followed, it is asked only for what is new, by `{probe.follow[0]}`"
    for then in probe.then:
        only = f" {'if' if then.wanted else 'unless'} `{then.flag}`" if then.flag else ""
        yield f"- A row leads to `{then.probe}`{only}"
    for unsure in probe.unsure:
        yield f"- Not yet seen on a real Windows: {unsure}."
    for source in probe.sources:
        yield f"- Source: <{source}>"
    yield ""


def _deeds() -> Iterator[str]:
    yield "## What can be done to a row\n"
    yield "On the screen only, after a yes, and never to what the node stands on. `hptui probe` doesn't know these.\n"
    for name, deed in deeds().items():
        yield f"- **{deed.title}** (`{name}`): {deed.about} {deed.warning}"
        yield from (f"  - Source: <{source}>" for source in deed.sources)
    yield ""


def _pipes() -> Iterator[str]:
    yield "## Pipes that are known by name\n"
    yield "| name (pattern) | what it is | may be opened | known from |"
    yield "|---|---|---|---|"
    for known in CATALOGUE:
        pattern = known.pattern.pattern.replace("|", "\\|")
        yield f"| `{pattern}` | {known.family}: {known.what} | {'after a yes' if known.openable else 'never'} | {known.source} |"


if __name__ == "__main__":
    sys.stdout.write(as_markdown(built_in()))
