"""The probes there are: those that come with hptui, and a person's own beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from hptui.errors import ProbeError
from hptui.probes.probe import Probe, parse_probe

ENDING = ".ps1"
LARGEST_FILE = 256 << 10  # bytes


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Probes by name, in the order in which they are shown, and what could not be read."""

    probes: tuple[Probe, ...]
    problems: tuple[ProbeError, ...] = ()

    def find(self, name: str) -> Probe:
        """Raises ProbeError, naming the nearest."""
        import difflib

        names = [probe.name for probe in self.probes]
        if name in names:
            return self.probes[names.index(name)]
        near = [f"Do you mean {each}? " for each in difflib.get_close_matches(name, names, n=1)]
        raise ProbeError(
            f"There is no probe {name!r}.",
            hint="".join(near) + "`hptui probe` lists those there are.",
        )


@cache
def built_in() -> tuple[Probe, ...]:
    """By group and title."""
    pieces = built_in_texts("pieces")
    return _ordered(
        [parse_probe(name, text, pieces=pieces) for name, text in built_in_texts("scripts").items()]
    )


def built_in_texts(folder: str) -> dict[str, str]:
    """The scripts in a folder of this package, by name."""
    return {
        entry.name.removesuffix(ENDING): entry.read_text(encoding="ascii")
        for entry in files("hptui.probes").joinpath(folder).iterdir()
        if entry.name.endswith(ENDING)
    }


def catalogue(own_folder: Path | None = None) -> Catalogue:
    """The built-in probes and those in `own_folder`, if there is one. A file that can't be used is a problem, not an end."""
    own: list[Probe] = []
    problems: list[ProbeError] = []
    taken = {probe.name for probe in built_in()}
    for path in _files(own_folder):
        try:
            own.append(_read(path, taken))
        except ProbeError as error:
            problems.append(error)
    return Catalogue((*built_in(), *_ordered(own)), tuple(problems))


def _files(folder: Path | None) -> Sequence[Path]:
    if folder is None:
        return ()
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() == ENDING)
    except OSError:
        return ()


def _read(path: Path, taken: set[str]) -> Probe:
    name = path.stem
    if name in taken:
        raise ProbeError(
            f"{path.name} has the name of a probe that comes with hptui.", hint="Give the file another name."
        )
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ProbeError(f"{path.name} is larger than {LARGEST_FILE >> 10} KiB.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProbeError(
            f"{path.name} can't be read: {error.strerror}.", hint="Look at its rights."
        ) from None
    except UnicodeDecodeError:
        raise ProbeError(f"{path.name} is not in UTF-8.", hint="Save it as UTF-8.") from None
    return parse_probe(name, text, own=True)


def _ordered(probes: Sequence[Probe]) -> tuple[Probe, ...]:
    return tuple(sorted(probes, key=lambda probe: (probe.own, probe.group, probe.title)))
