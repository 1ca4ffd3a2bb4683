"""The accounts a HostProcess pod can run as: any spelling in, the one spelling that works out.

The container runtime compares the domain with exactly `NT AUTHORITY` and knows three users in it; any other name is either a
local group of the node (containerd 1.7 and later makes a throw-away member of it) or a logon without a password, which fails.
So whatever is none of these is refused here, with the reason, before a request is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hptui.errors import AccountError

MAX_NAME = 104
"""The API server's limit for the user part of runAsUserName, in characters."""

FORBIDDEN_CHARACTERS = '"/\\[]:;|=,+*?<>@'
"""What neither Windows allows in a group's name nor the API server in runAsUserName."""


class AccountKind(StrEnum):
    SYSTEM = "system"
    LOCAL_SERVICE = "local service"
    NETWORK_SERVICE = "network service"
    GROUP = "group"


class AdminExpected(StrEnum):
    """Whether the account should turn out to be an administrator. What it is in fact, the pod's first process says."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Account:
    kind: AccountKind
    name: str  # exactly as runAsUserName wants it
    label: str  # for a table or a tab
    short: str  # what it may, in a few words
    description: str  # one line: what it may and may not do
    admin_expected: AdminExpected

    @property
    def is_group(self) -> bool:
        return self.kind is AccountKind.GROUP


SYSTEM = Account(
    AccountKind.SYSTEM,
    "NT AUTHORITY\\SYSTEM",
    "SYSTEM",
    "everything, administrator",
    "Everything on the node: a member of Administrators, and the machine itself on the network.",
    AdminExpected.YES,
)
LOCAL_SERVICE = Account(
    AccountKind.LOCAL_SERVICE,
    "NT AUTHORITY\\Local service",
    "Local service",
    "few rights, nobody on the network",
    "Few rights on the node: not an administrator, and anonymous on the network.",
    AdminExpected.NO,
)
NETWORK_SERVICE = Account(
    AccountKind.NETWORK_SERVICE,
    "NT AUTHORITY\\NetworkService",
    "NetworkService",
    "few rights, the machine on the network",
    "Few rights on the node: not an administrator, but the machine itself on the network.",
    AdminExpected.NO,
)
BUILT_IN_ACCOUNTS = (SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE)

ADMINISTRATORS = "Administrators"
"""The local group that is there on every node: a throw-away user in it."""

# Without spaces and case; the SIDs are the well-known ones of the three.
_SPELLINGS = {
    "system": SYSTEM,
    "localsystem": SYSTEM,
    "s-1-5-18": SYSTEM,
    "localservice": LOCAL_SERVICE,
    "s-1-5-19": LOCAL_SERVICE,
    "networkservice": NETWORK_SERVICE,
    "s-1-5-20": NETWORK_SERVICE,
}

# Users, not groups, on every Windows installation.
_WELL_KNOWN_USERS = frozenset({"administrator", "guest", "defaultaccount", "wdagutilityaccount"})


def parse_account(text: str) -> Account:
    """The account that `text` means.

    Raises AccountError, with the reason, for anything that HostProcess cannot run as.
    """
    name = text.strip()
    if not name:
        raise AccountError("No account was given.")
    if not name.isprintable():
        raise AccountError(
            f"{_shown(name)!a} holds a character that cannot be seen; no account's name has one."
        )
    domain, backslash, user = name.rpartition("\\")
    if backslash:
        return _in_domain(domain.strip(), user.strip(), name)
    built_in = _built_in(name)
    return built_in or _group(name)


def every_kind(own: str) -> tuple[str, ...]:
    """Names of the three of NT AUTHORITY, of a member of Administrators, and `own` where it is none of these."""
    names = (*(account.label for account in BUILT_IN_ACCOUNTS), ADMINISTRATORS)
    known = {parse_account(name).name.casefold() for name in names}
    return names if parse_account(own).name.casefold() in known else (*names, own)


def _built_in(name: str) -> Account | None:
    key = "".join(name.split()).casefold()
    return _SPELLINGS.get(key) or _SPELLINGS.get(key.replace("_", "").replace("-", ""))


def _in_domain(domain: str, user: str, name: str) -> Account:
    key = "".join(domain.split()).casefold()
    if key == "ntauthority":
        account = _built_in(user)
        if account is not None:
            return account
        raise AccountError(
            f"{_shown(name)}: of NT AUTHORITY, HostProcess knows only SYSTEM, Local service and NetworkService."
        )
    if user.endswith("$"):
        raise _managed_account(name)
    if key in {"builtin", "."}:
        raise AccountError(
            f"{_shown(name)}: a local group is given by its name alone, without {domain}\\.",
            hint=f"Use {user}." if user else None,
        )
    raise AccountError(
        f"{_shown(name)}: domain accounts and other users cannot be used, because HostProcess logs on without a password.",
    )


def _group(name: str) -> Account:
    if name.endswith("$"):
        raise _managed_account(name)
    if "@" in name:
        raise AccountError(
            f"{_shown(name)}: domain accounts cannot be used, because HostProcess logs on without a password."
        )
    found = [c for c in FORBIDDEN_CHARACTERS if c in name]
    if found:
        raise AccountError(f"{_shown(name)}: a group's name cannot hold {' '.join(found)}")
    if len(name) > MAX_NAME:
        raise AccountError(f"The name has {len(name)} characters; the API server takes at most {MAX_NAME}.")
    if not name.strip(". "):
        raise AccountError(f"{_shown(name)}: a group's name cannot be only dots and spaces.")
    if name.casefold().startswith("s-1-"):
        raise AccountError(f"{_shown(name)} is a security identifier; a local group is given by its name.")
    if name.casefold() in _WELL_KNOWN_USERS:
        raise AccountError(
            f"{_shown(name)} is a user, and HostProcess can log on as no user but the three of NT AUTHORITY.",
        )
    return Account(
        AccountKind.GROUP,
        name,
        f"group {name}",
        "what that group may",
        f"A throw-away user that is a member of the node's group {name} only; needs containerd 1.7 or later.",
        AdminExpected.UNKNOWN,
    )


def _shown(name: str) -> str:
    """In a sentence: whole, unless somebody has pasted a page."""
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"


def _managed_account(name: str) -> AccountError:
    return AccountError(
        f"{_shown(name)} looks like a managed service account (gMSA); those have no effect on HostProcess."
    )
