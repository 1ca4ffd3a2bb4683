"""Turns values into lines of text as PowerShell's default formatting does: tables, lists, plain text."""

from __future__ import annotations

from datetime import datetime

from hptui.demo.host.powershell.data.errors import detail_of, error_lines
from hptui.demo.host.powershell.data.formats import long_date
from hptui.demo.host.powershell.data.values import EnumWord, HashTable, Record, Value, to_text
from hptui.demo.host.powershell.display.hosts import ShellHost
from hptui.demo.host.powershell.display.views import LISTED, TABLED, VIEWS, Column, View, cell

_TIMESPAN = (
    "Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Ticks", "TotalDays", "TotalHours", "TotalMinutes",
    "TotalSeconds", "TotalMilliseconds",
)  # fmt: skip


class FormattedLines:
    """What Format-Table and Format-List make: lines that are shown as they are."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines


class Formatter:
    """Values in, lines out; objects of one type that follow each other share one table."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._rows: list[Record] = []
        self._type = ""
        self._columns: list[tuple[Column, int]] | None = None
        self._group: str | None = None

    def feed(self, value: Value) -> list[str]:
        if isinstance(value, HashTable):
            return self.finish() + table_lines(_hash_rows(value), self.width) + [""]
        if not isinstance(value, Record):
            return self.finish() + _plain(value)
        if value.type_name == "System.Diagnostics.Process" and value.key("UserName"):
            kind = f"{value.type_name}#IncludeUserName"
        else:
            kind = value.type_name if value.type_name in VIEWS else _shape(value)
        lines = [] if kind == self._type else self.finish()
        self._type = kind
        if kind in VIEWS:
            return lines + self._known_row(value, VIEWS[kind])
        if value.text is not None and value.type_name not in LISTED and not value.properties:
            self._type = ""
            return [*lines, value.text]
        self._rows.append(value)
        return lines + (self._flush_rows() if len(self._rows) >= 500 else [])

    def finish(self) -> list[str]:
        lines = self._flush_rows()
        if self._columns is not None:
            lines += ["", ""]
        self._columns = None
        self._group = None
        self._type = ""
        return lines

    def _known_row(self, record: Record, view: View) -> list[str]:
        lines: list[str] = []
        group = view.group(record) if view.group else ""
        if self._columns is None or group != self._group:
            self._columns = fit([(column, column.width) for column in view.columns], self.width)
            self._group = group
            if view.group:
                lines += ["", "", group, ""]
            lines += ["", *header_lines(self._columns)]
        lines.append(row_line(self._columns, [column.text(record) for column, _ in self._columns]))
        return lines

    def _flush_rows(self) -> list[str]:
        if not self._rows:
            return []
        rows, self._rows = self._rows, []
        names = default_names(rows[0])
        if rows[0].type_name not in TABLED and (len(names) > 4 or rows[0].type_name in LISTED):
            return list_lines(rows, names)
        return [*table_lines(rows, self.width, names), ""]


def default_names(record: Record) -> list[str]:
    wanted = TABLED.get(record.type_name) or LISTED.get(record.type_name)
    return list(wanted) if wanted else list(record.properties)


def _shape(record: Record) -> str:
    return record.type_name + "|" + "|".join(record.properties)


def _plain(value: Value) -> list[str]:
    if isinstance(value, FormattedLines):
        return value.lines
    if value is None:
        return []
    if isinstance(value, datetime):
        return ["", long_date(value), ""]
    if isinstance(value, (list, tuple, range)):
        return [line for item in value for line in _plain(item)]
    if hasattr(value, "total_seconds"):
        return list_lines([timespan_record(value)], list(_TIMESPAN))
    return to_text(value).replace("\r\n", "\n").split("\n")


def timespan_record(value: Value) -> Record:
    total = value.total_seconds()
    whole = int(abs(total))
    numbers: list[Value] = [
        whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60, int(abs(total) * 1000) % 1000,
        int(total * 10_000_000), total / 86400, total / 3600, total / 60, total, total * 1000,
    ]  # fmt: skip
    return Record("System.TimeSpan", dict(zip(_TIMESPAN, numbers, strict=True)))


def _hash_rows(table: HashTable) -> list[Record]:
    return [Record("System.Collections.DictionaryEntry", {"Name": k, "Value": v}) for k, v in table.items()]


# Tables


def fit(columns: list[tuple[Column, int | None]], width: int) -> list[tuple[Column, int]]:
    """Widths that fit the screen: the last column takes what is left, columns without room are dropped."""
    fitted: list[tuple[Column, int]] = []
    left = width - 1
    for column, wanted in columns:
        if left < 3 and fitted:
            break
        size = left if wanted is None else min(wanted, left)
        fitted.append((column, size))
        left -= size + 1
    return fitted


def header_lines(columns: list[tuple[Column, int]]) -> list[str]:
    names = [column.header for column, _ in columns]
    rules = ["-" * len(name) for name in names]
    return [row_line(columns, names), row_line(columns, rules)]


def row_line(columns: list[tuple[Column, int]], texts: list[str]) -> str:
    pieces = []
    for (column, size), text in zip(columns, texts, strict=True):
        flat = text.replace("\r", " ").replace("\n", " ") if "\n" in text or "\r" in text else text
        if len(flat) > size:
            flat = flat[: size - 3] + "..." if size > 3 else flat[:size]
        pieces.append(flat.rjust(size) if column.right else flat.ljust(size))
    return " ".join(pieces).rstrip()


def table_lines(
    rows: list[Record], width: int, names: list[str] | None = None, *, headers: bool = True
) -> list[str]:
    """A table whose columns are as wide as what they hold."""
    names = names if names is not None else list(rows[0].properties)
    columns: list[tuple[Column, int | None]] = []
    texts = [[cell(row.get(name)) for name in names] for row in rows]
    for place, name in enumerate(names):
        numbers = all(_is_number(row.get(name)) for row in rows)
        widest = max([len(name), *(len(line[place]) for line in texts)])
        columns.append((Column(name, right=numbers), widest))
    fitted = fit(columns, width)
    lines = ["", *header_lines(fitted)] if headers else [""]
    lines += [row_line(fitted, line[: len(fitted)]) for line in texts]
    return [*lines, ""]


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def list_lines(rows: list[Record], names: list[str] | None = None) -> list[str]:
    lines = ["", ""]
    for row in rows:
        keys = names if names is not None else list(row.properties)
        widest = max((len(key) for key in keys), default=0)
        for key in keys:
            first, *more = cell(row.get(key)).replace("\r\n", "\n").split("\n")
            lines.append(f"{key:<{widest}} : {first}".rstrip() if first else f"{key:<{widest}} :")
            lines += [" " * (widest + 3) + line for line in more]
        lines.append("")
    return [*lines, "", ""]


def text_lines(values: list[Value], width: int) -> list[str]:
    """All lines of some values, as Out-String has them."""
    formatter = Formatter(width)
    lines: list[str] = []
    for value in values:
        detail = detail_of(value)
        lines += (
            formatter.finish() + error_lines(detail, width) if detail is not None else formatter.feed(value)
        )
    return lines + formatter.finish()


class HostOutput:
    """The end of a pipeline that shows what comes."""

    def __init__(self, host: ShellHost) -> None:
        self._host = host
        self._formatter = Formatter(host.columns)
        self._plain = True

    async def put(self, value: Value) -> None:
        if type(value) in (str, int) or isinstance(value, EnumWord):
            if not self._plain:
                await self.finish()
            await self._host.write_line(to_text(value))
            return
        detail = detail_of(value)
        if detail is not None:
            await self.finish()
            for line in error_lines(detail, self._host.columns):
                await self._host.write_error(line)
            return
        self._plain = False
        for line in self._formatter.feed(value):
            await self._host.write_line(line)

    async def finish(self) -> None:
        if not self._plain:
            for line in self._formatter.finish():
                await self._host.write_line(line)
            self._formatter = Formatter(self._host.columns)
            self._plain = True
