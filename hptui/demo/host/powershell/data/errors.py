"""PowerShell's errors and the ways control leaves a block; how an error is worded on the screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from hptui.demo.host.powershell.data.values import Record, Value
from hptui.demo.host.powershell.language.lexer import ParseError
from hptui.demo.host.powershell.language.syntax import Extent


class Leaving(Exception):
    """A jump out of a block."""


class BreakLoop(Leaving):
    pass


class ContinueLoop(Leaving):
    pass


class ReturnFromBlock(Leaving):
    pass


class StopUpstream(Leaving):
    """A command further down has enough, as Select-Object -First has; `by` says which."""

    def __init__(self, by: object) -> None:
        self.by = by


class ExitShell(Leaving):
    def __init__(self, code: int) -> None:
        self.code = code


@dataclass(slots=True)
class ErrorDetail:
    """An ErrorRecord's parts, by PowerShell's own names."""

    message: str
    category: str = "NotSpecified"
    identifier: str = "RuntimeException"
    exception: str = "RuntimeException"
    target: str = ""
    target_type: str = ""
    activity: str = ""  # the command that complains, empty for the language itself
    reason: str = ""
    extent: Extent | None = None
    plain: bool = False  # text from a program's stderr
    prefix: str | None = None  # what stands before the colon when it isn't the activity
    record: Record | None = field(default=None)


class PowerShellError(Exception):
    """A terminating error."""

    def __init__(self, detail: ErrorDetail) -> None:
        super().__init__(detail.message)
        self.detail = detail


def failure(message: str, **parts: str) -> PowerShellError:
    return PowerShellError(ErrorDetail(message, **parts))  # type: ignore[arg-type]


def not_found(name: str, extent: Extent | None) -> PowerShellError:
    return PowerShellError(
        ErrorDetail(
            f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
            "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
            category="ObjectNotFound",
            identifier="CommandNotFoundException",
            exception="CommandNotFoundException",
            target=name,
            target_type="String",
            extent=extent,
            prefix=name,
        )
    )


def from_parse_error(error: ParseError) -> ErrorDetail:
    return ErrorDetail(
        error.message,
        category="ParserError",
        identifier=error.identifier,
        exception="ParentContainsErrorRecordException",
        extent=error.extent,
        prefix="",
    )


def error_record(detail: ErrorDetail) -> Record:
    """As $_ in a catch block, or an element of $Error."""
    if detail.record is None:
        exception = Record(
            f"System.Management.Automation.{detail.exception}"
            if "." not in detail.exception
            else detail.exception,
            {"Message": detail.message, "HResult": -2146233087, "InnerException": None},
            text=f"{detail.exception}: {detail.message}",
        )
        detail.record = Record(
            "System.Management.Automation.ErrorRecord",
            {
                "Exception": exception,
                "TargetObject": detail.target or None,
                "CategoryInfo": category_text(detail),
                "FullyQualifiedErrorId": qualified_identifier(detail),
                "ErrorDetails": None,
                "InvocationInfo": None,
                "ScriptStackTrace": "at <ScriptBlock>, <No file>: line 1",
            },
            text=detail.message,
        )
        detail.record.methods = {"detail": lambda: detail}
    return detail.record


def detail_of(value: Value) -> ErrorDetail | None:
    if isinstance(value, Record) and value.type_name.endswith("ErrorRecord"):
        found: ErrorDetail = value.methods["detail"]()
        return found
    return None


def qualified_identifier(detail: ErrorDetail) -> str:
    return detail.identifier


def category_text(detail: ErrorDetail) -> str:
    target = (
        f"({_shorten(detail.target)}:{detail.target_type})" if detail.target or detail.target_type else "(:)"
    )
    return f"{detail.category}: {target} [{detail.activity}], {detail.exception}"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:17]}...{text[-18:]}"


def error_lines(detail: ErrorDetail, width: int) -> list[str]:
    """The error as the console shows it, wrapped to `width` columns."""
    if detail.plain:
        return wrapped(detail.message, width)
    prefix = detail.activity if detail.prefix is None else detail.prefix
    lines = wrapped(f"{prefix} : {detail.message}" if prefix else detail.message, width)
    if detail.extent is not None:
        number, column, text = detail.extent.source.position(detail.extent.start)
        length = max(1, min(detail.extent.end - detail.extent.start, len(text) - column + 1))
        where = (
            f"At {detail.extent.source.name}:{number}" if detail.extent.source.name else f"At line:{number}"
        )
        lines.append(f"{where} char:{column}")
        before, marked, after = (
            text[: column - 1],
            text[column - 1 : column - 1 + length],
            text[column - 1 + length :],
        )
        before = before.lstrip() if len(before) <= 40 else "... " + before[-36:].lstrip()
        marked = marked if len(marked) <= 120 else marked[:120]
        after = after if len(after) <= 40 else after[:36] + " ..."
        lines.append(f"+ {before}{marked}{after}")
        lines.append(f"+ {' ' * len(before)}{'~' * len(marked)}")
    for name, value in (
        ("CategoryInfo", category_text(detail)),
        ("FullyQualifiedErrorId", qualified_identifier(detail)),
    ):
        lines += wrapped(f"    + {name:<21} : {value}", width, indent="   ")
    lines.append(" ")
    return lines


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """At blanks where there are some, as PowerShell's own host wraps error text."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        rest = line
        while len(rest) >= width:
            cut = rest.rfind(" ", 1, width)
            if cut <= len(indent):
                cut = width - 1
            lines.append(rest[: cut + 1].rstrip(" ") if rest[cut : cut + 1] == " " else rest[:cut])
            rest = indent + rest[cut:].lstrip(" ")
        lines.append(rest)
    return lines
