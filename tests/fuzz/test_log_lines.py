"""The log file: whatever is logged is one line of it, steers nothing, and holds no secret."""

from __future__ import annotations

import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hptui.log import redaction
from hptui.log.line import as_line
from tests.fuzz.nasty import assert_harmless, text

SECRET = "Zm9vYmFyYmF6cXV4"
WAYS = (
    "Authorization: Bearer {}",
    "token={}",
    "password: '{}'",
    "https://u:{}@h/x",
    '"access_token": "{}"',
    "-----BEGIN RSA PRIVATE KEY-----\n{}",
    "eyJ{}.x",
)


@pytest.mark.cases(200)
@given(text, text)
def test_a_record_is_one_line(message: str, argument: str) -> None:
    for words, arguments in ((message, ()), ("%s", (argument,)), (message, (argument,))):
        record = logging.LogRecord("hptui.x", logging.INFO, "x", 1, words, arguments, None)
        line = as_line(record)
        first, *others = line.split("\n")
        assert first[:4].isdigit()
        assert all(other.startswith("    ") for other in others)
        for part in (first, *others):
            assert_harmless(part)


@pytest.mark.cases(200)
@given(text, st.sampled_from(WAYS), text)
@example("", "https://u:{}@h", "@")
def test_no_secret_is_in_it(before: str, way: str, after: str) -> None:
    assert SECRET not in redaction.redact(f"{before} {way.format(SECRET)} {after}")


@pytest.mark.cases(100)
@given(text, text)
def test_a_secret_that_is_known_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    known = "of no form at all"
    redaction.hide(known)
    assert known not in redaction.redact(f"{before}{known}{after}")
