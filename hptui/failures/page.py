"""The page of the documentation that is made from the catalogue: `python -m hptui.failures.page > docs/failures.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from hptui.failures.catalogue import CHAPTERS, Chapter
from hptui.failures.failure import REPORT, Failure

_HEAD = f"""\
# What can go wrong, why, and what to do

Made from `hptui/failures/` by `make docs`. Each entry begins with the words on the screen; on the command line they stand
after `hptui:`. `hptui doctor` looks for many of these before a session does.

On the screen the `kubectl` commands carry `--context`, and `--kubeconfig` where one was named: they mean the cluster that is
looked at.

What is not in this list is shown in the server's own words. {REPORT}
A fault of hptui's own ends in a sentence, with the place where it happened in a file that only you can read.
"""


def as_markdown(chapters: Sequence[Chapter]) -> str:
    parts = [_HEAD]
    for chapter in chapters:
        parts.append(f"## {chapter.title}\n")
        parts.extend(_entry(failure) for failure in chapter.failures)
    return "\n".join(parts)


def _entry(failure: Failure) -> str:
    return (
        f'### {failure.title}: “… {failure.words.strip()} …” <a id="{failure.id}"></a>\n\n'
        f"**Why.** {failure.why}\n\n"
        f"**What to do.** {_filled(failure.hint)}\n"
    )


def _filled(hint: str) -> str:
    """With names in capitals where hptui fills something in."""
    if re.fullmatch(r"\{\w+\}", hint):
        return "The screen says what helps for the reason that it found."
    return re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), hint)


if __name__ == "__main__":
    sys.stdout.write(as_markdown(CHAPTERS))
