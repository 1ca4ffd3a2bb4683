"""Text, JSON and bytes that are nasty for something on their way: a parser, a shell, a terminal, a URL, markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

from hptui.errors import HptuiError
from hptui.terminal.plain import plain

PIECES = (
    "", " ", "  ", "\t", "\n", "\r", "\r\n", "\x00", "\x07", "\x08", "\x1b", "\x7f", "\x85", "\x9b", "\xa0", "\xad",
    "\x1b[31m", "\x1b[2J", "\x1b]0;title\x07", "\x1b]52;c;Zm9v\x07", "\x1bP$qm\x1b\\", "\x1b[201~", "\x9d0;x\x9c",
    "\u200b", "\u200e", "\u200f", "\u202a", "\u202e", "\u2028", "\u2029", "\u2066", "\u2069", "\ufeff", "\ufffd", "\uffff",
    "\ud800", "\udfff", "\udcff", "\U0001f600", "\U000e0041", "e\u0301", "ı", "İ", "ß", "ſ", "Å", "Ω", "ﬀ", "你", "а",
    "|", "&", "%", ">", "<", ";", "'", '"', "$", "`", "^", "!", "(", ")", "{", "}", "[", "]", "*", "?", "#", "@", "~", ",",
    ":", "=", "+", "-", "--", "_", "/", "\\", "//", "\\\\", ".", "..", "../", "..\\", "/../", "%2e%2e%2f", "%00", "%0d%0a", "%",
    "%PATH%", "$(calc)", "`calc`", "$env:x", "&& calc", "| calc", "; calc", "' ; calc #", '" & calc & "', "-EncodedCommand",
    "[red]", "[/x]", "[link=x]y[/link]", "[@click=app.bell]x[/]", "\\[", "{{x}}", "${x}", "<b>",
    "- a", "? a", "a: b", "{a: b}", "[a, b]", "&a", "*a", "!!python/object:os.system", "!!str", "|", ">-", "---", "...", "# c",
    "null", "~", "true", "yes", "No", "on", "1e3", "0x1F", "0o17", "1_000", "1:30", ".inf", ".nan", "-0", "2001-01-01", "=", "<<",
    "NT AUTHORITY", "nt authority", "NT  AUTHORITY", "NTAUTHORITY", "BUILTIN", "SYSTEM", "system", "Local service",
    "LocalService", "a@b", "NetworkService", "network_service",
    "S-1-5-18", "s-1-5-20", "Administrators", "Users", "administrator", "gmsa$",
    "xn--bcher-kva", "bücher", "a.b", "A", "a", "b", "node-1", "akswin22000000", "kube-system", "default", "0", "9" * 30, "1",
)  # fmt: skip
"""What has a meaning to somebody on the way: terminals, shells, YAML, URLs, markup, Windows."""

pieces = st.sampled_from(PIECES)
characters = st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])
text = st.one_of(
    pieces,
    st.lists(pieces, max_size=6).map("".join),
    st.lists(pieces | characters, max_size=12).map("".join),
    st.builds(lambda piece, times: piece * times, pieces, st.sampled_from((2, 64, 105, 300, 1000))),
)
"""Any text, lone halves of surrogate pairs among it."""

clean_text = text.map(lambda found: re.sub("[\ud800-\udfff]", "\ufffd", found))
"""Text that can be encoded."""

encoded = text.map(lambda found: found.encode("utf-8", "surrogatepass"))
raw = st.one_of(
    encoded, st.binary(max_size=60), st.builds(lambda a, b: a + b, encoded, st.binary(max_size=8))
)
"""Bytes: text, cut or not, and anything else."""

numbers = st.one_of(
    st.sampled_from(
        (0, 1, -1, 255, 256, 4294967295, -2147483648, 2**31, 2**53, 2**63, 2**64, 10**400, -(2**63))
    ),
    st.integers(),
    st.sampled_from((0.0, -0.0, 0.5, 1e308, -1e308, 1e-320)),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, clean_text)
moments = st.sampled_from(
    ("2026-11-23T05:48:05Z", "2026-11-23T05:48:05.123456789Z", "2026-11-23T05:48:05+05:30", "2026-11-23T05:48:05",
     "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z",
     "2026-02-30T00:00:00Z", "1970-01-01T00:00:00Z", "2026-11-23", "", "never", 0, -1, None)
)  # fmt: skip
"""As Kubernetes writes them, at the ends of the calendar, without a zone, and none at all."""

json_values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(clean_text, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def cuts(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """`data` in pieces, cut anywhere."""
    places = sorted(draw(st.lists(st.integers(0, len(data)), max_size=6)))
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


_STEERS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def assert_harmless(shown: str) -> None:
    """Nothing in it steers a terminal, turns the reading direction or breaks a line."""
    assert not _STEERS.search(shown), ascii(shown)


def assert_told(error: HptuiError, *, hint: bool = True, named: str = "") -> None:
    """An error as a person should get it: a title, what happened, and what to do, all of it safe to show."""
    assert type(error).__module__ == "hptui.errors"
    assert error.heading.strip()
    assert error.message.strip()
    assert error.hint.strip() or not hint, f"no hint: {error.message!r}"
    assert named in error.message
    assert len(error.message) < 100_000
    for words in (error.heading, error.message, error.hint):
        assert_harmless(plain(words))


def joined(parts: Sequence[bytes]) -> bytes:
    return b"".join(parts)
