"""One way to write a binding, so that each has an id (for keymaps), a tooltip (for help) and a group."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The bindings of one place; `prefix` starts their ids, `title` heads them in the help."""

    prefix: str
    title: str

    def key(
        self,
        keys: str,
        action: str,
        label: str,
        tooltip: str,
        *,
        shown: str | None = None,
        show: bool = True,
        priority: bool = False,
    ) -> Binding:
        """`shown` is how the key is written, where its name isn't; `show` puts it into the footer.

        `priority` is for the app's own: they come before what a dialog or a widget does with the key.
        """
        name = action.rpartition(".")[2].partition("(")[0]
        argument = action.partition("(")[2].strip("')")
        return Binding(
            keys,
            action,
            label,
            key_display=shown,
            tooltip=tooltip,
            show=show,
            priority=priority,
            id=".".join(part for part in (self.prefix, name, argument) if part),
            group=Binding.Group(self.title),
        )
