"""Typed settings: the defaults, then the TOML file, then the environment, then flags; an unknown key is an error.

The file is `config.toml` in the user's configuration directory, or what $HPTUI_CONFIG or --config names; every key is also an
environment variable, HPTUI_ and the key in capitals. The defaults cost nothing to import: pydantic, which checks what people
write, is imported only when there is something to check.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hptui.errors import SettingsError
from hptui.failures import local

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX = "HPTUI_"
CONFIG_VARIABLE = "HPTUI_CONFIG"

# In a pod, Kubernetes itself sets these when a service of the namespace is called hptui.
_NOT_OURS = re.compile(r"HPTUI_(SERVICE|PORT)(_|$)")

_KEY_NAMES = {"]": "right_square_bracket", "\\": "backslash", "^": "circumflex_accent", "_": "underscore"}
_BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}
# ValueError besides TOML's own: bytes that are no text, a number of ten thousand digits, a path that cannot be one.
_NOT_TOML = (ValueError, RecursionError)
_LONGEST_SHOWN = 200  # characters of what is wrong
_LEADERS = re.compile(
    r"ctrl\+(?:[a-hj-ln-z]|right_square_bracket|backslash|circumflex_accent|underscore)|f(?:[1-9]|1[0-9]|2[0-4])"
)


def _setting(
    default: Any,
    doc: str,
    *,
    unit: str = "",
    low: int | None = None,
    high: int | None = None,
    one_of: str = "",
) -> Any:
    """A key with what it means; numbers lie between `low` and `high`, words are `one_of` those given."""
    return field(
        default=default,
        metadata={
            "doc": doc,
            "unit": unit,
            "low": low,
            "high": high,
            "one_of": one_of,
            "boolean": isinstance(default, bool),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. Names and units as in the file."""

    theme: str = _setting("textual-dark", "the screen's theme; the command palette lists them")
    leader: str = _setting(
        "ctrl+right_square_bracket", "the one key that leaves the terminal, as in ctrl+] or f12"
    )
    account: str = _setting("SYSTEM", "the account that sessions run as unless another is chosen")
    image: str = _setting("base", "base, vendor, node, or the reference of an image of your own")
    namespace: str = _setting("", "the namespace of sessions' pods; empty for the context's own")
    pull_secret: str = _setting("", "the secret that the image is pulled with, in the sessions' namespace")
    deadline: int = _setting(
        3600, "how long the kubelet lets a session live", unit="seconds", low=60, high=604800
    )
    max_deadline: int = _setting(
        28800, "the longest deadline that can be chosen", unit="seconds", low=60, high=604800
    )
    shell: tuple[str, ...] = _setting(
        (), "the command of an interactive session; empty for Windows PowerShell by its whole path"
    )
    engine: str = _setting("auto", "what interprets the terminal's output", one_of="auto ghostty bittty")
    scrollback: int = _setting(
        10_000,
        "how far back the terminal can be scrolled; 64 MiB at most, which hold fewer wide lines",
        unit="lines",
        low=0,
        high=200_000,
    )
    log_tail: int = _setting(
        500, "how much of a log is read when it is opened", unit="lines", low=0, high=100_000
    )
    side_width: int = _setting(
        44, "how wide the panel beside the terminal is", unit="columns", low=20, high=200
    )
    usage_interval: int = _setting(15, "how often usage is asked for", unit="seconds", low=5, high=600)
    read_only: bool = _setting(False, "whether sessions are refused everywhere: to look, never to launch")
    read_only_contexts: tuple[str, ...] = _setting(
        (), "the contexts in which sessions are refused, as patterns like *-prod"
    )
    protected_contexts: tuple[str, ...] = _setting(
        (), "the contexts whose name must be typed before each launch, as patterns like *-prod"
    )
    paste_asks: bool = _setting(
        True, "whether several lines, or control characters, are shown before they are pasted"
    )
    host_clipboard: bool = _setting(False, "whether what runs on the host may write your clipboard (OSC 52)")
    record: bool = _setting(False, "whether every session is recorded from its first byte")
    record_directory: str = _setting("", "where recordings go; empty for the platform's place for such data")
    record_format: str = _setting(
        "v3", "the version of asciicast that recordings have; v2 for older players", one_of="v3 v2"
    )
    probe_directory: str = _setting(
        "", "where probes of your own are; empty for the folder probes beside the settings file"
    )
    reconnect: bool = _setting(
        True, "whether a new shell is tried for by itself when the link to one is lost and its pod lives"
    )
    ping_interval: int = _setting(
        25, "how often an idle shell's connection is kept alive; 0 for never", unit="seconds", low=0, high=200
    )
    watch_seconds: int = _setting(
        120,
        "how long a watch lasts, or a log is silent, before it is asked for anew; less than what a proxy cuts",
        unit="seconds",
        low=20,
        high=600,
    )
    request_timeout: int = _setting(
        30, "how long the API server may take to answer", unit="seconds", low=1, high=600
    )
    log_file: str = _setting("", "the file that the program's own log is added to; empty for none")
    log_level: str = _setting(
        "info", "how much the log file holds; debug has each request", one_of="debug info warning error"
    )

    def __post_init__(self) -> None:
        if self.deadline > self.max_deadline:
            raise SettingsError(
                f"deadline is {self.deadline} seconds, more than max_deadline allows ({self.max_deadline}).",
                hint="Lower the one or raise the other.",
            )

    @property
    def recordings(self) -> Path:
        """The folder that recordings go to."""
        if self.record_directory:
            try:
                return Path(self.record_directory).expanduser()
            except (RuntimeError, ValueError):  # nobody here has that name, or it cannot be one
                return Path(self.record_directory)
        from platformdirs import user_data_path

        return user_data_path("hptui", appauthor=False) / "recordings"

    @property
    def own_probes(self) -> Path:
        """The folder with the person's own probes, which need not exist."""
        if self.probe_directory:
            return Path(self.probe_directory).expanduser()
        from platformdirs import user_config_path

        return user_config_path("hptui", appauthor=False) / "probes"


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """A key as `hptui settings` explains it."""

    name: str
    doc: str
    unit: str
    allowed: str  # "60 to 604800", "auto, ghostty or bittty", or ""


@dataclass(frozen=True, slots=True)
class Loaded:
    settings: Settings
    sources: Mapping[str, str]  # by key: where its value came from
    path: Path  # of the file, which need not exist


def documentation() -> tuple[SettingDoc, ...]:
    return tuple(
        SettingDoc(f.name, f.metadata["doc"], f.metadata["unit"], _allowed(f.metadata))
        for f in fields(Settings)
    )


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Loaded:
    """The effective settings and where each came from. Raises SettingsError for anything that cannot be one.

    `flags` are by key; text in them is read as in the environment, None leaves a setting alone. `config` is a file that must
    exist; without it, the default file may be absent.
    """
    environment = os.environ if environment is None else environment
    path = config or _default_path(environment)
    values: dict[str, object] = {}
    sources = dict.fromkeys((f.name for f in fields(Settings)), "default")
    for source, found in (
        (str(path), _from_file(path, must_exist=config is not None or CONFIG_VARIABLE in environment)),
        ("environment", _from_environment(environment)),
        ("flag", {k: _from_text(k, v, k) for k, v in (flags or {}).items() if v is not None}),
    ):
        values |= _checked(found, source)
        sources |= dict.fromkeys(found, source)
    return Loaded(Settings(**values), sources, path)  # type: ignore[arg-type]


def as_shown(settings: Settings) -> dict[str, object]:
    """By key, in the file's order and types."""
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(settings).items()
    }


def _default_path(environment: Mapping[str, str]) -> Path:
    named = environment.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("hptui", appauthor=False) / "config.toml"


def _from_file(path: Path, *, must_exist: bool) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"There is no file {path}.", hint="Check --config or HPTUI_CONFIG.") from None
        return {}
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}.", hint="Check --config or HPTUI_CONFIG."
        ) from error
    except _NOT_TOML as error:
        raise SettingsError(
            f"{path} is not TOML: {error}.", hint="A line looks like: deadline = 3600"
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, text in environment.items():
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE and not _NOT_OURS.match(name):
            key = name.removeprefix(PREFIX).lower()
            found[key] = _from_text(key, text, name)
    return found


def _from_text(key: str, text: object, name: str) -> object:
    """A number or a list where `key` is one, written as in the file; what is not text stays as it is."""
    default = next((f.default for f in fields(Settings) if f.name == key), None)
    if not isinstance(text, str) or isinstance(default, str):
        return text
    if isinstance(default, tuple):
        return _list_from_text(name, text)
    if isinstance(default, bool):
        return _BOOLEANS.get(text.strip().lower(), text)
    return int(text) if re.fullmatch(r"\s*[0-9]{1,12}\s*", text) else text


def _list_from_text(name: str, text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except _NOT_TOML as error:
        raise SettingsError(
            f"{name} is not a list: {_short(text)}.", hint='Write it like ["cmd.exe", "/q"].'
        ) from error


def _checked(found: Mapping[str, object], source: str) -> dict[str, object]:
    if not found:
        return {}
    for key in found:
        _check_known(key, source)
    from pydantic import TypeAdapter, ValidationError

    checked: dict[str, object] = {}
    for f in fields(Settings):
        if f.name not in found:
            continue
        value = found[f.name]
        adapter: TypeAdapter[object] = TypeAdapter(_constrained(type(f.default), f.metadata))
        try:
            checked[f.name] = adapter.validate_python(tuple(value) if isinstance(value, list) else value)
        except ValidationError as error:
            raise _wrong(f.name, value, source, f.metadata, error.errors()[0]) from error
    if "leader" in checked:
        checked["leader"] = _leader(str(checked["leader"]), source)
    return checked


def _check_known(key: str, source: str) -> None:
    known = [f.name for f in fields(Settings)]
    if key in known:
        return
    shown = f"{PREFIX}{key.upper()}" if source == "environment" else key
    near = difflib.get_close_matches(key, known, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    raise SettingsError(
        f"{source}: there is no setting {_short(shown)}.", hint=local.UNKNOWN_SETTING.hint.format(near=meant)
    )


def _constrained(kind: type, metadata: Mapping[str, Any]) -> Any:
    """The type that pydantic checks a value against; strict, so that "3600" is no number and true is none either."""
    from typing import Annotated, Literal

    from pydantic import Field, Strict

    if metadata["one_of"]:
        return Literal[tuple(metadata["one_of"].split())]
    if kind is bool:
        return Annotated[bool, Strict()]
    if kind is int:
        return Annotated[int, Strict(), Field(ge=metadata["low"], le=metadata["high"])]
    if kind is tuple:
        return tuple[Annotated[str, Strict()], ...]
    return Annotated[str, Strict()]


def _wrong(
    key: str, value: object, source: str, metadata: Mapping[str, Any], error: ErrorDetails
) -> SettingsError:
    allowed = _allowed(metadata)
    wanted = f"it must be {allowed}" if allowed else error["msg"].removeprefix("Input ")
    unit = f" {metadata['unit']}" if metadata["unit"] else ""
    return SettingsError(
        f"{source}: {key} = {_short(repr(value))}: {wanted}{unit if allowed else ''}.",
        hint=f"{key} is {metadata['doc']}.",
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _allowed(metadata: Mapping[str, Any]) -> str:
    if metadata["one_of"]:
        *others, last = metadata["one_of"].split()
        return f"{', '.join(others)} or {last}"
    if metadata["boolean"]:
        return "true or false"
    if metadata["low"] is not None:
        return f"{metadata['low']} to {metadata['high']}"
    return ""


def _leader(text: str, source: str) -> str:
    """As Textual names the key: ctrl+] is ctrl+right_square_bracket to it."""
    name = text.strip().lower()
    if name.startswith("ctrl+"):
        name = f"ctrl+{_KEY_NAMES.get(name[5:], name[5:])}"
    if not _LEADERS.fullmatch(name):
        raise SettingsError(
            f"{source}: leader = {_short(repr(text))} cannot be the leader key.",
            hint="Use ctrl and a letter (not i or m, which are tab and enter), ctrl+], ctrl+\\, ctrl+^, ctrl+_, or f1 to f24.",
        )
    return name
