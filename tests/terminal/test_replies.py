"""Which of a terminal's answers may be typed into a host."""

from __future__ import annotations

import pytest

from hptui.terminal.replies import harmless


@pytest.mark.parametrize(
    "reply",
    [
        b"\x1b[?62;22c",
        b"\x1b[>1;10;0c",
        b"\x1bP!|00000000\x1b\\",
        b"\x1b[0n",
        b"\x1b[12;40R",
        b"\x1b[?2026;2$y",
        b"\x1b[8;24;80t",
        b"\x1b[48;24;80;0;0t",
        b"\x1bP>|libghostty 1.2\x1b\\",
        b"\x1bP1$r0;1;38:2::1:2:3m\x1b\\",
        b"\x1bP1$r2 q\x1b\\",
        b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
        b"\x1b]4;17;rgb:00/00/5f\x1b\\",
        b"\x1bP12!~FE3A\x1b\\",
    ],
)
def test_numbers_and_states_pass(reply: bytes) -> None:
    assert harmless(reply) == reply


@pytest.mark.parametrize(
    "reply",
    [
        b"\x1b]lrm -rf /\x1b\\",
        b"\x1b]Ltitle\x1b\\",
        b"\x1b]52;c;cm0gLXJm\x07",
        b"\x1b]50;font\x07",
        b"\x1bP1$rm -rf; whoami\r\x1b\\",
        b"\x1bP>|name\r whoami\x1b\\",
        b"whoami\r",
        b"\x1b[0n\r",
        b"\x1b[4;600;800t",
        b"\x1b[?0u",
        b"",
    ],
)
def test_text_of_others_does_not(reply: bytes) -> None:
    assert harmless(reply) == b""


def test_a_refusal_passes_without_what_it_refuses() -> None:
    assert harmless(b"\x1bP0$rwhoami\x1b\\") == b"\x1bP0$r\x1b\\"
