"""The second wall: what looks like a secret, or is known to be one, is in no text."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hptui.log.redaction import HIDDEN, KNOWN, hide, redact

JWT = ".".join(
    base64.urlsafe_b64encode(p).decode().rstrip("=")
    for p in (b'{"alg":"RS256"}', b'{"sub":"me"}', b"sig" * 20)
)
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nqwertyuiop\n-----END RSA PRIVATE KEY-----"
WORDS = st.text(string.ascii_letters + string.digits, min_size=12, max_size=60)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"Authorization: Bearer {JWT}", JWT),
        (f"the token {JWT} is not accepted", JWT.split(".")[1]),
        ("authorization=Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ("{'Authorization': 'Bearer opaque-token-0123'}", "opaque-token-0123"),
        ("h: Bearer k8s-aws-v1.aHR0cHM6Ly9zdHMu", "aHR0cHM6Ly9zdHMu"),
        ("oc login with sha256~0123456789abcdefghij failed", "0123456789abcdefghij"),
        (f"key: {PEM} and more", "qwertyuiop"),
        (repr(PEM), "qwertyuiop"),
        (f"cut: {PEM[:60]}", "MIIEpAIBAAKCAQEA7"[:10]),
        (
            f"client-key-data: {base64.b64encode(PEM.encode()).decode()}",
            base64.b64encode(PEM.encode()).decode()[20:],
        ),
        ("proxy http://me:p@ss:word@proxy.example:3128 failed", "p@ss:word"),
        ("socks5h://token@proxy.example", "token"),
        ("POST token=abc123def&x=1", "abc123def"),
        ("password: hunter2 was wrong", "hunter2"),
        ('{"clientSecret": 1, "client_secret": "s3cr3t-value"}', "s3cr3t-value"),
        ("?access_token=ya29.a0AfH6SMBx", "a0AfH6SMBx"),
    ],
)
def test_what_has_the_form_of_a_secret_is_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v1/nodes: 200 in 12 ms",
        "Context prod, server https://10.0.0.1:6443, namespace hptui, user jane@example.com",
        'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "hptui"',
        "mcr.microsoft.com/oss/kubernetes/windows-host-process-containers-base-image@sha256:0123456789abcdef: pulled",
    ],
)
def test_what_is_none_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


@given(before=st.text(), secret=WORDS, after=st.text())
def test_a_secret_that_is_known_is_never_shown(before: str, secret: str, after: str) -> None:
    hide(secret)
    assert secret not in redact(f"{before}{secret}{after}")


@given(text=st.text(alphabet=st.sampled_from("-BEGIN eyJ.:/@=\"' token\nLS0t"), max_size=400))
def test_any_text_can_be_looked_through_and_again(text: str) -> None:
    assert redact(redact(text)) == redact(text) or HIDDEN in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN " * 20_000,
        "-----BEGIN A-----" * 20_000,
        "x://" * 50_000,
        "x://" + "a" * 200_000,
        "eyJ" * 60_000,
        "eyJ01234567." * 20_000,
        "token" + " " * 200_000,
        "Bearer " * 30_000,
        "password=" * 20_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_words_do_not_hold_it_up(text: str) -> None:
    """A pattern that backtracks would not come back from these."""
    assert len(redact(text)) <= len(text) + len(HIDDEN)


def test_a_secret_that_is_a_word_elsewhere_does_not_keep_others_from_being_found() -> None:
    hide("secret")
    text = redact('"client_secret": "s3cr3t-value" and my secret')
    assert "s3cr3t-value" not in text
    assert "secret" not in text


def test_of_overlapping_secrets_nothing_remains() -> None:
    hide("abcdef-ghijkl")
    hide("ghijkl-mnopqr")
    assert redact("[abcdef-ghijkl-mnopqr]") == f"[{HIDDEN}]"
    hide("one;two-three")
    assert "two-three" not in redact("token=one;two-three")


def test_only_so_many_are_remembered() -> None:
    hide("the-first-of-many")
    for number in range(KNOWN):
        hide(f"another-secret-{number}")
    assert "the-first-of-many" in redact("the-first-of-many")
    assert redact("another-secret-0") == HIDDEN
