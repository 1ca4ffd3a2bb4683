"""Any text is either parsed or refused with a place in it; nothing else comes out of the parser."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hptui.demo.host.powershell.language.lexer import ParseError
from hptui.demo.host.powershell.language.parser import parse
from hptui.demo.host.powershell.prompt.highlighting import highlight

WORDS = st.sampled_from(
    ["$x", "'", '"', "(", ")", "{", "}", "@(", "@{", "|", ";", "-eq", "-f", "=", "+", "..", "[int]", "::", ".", "if", "foreach",
     "function", "echo", "-Name", "5", "1MB", "`", "#", "<#", "$(", "\n", ",", "&", "2>&1", ">", "try", "catch", "ü", " "]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(WORDS, max_size=15).map("".join),
        st.lists(WORDS, max_size=15).map(" ".join),
    )
)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    refusal: ParseError | None = None
    try:
        parse(text)
    except ParseError as error:
        refusal = error
    assert refusal is None or 0 <= refusal.extent.start <= len(text)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=15).map("".join)))
def test_every_character_of_any_line_has_a_colour(line: str) -> None:
    assert len(highlight(line)) == len(line)
