"""Static members and calls of the .NET types that scripts name, and New-Object."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from hptui.demo.host.powershell.data.errors import ErrorDetail, PowerShellError, failure
from hptui.demo.host.powershell.data.formats import format_string
from hptui.demo.host.powershell.data.operators import expression, to_integer, to_number
from hptui.demo.host.powershell.data.values import (
    HashTable,
    Record,
    TypeReference,
    Value,
    as_list,
    to_text,
)
from hptui.demo.host.powershell.dotnet import file_statics, identity
from hptui.demo.host.powershell.dotnet.conversions import (
    parse_date,
    plain,
    version_record,
)
from hptui.demo.host.powershell.dotnet.members import HostWrite
from hptui.demo.host.powershell.shell import Shell

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Static members and calls


def static_member(target: Value, name: str, shell: Shell) -> Value:
    if not isinstance(target, TypeReference):
        return None
    short, lowered = plain(target.name), name.lower()
    members: dict[tuple[str, str], Callable[[], Value]] = {
        ("math", "pi"): lambda: math.pi,
        ("math", "e"): lambda: math.e,
        ("datetime", "now"): shell.machine.now,
        ("datetime", "utcnow"): shell.machine.now,
        ("datetime", "today"): lambda: shell.machine.now().replace(hour=0, minute=0, second=0, microsecond=0),
        ("environment", "machinename"): lambda: shell.machine.name,
        ("environment", "username"): lambda: shell.token.name.rsplit("\\", 1)[-1],
        ("environment", "userdomainname"): lambda: shell.token.name.split("\\", 1)[0],
        ("environment", "processorcount"): lambda: shell.machine.cores,
        ("environment", "newline"): lambda: "\r\n",
        ("environment", "is64bitprocess"): lambda: True,
        ("environment", "is64bitoperatingsystem"): lambda: True,
        ("environment", "currentdirectory"): lambda: shell.directory,
        ("environment", "userinteractive"): lambda: False,
        ("environment", "osversion"): lambda: Record(
            "System.OperatingSystem",
            {"Platform": "Win32NT", "ServicePack": "", "Version": version_record(f"{shell.machine.build.version}.0")},
            text=f"Microsoft Windows NT {shell.machine.build.version}.0",
        ),
        ("environment", "tickcount"): lambda: int((shell.machine.now() - shell.machine.boot).total_seconds() * 1000),
        ("int", "maxvalue"): lambda: 2**31 - 1,
        ("int32", "maxvalue"): lambda: 2**31 - 1,
        ("int32", "minvalue"): lambda: -(2**31),
        ("int64", "maxvalue"): lambda: 2**63 - 1,
        ("string", "empty"): lambda: "",
        ("timezoneinfo", "local"): lambda: Record(
            "System.TimeZoneInfo",
            {"Id": "UTC", "DisplayName": "(UTC) Coordinated Universal Time", "BaseUtcOffset": timedelta(0)},
        ),
        ("text.encoding", "utf8"): lambda: encoding_record("utf-8"),
        ("text.encoding", "ascii"): lambda: encoding_record("ascii"),
        ("text.encoding", "unicode"): lambda: encoding_record("utf-16-le"),
        ("console", "outputencoding"): lambda: encoding_record(shell.host.encoding),
        ("console", "windowwidth"): lambda: shell.host.columns,
        ("console", "windowheight"): lambda: shell.host.rows,
        ("console", "bufferwidth"): lambda: shell.host.columns,
        ("console", "isoutputredirected"): lambda: shell.host.console is None,
        ("console", "isinputredirected"): lambda: shell.host.console is None,
        ("console", "out"): lambda: _console_writer(),
        ("console", "error"): lambda: _console_writer(),
    }  # fmt: skip
    if (short, lowered) in members:
        return members[short, lowered]()
    if short == "security.principal.windowsbuiltinrole":
        return identity.built_in_role(name)
    return None


def _console_writer() -> Record:
    def write(*values: Value) -> HostWrite:
        return HostWrite(
            format_string(to_text(values[0]), list(values[1:]))
            if len(values) > 1
            else to_text(values[0] if values else "")
        )

    def write_line(*values: Value) -> HostWrite:
        return HostWrite(write(*values).text + "\n")

    return Record(
        "System.IO.TextWriter",
        {"NewLine": "\r\n"},
        methods={"WriteLine": write_line, "Write": write, "Flush": lambda: None},
    )


def encoding_record(name: str) -> Record:
    titles = {"utf-8": ("Unicode (UTF-8)", 65001), "cp437": ("OEM United States", 437), "ascii": ("US-ASCII", 20127),
              "utf-16-le": ("Unicode", 1200)}  # fmt: skip
    title, page = titles.get(name, (name, 0))
    return Record(
        "System.Text.Encoding",
        {"EncodingName": title, "CodePage": page, "WebName": name},
        text=f"System.Text.{'UTF8' if page == 65001 else 'ASCII'}Encoding",
        methods={
            "GetBytes": lambda text: list(to_text(text).encode(name, "replace")),
            "GetString": lambda data: bytes(to_integer(each) for each in as_list(data)).decode(
                name, "replace"
            ),
        },
    )


def set_static(target: Value, name: str, value: Value, shell: Shell) -> None:
    short = plain(target.name) if isinstance(target, TypeReference) else ""
    if short == "console" and name.lower() in ("outputencoding", "inputencoding"):
        page = value.get("CodePage") if isinstance(value, Record) else 0
        if name.lower() == "outputencoding" and shell.host.console is None:
            shell.host.encoding = "utf-8" if page == 65001 else "cp437"
        return
    if (short, name.lower()) in (("environment", "currentdirectory"), ("console", "title")):
        return
    raise failure(
        f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
        category="InvalidOperation",
        identifier="PropertyAssignmentException",
    )


def static_call(target: Value, name: str, arguments: list[Value], shell: Shell) -> Value:
    if not isinstance(target, TypeReference):
        raise failure(
            f"Method invocation failed because [{to_text(target)}] does not contain a method named '{name}'.",
            category="InvalidOperation",
            identifier="MethodNotFound",
        )
    short, lowered = plain(target.name), name.lower()
    if lowered == "new":
        return new_object(target.name, arguments, shell)
    if short.startswith("security.principal."):
        return identity.static_call(short.rsplit(".", 1)[-1], lowered, shell.token)
    if short in ("io.directory", "io.file", "io.path"):
        return file_statics.call(short, lowered, arguments, shell)
    if (short, lowered) in _CALLS:
        return _CALLS[short, lowered](shell, *arguments)
    if short == "math" and hasattr(math, lowered):
        return getattr(math, lowered)(*(to_number(each) for each in arguments))
    raise failure(
        f"Method invocation failed because [{target.name}] does not contain a method named '{name}'.",
        category="InvalidOperation",
        identifier="MethodNotFound",
        target=name,
        target_type="String",
    )


def _round(shell: Shell, number: Value, digits: Value = 0) -> Value:
    places = to_integer(digits)
    made = round(to_number(number), places)
    return float(made) if places else made


def _regex_match(shell: Shell, text: Value, pattern: Value) -> Record:
    found = expression(to_text(pattern), 0).search(to_text(text))
    groups = [] if found is None else [found.group(), *found.groups("")]
    records = [Record("Group", {"Value": each, "Success": True}, text=each) for each in groups]
    empty = Record("Group", {"Value": "", "Success": False}, text="")
    return Record(
        "System.Text.RegularExpressions.Match",
        {
            "Success": found is not None,
            "Value": groups[0] if groups else "",
            "Groups": records or [empty, empty],
        },
        text=groups[0] if groups else "",
    )


def _guid(shell: Shell) -> Record:
    digits = f"{Random().getrandbits(128):032x}"
    text = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return Record("System.Guid", {"Guid": text}, text=text)


def _write_line(shell: Shell, *values: Value) -> HostWrite:
    text = (
        format_string(to_text(values[0]), list(values[1:]))
        if len(values) > 1
        else to_text(values[0] if values else "")
    )
    return HostWrite(text + "\n")


_CALLS: dict[tuple[str, str], Callable[..., Value]] = {
    ("math", "round"): _round,
    ("math", "min"): lambda shell, a, b: min(to_number(a), to_number(b)),
    ("math", "max"): lambda shell, a, b: max(to_number(a), to_number(b)),
    ("math", "abs"): lambda shell, a: abs(to_number(a)),
    ("math", "truncate"): lambda shell, a: math.trunc(to_number(a)),
    ("math", "ceiling"): lambda shell, a: math.ceil(to_number(a)),
    ("datetime", "parse"): lambda shell, text, *_: parse_date(text),
    ("datetime", "fromfiletime"): lambda shell, n: (
        EPOCH + timedelta(microseconds=to_integer(n) / 10 - 11_644_473_600_000_000)
    ),
    ("string", "isnullorempty"): lambda shell, text: not to_text(text),
    ("string", "isnullorwhitespace"): lambda shell, text: not to_text(text).strip(),
    ("string", "join"): lambda shell, mark, *items: to_text(mark).join(
        to_text(each) for item in items for each in as_list(item)
    ),
    ("string", "format"): lambda shell, template, *values: format_string(to_text(template), list(values)),
    ("console", "writeline"): _write_line,
    ("console", "write"): lambda shell, *values: HostWrite(to_text(values[0] if values else "")),
    ("environment", "getenvironmentvariable"): lambda shell, name, *_: shell.variables.environment_value(
        to_text(name)
    ),
    ("environment", "getenvironmentvariables"): lambda shell, *_: HashTable(dict(shell.environment)),
    ("environment", "expandenvironmentvariables"): lambda shell, text: re.sub(
        r"%([^%]+)%", lambda m: shell.variables.environment_value(m.group(1)) or m.group(), to_text(text)
    ),
    ("environment", "getfolderpath"): lambda shell, name: (
        "C:\\ProgramData" if "common" in to_text(name).lower() else "C:\\Windows"
    ),
    ("convert", "tobase64string"): lambda shell, data: base64.b64encode(bytes(as_list(data))).decode("ascii"),
    ("convert", "frombase64string"): lambda shell, text: list(base64.b64decode(to_text(text))),
    ("convert", "toint32"): lambda shell, value, base=10: int(to_text(value), to_integer(base)),
    ("convert", "tostring"): lambda shell, value, base=10: format(
        to_integer(value), {16: "x", 2: "b"}.get(to_integer(base), "d")
    ),
    ("guid", "newguid"): _guid,
    ("regex", "match"): _regex_match,
    ("text.regularexpressions.regex", "match"): _regex_match,
    ("regex", "ismatch"): lambda shell, text, pattern: (
        expression(to_text(pattern), 0).search(to_text(text)) is not None
    ),
    ("regex", "replace"): lambda shell, text, pattern, new: expression(to_text(pattern), 0).sub(
        to_text(new), to_text(text)
    ),
    ("regex", "escape"): lambda shell, text: re.escape(to_text(text)),
    ("gc", "collect"): lambda shell: None,
    ("net.dns", "gethostname"): lambda shell: shell.machine.host_name,
    ("timespan", "fromseconds"): lambda shell, n: timedelta(seconds=to_number(n)),
    ("timespan", "fromminutes"): lambda shell, n: timedelta(minutes=to_number(n)),
    ("char", "isdigit"): lambda shell, char: to_text(char).isdigit(),
    ("text.encoding", "getencoding"): lambda shell, name: encoding_record(
        "utf-8" if "8" in to_text(name) else "cp437"
    ),
}


def new_object(name: str, arguments: list[Value], shell: Shell) -> Value:
    """New-Object name arguments."""
    short = plain(name)
    if short.startswith("security.principal."):
        return identity.convert(arguments[0] if arguments else None, short.rsplit(".", 1)[-1], shell.token)
    if short in ("text.utf8encoding", "text.asciiencoding", "text.unicodeencoding"):
        return encoding_record(
            {"text.utf8encoding": "utf-8", "text.asciiencoding": "ascii"}.get(short, "utf-16-le")
        )
    if short in ("psobject", "pscustomobject", "object"):
        given = arguments[0] if arguments else {}
        return Record("System.Management.Automation.PSCustomObject", given if isinstance(given, dict) else {})
    if short in ("collections.arraylist", "collections.generic.list"):
        return list(arguments[0]) if arguments and isinstance(arguments[0], list) else []
    if short == "hashtable":
        return HashTable()
    if short in ("exception", "invalidoperationexception", "argumentexception"):
        message = to_text(arguments[0]) if arguments else f"Exception of type '{name}' was thrown."
        return Record(
            name if "." in name else f"System.{name}", {"Message": message}, text=f"{name}: {message}"
        )
    if short in ("datetime", "timespan"):
        numbers = [to_integer(each) for each in arguments]
        if short == "datetime":
            year, month, day, hour, minute, second = [*numbers, *(1, 1, 1, 0, 0, 0)[len(numbers) :]][:6]
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return (
            timedelta(hours=numbers[0], minutes=numbers[1], seconds=numbers[2])
            if len(numbers) == 3
            else timedelta()
        )
    if short == "string":
        return (
            to_text(arguments[0]) * (to_integer(arguments[1]) if len(arguments) > 1 else 1)
            if arguments
            else ""
        )
    raise PowerShellError(
        ErrorDetail(
            f"Cannot find type [{name}]: verify that the assembly containing this type is loaded.",
            category="InvalidType",
            identifier="TypeNotFound,Microsoft.PowerShell.Commands.NewObjectCommand",
            exception="PSArgumentException",
            activity="New-Object",
        )
    )
