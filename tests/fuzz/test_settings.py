"""Settings from a file, the environment and flags: taken whole and shown as they are, or refused by the key that is wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cli.options import Connection, duration
from hptui.errors import SettingsError
from hptui.hostprocess.permission import launching
from hptui.settings import Settings, as_shown, documentation, load
from tests.fuzz.nasty import assert_told, clean_text, raw, scalars, text

DEFAULTS = as_shown(Settings())
KEYS = st.sampled_from([doc.name for doc in documentation()])
good = {
    key: st.sampled_from(values)
    for key, values in {
        "deadline": (60, 3600, 28800), "max_deadline": (28800, 604800), "scrollback": (0, 200_000), "engine": ("auto", "bittty"),
        "leader": ("ctrl+]", "f12", "CTRL+A", "ctrl+_"), "record": (True, False), "shell": ([], ["cmd.exe", "/q"]),
        "protected_contexts": (["*-prod", "[", "**", "\\"],), "log_tail": (0,), "record_format": ("v2",), "side_width": (20,),
    }.items()
} | dict.fromkeys(("theme", "account", "image", "namespace", "pull_secret", "record_directory"), clean_text)  # fmt: skip
wrong_values = st.one_of(
    scalars, st.lists(scalars, max_size=2), st.dictionaries(clean_text, scalars, max_size=1)
)


def toml(value: object) -> str:
    """A value as TOML writes it; JSON's strings are TOML's, apart from a few characters."""
    if isinstance(value, str):
        return (
            json.dumps(value, ensure_ascii=True)
            if value.isascii() and "\x7f" not in value
            else json_like(value)
        )
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml(str(key))} = {toml(one)}' for key, one in value.items())}}}"
    return '"none"' if value is None else repr(value)


def json_like(value: str) -> str:
    return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in value) + '"'


def written(folder: Path, content: bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(content)
    return path


@pytest.mark.cases(30)
@given(values=st.fixed_dictionaries({}, optional=good))
def test_good_settings_are_shown_as_they_were_written(folder: Path, values: dict[str, Any]) -> None:
    text = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
    found = load({}, environment={}, config=written(folder, text.encode()))
    shown = as_shown(found.settings)
    assert {key: value for key, value in shown.items() if key != "leader" or key not in values} == {
        **DEFAULTS, **values, "leader": DEFAULTS["leader"]
    } or "leader" in values  # fmt: skip
    assert {key for key, source in found.sources.items() if source != "default"} == set(values)
    again = "\n".join(f"{key} = {toml(value)}" for key, value in shown.items())
    assert load({}, environment={}, config=written(folder, again.encode())).settings == found.settings
    launching(found.settings, "a-prod")


@pytest.mark.cases(150)
@given(key=KEYS, value=wrong_values, other=st.fixed_dictionaries({}, optional={"log_tail": good["log_tail"]}))
@example(key="record_directory", value="~nobody-of-that-name/x", other={})
@example(key="record_directory", value="\x00", other={})
def test_a_wrong_value_is_named_by_its_key(folder: Path, key: str, value: Any, other: dict[str, Any]) -> None:
    lines = [f"{name} = {toml(one)}" for name, one in {**other, key: value}.items()]
    try:
        found = load({}, environment={}, config=written(folder, "\n".join(lines).encode()))
    except SettingsError as error:
        assert_told(error, named=key)
    else:
        assert isinstance(found.settings.recordings, Path)
        assert found.sources[key] != "default"


@pytest.mark.cases(150)
@given(content=raw | text.map(lambda t: f"deadline = {t}".encode("utf-8", "replace")))
@example(content=b"a = " + b"[" * 100_000)
@example(content=b"deadline = " + b"1" * 5000)
@example(content=b"deadline = 2001-01-01")
@example(content=b"deadline.a.b = 1")
def test_any_file_is_settings_or_an_error(folder: Path, content: bytes) -> None:
    try:
        load({}, environment={}, config=written(folder, content))
    except SettingsError as error:
        assert_told(error)


@pytest.mark.cases(150)
@given(
    environment=st.dictionaries(
        st.one_of(KEYS.map(lambda key: f"HPTUI_{key.upper()}"), text.map(lambda t: f"HPTUI_{t}")),
        text,
        max_size=2,
    ),
    assigned=st.lists(st.builds(lambda key, value: f"{key}={value}", KEYS | text, text) | text, max_size=2),
)
@example(environment={}, assigned=["shell=" + "[" * 100_000])
@example(environment={"HPTUI_CONFIG": "\x00"}, assigned=[])
@example(environment={"HPTUI_SHELL": '["\\ud800"]'}, assigned=[])
def test_any_environment_and_any_flags(
    folder: Path, environment: dict[str, str], assigned: list[str]
) -> None:
    environment = {"HPTUI_CONFIG": str(written(folder, b"")), **environment}
    connection = Connection(assignments=tuple(assigned))
    try:
        flags = dict(text.partition("=")[::2] for text in assigned)
        load(flags, environment=environment)
        connection.load_settings()
    except (SettingsError, click.ClickException) as error:
        if isinstance(error, SettingsError):
            assert_told(error)


@pytest.mark.cases(100)
@given(text | st.from_regex(r"(\d+d)?(\d+h)?(\d+m)?(\d+s?)?", fullmatch=True))
@example("9" * 5000)
@example("²d")
def test_any_length_of_time(words: str) -> None:
    with suppress(click.BadParameter):
        assert duration(words) >= 0
