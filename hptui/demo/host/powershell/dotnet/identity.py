"""System.Security.Principal for scripts: who this is, its groups, and whether it is in a role."""

from __future__ import annotations

from hptui.demo.host.powershell.data.errors import failure
from hptui.demo.host.powershell.data.values import EnumWord, Record, Value, to_text
from hptui.demo.host.windows.accounts import Token

_ROLES = {"Administrator": 544, "User": 545, "Guest": 546, "PowerUser": 547, "BackupOperator": 551}


def sid_record(sid: str, name: str = "") -> Record:
    account = Record("System.Security.Principal.NTAccount", {"Value": name or sid}, text=name or sid)
    return Record(
        "System.Security.Principal.SecurityIdentifier",
        {"BinaryLength": 12 + 4 * (sid.count("-") - 2), "AccountDomainSid": None, "Value": sid},
        text=sid,
        methods={"Translate": lambda kind: account},
    )


def identity_record(token: Token) -> Record:
    # The label is no group to .NET, and groups that are used only to deny are left out, as there.
    groups = [
        sid_record(group.sid, group.name) for group in token.groups if "Enabled group" in group.attributes
    ]
    return Record(
        "System.Security.Principal.WindowsIdentity",
        {
            "AuthenticationType": "Negotiate",
            "ImpersonationLevel": "None",
            "IsAuthenticated": True,
            "IsGuest": False,
            "IsSystem": token.system,
            "IsAnonymous": False,
            "Name": token.name,
            "Owner": sid_record("S-1-5-32-544" if token.administrator else token.sid),
            "User": sid_record(token.sid, token.name),
            "Groups": groups,
            "Token": 2404,
        },
    )


def principal_record(token: Token) -> Record:
    def in_role(role: Value) -> bool:
        if isinstance(role, EnumWord):
            return any(group.sid == f"S-1-5-32-{role.number}" for group in token.groups)
        wanted = to_text(role).lower()
        if isinstance(role, int):
            wanted = f"s-1-5-32-{role}"
        short = wanted.removeprefix("builtin\\")
        return any(
            wanted == group.sid.lower()
            or short == group.name.lower().removeprefix("builtin\\")
            or (short == "administrator" and group.sid == "S-1-5-32-544")
            for group in token.groups
        )

    return Record(
        "System.Security.Principal.WindowsPrincipal",
        {"Identity": identity_record(token)},
        methods={"IsInRole": in_role},
    )


def built_in_role(name: str) -> EnumWord | None:
    for word, number in _ROLES.items():
        if word.lower() == name.lower():
            return EnumWord.of(word, number, "System.Security.Principal.WindowsBuiltInRole")
    return None


def convert(value: Value, kind: str, token: Token) -> Value:
    if kind == "windowsprincipal":
        return principal_record(token)
    if kind == "windowsbuiltinrole":
        return built_in_role(to_text(value))
    if kind == "securityidentifier":
        return sid_record(to_text(value), next((g.name for g in token.groups if g.sid == to_text(value)), ""))
    if kind == "ntaccount":
        return Record("System.Security.Principal.NTAccount", {"Value": to_text(value)}, text=to_text(value))
    return identity_record(token)


def static_call(kind: str, name: str, token: Token) -> Value:
    if kind == "windowsidentity" and name == "getcurrent":
        return identity_record(token)
    raise failure(
        f"Method invocation failed because [System.Security.Principal.{kind}] does not contain a method named '{name}'.",
        category="InvalidOperation",
        identifier="MethodNotFound",
    )
