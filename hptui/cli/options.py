"""The options that commands share: kubectl's own for the connection, and those that say what a session's pod is like."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from hptui.cli.begin_log import begin_log
from hptui.settings import Loaded, Settings, load

Command = TypeVar("Command", bound=Callable[..., Any])

_DURATION = re.compile("(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?")


def duration(text: str) -> int:
    """Seconds, out of 3600, 90s, 15m, 1h30m or 2d."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise click.BadParameter(f"{text!r} is not a duration; write it as 3600, 15m or 1h30m.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


@dataclass(frozen=True, slots=True)
class Connection:
    """kubectl's options for which cluster and as whom, and our own for the settings."""

    kubeconfig: str | None = None
    context: str | None = None
    namespace: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
    request_timeout: int | None = None  # seconds
    config: Path | None = None
    assignments: tuple[str, ...] = ()
    read_only: bool | None = None
    log_file: str | None = None
    log_level: str | None = None

    def over(self, other: Connection) -> Connection:
        """These where they were given, those of `other`, given before the command's name, elsewhere."""
        given = {
            f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) not in (None, ())
        }
        return replace(other, **given)

    def load_settings(self, **flags: object) -> Loaded:
        """The effective settings, and the log that they name has begun: every command passes here first.

        `flags` are more of them, by key; None leaves one alone.
        """
        own: dict[str, object] = dict(_assignment(text) for text in self.assignments)
        own |= {"namespace": self.namespace, "request_timeout": self.request_timeout}
        own |= {"log_file": self.log_file, "log_level": self.log_level}
        own |= {"read_only": self.read_only, **flags}
        loaded = load(own, config=self.config)
        begin_log(loaded.settings)
        return loaded


def _assignment(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set wants KEY=VALUE, not {text!r}.")
    return key.strip(), value


_LOG = (
    click.option(
        "--log-file", metavar="FILE", help="Add what the program does to this file, without secrets."
    ),
    click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="How much the log file holds; debug has each request.",
    ),
)

_CONNECTION = (
    click.option(
        "--kubeconfig", metavar="FILE", help="The kubeconfig file; else $KUBECONFIG or ~/.kube/config."
    ),
    click.option("--context", metavar="NAME", help="The kubeconfig context to use."),
    click.option("-n", "--namespace", metavar="NAME", help="The namespace for sessions' pods."),
    click.option("--as", "as_user", metavar="USER", help="The user to impersonate."),
    click.option(
        "--as-group", "as_groups", metavar="GROUP", multiple=True, help="A group to impersonate; repeatable."
    ),
    click.option(
        "--request-timeout",
        type=duration,
        metavar="TIME",
        help="How long the API server may take to answer, as in 30s.",
    ),
    click.option(
        "--read-only", is_flag=True, default=None, flag_value=True, help="Look, and launch nothing."
    ),
    *_LOG,
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The settings file to read.",
    ),
    click.option(
        "--set",
        "assignments",
        metavar="KEY=VALUE",
        multiple=True,
        help="A setting for this run; `hptui settings` lists them.",
    ),
)


def connection_options(command: Command) -> Command:
    """Gives a command the parameter `connection`; the options may stand before or after the command's name."""
    import functools

    @functools.wraps(command)
    def with_connection(*args: Any, **kwargs: Any) -> Any:
        names = [f.name for f in fields(Connection)]
        given = Connection(**{name: kwargs.pop(name) for name in names})
        return command(*args, connection=_after_those_before(given), **kwargs)

    for option in reversed(_CONNECTION):
        with_connection = option(with_connection)
    return with_connection  # type: ignore[return-value]


def log_options(command: Command) -> Command:
    """For a command that needs no cluster: gives it `connection`, in which only what stood before its name can be more."""
    import functools

    @functools.wraps(command)
    def with_log(*args: Any, **kwargs: Any) -> Any:
        given = Connection(log_file=kwargs.pop("log_file"), log_level=kwargs.pop("log_level"))
        return command(*args, connection=_after_those_before(given), **kwargs)

    for option in reversed(_LOG):
        with_log = option(with_log)
    return with_log  # type: ignore[return-value]


def _after_those_before(given: Connection) -> Connection:
    """With what stood before the command's name."""
    context = click.get_current_context()
    before = context.parent.obj if context.parent is not None else None
    return given.over(before) if isinstance(before, Connection) else given


@dataclass(frozen=True, slots=True)
class PodChoice:
    """What the pod shall be like, as given; None for what the settings say."""

    account: str | None = None
    image: str | None = None
    pull_secret: str | None = None
    deadline: int | None = None
    reason: str = ""

    def load_settings(self, connection: Connection) -> Settings:
        return connection.load_settings(
            account=self.account, image=self.image, pull_secret=self.pull_secret, deadline=self.deadline
        ).settings


_POD = (
    click.option(
        "--account", metavar="NAME", help="SYSTEM, LocalService, NetworkService or a local group of the node."
    ),
    click.option(
        "--image",
        metavar="IMAGE",
        help="base, vendor, node (what the node already has), or an image's reference.",
    ),
    click.option("--pull-secret", metavar="NAME", help="The secret to pull the image with."),
    click.option(
        "--deadline",
        type=duration,
        metavar="TIME",
        help="How long the kubelet lets the pod live, as in 15m or 1h30m.",
    ),
    click.option("--reason", metavar="TEXT", default="", help="Why; kept in an annotation of the pod."),
)


def pod_options(command: Command) -> Command:
    """Gives a command the parameter `choice`."""
    import functools

    @functools.wraps(command)
    def with_choice(*args: Any, **kwargs: Any) -> Any:
        choice = PodChoice(**{f.name: kwargs.pop(f.name) for f in fields(PodChoice)})
        return command(*args, choice=choice, **kwargs)

    for option in reversed(_POD):
        with_choice = option(with_choice)
    return with_choice  # type: ignore[return-value]


def launch_options(command: Command) -> Command:
    """Gives a command `verbose`, `force` and `confirm`: how a launch is told, and when it is made at all."""
    for option in reversed(_LAUNCH):
        command = option(command)
    return command


_LAUNCH = (
    click.option("--verbose", is_flag=True, help="Tell on stderr how the launch goes."),
    click.option(
        "--force", is_flag=True, help="Try even on a node that is judged unable to run HostProcess."
    ),
    click.option(
        "--confirm", metavar="CONTEXT", help="The context's name, which a protected one wants to hear."
    ),
)
