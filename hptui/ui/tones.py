"""Meaning -> style, in the current theme's own colours. The only place that turns a tone into a colour."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from hptui.terminal.plain import plain

# Content styles resolve against the theme's variables when painted.
CONTENT_STYLES = {
    "good": "$text-success",
    "bad": "$text-error",
    "warn": "$text-warning",
    "dim": "$foreground 60%",
    "accent": "bold $text-accent",
    "title": "bold $text-primary",
    "key": "bold $accent",
    "strong": "bold",
    "": "",
}

# DataTable cells are Rich's: ANSI colours there follow the terminal's own theme.
RICH_STYLES = {
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "dim": "dim",
    "accent": "bold cyan",
    "title": "bold",
    "key": "bold",
    "strong": "bold",
    "": "",
}


def tell(text: str, tone: str = "") -> Content:
    """Plain text with a meaning, never read as markup."""
    style = CONTENT_STYLES[tone]
    return Content.styled(text, style) if style else Content(text)


def join(*parts: Content | str, separator: str = "") -> Content:
    """Contents and plain strings in a row."""
    contents = [part if isinstance(part, Content) else Content(part) for part in parts]
    return Content(separator).join(contents)


def heading(text: str) -> str:
    """For a border's title, which Textual reads as markup: any text, made to mean itself."""
    return Content(plain(text)).markup


def cell(text: str, tone: str = "", *, right: bool = False) -> Text:
    """A table cell: plain text, never read as markup."""
    return Text(
        text, style=RICH_STYLES[tone], justify="right" if right else "left", no_wrap=True, overflow="ellipsis"
    )
