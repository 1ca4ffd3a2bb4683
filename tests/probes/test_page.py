"""The documentation's page of probes is the one that the code makes."""

from __future__ import annotations

from pathlib import Path

from hptui.probes.catalogue import built_in
from hptui.probes.page import as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "probes.md"


def test_the_page_is_made_from_the_probes() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(built_in()), "make docs writes it"
