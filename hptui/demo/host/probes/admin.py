"""Admin rights: whose token this is and what it holds."""

from __future__ import annotations

from hptui.demo.host.probes.answering import Given, Records, answers
from hptui.demo.host.running import ProgramRun
from hptui.demo.host.windows.accounts import ADMINISTRATORS_SID

_WORDS = {
    "Mandatory group": ["mandatory"],
    "Enabled by default": ["enabled by default"],
    "Enabled group": ["enabled"],
    "Group owner": ["owner"],
}


@answers("admin")
def admin(run: ProgramRun, given: Given) -> Records:
    token = run.token
    listed = next((group.attributes for group in token.groups if group.sid == ADMINISTRATORS_SID), None)
    # A filtered token can't be asked how it was elevated by a program that the account may not compile.
    compiles = token.administrator or token.name.startswith("NT AUTHORITY")
    problem = [] if compiles else ["elevation: Access to the path 'C:\\Windows\\TEMP' is denied."]
    yield {
        "user": token.name,
        "sid": token.sid,
        "administrators": "enabled" if token.administrator else "absent",
        "role": token.administrator,
        "fltmc": token.administrator,
        "integrity": token.integrity.sid,
        "elevation": "default" if compiles else None,
        "groups": len(token.groups),
        "listed": listed,
        "whoami": len(token.groups) + 1,
        "language": "FullLanguage",
        "powershell": run.machine.build.powershell,
        "problem": problem,
    }


@answers("privileges")
def privileges(run: ProgramRun, given: Given) -> Records:
    for each in run.token.privileges:
        yield {
            "name": each.name,
            "enabled": each.enabled,
            "default": each.enabled,
            "about": each.description,
        }


@answers("groups")
def groups(run: ProgramRun, given: Given) -> Records:
    for group in run.token.groups:
        attributes = [word for part in group.attributes.split(", ") for word in _WORDS.get(part, [])]
        yield {
            "name": group.name,
            "sid": group.sid,
            "enabled": "enabled" in attributes,
            "deny": False,
            "attributes": attributes,
        }
    label = run.token.integrity
    yield {
        "name": label.name,
        "sid": label.sid,
        "enabled": False,
        "deny": False,
        "attributes": ["integrity", "integrity enabled"],
    }
