"""What is written to a terminal that is gone."""

from __future__ import annotations

import io

import pytest

from hptui.ui.outer_terminal import Forgiving


class Breaking(io.StringIO):
    """A terminal that goes away."""

    gone = False

    def write(self, text: str) -> int:
        if self.gone:
            raise OSError(5, "Input/output error")
        return super().write(text)


def test_once_it_is_gone_nothing_more_is_tried() -> None:
    file = Breaking()
    forgiving = Forgiving(file)
    forgiving.write("before")
    forgiving.flush()
    file.gone = True
    forgiving.write("lost")
    file.gone = False
    forgiving.write("late")
    assert file.getvalue() == "before"


def test_all_else_is_the_files_own() -> None:
    forgiving = Forgiving(Breaking())
    assert forgiving.isatty() is False
    with pytest.raises(AttributeError):
        forgiving.nothing  # noqa: B018
