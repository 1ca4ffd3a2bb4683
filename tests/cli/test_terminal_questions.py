"""What is made of a terminal's answers, of none, and of keys that come in between."""

from __future__ import annotations

import pytest

from hptui.cli.terminal_questions import understood
from hptui.hostprocess.doctor.machine import Abilities


@pytest.mark.parametrize(
    ("answer", "abilities"),
    [
        (b"\x1b[?0u\x1b[?62;4;52c", Abilities(all_keys=True, clipboard=True)),
        (b"\x1b[?1;2c", Abilities(all_keys=False, clipboard=False)),
        (b"typed\x1b[A\x1b[?5u\x1b[?64;22c", Abilities(all_keys=True, clipboard=False)),
        (b"\x1b[?62;152c", Abilities(all_keys=False, clipboard=False)),
        (b"", None),
        (b"\x1b[?0u", None),
        (b"nothing of that kind\x1b[?", None),
    ],
)
def test_an_answer_is_understood(answer: bytes, abilities: Abilities | None) -> None:
    assert understood(answer) == abilities
