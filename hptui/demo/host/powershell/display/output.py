"""Where values go that a statement or a command puts out."""

from __future__ import annotations

from typing import Protocol

from hptui.demo.host.powershell.data.values import Value


class Output(Protocol):
    """The next stage of a pipeline, or its end."""

    async def put(self, value: Value) -> None: ...


class Collector:
    """Keeps everything."""

    def __init__(self) -> None:
        self.items: list[Value] = []

    async def put(self, value: Value) -> None:
        self.items.append(value)


class Nothing:
    """Forgets everything, as $null does."""

    async def put(self, value: Value) -> None:
        return
