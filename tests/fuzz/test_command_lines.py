"""The command line, as a shell or a script passes it: understood, or refused in words; nothing reaches a cluster unasked."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.cli import run
from hptui.hostprocess.first_process import first_process_command
from hptui.powershell import encode_script
from hptui.terminal.plain import plain
from tests.fuzz.nasty import assert_harmless, text

OPTIONS = (
    "--account",
    "--image",
    "--deadline",
    "--reason",
    "--context",
    "-n",
    "--namespace",
    "--as",
    "--as-group",
    "--set",
    "--config",
    "--request-timeout",
    "--pull-secret",
    "--confirm",
    "--kubeconfig",
)
words = st.one_of(
    text,
    st.sampled_from((*OPTIONS, "--", "-i", "-t", "-it", "--read-only", "--unknown", "-h")),
    st.builds(lambda name, value: f"{name}={value}", st.sampled_from(OPTIONS), text),
).map(lambda word: word.replace("\x00", ""))  # no system passes one
commands = st.sampled_from(
    ("exec", "nodes", "manifest", "sessions", "sweep", "settings", "version", "play", "doctor", "", "exce")
)


@pytest.mark.cases(20)
@given(command=commands, rest=st.lists(words, max_size=5))
@example(command="exec", rest=["\udcff", "--", "\udcff"])
@example(command="exec", rest=["n", "-n", "a\x1b[31m", "--", "cmd"])
@example(command="exec", rest=["n", "--deadline", "9" * 5000, "--", "cmd"])
@example(command="play", rest=[""])
@example(command="settings", rest=["--config", "."])
@example(command="nodes", rest=["--kubeconfig", "~nobody-of-that-name/c"])
def test_any_words_are_understood_or_refused_in_words(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    command: str,
    rest: list[str],
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("KUBECONFIG", str(folder / "none"))
    capfd.readouterr()
    code = run(["hptui", command, *rest] if command else ["hptui", "--help", *rest])
    out, err = capfd.readouterr()
    assert isinstance(code, int)
    for line in err.splitlines():
        assert_harmless(line)
    assert "Traceback" not in out + err
    assert "Something unforeseen" not in err
    assert code == 0 or (out + err).strip()


@pytest.mark.cases(100)
@given(text.map(lambda script: script.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")))
@example("\"; calc & | % > $x `y` '")
def test_a_script_is_one_word_that_means_nothing_to_a_shell(script: str) -> None:
    word = encode_script(script)
    assert base64.b64decode(word).decode("utf-16-le") == script
    assert word.isascii()
    assert not set(word) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    assert len(" ".join(first_process_command())) < 8191
    assert plain(word) == word
