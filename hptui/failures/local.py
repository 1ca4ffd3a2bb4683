"""Failures that need no cluster: what was typed or configured cannot be meant."""

from __future__ import annotations

from hptui.failures.failure import Failure

_ACCOUNT = "Not an account for HostProcess"
_ACCOUNT_HINT = "Use SYSTEM, LocalService, NetworkService or the name of a local group of the node."
_PARSE_ACCOUNT = "hptui.hostprocess.account:parse_account"

ACCOUNT_NAME = Failure(
    "account-name",
    _ACCOUNT,
    "HostProcess logs on without a password",
    "The container runtime knows three accounts of NT AUTHORITY and local groups of the node; anything else would be a logon "
    "without a password, which Windows refuses.",
    _ACCOUNT_HINT,
    _PARSE_ACCOUNT,
)
ACCOUNT_MANAGED = Failure(
    "account-managed",
    _ACCOUNT,
    "looks like a managed service account (gMSA)",
    "HostProcess containers run on the host's own accounts; a gMSA of the pod has no effect on them.",
    _ACCOUNT_HINT,
    _PARSE_ACCOUNT,
)
NOT_IMAGE = Failure(
    "image-reference",
    "Not an image",
    "cannot be an image reference",
    "An image is written without a scheme and without spaces, its path in lower case.",
    "Write it as registry.example.com/team/image:tag, without spaces or a scheme.",
    "hptui.hostprocess.images:own_image",
)
NO_VENDOR_IMAGE = Failure(
    "image-vendor",
    "No such image",
    "Microsoft's page has no image for Windows",
    "`vendor` means the image of Microsoft's HostProcess page, which exists for Windows Server 2019 and 2022 only.",
    "Use the HostProcess base image (--image base), which fits every build.",
    "hptui.hostprocess.images:choose_image",
)
UNKNOWN_SETTING = Failure(
    "setting-unknown",
    "Settings",
    "there is no setting",
    "The file, the environment or --set names a setting that does not exist; a mistyped one must not pass for set.",
    "{near}`hptui settings` lists them all.",
    "hptui.settings:load",
)
NO_TERMINAL = Failure(
    "no-terminal",
    "The screen cannot be used",
    "The screen needs a terminal",
    "stdin, stdout or stderr leads into a file or a pipe, and the screen is painted on a terminal.",
    "{instead}",
    "hptui.cli.own_terminal:need_terminal",
)

ALL = (ACCOUNT_NAME, ACCOUNT_MANAGED, NOT_IMAGE, NO_VENDOR_IMAGE, UNKNOWN_SETTING, NO_TERMINAL)
