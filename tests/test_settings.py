"""Settings come from the defaults, the file, the environment and flags, in this order, and a mistake is told precisely."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hptui.errors import SettingsError
from hptui.settings import Settings, as_shown, documentation, load


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(
    config: Path | None = None, environment: dict[str, str] | None = None, **flags: object
) -> SettingsError:
    with pytest.raises(SettingsError) as refused:
        load(flags, environment=environment or {}, config=config)
    return refused.value


def test_the_later_source_wins(tmp_path: Path) -> None:
    config = write(tmp_path, "deadline = 1000\nscrollback = 1000\nlog_tail = 1000\n")
    environment = {"HPTUI_SCROLLBACK": "2000", "HPTUI_LOG_TAIL": "2000"}
    loaded = load({"log_tail": 3000, "theme": None}, environment=environment, config=config)
    found = loaded.settings
    assert (found.deadline, found.scrollback, found.log_tail) == (1000, 2000, 3000)
    assert loaded.sources["deadline"] == str(config)
    assert loaded.sources["scrollback"] == "environment"
    assert loaded.sources["log_tail"] == "flag"
    assert loaded.sources["theme"] == "default"


def test_the_file_is_where_the_environment_says(tmp_path: Path) -> None:
    config = write(tmp_path, 'account = "LocalService"')
    loaded = load(environment={"HPTUI_CONFIG": str(config)})
    assert (loaded.settings.account, loaded.path) == ("LocalService", config)


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    loaded = load(environment={"HOME": str(tmp_path)})
    assert set(loaded.sources) == {doc.name for doc in documentation()}
    assert Settings() == Settings(deadline=3600, account="SYSTEM", image="base")


def test_a_file_that_was_asked_for_must_exist(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    assert str(missing) in refusal(missing).message
    assert str(missing) in refusal(environment={"HPTUI_CONFIG": str(missing)}).message


def test_an_unknown_key_is_named_with_its_file_and_the_nearest_one(tmp_path: Path) -> None:
    config = write(tmp_path, "scrolback = 5")
    error = refusal(config)
    assert error.message == f"{config}: there is no setting scrolback."
    assert "Did you mean scrollback?" in error.hint


def test_an_unknown_variable_is_named_as_it_was_written() -> None:
    error = refusal(environment={"HPTUI_DEDLINE": "1"})
    assert "HPTUI_DEDLINE" in error.message
    assert "deadline" in error.hint


def test_variables_that_kubernetes_sets_for_a_service_are_not_ours() -> None:
    environment = {
        "HPTUI_SERVICE_HOST": "10.0.0.1",
        "HPTUI_PORT_443_TCP": "tcp://10.0.0.1:443",
        "HPTUI_PORT": "x",
    }
    assert load(environment=environment).settings == Settings()


@pytest.mark.parametrize(
    ("line", "allowed"),
    [
        ("deadline = 5", "60 to 604800 seconds"),
        ("deadline = 10000000", "60 to 604800 seconds"),
        ('deadline = "3600"', "60 to 604800 seconds"),
        ("deadline = true", "60 to 604800 seconds"),
        ("deadline = 3600.5", "60 to 604800 seconds"),
        ("scrollback = -1", "0 to 200000 lines"),
        ('engine = "vt100"', "auto, ghostty or bittty"),
        ("theme = 5", "valid string"),
        ('shell = "cmd.exe"', "valid tuple"),
        ("shell = [1]", "valid string"),
        ("[deadline]", "60 to 604800 seconds"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed(tmp_path: Path, line: str, allowed: str) -> None:
    config = write(tmp_path, line)
    error = refusal(config)
    assert str(config) in error.message
    assert allowed in error.message
    assert error.hint


def test_what_is_not_toml_is_told_with_its_place(tmp_path: Path) -> None:
    assert "line 2" in refusal(write(tmp_path, "deadline = 60\ndeadline 70")).message


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    assert "not TOML" in refusal(path).message


def test_a_list_in_the_environment_is_written_as_in_the_file() -> None:
    loaded = load(environment={"HPTUI_SHELL": '["cmd.exe", "/q"]'})
    assert loaded.settings.shell == ("cmd.exe", "/q")
    assert "not a list" in refusal(environment={"HPTUI_SHELL": "cmd.exe"}).message


def test_flags_given_as_text_are_read_like_the_environment() -> None:
    loaded = load({"scrollback": "50", "shell": '["cmd.exe"]'}, environment={})
    assert (loaded.settings.scrollback, loaded.settings.shell) == (50, ("cmd.exe",))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ctrl+]", "ctrl+right_square_bracket"),
        ("CTRL+\\", "ctrl+backslash"),
        ("ctrl+b", "ctrl+b"),
        ("f12", "f12"),
        ("ctrl+right_square_bracket", "ctrl+right_square_bracket"),
    ],
)
def test_the_leader_key_is_named_as_the_screen_names_it(text: str, name: str) -> None:
    assert load({"leader": text}, environment={}).settings.leader == name


@pytest.mark.parametrize(
    "text", ["ctrl+i", "ctrl+m", "a", "escape", "ctrl+", "f0", "f25", "", "ctrl+shift+a"]
)
def test_keys_that_cannot_lead_are_refused(text: str) -> None:
    assert "leader" in refusal(leader=text).message


def test_the_deadline_may_not_pass_its_own_limit() -> None:
    error = refusal(deadline=7200, max_deadline=3600)
    assert "max_deadline" in error.message


def test_every_setting_is_explained_and_its_default_allowed(tmp_path: Path) -> None:
    docs = documentation()
    assert all(doc.doc for doc in docs)
    assert all(doc.unit for doc in docs if doc.allowed and doc.allowed[0].isdigit())
    shown = as_shown(Settings())
    lines = [f"{key} = {_toml(value)}" for key, value in shown.items()]
    config = write(tmp_path, "\n".join(lines))
    assert tomllib.loads(config.read_text()) == shown
    assert load(environment={}, config=config).settings == Settings()


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("No", False), ("1", True), ("off", False)])
def test_yes_and_no_are_read_from_text(text: str, value: bool) -> None:
    assert load(environment={"HPTUI_RECORD": text}).settings.record is value


def test_what_is_neither_yes_nor_no_is_refused(tmp_path: Path) -> None:
    assert "true or false" in refusal(environment={"HPTUI_RECORD": "perhaps"}).message
    assert "true or false" in refusal(write(tmp_path, "host_clipboard = 1")).message


def test_recordings_go_where_they_are_told_to(tmp_path: Path) -> None:
    assert Settings(record_directory=str(tmp_path)).recordings == tmp_path
    assert Settings(record_directory="~/casts").recordings == Path.home() / "casts"
    assert Settings().recordings.name == "recordings"
