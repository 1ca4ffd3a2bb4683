"""whoami.exe in its forms: who, /user, /groups, /priv, /all, /upn, as table, list or CSV."""

from __future__ import annotations

from hptui.demo.host.programs.text_table import formatted
from hptui.demo.host.running import ProgramRun, program

_HELP = """
WhoAmI has three ways of working:

Syntax 1:
    WHOAMI [/UPN | /FQDN | /LOGONID]

Syntax 2:
    WHOAMI { [/USER] [/GROUPS] [/CLAIMS] [/PRIV] } [/FO format] [/NH]

Syntax 3:
    WHOAMI /ALL [/FO format] [/NH]

Description:
    This utility can be used to get user name and group information
    along with the respective security identifiers (SID), claims,
    privileges, logon identifier (logon ID) for the current user
    on the local system.
"""
_SECTIONS = ("user", "groups", "claims", "priv")


@program("whoami.exe")
async def whoami(run: ProgramRun) -> int:
    """Displays who this is, in which groups, with which privileges."""
    words = [argument.lower() for argument in run.arguments]
    form, header, chosen = "table", True, []
    place = 0
    while place < len(words):
        word = words[place].replace("-", "/", 1) if words[place].startswith("-") else words[place]
        if word == "/fo" and place + 1 < len(words):
            place += 1
            form = words[place]
            if form not in ("table", "list", "csv"):
                return await _refuse(run, run.arguments[place])
        elif word == "/nh":
            header = False
        elif word in ("/?", "/help"):
            await run.out(_HELP)
            return 0
        elif word.startswith("/") and word[1:] in (*_SECTIONS, "all", "upn", "fqdn", "logonid"):
            chosen.append(word[1:])
        else:
            return await _refuse(run, run.arguments[place])
        place += 1
    return await _answer(run, chosen, form, no_header=not header)


async def _refuse(run: ProgramRun, argument: str) -> int:
    await run.err(f"ERROR: Invalid argument/option - '{argument}'.\nType \"WHOAMI /?\" for usage.\n")
    return 1


async def _answer(run: ProgramRun, chosen: list[str], form: str, *, no_header: bool) -> int:
    if not chosen:
        await run.out(f"{run.token.user}\n")
        return 0
    if chosen == ["logonid"]:
        await run.out("S-1-5-5-0-999\n")
        return 0
    if "upn" in chosen or "fqdn" in chosen:
        await run.err(
            "ERROR: Unable to get User Principal Name (UPN) as the current logged-on user\n       is not a domain user.\n"
            if "upn" in chosen
            else "ERROR: Unable to get Fully Qualified Distinguished Name (FQDN) as the current\n"
            "       logged-on user is not a domain user.\n"
        )
        return 1
    sections = _SECTIONS if "all" in chosen else chosen
    for section in sections:
        title, headers, rows = _section(run, section)
        if not rows:
            if not no_header and form != "csv":
                await run.out(
                    f"\n{title}\n{'-' * len(title)}\n\nUser claims unknown.\n\n"
                    "Kerberos support for Dynamic Access Control on this device has been disabled.\n"
                )
            continue
        if form != "csv" and not no_header:
            await run.out(f"\n{title}\n{'-' * len(title)}\n\n")
        await run.out(formatted(form, headers, rows, no_header=no_header))
    return 0


def _section(run: ProgramRun, section: str) -> tuple[str, list[str], list[list[str]]]:
    token = run.token
    if section == "user":
        return "USER INFORMATION", ["User Name", "SID"], [[token.user, token.sid]]
    if section == "groups":
        groups = [
            [each.name, each.type, each.sid, each.attributes] for each in (*token.groups, token.integrity)
        ]
        return "GROUP INFORMATION", ["Group Name", "Type", "SID", "Attributes"], groups
    if section == "priv":
        privileges = [[each.name, each.description, each.state] for each in token.privileges]
        return "PRIVILEGES INFORMATION", ["Privilege Name", "Description", "State"], privileges
    return "USER CLAIMS INFORMATION", [], []
