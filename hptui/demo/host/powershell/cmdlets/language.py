"""Commands about the shell itself: variables, dates, commands, history, help, new objects, the time a block takes."""

from __future__ import annotations

import re
from datetime import timedelta
from time import perf_counter

from hptui.demo.host.powershell.data.errors import not_found
from hptui.demo.host.powershell.data.formats import date_text
from hptui.demo.host.powershell.data.operators import to_number, wildcard
from hptui.demo.host.powershell.data.values import (
    CUSTOM_OBJECT,
    HashTable,
    Record,
    ScriptBlock,
    Value,
    as_list,
    short_type,
    to_text,
    type_name,
)
from hptui.demo.host.powershell.dotnet import conversions, statics
from hptui.demo.host.powershell.dotnet.members import match
from hptui.demo.host.powershell.execution.calls import ALIASES, COMMANDS, Call, command
from hptui.demo.host.powershell.language.parser import parse
from hptui.demo.host.running import PROGRAMS, find_installed


@command("Get-Date", "Date:0 Format UFormat Year Month Day Hour Minute Second DisplayHint AsUTC?")
async def get_date(call: Call) -> None:
    """Gets the current date and time."""
    value = conversions.parse_date(call.get("date")) if call.given("date") else call.shell.machine.now()
    parts = {
        name: call.integer(name)
        for name in ("year", "month", "day", "hour", "minute", "second")
        if call.given(name)
    }
    value = value.replace(**parts)  # type: ignore[arg-type]
    if call.given("format"):
        await call.put(date_text(value, call.text("format")))
    elif call.given("uformat"):
        await call.put(value.strftime(call.text("uformat")))
    else:
        await call.put(value)


@command("New-Object", "TypeName:0 ArgumentList:1 Property ComObject")
async def new_object(call: Call) -> None:
    """Creates an instance of a .NET or COM object."""
    arguments = as_list(call.get("argumentlist"))
    name = call.text("typename")
    made = statics.new_object(name, arguments, call.shell)
    properties = call.get("property")
    if isinstance(made, Record) and isinstance(properties, HashTable):
        for key, value in properties.items():
            made.set(to_text(key), value)
    await call.put(made)


@command("New-TimeSpan", "Start:0 End:1 Days Hours Minutes Seconds")
async def new_timespan(call: Call) -> None:
    """Creates a TimeSpan object."""
    if call.given("start"):
        end = conversions.parse_date(call.get("end")) if call.given("end") else call.shell.machine.now()
        await call.put(end - conversions.parse_date(call.get("start")))
        return
    parts = {
        name: to_number(call.get(name))
        for name in ("days", "hours", "minutes", "seconds")
        if call.given(name)
    }
    await call.put(timedelta(**parts))


@command("Measure-Command", "Expression:0")
async def measure_command(call: Call) -> None:
    """Measures the time it takes to run script blocks and cmdlets."""
    started = perf_counter()
    block = call.get("expression")
    if isinstance(block, ScriptBlock):
        await call.shell.evaluator.collect_block(block, [])
    await call.put(timedelta(seconds=perf_counter() - started))


@command("Get-Variable", "Name:0 ValueOnly? Scope", "gv")
async def get_variable(call: Call) -> None:
    """Gets the variables in the current console."""
    for pattern in call.texts("name") or ["*"]:
        for name in call.shell.variables.names():
            if wildcard(pattern).match(name):
                value = call.shell.variables.read(name)
                await call.put(
                    value
                    if call.switch("valueonly")
                    else Record("PSVariable", {"Name": name, "Value": value})
                )


@command("Set-Variable", "Name:0 Value:1 Scope Force? Option", "sv set")
async def set_variable(call: Call) -> None:
    """Sets the value of a variable."""
    call.shell.variables.write(call.text("name").lower(), call.get("value"))


@command("Remove-Variable", "Name:0 Scope Force?", "rv")
async def remove_variable(call: Call) -> None:
    """Deletes a variable and its value."""
    for name in call.texts("name"):
        if not call.shell.variables.remove(name.lower()):
            await call.complain(
                call.error(
                    f"Cannot find a variable with the name '{name}'.",
                    "ObjectNotFound",
                    "VariableNotFound",
                    "ItemNotFoundException",
                    name,
                )
            )


@command("Get-Command", "Name:0 CommandType Module Noun Verb All? Syntax?", "gcm")
async def get_command(call: Call) -> None:
    """Gets all commands."""
    names = call.texts("name") or ["*"]
    kind = call.text("commandtype").lower()
    for pattern in names:
        found = [*_cmdlet_records(call, pattern, kind), *_program_records(call, pattern, kind)]
        if not found and not any(mark in pattern for mark in "*?"):
            error = not_found(pattern, call.extent)
            error.detail.activity, error.detail.prefix = "Get-Command", "Get-Command"
            error.detail.identifier = (
                "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand"
            )
            await call.complain(error)
        await call.put_all(found)


def _cmdlet_records(call: Call, pattern: str, kind: str) -> list[Value]:
    test = wildcard(pattern)
    records: list[Value] = []
    if kind in ("", "cmdlet", "all"):
        for info in sorted(COMMANDS.values(), key=lambda info: info.name):
            verb, _, noun = info.name.partition("-")
            if (
                test.match(info.name)
                and (not call.given("noun") or wildcard(call.text("noun")).match(noun))
                and (not call.given("verb") or wildcard(call.text("verb")).match(verb))
            ):
                records.append(_command_record("Cmdlet", info.name, "3.1.0.0", info.module))
    if not any(mark in pattern for mark in "*?") and pattern.lower() in ALIASES and kind in ("", "alias"):
        records.append(_command_record("Alias", f"{pattern} -> {ALIASES[pattern.lower()]}", "", ""))
    if kind in ("", "function"):
        for name, _ in call.shell.functions.values():
            if test.match(name):
                records.append(_command_record("Function", name, "", ""))
    return records


def _program_records(call: Call, pattern: str, kind: str) -> list[Value]:
    if kind not in ("", "application", "all") or call.given("noun") or call.given("verb"):
        return []
    if not any(mark in pattern for mark in "*?"):
        found = find_installed(pattern)
        paths = [found.path] if found else []
    elif kind or pattern != "*":
        paths = [
            each.path for each in PROGRAMS.values() if wildcard(pattern).match(each.path.rsplit("\\", 1)[-1])
        ]
    else:
        paths = []
    version = call.shell.machine.build.full_version
    return [_command_record("Application", path.rsplit("\\", 1)[-1], version, path) for path in sorted(paths)]


def _command_record(kind: str, name: str, version: str, source: str) -> Record:
    return Record(
        "System.Management.Automation.CommandInfo",
        {
            "CommandType": kind,
            "Name": name,
            "Version": version,
            "Source": source,
            "Definition": source or name,
        },
        text=name.split(" ->")[0],
    )


@command("Get-Alias", "Name:0 Definition", "gal")
async def get_alias(call: Call) -> None:
    """Gets the aliases for the current session."""
    for pattern in call.texts("name") or ["*"]:
        for alias, definition in sorted({**ALIASES, **call.shell.aliases}.items()):
            if wildcard(pattern).match(alias) and wildcard(call.text("definition", "*")).match(definition):
                await call.put(
                    Record(
                        "System.Management.Automation.AliasInfo",
                        {"CommandType": "Alias", "Name": alias, "DisplayName": f"{alias} -> {definition}",
                         "Definition": definition, "Version": ""},
                    )
                )  # fmt: skip


@command("Set-Alias", "Name:0 Value:1 Scope Force? Option", "sal nal")
async def set_alias(call: Call) -> None:
    """Creates or changes an alias for a cmdlet or other command."""
    call.shell.aliases[call.text("name").lower()] = call.text("value")


@command("Get-History", "Id:0 Count:1", "h history ghy")
async def get_history(call: Call) -> None:
    """Gets a list of the commands entered during the current session."""
    entries = list(enumerate(call.shell.history, 1))
    if call.given("count"):
        entries = entries[-call.integer("count") :]
    for number, (line, started, ended) in entries:
        await call.put(
            Record(
                "Microsoft.PowerShell.Commands.HistoryInfo",
                {"Id": number, "CommandLine": line, "ExecutionStatus": "Completed", "StartExecutionTime": started,
                 "EndExecutionTime": ended},
            )
        )  # fmt: skip


@command("Clear-History", "", "clhy")
async def clear_history(call: Call) -> None:
    """Deletes entries from the command history."""
    call.shell.history.clear()


@command("Get-Help", "Name:0 Full? Detailed? Examples? Online? Parameter", "help man")
async def get_help(call: Call) -> None:
    """Displays information about PowerShell commands and concepts."""
    name = call.text("name")
    info = COMMANDS.get(ALIASES.get(name.lower(), name).lower())
    if not name:
        await call.put(
            "\nTOPIC\n    A simulated Windows PowerShell\n\nSHORT DESCRIPTION\n    This shell runs on hptui's simulated "
            "cluster; no Windows is behind it.\n    `Get-Command` lists what it knows. Anything else is an error.\n"
        )
        return
    if info is None:
        raise call.error(
            f"Get-Help could not find {name} in a help file in this session. To download updated help topics type: "
            '"Update-Help". To get help online, search for the help topic in the TechNet library.',
            "ResourceUnavailable",
            "HelpNotFound",
            "HelpNotFoundException",
            name,
        )
    parameters = " ".join(
        f"[-{spec.name}]"
        if spec.switch
        else f"[[-{spec.name}] <value>]"
        if spec.position is not None
        else f"[-{spec.name} <value>]"
        for spec in info.parameters
    )
    aliases = ", ".join(sorted(alias for alias, target in ALIASES.items() if target == info.name)) or "None"
    await call.put(
        f"\nNAME\n    {info.name}\n\nSYNOPSIS\n    {info.synopsis}\n\nSYNTAX\n    {info.name} {parameters} "
        f"[<CommonParameters>]\n\nALIASES\n    {aliases}\n\nREMARKS\n    This is hptui's simulation of the command.\n"
    )


@command("Invoke-Expression", "Command:0", "iex")
async def invoke_expression(call: Call) -> None:
    """Runs commands or expressions on the local computer."""
    await call.shell.evaluator.run_body(parse(call.text("command")), call.out)


@command("Invoke-Command", "ScriptBlock:0 ComputerName ArgumentList", "icm")
async def invoke_command(call: Call) -> None:
    """Runs commands on local and remote computers."""
    if call.given("computername"):
        raise call.error(
            f"[{call.text('computername')}] Connecting to remote server failed: this simulated node reaches no other.",
            "OpenError",
            "ComputerNotFound",
            "PSRemotingTransportException",
        )
    block = call.get("scriptblock")
    if isinstance(block, ScriptBlock):
        await call.put_all(await call.shell.evaluator.collect_block(block, as_list(call.get("argumentlist"))))


@command("Get-Member", "Name:0 MemberType", "gm")
async def get_member(call: Call) -> None:
    """Gets the properties and methods of objects."""
    for item in call.input[:1]:
        await call.put(f"\n   TypeName: {type_name(item)}\n")
        entries = (
            item.properties
            if isinstance(item, Record)
            else item
            if isinstance(item, HashTable)
            else {"Length": 0}
        )
        for key, value in entries.items():
            await call.put(
                Record(
                    CUSTOM_OBJECT,
                    {
                        "Name": key,
                        "MemberType": "Property",
                        "Definition": f"{short_type(value)} {key} {{get;}}",
                    },
                )
            )


@command("Select-String", "Pattern:0 Path:1 SimpleMatch? CaseSensitive? NotMatch? Quiet?", "sls")
async def select_string(call: Call) -> None:
    """Finds text in strings and files."""
    patterns = [re.escape(p) if call.switch("simplematch") else p for p in call.texts("pattern")]
    operator = "cmatch" if call.switch("casesensitive") else "match"
    for number, item in enumerate(call.input, 1):
        text = to_text(item)
        found = any(match(text, pattern, operator, call.shell.variables) for pattern in patterns)
        if found is not call.switch("notmatch"):
            if call.switch("quiet"):
                await call.put(True)
                return
            await call.put(
                Record(
                    "Microsoft.PowerShell.Commands.MatchInfo",
                    {"Line": text, "LineNumber": number, "Path": "InputStream", "Pattern": patterns[0]},
                    text=text,
                )
            )


@command("Get-Random", "InputObject:0 Minimum Maximum Count")
async def get_random(call: Call) -> None:
    """Gets a random number, or selects objects randomly from a collection."""
    from random import Random

    random = Random()
    pool = call.input or (
        as_list(call.get("inputobject")) if isinstance(call.get("inputobject"), list) else []
    )
    if pool:
        await call.put_all(random.sample(pool, min(len(pool), call.integer("count", 1))))
        return
    top = call.integer("maximum", call.integer("inputobject", 2**31 - 1))
    await call.put(random.randrange(call.integer("minimum"), max(top, call.integer("minimum") + 1)))


@command("Add-Type", "TypeDefinition:0 AssemblyName MemberDefinition Name Namespace Language")
async def add_type(call: Call) -> None:
    """Adds a .NET class to a PowerShell session."""
    if call.given("assemblyname"):
        return
    raise call.error(
        "Cannot add type. This simulated PowerShell has no compiler.",
        "InvalidData",
        "COMPILER_ERRORS",
        "InvalidOperationException",
    )


@command("Remove-TypeData", "TypeName:0 Path")
async def remove_type_data(call: Call) -> None:
    """Deletes extended types from the current session."""


@command("Set-StrictMode", "Version Off?")
async def set_strict_mode(call: Call) -> None:
    """Establishes and enforces coding rules in expressions, scripts, and script blocks."""


@command("Import-Module", "Name:0 Force? DisableNameChecking?", "ipmo")
async def import_module(call: Call) -> None:
    """Adds modules to the current session."""
    for name in call.texts("name"):
        if name.lower().rsplit("\\", 1)[-1] not in (
            "hostnetworkingservice", "hns.psm1", "hns.v2.psm1", "nettcpip", "cimcmdlets", "netadapter", "defender",
            "microsoft.powershell.utility", "microsoft.powershell.management",
        ):  # fmt: skip
            await call.complain(
                call.error(
                    f"The specified module '{name}' was not loaded because no valid module file was found in any module "
                    "directory.",
                    "ResourceUnavailable",
                    "Modules_ModuleNotFound",
                    "FileNotFoundException",
                    name,
                )
            )
