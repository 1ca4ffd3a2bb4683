"""A question to a host: one `.ps1` file, of which the comments at the top say what is asked and what the answer looks like.

    # title: Processes
    # about: What runs on the node, with what it costs.
    # group: Processes and services
    # source: https://learn.microsoft.com/...
    # limit: 60                            seconds that it may take; 60 unless said
    # parameter: hours number 6 Hours back
    # required: path                       the parameters that have no sensible default
    # unsure: the order of the lines       what nobody has seen on a real Windows yet
    # warning: It opens the pipe.          what somebody must agree to before it is asked
    # key: pid                             the columns that make a row the same row the next time
    # parent: ppid                         the column that holds the key of a row's parent: the rows are a tree
    # then: pipe-owner pipe=name           what a row leads to: another probe with a parameter from a column;
                                           `if COLUMN` or `unless COLUMN` behind it, a flag, says of which rows
    # follow: after time                   asked again by itself, only for what is new: the parameter that takes the newest row's
                                           time, and the column with it
    # sort: -memory                        by which column, - for the largest first
    # column: pid number Process
    # column: memory bytes Working set

The script's body follows: Windows PowerShell 5.1 that only reads. It hands hashtables or objects to the function O, which
prints one line of JSON each, times through the function T, and what there is to say beside them to the function N; parameters are
variables of their names. People's own probes
have the same form, and need no more than a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hptui.errors import ProbeError

LIMIT = 60.0  # seconds
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_PARAMETER = re.compile(r'(\S+)\s+(\S+)\s+("[^"]*"|[^"\s]\S*)(?:\s+(.*))?')
# Variables of PowerShell's own that can't be set, or are set by it (about_Automatic_Variables), and the harness's.
_TAKEN = frozenset(
    "args error executioncontext false foreach home host input lastexitcode matches null pid psitem pwd this true "  # noqa: SIM905
    "psculture psedition pshome psuiculture psversiontable shellid hpn hpx hpu".split()
)
_LINE = re.compile(r"#\s*([a-z]+):\s*(.*)")


class Kind(StrEnum):
    """What a column holds; says how it is converted, sorted and shown."""

    TEXT = "text"
    NUMBER = "number"
    BYTES = "bytes"
    SECONDS = "seconds"
    PERCENT = "percent"
    TIME = "time"
    FLAG = "flag"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    key: str  # the property in the script's output
    kind: Kind
    title: str


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str  # the variable in the script
    kind: Kind  # TEXT, NUMBER or FLAG
    default: str  # as it would be typed
    title: str


@dataclass(frozen=True, slots=True)
class Then:
    """A question that a row leads to."""

    probe: str
    given: tuple[tuple[str, str], ...]  # its parameters, and the columns that they come from
    flag: str = ""  # the column that says whether a row does; "" for every row
    wanted: bool = True  # what it must say


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `body` is PowerShell without the comments."""

    name: str
    title: str
    body: str
    about: str = ""
    group: str = ""
    sources: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()  # what only a real Windows can show
    columns: tuple[Column, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    key: tuple[str, ...] = ()
    parent: str = ""
    sort: str = ""
    then: tuple[Then, ...] = ()
    follow: tuple[str, str] | None = (
        None  # the parameter that takes a time, and the column with the rows' times
    )
    required: tuple[str, ...] = ()  # parameters that must be given
    warning: str = ""  # asked first where there is one
    limit: float = LIMIT  # seconds
    own: bool = field(default=False)  # a person's, not one of those that come with hptui

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    def arguments(self, given: dict[str, str]) -> dict[str, str]:
        """All parameters' values, those given over the defaults. Raises ProbeError for one that it hasn't, or can't take."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise ProbeError(
                    f"{self.name} has no parameter {name!r}.",
                    hint=f"It has {', '.join(known)}." if known else "It has none.",
                )
        values = {name: given.get(name, parameter.default) for name, parameter in known.items()}
        for name, value in values.items():
            if not value and name in self.required:
                raise ProbeError(
                    f"{self.name} must be told {name}: {known[name].title}.",
                    hint=f"On the command line: --argument {name}=…",
                )
            _check_value(known[name], value)
        return values


def _check_value(parameter: Parameter, value: str) -> None:
    if parameter.kind is Kind.NUMBER and not re.fullmatch("-?[0-9]{1,15}", value):
        raise ProbeError(f"{parameter.name} wants a whole number, not {value!r}.")
    if parameter.kind is Kind.FLAG and value not in ("true", "false"):
        raise ProbeError(f"{parameter.name} is true or false, not {value!r}.")
    if any(ord(character) < 32 for character in value):
        raise ProbeError(f"{parameter.name} can hold no control characters.")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ProbeError(f"{parameter.name} holds bytes that are not text.")


def parse_probe(name: str, text: str, *, own: bool = False, pieces: Mapping[str, str] | None = None) -> Probe:
    """The probe in a file's text, with the `pieces` that it uses. Raises ProbeError, which names the line that it can't use."""
    if not _NAME.fullmatch(name):
        raise ProbeError(
            f"{name!r} can't be a probe's name.",
            hint="Call the file by small letters, digits and dashes, as in my-probe.ps1.",
        )
    head, body = _split(text)
    if not body.strip():
        raise ProbeError(f"The probe {name} has no script in it.")
    probe = Probe(name, name, body, own=own)
    for number, word, rest in head:
        try:
            probe = _with_piece(probe, rest, pieces) if word == "uses" else _with_line(probe, word, rest)
        except ValueError as error:
            raise ProbeError(
                f"Line {number} of the probe {name} can't be used: {error}.",
                hint=f"It reads `# {word}: {rest}`; the README shows how such a line looks.",
            ) from None
    _check_columns(probe)
    return probe


def _split(text: str) -> tuple[list[tuple[int, str, str]], str]:
    """The header's lines with their numbers, and the script without lines that are only comments or blank."""
    head: list[tuple[int, str, str]] = []
    body: list[str] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if not body and (found := _LINE.fullmatch(stripped)):
            head.append((number, found[1], found[2].strip()))
        elif stripped and not (stripped.startswith("#") and not stripped.startswith("#>")):
            body.append(stripped)
    return head, "\n".join(body)


def _with_piece(probe: Probe, name: str, pieces: Mapping[str, str] | None) -> Probe:
    """With PowerShell that several of the built-in probes share, in front of its own."""
    if pieces is None or name not in pieces:
        raise ValueError(f"there is no piece {name!r} to use")
    return replace(probe, body=f"{_split(pieces[name])[1]}\n{probe.body}")


def _with_line(probe: Probe, word: str, rest: str) -> Probe:
    match word:
        case "title" | "about" | "group" | "parent" | "sort" | "warning":
            if word == "title" and not rest:
                raise ValueError("a title has words")
            return _with_text(probe, word, rest)
        case "source":
            return replace(probe, sources=(*probe.sources, rest))
        case "unsure":
            return replace(probe, unsure=(*probe.unsure, rest))
        case "key":
            return replace(probe, key=tuple(rest.split()))
        case "required":
            return replace(probe, required=tuple(rest.split()))
        case "limit":
            if not re.fullmatch(r"[1-9]\d{0,3}", rest):
                raise ValueError("a limit is a number of seconds, at most 9999")
            return replace(probe, limit=float(rest))
        case "column":
            return replace(probe, columns=(*probe.columns, _column(rest)))
        case "follow":
            parameter, _, column = rest.partition(" ")
            return replace(probe, follow=(parameter, column.strip()))
        case "then":
            return replace(probe, then=(*probe.then, _then(rest)))
        case "parameter":
            return replace(probe, parameters=(*probe.parameters, _parameter(rest)))
        case _:
            known = (
                "title, about, group, source, limit, key, parent, sort, then, follow, column, parameter, required, "
                "warning, unsure"
            )
            raise ValueError(f"there is no {word!r}; there are {known}")


def _with_text(probe: Probe, word: str, rest: str) -> Probe:
    match word:
        case "title":
            return replace(probe, title=rest)
        case "about":  # may take several lines
            return replace(probe, about=f"{probe.about} {rest}".strip())
        case "warning":
            return replace(probe, warning=f"{probe.warning} {rest}".strip())
        case "group":
            return replace(probe, group=rest)
        case "parent":
            return replace(probe, parent=rest)
    return replace(probe, sort=rest)


def _column(rest: str) -> Column:
    key, _, more = rest.partition(" ")
    kind, _, title = more.strip().partition(" ")
    if not _WORD.fullmatch(key):
        raise ValueError(f"{key!r} can't be a property's name")
    return Column(key, _kind(kind or "text", tuple(Kind)), title.strip() or key)


def _then(rest: str) -> Then:
    name, *words = rest.split()
    flag, wanted = "", True
    if len(words) > 1 and words[-2] in ("if", "unless"):
        flag, wanted = words[-1], words[-2] == "if"
        words = words[:-2]
    pairs = [word.partition("=") for word in words]
    if not pairs or not all(parameter and column for parameter, _, column in pairs):
        raise ValueError("what a row leads to is a probe's name and PARAMETER=COLUMN")
    return Then(name, tuple((parameter, column) for parameter, _, column in pairs), flag, wanted)


def _parameter(rest: str) -> Parameter:
    found = _PARAMETER.fullmatch(rest)
    if found is None:
        raise ValueError("a parameter has a name, a kind and a default")
    name, kind, default, title = found.groups("")
    if default[:1] == '"':
        default = default[1:-1]
    if not _WORD.fullmatch(name):
        raise ValueError(f"{name!r} can't be a variable's name")
    if name.lower() in _TAKEN:
        raise ValueError(f"${name} is PowerShell's own")
    parameter = Parameter(
        name, _kind(kind, (Kind.TEXT, Kind.NUMBER, Kind.FLAG)), default, title.strip() or name
    )
    try:
        _check_value(parameter, default)
    except ProbeError as error:
        raise ValueError(error.message.rstrip(".")) from None
    return parameter


def _kind(word: str, allowed: Iterable[Kind]) -> Kind:
    kinds = {kind.value: kind for kind in allowed}
    if word not in kinds:
        raise ValueError(f"there is no kind {word!r}; there are {', '.join(kinds)}")
    return kinds[word]


def _check_columns(probe: Probe) -> None:
    led = [column for each in probe.then for column in (each.flag, *(column for _, column in each.given))]
    for used in (*probe.key, probe.parent, probe.sort.removeprefix("-"), *led):
        if used and probe.column(used) is None:
            raise ProbeError(f"The probe {probe.name} speaks of a column {used!r}, and has none of that key.")
    if probe.follow is not None:
        parameter, key = probe.follow
        column = probe.column(key)
        if (
            all(each.name != parameter for each in probe.parameters)
            or column is None
            or column.kind is not Kind.TIME
        ):
            raise ProbeError(
                f"The probe {probe.name} is followed by {parameter!r} and {key!r}, "
                "which must be a parameter of it and a column of times."
            )
    for used in probe.required:
        if all(parameter.name != used for parameter in probe.parameters):
            raise ProbeError(f"The probe {probe.name} requires {used!r}, and has no parameter of that name.")
